package web

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
)

// A sparkline has every day of its calendar: one without calls has none of
// them, and a rate has no value there.
func TestSparklinesFollowTheCalendar(t *testing.T) {
	b := newSite(t).as(auth.Manager)
	drawn := map[string]string{}
	for _, card := range strings.Split(b.get("/?period=2026-11").has(200).body, "<article ")[1:] {
		if m := regexp.MustCompile(`(?s)^[^/]*href="/kpi/(\w+).*class="spark-line" d="([^"]+)"`).FindStringSubmatch(card); m != nil {
			drawn[m[1]] = m[2]
		}
	}
	require.Equal(t, 28, strings.Count(drawn["calls"], "L")+1, "four weeks of days: %v", drawn)
	require.Equal(t, 1, strings.Count(drawn["calls"], "M"))
	require.Regexp(t, `^M\S+ \S+L\S+ \S+M\S+ \S+$`, drawn["reach_rate"], "2 and 3 November, then the 20th")
}

func TestSourcesOfStories(t *testing.T) {
	// A KPI of leads' stories names the sources that the stories are made from.
	s := newSite(t)
	s.imports("crm", "stages.csv", stageMapping, "lead,reached\nx,2026-11-03 10:00:00\n")
	b := s.as(auth.Manager)
	b.get("/kpi/appointments?period=2026-11").has(200, "<bdi>crm</bdi>", "<bdi>pbx</bdi>")
	b.get("/kpi/calls?period=2026-11").has(200, "<bdi>pbx</bdi>").lacks("<bdi>crm</bdi>")
}
