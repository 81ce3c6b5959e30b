package goals_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/demo"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/mapping"
	"github.com/callpace/callpace/internal/store"
)

var update = flag.Bool("update", false, "write the golden tables anew")

// seedGoals are the seeds' example goals as they would be typed. Nobody at the
// demo company sells a product X: of it there is no history, and that is said.
var seedGoals = [][2]string{
	{"en: 50 new sales of product X in the next month", "hr: Ostvariti 50 novih prodaja proizvoda X u sljedećih mjesec dana"},
	{"en: raise the conversion rate of cold calls by 15 % in the next 3 months", "hr: Povećati stopu konverzije hladnih poziva za 15% u sljedeća 3 mjeseca"},
	{"en: 100 qualified leads a week for the sales department", "hr: Generirati 100 kvalificiranih leadova tjedno za odjel prodaje"},
	{"en: raise the average order value by 20 %", "hr: Povećati prosječnu vrijednost narudžbe za 20%"},
	{"en: cut call time by 10 % while keeping the same conversion rate", "hr: Smanjiti vrijeme poziva za 10% uz zadržavanje iste stope konverzije"},
	{"en: 1,000 calls a week per agent", "hr: Ostvariti 1000 poziva tjedno po agentu"},
	{"en: conversion is 5 % now; 6 % in the next quarter", "hr: trenutna stopa konverzije 5%, cilj od 6% u sljedećem kvartalu"},
	{"en: an agent makes 20 sales a month now, 25 sales a month", "hr: agent trenutno ostvaruje 20 prodaja mjesečno, cilj od 25 prodaja"},
	{"en: more renewals and cross-selling, objective retention", "hr: povećati obnovu pretplata i cross-selling postojećim klijentima, objective=retention"},
	{"en: more new customers in segment SMB", "hr: akvizicija novih klijenata u segmentu SMB"},
	{"en: conversion up 10 % by the end of the second quarter", "hr: Povećati stopu konverzije za 10% do kraja drugog kvartala"},
	{"en: 1,000 new subscribers by the end of the year", "hr: Ostvariti 1000 novih pretplatnika do kraja godine"},
	{"en: customers' waiting time down 30 % in the next 60 days", "hr: Smanjiti vrijeme čekanja klijenata za 30% u sljedećih 60 dana"},
	{"en: by improving the script, monthly sales amount +20 % within three months", "zh: 在接下来三个月内，通过优化外呼话术，使团队月销售额提升 20%"},
}

// company is the demo company in a data folder, as of a Friday afternoon.
func company(t *testing.T) (goals.Book, func(lang string) goal.Context) {
	t.Helper()
	ctx, dir, now := context.Background(), t.TempDir(), time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	settings := facts.Settings{Zone: demo.Zone, Currency: "EUR", Country: "HR", WeekStart: time.Monday, Calendar: facts.Gregorian, CreditDays: 30, CallbackMinutes: 60}
	state, err := store.Open(ctx, dir)
	require.NoError(t, err)
	var formats source.Registry
	formats.Register("mapping", mapping.New())
	folder := ingest.Share(dir, ingest.Deps{Formats: &formats, Now: func() time.Time { return now }})
	t.Cleanup(func() {
		require.NoError(t, folder.Close(ctx))
		require.NoError(t, state.Close())
	})
	require.NoError(t, folder.Found(ctx, settings))
	files, err := demo.Make(1, now)
	require.NoError(t, err)
	require.NoError(t, folder.Write(ctx, nil, func(f *ingest.Folder) error {
		for _, file := range files {
			if _, err := f.Import(ctx, ingest.Delivery{Name: file.Name, Size: int64(len(file.Data)), Spec: source.Spec{Source: file.Source, Format: "mapping", Mapping: file.Mapping},
				Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Data)), nil }}); err != nil {
				return err
			}
		}
		return nil
	}))
	defs, err := kpi.Load()
	require.NoError(t, err)
	asker := question.Asker{Settings: settings, Scope: kpi.Everything(), Now: now}
	base, _, err := asker.Query(question.Words{})
	require.NoError(t, err)
	work, err := calendar.NewWorking(calendar.WorkRules{Country: "HR"})
	require.NoError(t, err)
	b := goals.Book{State: state.State, Now: now, Desk: track.Desk{Catalogue: defs, Base: base, Working: work, Today: facts.DayOf(2026, 11, 20)}}
	require.NoError(t, folder.Read(func(f *ingest.Folder) error { b.Desk.Engine = f.Store().Engine(); return nil }))
	words := goal.Context{Today: b.Desk.Today, Calendar: base.Calendar, Catalogue: defs, Currency: "EUR"}
	require.NoError(t, b.Desk.Names(ctx, &words))
	return b, func(lang string) goal.Context { c := words; c.Lang = lang; return c }
}

// The seeds' goals, from what is typed to how they stand on the demo company;
// in either language the same.
func TestSeedsOnTheDemoCompany(t *testing.T) {
	if testing.Short() {
		t.Skip("imports the whole demo company")
	}
	b, words := company(t)
	var out strings.Builder
	for i, pair := range seedGoals {
		var said []string
		for _, text := range pair {
			lang, text, _ := strings.Cut(text, ": ")
			g, err := goal.Parse(text, words(lang))
			require.NoError(t, err, text)
			r, err := b.Try(t.Context(), g)
			require.NoError(t, err, text)
			said = append(said, stands(r))
		}
		require.Equal(t, said[0], said[1], pair[1])
		fmt.Fprintf(&out, "%2d %s\n   %s\n", i+1, strings.TrimPrefix(pair[0], "en: "), said[0])
	}
	const golden = "testdata/seeds.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

// stands tells a report in one line.
func stands(r *track.Report) string {
	n := func(v float64) string { return fmt.Sprintf("%.4g", v) }
	out := []string{r.Goal.KPI, calendar.Date(r.Judged.From).String() + ".." + calendar.Date(r.Judged.To-1).String(), string(r.Goal.State)}
	if len(r.Goal.Scope.Where) > 0 {
		out = append(out, strings.Join(r.Goal.Scope.Where, "; "))
	}
	if f, ok := r.Frozen.Parts[""]; ok && !f.NoData {
		out = append(out, "baseline "+n(f.Value))
	}
	s, whole := r.Whole()
	if !whole {
		s = r.Parts[(len(r.Parts)-1)/2]
		out = append(out, fmt.Sprintf("%d of %d on the way", r.Good(), len(r.Parts)))
	}
	out = append(out, "actual "+n(s.Actual))
	if s.Has {
		out = append(out, "target "+n(s.Target.High))
	}
	if s.Known {
		out = append(out, fmt.Sprintf("projected %s (%s to %s), chance %.2f", n(s.Pace.Projected), n(s.Pace.Low), n(s.Pace.High), s.Pace.Chance))
	}
	if s.Attain != nil {
		out = append(out, string(s.Attain.Verdict))
	}
	out = append(out, string(r.Status))
	smart := ""
	for _, c := range r.Checks {
		smart += " " + string(c.Letter) + ":" + string(c.Verdict)
	}
	return strings.Join(append(out, strings.TrimSpace(smart)), " | ")
}
