package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/overview"
)

const abandonedMapping = `{version: 1, key: id, facts: {calls: {id: id, started: started, direction: {value: inbound}, channel: {value: phone}, agent: ext, queue: queue, phone: phone,
  outcome: {column: disposition, map: {abandoned: abandoned, sale: sale}}, talk: talk}}}`

const listMapping = `{version: 1, key: id, facts: {calls: {id: id, started: started, direction: {value: outbound}, channel: {value: phone}, agent: ext, list: list, phone: phone,
  outcome: {column: disposition, map: {no answer: no_answer, sale: sale}}, talk: talk}}}`

// fewSales are calls of two queues or lists, of 100 each: nine in ten of the
// first come to nothing, one in ten of the second.
func fewSales(id, column, first, second, nothing string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "id,started,ext,%s,phone,disposition,talk\n", column)
	for i := range 200 {
		name, bad := first, i%10 != 0
		if i >= 100 {
			name, bad = second, i%10 == 0
		}
		what, talk := "sale", 100
		if bad {
			what, talk = nothing, 0
		}
		fmt.Fprintf(&b, "%s%d,2026-11-10 10:%02d:00,104,%s,+3859%s%04d,%s,%d\n", id, i, i%60, name, fmt.Sprint(len(id)), i, what, talk)
	}
	return b.String()
}

// What to look at first are queues and lists of leads, too, with the reason and
// the count, and a note can be put beside them as beside people.
func TestQueuesAndListsAreLookedAtFirst(t *testing.T) {
	s := newSite(t)
	s.imports("queue", "q.csv", abandonedMapping, fewSales("q", "queue", "Support", "Orders", "abandoned"))
	s.imports("list", "l.csv", listMapping, fewSales("li", "list", "Fair 2019", "Web form", "no answer"))
	b := s.as(auth.Manager)
	page := b.get("/").has(200, "Queue <bdi>Support</bdi> · Abandonment rate", "90.0% (90 of 100); 10.0% among the others", "List <bdi>Fair 2019</bdi> · Reach rate", "/kpi/abandonment_rate?queue=Support")
	page.has(200, `name="by" value="queue"`).lacks("Queue <bdi>Orders</bdi>", "List <bdi>Web form</bdi>")

	note := []string{"kpi", "abandonment_rate", "by", "queue", "of", "Support", "text", "The lines were down", "disputed", "1", "next", "/"}
	b.post("/findings/note", note...).goes("/")
	b.get("/").has(200, "The lines were down", "Mia Manager")
	notes, err := s.State.Notes().FindNotes(t.Context(), overview.FindingKey("abandonment_rate", "queue", "Support", ""))
	require.NoError(t, err)
	require.Len(t, notes, 1)
	b.post("/findings/note", but(note, "of", "Nowhere")...).has(404)
	b.post("/findings/note", but(note, "by", "phone")...).has(404)
	s.as(auth.Agent).post("/findings/note", note...).has(404) // Ana has no calls of this queue
}

// Everybody begins with the view of their role, unless they chose another.
func TestStartOfARole(t *testing.T) {
	s := newSite(t)
	for login, start := range map[string]string{"ana": "/me", "lea": "/today", "quin": "/calls", "alan": "/explore", "mia": "/", "ada": "/"} {
		b := s.stranger()
		s.signIn(b, login+"@adria.example", password).goes(start)
		b.get(start).has(200)
	}
	b := s.stranger()
	s.signIn(b, "ana@adria.example", password)
	b.get("/account").has(200, "As usual for your role: My page")
	b.post("/account/profile", "name", "Ana Anić", "language", "en", "start_page", "/goals")
	s.signIn(s.stranger(), "ana@adria.example", password).goes("/goals")
}

// What happened stands on the charts of goals and of agents, too.
func TestAnnotationsOnOtherCharts(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Manager)
	b.post("/kpi/calls/annotations?period=2026-11", "from", "2026-11-02", "to", "2026-11-03", "kind", "outage", "text", "The exchange was down")
	var rows strings.Builder
	rows.WriteString("id,started,ext,phone,campaign,disposition,talk\n")
	for day := facts.DayOf(2026, 8, 3); day < facts.DayOf(2026, 11, 21); day++ {
		for i := range 6 {
			fmt.Fprintf(&rows, "d%d_%d,%s 10:%02d:00,101,+385912%06d,Solar,sale,60\n", day, i, facts.DateOf(day).Format(time.DateOnly), i, int(day)*6+i)
		}
	}
	s.imports("pbx", "more.csv", callsMapping, rows.String())
	b.post("/goals/new", "text", "200 calls this month").goes("/goals/1?done=set")
	b.get("/goals/1").has(200, "<cp-chart", "The exchange was down")
	b.get("/agents/Ana?period=2026-11").has(200, "<cp-chart", "The exchange was down")
}
