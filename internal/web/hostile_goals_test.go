package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
	letters "github.com/callpace/callpace/internal/web/letter"
)

// hostileGoal is a goal of calls this month whose every word is one of the texts, from the i-th on.
func hostileGoal(texts []string, i int) goal.Goal {
	at := func(k int) string { return texts[(i+k)%len(texts)] }
	short := func(k int) string { return strings.ToValidUTF8(at(k)[:min(len(at(k)), 900)], "") } // than a condition may be
	day := func(n int) calendar.Date { return calendar.Date(facts.DayOf(2026, 11, n)) }
	return goal.Goal{Name: at(0), KPI: "calls", Means: at(1), Owner: at(2), Objective: at(3), Text: at(4), Better: goal.Higher, State: goal.Active,
		Scope: goal.Scope{Team: short(5), Agent: short(6), Where: []string{question.Equal("campaign", short(7))}}, Target: goal.Target{Kind: goal.Total, Value: goal.Number(20 * callpace.One)},
		Period: goal.Period{Kind: goal.Dates, From: day(1), Until: day(30)}}
}

// Every text field of a goal bears each of the texts, in the versions of a few
// goals that their pages tell one by one, in lists, files and mails.
func TestHostileTextsOfGoals(t *testing.T) {
	texts := ingesttest.HostileTexts(2000)
	s, _ := newMailSite(t)
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	admin := s.as(auth.Admin)
	t.Run("versions", func(t *testing.T) { hostileVersions(t, s, admin, texts) })
	t.Run("forms", func(t *testing.T) { hostileGoalForms(t, admin, texts) })
	t.Run("lists", func(t *testing.T) { hostileGoalLists(t, s, admin, texts) })
	t.Run("mails", func(t *testing.T) { hostileGoalMails(t, s, texts) })
	require.NotContains(t, log.String(), "level=ERROR")
}

// hostileVersions has goals written anew with all texts in every field, and
// shows what each of them was.
func hostileVersions(t *testing.T, s *site, b *browser, texts []string) {
	const each = 100
	today := facts.DayOf(2026, 11, 23)
	for i := 0; i < len(texts); i += each {
		g, err := s.State.Goals().CreateGoal(t.Context(), store.Goal{Goal: hostileGoal(texts, i), Author: texts[i], CreatedAt: s.clock.Now()}, today)
		require.NoError(t, err)
		for k := i + 1; k < i+each; k++ {
			next := hostileGoal(texts, k)
			next.ID = g.ID
			_, err := s.State.Goals().UpdateGoal(t.Context(), store.Goal{Goal: next, Author: texts[k]}, today, texts[k], s.clock.Now())
			require.NoError(t, err)
		}
		at := "/goals/" + g.ID
		doc := inert(t, at, s.at(t, b, at))
		told, seen := textOf(doc), 0
		for _, text := range texts[i : i+each] {
			if strings.Contains(told, oneSpaced(text)) {
				seen++
			}
		}
		require.Greater(t, seen, each*9/10, "the texts are not on the page") // but for what HTML replaces: NUL and the like
	}
}

// textOf is the text of a page, its white space as one space.
func textOf(doc *html.Node) string {
	var out strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		}
	}
	return oneSpaced(out.String())
}

func oneSpaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// hostileGoalForms sets goals by fields, as people do, and looks wherever they show.
func hostileGoalForms(t *testing.T, b *browser, texts []string) {
	set := 0
	for i := 0; i+8 < len(texts); i += 400 {
		a := b.post("/goals/new", "by", "fields", "kpi", "calls", "target", "20", "period", "this month", "name", texts[i], "means", texts[i+1], "objective", texts[i+2], "owner", texts[i+3],
			"team", texts[i+4], "agent", texts[i+5], "weight", "2")
		require.Less(t, a.status, 500, "%s: %s", a.asked, a.body)
		if a.status == http.StatusSeeOther {
			set++
			a = a.follow(b)
		}
		a.inert(t)
		for n, field := range goalFieldNames { // refused, with what was typed in its box
			a := b.post("/goals/new", "by", "fields", "kpi", "calls", "target", "20", "period", "this month", field, texts[i+n%8])
			require.Less(t, a.status, 500, "%s: %s", a.asked, a.body)
			if a.follow(b).inert(t); i > 0 {
				break
			}
		}
	}
	require.Greater(t, set, 2)
	for _, at := range []string{"/goals", "/goals?by=objective", "/goals/new?of=1", "/goals/21", "/goals/21/split", "/scorecard", "/scorecard?by=team", "/today", "/me", "/plan", "/kpi/calls"} {
		a := b.get(at)
		require.Less(t, a.status, 500, "%s: %s", at, a.body)
		a.inert(t)
	}
}

// hostileGoalLists lists goals of such names page by page and saves them to
// files. Nothing is reckoned of them: their KPIs, which bear such names too, are gone.
func hostileGoalLists(t *testing.T, s *site, b *browser, texts []string) {
	require.NoError(t, s.State.Update(t.Context(), func(tx store.State) error {
		for i := 0; i < len(texts); i += 7 {
			g := hostileGoal(texts, i)
			g.KPI = texts[(i+8)%len(texts)]
			if _, err := tx.Goals().CreateGoal(t.Context(), store.Goal{Goal: g, CreatedAt: s.clock.Now()}, 0); err != nil {
				return err
			}
		}
		return nil
	}))
	pages := 0
	for at := "/goals"; at != ""; pages++ {
		doc := inert(t, at, s.at(t, b, at))
		at = ""
		for n := range doc.Descendants() {
			if rel, href := attribute(n, "rel"), attribute(n, "href"); rel == "next" {
				at = href
			}
		}
	}
	require.Greater(t, pages, len(texts)/7/pageRows)
	guardedFiles(t, s, b, "/goals?table=teams")
}

// hostileGoalMails has the morning's mail tell of goals of such names.
func hostileGoalMails(t *testing.T, s *site, texts []string) {
	w := letters.Writer{Texts: s.Texts}
	require.NoError(t, s.Folder.Read(func(f *ingest.Folder) error {
		who, err := s.State.Accounts().FindAccount(t.Context(), s.ids[auth.Manager])
		require.NoError(t, err)
		l, _, err := s.Morning.Preview(t.Context(), who, func(fn func(kpi.Engine) error) error { return fn(f.Store().Engine()) })
		require.NoError(t, err)
		require.NotEmpty(t, l.Goals)
		l.Goals = l.Goals[:1]
		for _, text := range texts {
			l.Goals[0].Goal.Name = text
			m, err := w.Message(l, "Adria Test", "https://callpace.example")
			require.NoError(t, err)
			require.NotContains(t, m.HTML, "<"+"script")
			doc, err := html.Parse(strings.NewReader(m.HTML))
			require.NoError(t, err)
			for n := range doc.Descendants() {
				require.Empty(t, attribute(n, "data-evil"), "%q", text)
				require.NotEqual(t, html.CommentNode, n.Type, "%q", text)
			}
		}
		return nil
	}))
}
