package web

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
)

// Two calls came in and waited 25 s and 90 s: within 20 s nobody was answered,
// within 30 s one of two.
const queueFile = `id,started,ext,phone,campaign,disposition,talk,wait
i1,2026-11-20 09:00:00,101,+385911111121,Solar,answered,60,25
i2,2026-11-20 10:00:00,101,+385911111122,Solar,answered,60,90
`

const queueMapping = `{version: 1, key: id, facts: {calls: {id: id, started: started, direction: {value: inbound}, channel: {value: phone}, agent: ext, phone: phone,
  outcome: {column: disposition, map: {answered: answered}}, talk: talk, wait: wait}}}`

// effectRows are the rows of what a value would make of the number.
func effectRows(a *answer) (out [][]string) {
	for _, m := range regexp.MustCompile(`<th scope="row"><bdi>([^<]*)</bdi></th><td class="num">([^<]*)<.*?<td class="num">([^<]*)<`).FindAllStringSubmatch(a.body, -1) {
		out = append(out, m[1:])
	}
	return out
}

func TestASettingOfAKPICountsFromItsDay(t *testing.T) {
	s := newSite(t)
	s.imports("pbx", "queue.csv", queueMapping, queueFile)
	b := s.as(auth.Manager)
	at := "/catalogue/settings/service_level"
	b.get("/kpi/service_level?period=2026-11").has(200, at, "Answered within (seconds)", "20 s")
	b.get("/catalogue").has(200, at)
	b.get(at).has(200, "Answered within (seconds)", "built-in value: 20 s")
	b.get("/catalogue/settings/calls").has(200, "This KPI has no settings")
	b.get("/catalogue/settings/cals").has(404)

	look := b.post(at, "setting", "threshold", "value", "30", "from", "2026-11-01").has(200, "What it would make of the number")
	require.Equal(t, [][]string{{"as it is now", "0.0%*", "0 of 2"}, {"by the new value", "50.0%*", "1 of 2"}}, effectRows(look))
	require.Empty(t, s.Folder.Settled().Changes, "a look changes nothing")
	b.post(at, "setting", "threshold", "value", "much", "from", "", "do", "save").has(422, "cannot be “much”")
	b.post(at, "setting", "threshold", "value", "30", "from", "32 November", "do", "save").has(422)
	b.post(at, "setting", "treshold", "value", "30", "do", "save").has(404, "threshold")

	b.post(at, "setting", "threshold", "value", "30", "from", "2026-11-21", "do", "save").goes(at + "?done=saved")
	b.get(at).has(200, "30 s, from 21 November 2026 on")
	b.get("/kpi/service_level?period=2026-11").has(200, "50.0%")
	b.get("/kpi/service_level?from=2026-11-19&to=2026-11-20").has(200, "0.0%").lacks("50.0%")
	b.post(at, "setting", "threshold", "value", "default", "from", "2026-11-21", "do", "save").goes(at + "?done=saved")
	b.get("/kpi/service_level?period=2026-11").has(200, "0.0%").lacks("50.0%")
	s.as(auth.Lead).get(at).has(403)
	require.Contains(t, s.actions(), auth.SettingsChanged)
}
