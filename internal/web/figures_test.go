package web

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

// figurePages are states of the pages of figures; the period is added.
var figurePages = []string{"/kpi/calls?", "/kpi/reach_rate?by=agent&shrink=1", "/kpi/talk_time:median?by=hour&per=week", "/kpi/calls?by=outcome&compare=none", "/kpi/revenue?",
	"/explore?", "/explore?as=heat", "/explore?as=line&by=team&kpi=calls", "/explore?as=bar&by=agent&then=campaign", "/explore?as=scatter&kpi=calls,reach_rate&by=agent",
	"/explore?kpi=calls,reach_rate&by=weekday&then=hour&intervals=1"}

// keyShown is a message key where its text should stand.
var keyShown = regexp.MustCompile(`>[^<]*\b(web|kpi|figures|trend|parts|says|place|explore|views|annotation|meaning|family|explain|nav|calendar|weekday|period|compare|column|empty)\.[a-z_]+[^<]*<`)

func (s *site) speaks(role auth.Role, lang string) {
	a, err := s.State.Accounts().FindAccount(context.Background(), s.ids[role])
	require.NoError(s.t, err)
	a.Language = lang
	require.NoError(s.t, s.State.Accounts().UpdateAccount(context.Background(), a))
}

func TestFiguresInEveryLanguage(t *testing.T) {
	s := newSite(t)
	for _, lang := range i18n.Languages() {
		s.speaks(auth.Manager, lang)
		b := s.as(auth.Manager)
		for _, page := range figurePages {
			for _, period := range []string{"2026-11", "2020-01", "2026-11-20", "2026"} {
				a := b.get(page + "&period=" + period).has(200)
				require.Empty(t, keyShown.FindString(a.body), "%s in %s", a.asked, lang)
			}
		}
	}
}

// What the page shows is what the query gives.
func TestKPIPageShowsTheQuery(t *testing.T) {
	s := newSite(t)
	body := s.as(auth.Manager).get("/kpi/reach_rate?period=2026-11&by=agent").has(200).body
	clock := s.clock.Now()
	q, _, err := question.Asker{Settings: ingesttest.Adria, Scope: kpi.Everything(), Now: clock}.Query(question.Words{KPIs: []string{"reach_rate"}, By: []string{"agent"}, Period: "2026-11"})
	require.NoError(t, err)
	texts, defs := ingesttest.Catalogues()
	reader := present.Reader{Localizer: texts.Localizer("en", question.Asker{Settings: ingesttest.Adria}.Calendar()), Catalogue: defs}
	require.NoError(t, s.Folder.Read(func(f *ingest.Folder) error {
		frame, err := defs.Run(context.Background(), f.Store().Engine(), q)
		require.NoError(t, err)
		require.Len(t, frame.Rows, 5)
		for _, row := range frame.Rows {
			x := row.Figures[0]
			if row.Key[0] != "" {
				shown := fmt.Sprintf(`<bdi>%s</bdi></a></th><td class="num">%s`, row.Key[0], reader.Figure(kpi.UnitPercent, x))
				require.Contains(t, body, shown)
				require.Contains(t, body, fmt.Sprintf("%.0f of %.0f", x.Num, x.Den))
			}
		}
		return nil
	}))
}

func TestLinksKeepTheState(t *testing.T) {
	s := newSite(t)
	a := s.as(auth.Manager).get("/kpi/calls?campaign=Solar&period=2026-11&team=East&where=talk_seconds+%3E%3D+0").has(200, `<bdi>Ana</bdi>`)
	drilled := false
	for _, m := range regexp.MustCompile(`href="(/kpi/calls\?[^"]*)"`).FindAllStringSubmatch(a.body, -1) {
		u, err := url.Parse(html.UnescapeString(m[1]))
		require.NoError(t, err)
		q := u.Query()
		kept := 0
		for name, value := range map[string]string{"campaign": "Solar", "team": "East", "where": "talk_seconds >= 0"} {
			if q.Get(name) == value {
				kept++
			}
		}
		cleared := q.Get("campaign")+q.Get("team")+q.Get("where") == ""
		require.True(t, cleared || kept >= 2, "%s loses more than one filter", m[1])
		if q.Get("agent") == "Ana" {
			drilled = true
			require.Equal(t, 3, kept, m[1])
			require.Equal(t, "2026-11", q.Get("period"))
		}
	}
	require.True(t, drilled, "no row leads to its agent")
}

func TestShortAddresses(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.get("/kpi/calls?agent=&period=2026-11&team=").goes("/kpi/calls?period=2026-11")
	b.get("/explore?kpi=calls&kpi=reach_rate&by=team").goes("/explore?by=team&kpi=calls%2Creach_rate")
}

func TestFaultsStandBesideTheirControls(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.get("/kpi/cals?team=East").has(404, "calls", `<bdi>East</bdi>`)
	b.get("/kpi/calls:nonsense").has(404)
	b.get("/kpi/calls?period=someday&team=East").has(400, "someday", `<bdi>East</bdi>`)
	b.get("/kpi/calls?from=2026-11-05&to=2026-11-01").has(400)
	b.get("/kpi/calls?compare=tomorrow").has(400)
	// One part that cannot be had leaves the others standing.
	b.get("/kpi/calls?period=2026-11&by=queue").has(400, "queue", "cp-chart")
	b.get("/kpi/sales?period=2020&by=queue").has(400, "queue")
	b.get("/kpi/calls?period=2026-11&by=nothing").has(404, "nothing", "cp-chart")
	b.get("/explore?where=team+%3D%3D").has(400, `id="e-where-e"`, `value="team =="`)
	b.get("/explore?as=scatter&kpi=calls").has(400, "second")
	b.get("/explore?as=heat&by=team").has(400, `id="e-by-e"`)
	b.get("/explore?kpi=calls,reach_rate,sales,revenue,appointments,talk_time,leads,inbound_calls,outbound_calls").has(400, "At most 8")
	b.get("/explore?kpi=calls&by=nothing").has(404, `id="e-by-e"`)
}

func TestAnnotations(t *testing.T) {
	s := newSite(t)
	lead, admin, agent := s.as(auth.Lead), s.as(auth.Admin), s.as(auth.Agent)
	form := func(team, text string, more ...string) []string {
		return append([]string{"from", "2026-11-02", "to", "2026-11-03", "kind", "script", "team", team, "text", text}, more...)
	}
	const page, back = "/kpi/calls?period=2026-11", "/kpi/calls?period=2026-11#annotations"
	write := func(b *browser, form []string) *answer {
		return b.post("/kpi/calls/annotations?period=2026-11", form...)
	}
	write(lead, form("East", "New opening")).goes(back)
	write(admin, form("West", "Only for the West")).goes(back)
	write(admin, form("", "Lines were down")).goes(back)
	write(lead, form("", "Not mine to tell")).has(403)
	write(lead, form("West", "Nor this")).has(403)
	write(agent, form("East", "Nor an agent's")).has(403)
	// What cannot be taken stays in the form.
	write(admin, form("", "")).has(400, "2026-11-02", "Write what happened")
	write(admin, []string{"from", "2026-11-09", "to", "2026-11-03", "kind", "script", "text", "Backwards"}).has(400, "Backwards")
	write(admin, []string{"from", "soon", "kind", "script", "text", "When?"}).has(400, "soon", "When?")

	for _, b := range []*browser{lead, agent} {
		b.get(page).has(200, "New opening", "Lines were down", "Lea Lead").lacks("Only for the West")
	}
	a := admin.get("/kpi/reach_rate?period=2026-11").has(200, "New opening", "Only for the West")
	ids := regexp.MustCompile(`annotation=([0-9a-f-]+)&amp;`).FindAllStringSubmatch(a.body, -1)
	require.Len(t, ids, 3)
	// In order of their days, then as written: the lead's is the first.
	mine := ids[0][1]
	lead.get(page+"&annotation="+mine).has(200, `value="New opening"`)
	lead.post("/kpi/calls/annotations/"+mine+"?period=2026-11", form("East", "Another opening")...).goes(back)
	lead.get(page).has(200, "Another opening").lacks("New opening")
	lead.post("/kpi/calls/annotations/"+ids[1][1]+"?period=2026-11", form("East", "Taken over")...).has(403)
	lead.post("/kpi/calls/annotations/" + ids[1][1] + "/delete").has(403)
	lead.post("/kpi/calls/annotations/" + mine + "/delete?period=2026-11").goes(back)
	lead.get(page).has(200).lacks("Another opening")
}

func TestSavedViews(t *testing.T) {
	s := newSite(t)
	manager, agent := s.as(auth.Manager), s.as(auth.Agent)
	const state = "?as=bar&by=agent&kpi=calls&period=2026-11"
	a := manager.post("/explore/views"+state, "name", "Who calls", "shared", "1")
	require.Equal(t, 303, a.status)
	to := a.header.Get("Location")
	require.True(t, strings.HasPrefix(to, "/explore"+state+"&view="), to)
	id := to[strings.LastIndex(to, "=")+1:]
	manager.get(to).has(200, `value="Who calls"`)
	manager.post("/explore/views"+state, "name", "Who calls").has(409, `id="v-e"`)
	manager.post("/explore/views"+state, "name", " ").has(400, `id="v-e"`)
	manager.post("/explore/views/"+id+"?by=team&kpi=calls", "name", "Who calls most", "shared", "1").goes("/explore?by=team&kpi=calls&view=" + id)

	agent.get("/explore").has(200, "Who calls most", "by=team")
	agent.post("/explore/views?by=agent", "name", "Mine", "shared", "1").has(403)
	require.Equal(t, 303, agent.post("/explore/views?by=agent", "name", "Mine").status)
	manager.get("/explore").has(200).lacks("Mine")
	agent.post("/explore/views/" + id + "/delete").has(404)
	agent.post("/explore/views/"+id+"?by=agent", "name", "Stolen").has(404)
	manager.post("/explore/views/" + id + "/delete").goes("/explore")
	agent.get("/explore").has(200).lacks("Who calls most")
}

// Names come from files that anybody may have written.
func TestHostileNamesAreInert(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.get("/explore").has(200)
	names := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</script><svg onload=alert(1)>`, `javascript:alert(1)`, `{{.CSRF}}`, `' OR 1=1 --`}
	rows := "id,started,ext,phone,campaign,disposition,talk\n"
	for i, n := range names {
		rows += fmt.Sprintf("h%d,2026-11-0%d 10:00:00,\"%s\",+38591222220%d,\"%s\",sale,30\n", i, i%7+2, strings.ReplaceAll(n, `"`, `""`), i, strings.ReplaceAll(n, `"`, `""`))
	}
	s.imports("hostile", "hostile.csv", callsMapping, rows)
	require.Equal(t, 303, b.post("/explore/views?by=team", "name", names[1]).status)
	b.post("/kpi/calls/annotations?period=2026-11", "from", "2026-11-03", "kind", "other", "text", names[2])
	for _, page := range []string{"/kpi/calls?by=agent", "/kpi/calls?by=campaign", "/explore?as=bar&by=agent", "/explore?as=heat&by=agent&then=campaign", "/explore?as=scatter&kpi=calls,reach_rate&by=campaign",
		"/explore?as=line&by=agent&kpi=calls", "/explore?by=agent&then=campaign"} {
		a := b.get(page+"&period=2026-11").has(200, "alert(1)").lacks("<script>alert", "<img src=x", "<svg onload", `href="javascript:`)
		require.NotContains(t, a.body, ` onerror="`)
	}
	for _, n := range names {
		v := url.QueryEscape(n)
		b.get("/kpi/calls?period=2026-11&agent="+v).has(200).lacks("<script>alert", "<img src=x", "<svg onload")
		b.get("/explore?where="+v+"&by="+v+"&sort="+v).lacks("<script>alert", "<img src=x", "<svg onload")
		b.get("/kpi/"+url.PathEscape(n)).lacks("<script>alert", "<img src=x", "<svg onload")
	}
}

// Filters offer what a reader may see, whoever asked before.
func TestFiltersKeepTheScope(t *testing.T) {
	s := newSite(t)
	s.as(auth.Manager).get("/kpi/calls?period=2026-11").has(200, "<option>West</option>", "<option>Dino</option>")
	s.as(auth.Lead).get("/kpi/calls?period=2026-11").has(200, "<option>Boris</option>").lacks("West", "Dino")
}

func TestHijriMonthsOnThePage(t *testing.T) {
	s := newSite(t)
	hijri := ingesttest.Adria
	hijri.Calendar = facts.SolarHijri
	require.NoError(t, s.Folder.Replace(context.Background(), nil, func(f *ingest.Folder) error { return f.SetSettings(context.Background(), hijri) }))
	s.speaks(auth.Manager, "fa")
	b := s.as(auth.Manager)
	// 2 November 2026 is 11 Aban 1405, typed in either digits.
	b.get("/kpi/calls?period=1405-08").has(200, "۱۱ آبان", "۱۴۰۵", `dir="rtl"`, `value="۱۴۰۵-۰۸-۰۱"`)
	b.get("/kpi/calls?from="+url.QueryEscape("۱۴۰۵-۰۸-۱۱")+"&to="+url.QueryEscape("۱۴۰۵-۰۸-۱۲")).has(200, "۱۲ آبان")
	b.get("/kpi/calls?per=month&period=1405").has(200, "آبان ۱۴۰۵")
}
