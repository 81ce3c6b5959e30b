package web

import (
	"context"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// peoplePages are the pages about people and what they work through, and who
// gets which status: agent, lead, qa, analyst, manager, admin.
var peoplePages = []struct {
	path     string
	statuses [6]int
}{
	{"/today", [6]int{200, 200, 200, 200, 200, 200}},
	{"/today?day=2026-11-20&kpi=sales", [6]int{200, 200, 200, 200, 200, 200}},
	{"/today?day=2020-01-01", [6]int{200, 200, 200, 200, 200, 200}}, // nothing is known of it
	{"/me", [6]int{200, 200, 200, 200, 200, 200}},
	{"/me?period=2020-01", [6]int{200, 200, 200, 200, 200, 200}},
	{"/funnel", [6]int{200, 200, 200, 200, 200, 200}},
	{"/funnel?by=agent&compare=none", [6]int{200, 200, 200, 200, 200, 200}},
	{"/funnel?period=2020-01", [6]int{200, 200, 200, 200, 200, 200}},
	{"/campaigns", [6]int{403, 200, 200, 200, 200, 200}},
	{"/campaigns/Solar", [6]int{403, 200, 200, 200, 200, 200}},
	{"/campaigns/Gas", [6]int{403, 404, 200, 200, 200, 200}}, // of the other team
	{"/agents", [6]int{403, 200, 200, 200, 200, 200}},
	{"/agents?period=2020-01", [6]int{403, 200, 200, 200, 200, 200}},
	{"/agents/Ana", [6]int{200, 200, 200, 200, 200, 200}},
	{"/agents/Boris", [6]int{404, 200, 200, 200, 200, 200}},
	{"/agents/Cvita", [6]int{404, 404, 200, 200, 200, 200}},
	{"/agents/Nobody", [6]int{404, 404, 404, 404, 404, 404}},
	{"/teams/East", [6]int{403, 200, 200, 200, 200, 200}},
	{"/teams/West", [6]int{403, 404, 200, 200, 200, 200}},
	{"/corrections", [6]int{403, 200, 403, 403, 200, 200}},
}

// keyless is a text that a catalogue lacks: its key stands in its place.
var keyless = regexp.MustCompile(`>\s*(today|people|me|corrections|funnel|campaigns|agents|agent|finding|state|absence)\.[a-z_.]+\b`)

func TestPeoplePagesForEveryRoleAndLanguage(t *testing.T) {
	s := newSite(t)
	for i, role := range auth.Roles() {
		for j, lang := range i18n.Languages() {
			a, err := s.State.Accounts().FindAccount(context.Background(), s.ids[role])
			require.NoError(t, err)
			a.Language = lang
			require.NoError(t, s.State.Accounts().UpdateAccount(context.Background(), a))
			b := s.as(role)
			for n, page := range peoplePages {
				if lang != "en" && (i+j+n)%3 != 0 {
					continue // each page in each language, though not for each role
				}
				got := b.get(page.path)
				require.Equal(t, page.statuses[i], got.status, "%s %s %s: %s", role, lang, page.path, got.body)
				require.NotRegexp(t, keyless, got.body, "%s %s", lang, page.path)
			}
		}
	}
}

// The figures of a page are those that the same question gives anywhere.
func TestPeoplePagesTellTheSameNumbers(t *testing.T) {
	s := newSite(t)
	ask := func(by, key string, kpis ...string) kpi.FrameRow {
		var frame *kpi.Frame
		r := s.request(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		asker := question.Asker{Settings: r.settings, Policy: r.policy, Scope: kpi.Everything(), Now: s.clock.Now()}
		q, _, err := asker.Query(question.Words{KPIs: kpis, By: []string{by}, Period: "this-month"})
		require.NoError(t, err)
		require.NoError(t, r.read(func(e kpi.Engine) (err error) {
			frame, err = r.defs.Run(context.Background(), e, q)
			return err
		}))
		for _, row := range frame.Rows {
			if row.Key[0] == key {
				return row
			}
		}
		t.Fatalf("no row %s", key)
		return kpi.FrameRow{}
	}
	manager := s.as(auth.Manager)
	rows := func(path, id string) map[string][]string { return tableOf(t, manager.get(path).has(200).body, id) }

	east := ask("team", "East", "calls", "appointments", "sales")
	require.Equal(t, 4.0, east.Figures[0].Number)
	require.Equal(t, "4", rows("/agents", "teams")["East"][0])
	solar := ask("campaign", "Solar", "calls", "contact_rate")
	require.Equal(t, fmt.Sprint(int(solar.Figures[0].Number)), rows("/campaigns", "campaigns")["Solar"][0])
	ana := ask("agent", "Ana", "calls")
	require.Equal(t, fmt.Sprint(int(ana.Figures[0].Number)), rows("/agents", "agents")["Ana"][0])
	require.Contains(t, s.as(auth.Agent).get("/me").body, `<p class="kpi-value">`+fmt.Sprint(int(ana.Figures[0].Number))+`</p>`)
	// Three calls on Friday the 20th, one of them of a number that the roster does not know.
	require.Equal(t, "1", rows("/today?day=2026-11-20", "today-agent")["109"][0])
	require.Equal(t, "2", rows("/today?day=2026-11-20", "today-agent")["Dino"][0])
}

// tableOf reads a table of a page: the first line of each cell, by its row's head.
func tableOf(t *testing.T, body, id string) map[string][]string {
	_, rest, ok := strings.Cut(body, `<caption id="`+id+`"`)
	require.True(t, ok, "no table %s", id)
	rest, _, _ = strings.Cut(rest, "</table>")
	_, rest, _ = strings.Cut(rest, "<tbody>")
	out := map[string][]string{}
	text := func(cell string) string {
		cell, _, _ = strings.Cut(cell, `<span class="sub">`)
		return strings.TrimSpace(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(cell, "")))
	}
	for _, row := range strings.Split(rest, "<tr>")[1:] {
		head := regexp.MustCompile(`(?s)<th scope="row"[^>]*>(.*?)</th>`).FindStringSubmatch(row)
		var cells []string
		before, after, _ := strings.Cut(row, "</th>")
		if !strings.Contains(before, `scope="row"`) {
			continue
		}
		_ = before
		for _, c := range regexp.MustCompile(`(?s)<td[^>]*>(.*?)</td>`).FindAllStringSubmatch(after, -1) {
			cells = append(cells, text(c[1]))
		}
		out[text(head[1])] = cells
	}
	return out
}

// A name is data, whatever it looks like.
func TestHostileNamesOnPeoplePages(t *testing.T) {
	s := newSite(t)
	evil := `<script>alert(1)</script>"'&`
	quoted := `"` + strings.ReplaceAll(evil, `"`, `""`) + `"`
	s.imports("people2", "roster2.csv", ingesttest.RosterMapping, "agent,extension,team\n"+quoted+",901,"+quoted+"\n")
	s.imports("pbx", "more.csv", callsMapping, "id,started,ext,phone,campaign,disposition,talk\n"+
		"e1,2026-11-20 09:00:00,"+quoted+",+385911111199,"+quoted+",sale,60\n")
	manager := s.as(auth.Manager)
	for _, path := range []string{"/today?day=2026-11-20", "/funnel?by=agent", "/funnel?by=campaign", "/campaigns", "/agents",
		"/agents/" + url.PathEscape(evil), "/campaigns/" + url.PathEscape(evil), "/today?agent=" + url.QueryEscape(evil)} {
		body := manager.get(path).has(200).body
		require.NotContains(t, body, "<script>alert", path)
		require.Contains(t, body, "alert(1)", path)
	}
	// A name in an expression is a text, not a condition.
	manager.get("/agents/" + url.PathEscape(`Ana" or "1" == "1`)).has(404)
}

func TestFindingIsDisputed(t *testing.T) {
	s := newSite(t)
	lead := s.as(auth.Lead)
	lead.post("/findings/note", "kpi", "reach_rate", "of", "Ana", "among", "Solar", "text", "She was on <b>training</b>", "disputed", "1", "next", "/agents/Ana").goes("/agents/Ana")
	notes, err := s.State.Notes().FindNotes(context.Background(), overview.FindingKey("reach_rate", "agent", "Ana", "Solar"))
	require.NoError(t, err)
	require.Len(t, notes, 1)
	require.True(t, notes[0].Disputed)
	require.Equal(t, s.ids[auth.Lead], notes[0].AuthorID)

	// Of another team, of nobody, and without a word.
	lead.post("/findings/note", "kpi", "reach_rate", "of", "Dino", "text", "?").has(404)
	lead.post("/findings/note", "kpi", "nonsense", "of", "Ana", "text", "?").has(404)
	lead.post("/findings/note", "kpi", "reach_rate", "of", "Ana", "text", "  ").has(400)
	s.as(auth.Agent).post("/findings/note", "kpi", "reach_rate", "of", "Boris", "text", "?").has(404)
}

func TestCorrectionIsRequestedAndAnswered(t *testing.T) {
	s := newSite(t)
	agent := s.as(auth.Agent)
	agent.post("/me/corrections", "subject", "call 2", "text", "").has(422, "Nothing is written", `value="call 2"`)
	agent.post("/me/corrections", "subject", "call 2", "text", "It was a sale").goes("/me#requests")
	agent.get("/me").has(200, "It was a sale", "open")
	found, err := s.State.Corrections().FindCorrections(context.Background(), store.CorrectionOpen, "")
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "East", found[0].Team)

	s.as(auth.Agent).post("/corrections/"+found[0].ID, "state", "accepted", "answer", "yes").has(403)
	lead := s.as(auth.Lead)
	lead.get("/agents").has(200, "1 request for a correction")
	lead.get("/corrections").has(200, "It was a sale", "call 2")
	lead.post("/corrections/"+found[0].ID, "state", "accepted", "answer", "").has(422, "Nothing is written")
	lead.post("/corrections/"+found[0].ID, "state", "maybe", "answer", "hm").has(400)
	lead.post("/corrections/"+found[0].ID, "state", "declined", "answer", "The order was cancelled").goes("/corrections")
	lead.post("/corrections/"+found[0].ID, "state", "accepted", "answer", "yes").has(409)
	agent.get("/me").has(200, "declined", "The order was cancelled", "Lea Lead")

	// Of another team: nobody's business.
	other, err := s.State.Corrections().CreateCorrection(context.Background(), store.Correction{Agent: "Dino", Team: "West", Text: "secret", AuthorID: "x", CreatedAt: s.clock.Now()})
	require.NoError(t, err)
	lead.get("/corrections").has(200).lacks("secret")
	lead.post("/corrections/"+other.ID, "state", "accepted", "answer", "yes").has(404)
	s.as(auth.Manager).get("/corrections").has(200, "secret")
}

// A draw is kept: its reviewer sees the same calls again, others draw their own.
func TestCallsAreDrawn(t *testing.T) {
	s := newSite(t)
	ids := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	require.Equal(t, chosen(ids, 7, 5), chosen(ids, 7, 5))
	require.Len(t, chosen(ids, 7, 5), 5)
	require.NotEqual(t, chosen(ids, 7, 5), chosen(ids, 8, 5))
	require.Len(t, chosen(ids[:2], 7, 5), 2)

	qa := s.as(auth.QA)
	qa.post("/agents/Boris/draw", "period", "this-month").goes("/agents/Boris?period=this-month#draw")
	draws, err := s.State.Draws().FindDraws(context.Background(), "Boris")
	require.NoError(t, err)
	require.Len(t, draws, 1)
	require.ElementsMatch(t, []string{ingest.CallKey("pbx", "3"), ingest.CallKey("pbx", "4")}, draws[0].Calls)
	first := qa.get("/agents/Boris?period=this-month").has(200, "/calls/pbx/3", "/calls/pbx/4", "Draw again").body
	listed := func(body string) []string { return regexp.MustCompile(`"/calls/pbx/\d+"`).FindAllString(body, -1) }
	require.Equal(t, listed(first), listed(qa.get("/agents/Boris?period=this-month").body))
	s.as(auth.Manager).get("/agents/Boris?period=this-month").has(200, "Draw five calls").lacks("/calls/pbx/3")

	qa.post("/agents/Boris/note", "call", draws[0].Calls[0], "text", "Good opening", "next", "/agents/Boris").goes("/agents/Boris#draw")
	qa.get("/agents/Boris").has(200, "Good opening", "Quin Quality")
	qa.post("/agents/Boris/note", "call", ingest.CallKey("pbx", "7"), "text", "?").has(404)

	qa.post("/agents/Boris/draw", "period", "this-month").goes("/agents/Boris?period=this-month#draw")
	entries, err := s.State.Audit().FindAuditEntries(context.Background(), store.AuditFilter{Action: string(auth.CallsDrawn)})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	s.as(auth.Analyst).post("/agents/Boris/draw", "period", "this-month").has(403)
	s.as(auth.Lead).post("/agents/Dino/draw", "period", "this-month").has(404)
}

// An agent learns the figures of a team as a whole only where it is large
// enough to hide everybody in it.
func TestTeamOfTwoHidesItsFigures(t *testing.T) {
	s := newSite(t)
	s.as(auth.Agent).get("/me").has(200).lacks("Others in the team", "Boris")
	s.as(auth.Lead).get("/agents/Ana").has(200, "Others in the team")
}

// Whoever sees a part of the company is told with whom a profile compares.
func TestAProfileSaysWithWhomItCompares(t *testing.T) {
	s := newSite(t)
	s.as(auth.Lead).get("/agents/Ana?period=2026-11").has(200, "are those whom you may see (you see team East)")
	s.as(auth.Manager).get("/agents/Ana?period=2026-11").has(200).lacks("whom you may see")
}
