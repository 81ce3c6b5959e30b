package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/question"
)

const coldMapping = `{version: 1, key: id, facts: {calls: {id: id, started: started, direction: {value: outbound}, channel: {value: phone}, kind: {value: cold}, agent: agent,
  lead: lead, campaign: {value: Solar}, outcome: {value: not_interested}, talk: {value: "60"}}}}`

const stageMapping = `{version: 1, key: lead, facts: {lead_stages: {lead: lead, stage: {value: appointment}, reached: reached}}}`

// steadyCompany calls 40 leads a day and agent, of whom half make an
// appointment, up to three weeks later; never anything else. Cvita began a week
// ago, and works just like Ana and Boris.
func steadyCompany(t *testing.T) *site {
	s := newSite(t)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, time.UTC) }
	now := s.clock.Now()
	calls, stages := &strings.Builder{}, &strings.Builder{}
	calls.WriteString("id,started,agent,lead\n")
	stages.WriteString("lead,reached\n")
	for agent, from := range map[string]time.Time{"Ana": day(2026, 10, 1), "Boris": day(2026, 10, 1), "Cvita": day(2026, 11, 15)} {
		for at := from; at.Before(now); at = at.AddDate(0, 0, 1) {
			for i := range 40 {
				lead := fmt.Sprintf("%s-%s-%d", agent, at.Format(time.DateOnly), i)
				fmt.Fprintf(calls, "%s,%s,%s,%s\n", lead, at.Format(time.DateTime), agent, lead)
				if got := at.AddDate(0, 0, i/2).Add(time.Hour); i%2 == 0 && got.Before(now) {
					fmt.Fprintf(stages, "%s,%s\n", lead, got.Format(time.DateTime))
				}
			}
		}
	}
	s.imports("dialler", "cold.csv", coldMapping, calls.String())
	s.imports("crm", "stages.csv", stageMapping, stages.String())
	return s
}

func TestNothingIsWorseForBeingYounger(t *testing.T) {
	s := steadyCompany(t)
	b := s.as(auth.Manager)
	ask := question.Asker{Settings: ingesttest.Adria, Scope: kpi.Everything(), Now: s.clock.Now()}
	run := func(q kpi.Query) (f *kpi.Frame) {
		require.NoError(t, s.Folder.Read(func(folder *ingest.Folder) (err error) {
			_, defs := ingesttest.Catalogues()
			f, err = defs.Run(t.Context(), folder.Store().Engine(), q)
			return err
		}))
		return f
	}
	november := calendar.Range{From: facts.DayOf(2026, 11, 1), To: facts.DayOf(2026, 11, 23)}
	october := calendar.Range{From: facts.DayOf(2026, 10, 1), To: facts.DayOf(2026, 10, 23)}
	q, _, err := ask.Query(question.Words{KPIs: []string{"appointment_rate"}, Where: []string{`agent == "Ana"`}})
	require.NoError(t, err)

	// A month against the one before it, half done: the older leads have had
	// their appointments meanwhile, which says nothing of the month.
	q.Period = &october
	old := run(q).Rows[0].Figures[0]
	q.Period, q.Compare = &november, &kpi.Comparison{Range: october, Label: "previous"}
	x := run(q).Rows[0].Figures[0]
	require.Greater(t, old.Number, 1.5*x.Number, "the figures as they stand are far apart")
	require.Equal(t, x.Num, x.Compared.Before.Num)
	require.Zero(t, x.Compared.Diff)
	require.False(t, x.Compared.Beyond)
	page := b.get("/kpi/appointment_rate?period=2026-11&agent=Ana").has(200, "At equal age", "31 days before now")
	page.lacks("change bad", "change good")

	// A ratio of the organisation's own over such outcomes is judged by its days
	// as of then, too: the interval of no change lies around none.
	defs, err := kpi.Load(kpi.File{Name: "own.yaml", Data: []byte(`{measures: [{id: calls_to_appointments, fact: calls, date: started, agg: count, where: "kind == 'cold' and story.appointment >= started", came: story.appointment}],
		kpis: [{id: appointments_each, unit: ratio, better: higher, kind: ratio, numerator: calls_to_appointments, denominator: cold_calls}]}`)})
	require.NoError(t, err)
	own := q
	own.KPIs = []string{"appointments_each"}
	require.NoError(t, s.Folder.Read(func(folder *ingest.Folder) error {
		f, err := defs.Run(t.Context(), folder.Store().Engine(), own)
		require.NoError(t, err)
		c := f.Rows[0].Figures[0].Compared
		require.Zero(t, c.Diff)
		require.True(t, c.Judged)
		require.InDelta(t, 0, c.Low+c.High, 1e-9)
		return nil
	}))

	// Cvita against the others.
	q.Compare, q.Where = nil, nil
	judged := overview.Judged(q, []string{"appointment_rate"}, "campaign", "agent")
	require.Equal(t, 11, judged.Followed)
	require.Empty(t, overview.Behind(run(judged)))
	judged.Followed = 0
	require.Equal(t, map[string]int{"Cvita": 1}, overview.Behind(run(judged)), "as they stand, a week of work looks like little success")
	b.get("/agents?period=2026-11").has(200, "Cvita").lacks("#findings")
	b.get("/").has(200).lacks("<bdi>Cvita</bdi>")
	b.get("/funnel?by=agent&period=2026-11").has(200, "Cvita").lacks("below the others")

	// Who is worse is still found, by leads of equal age.
	var worse strings.Builder
	worse.WriteString("id,started,agent,lead\n")
	for d := range 22 {
		for i := range 40 {
			fmt.Fprintf(&worse, "w%d-%d,2026-11-%02d 10:00:00,Dino,w%d-%d\n", d, i, d+1, d, i)
		}
	}
	s.imports("dialler", "worse.csv", coldMapping, worse.String())
	b.get("/agents?period=2026-11").has(200, "/agents/Dino?period=2026-11#findings")
	b.get("/agents/Dino?period=2026-11").has(200, "Judged by leads that were followed for 11 days")
}
