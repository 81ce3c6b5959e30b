package goal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/i18n"
)

func parse(t testing.TB, text string) goal.Goal {
	t.Helper()
	g, err := goal.Parse(text, context(t, "en"))
	require.NoError(t, err, text)
	return g
}

// What is told back, in each language and calendar.
func TestDescribe(t *testing.T) {
	texts, err := i18n.Open()
	require.NoError(t, err)
	f := func(lang string, cal calendar.Calendar, text, want string) {
		t.Helper()
		ctx := context(t, lang)
		ctx.Calendar = cal
		g, err := goal.Parse(text, ctx)
		require.NoError(t, err)
		parts, err := g.Describe(ctx.Catalogue, cal)
		require.NoError(t, err)
		l := texts.Localizer(lang, cal)
		var got []string
		for _, p := range parts {
			got = append(got, goal.Print(l, p.Label)+": "+goal.Print(l, p.Text))
		}
		require.Equal(t, want, strings.Join(got, "\n"))
	}
	iso := calendar.New(facts.Gregorian, time.Monday)
	f("en", iso, "cut call time by 10 % in the next 60 days while keeping the same conversion rate", `KPI: Talk time
For: the whole company
Target: -10% (relative)
Compared with: before: 23 September 2026 – 21 November 2026
Period: 22 November 2026 – 20 January 2027 (60 days)
While: Conversion rate stays at least where it is
State: active`)
	f("hr", iso, "50 novih prodaja proizvoda X u sljedećih mjesec dana", `Pokazatelj: Prodaje
Za: cijelu tvrtku, gdje je product = 'X'
Ciljna vrijednost: ukupno 50
Razdoblje: 22. studenoga 2026. – 21. prosinca 2026. (1 mjesec)
Stanje: aktivan`)
	f("zh", iso, "在接下来三个月内，通过优化外呼话术，使团队月销售额提升 20%", `指标: 销售额
范围: 全公司
目标值: +20%（相对），按月计，以最后一个完整期间为准
对比基准: 之前：2026年10月1日 – 2026年10月31日
期间: 2026年11月22日 – 2027年2月21日（3个月）
方式: 优化外呼话术
状态: 进行中`)
	f("fa", calendar.New(facts.SolarHijri, time.Saturday), "نرخ تبدیل دست‌کم ۶٪ این ماه", `شاخص: نرخ تبدیل
برای: کل شرکت
مقدار هدف: دست‌کم ۶٪
دوره: ۱ آذر ۱۴۰۵ – ۳۰ آذر ۱۴۰۵
وضعیت: فعال`)
}

// Every goal that can be written comes back from its file as it was.
// A chance among the reasons of a check is worded as it is everywhere: none is certain.
func TestChanceInWords(t *testing.T) {
	texts, err := i18n.Open()
	require.NoError(t, err)
	f := func(lang string, chance float64, want string) {
		t.Helper()
		c := goal.Goal{KPI: "sales"}.CheckAttainable(catalogue(t), goal.Attainability{Chance: &chance})
		require.Contains(t, goal.Print(texts.Localizer(lang, calendar.Calendar{}), c.Reasons[0]), want)
		require.Equal(t, want, goal.Chance(texts.Localizer(lang, calendar.Calendar{}), chance))
	}
	f("en", 0.999, "> 99%")
	f("en", 0.9904, "> 99%")
	f("en", 0.99, "99%")
	f("hr", 0.001, "< 1\u00a0%")
	f("ro", 0.5, "50\u00a0%")
	f("fa", 0.999, "بیش از ۹۹٪")
	f("zh", 0.123, "12%")
}

func TestYAMLRoundTrip(t *testing.T) {
	number := rapid.Custom(func(t *rapid.T) goal.Number {
		return goal.Number(rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "number"))
	})
	text := rapid.StringMatching(`[A-Za-zčž现ن' :"#{}\[\]-]{0,12}`)
	unit := rapid.SampledFrom([]calendar.Unit{"", calendar.Day, calendar.Week, calendar.Month})
	date := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.Date(rapid.Int64Range(1, 40_000).Draw(t, "day"))
	})
	rapid.Check(t, func(t *rapid.T) {
		g := goal.Goal{
			ID: text.Draw(t, "id"), Name: text.Draw(t, "name"), KPI: rapid.SampledFrom([]string{"sales", "talk_time:median"}).Draw(t, "kpi"),
			KPIVersion: rapid.IntRange(0, 9).Draw(t, "version"),
			Scope:      goal.Scope{Team: text.Draw(t, "team"), Agent: text.Draw(t, "agent"), Each: rapid.SampledFrom([]goal.Each{"", "agent", "team"}).Draw(t, "each")},
			Target: goal.Target{Kind: rapid.SampledFrom([]goal.TargetKind{"", goal.Total, goal.Change, goal.Band}).Draw(t, "kind"), Value: number.Draw(t, "value"),
				Low: number.Draw(t, "low"), High: number.Draw(t, "high"), Currency: "EUR", Per: unit.Draw(t, "per"),
				Baseline: goal.Baseline{Kind: goal.Fixed, Unit: unit.Draw(t, "unit"), Value: number.Draw(t, "baseline")}},
			Better: goal.Higher, Means: text.Draw(t, "means"), Weight: number.Draw(t, "weight"), Owner: text.Draw(t, "owner"),
			Period: goal.Period{Kind: goal.Dates, Unit: unit.Draw(t, "unit"), From: date.Draw(t, "from"), Until: date.Draw(t, "until")},
			State:  goal.Draft, Text: text.Draw(t, "text"),
		}
		if rapid.Bool().Draw(t, "more") {
			g.Scope.Where = []string{"product = 'X'", text.Draw(t, "where")}
			g.Guardrails = []goal.Guardrail{{KPI: "csat", Bound: goal.AtLeast, Kind: goal.Level, Value: number.Draw(t, "guard")}}
		}
		data, err := goal.Marshal(goal.File{Goals: []goal.Goal{g, {KPI: "calls"}}})
		require.NoError(t, err)
		back, err := goal.Unmarshal(data)
		require.NoError(t, err, string(data))
		require.Equal(t, []goal.Goal{g, {KPI: "calls"}}, back.Goals, string(data))
	})
}

func TestYAML(t *testing.T) {
	got, err := goal.Unmarshal([]byte(`goals:
  - kpi: conversion_rate
    target: {kind: change, value: 15%, baseline: {kind: previous}}
    period: {kind: dates, from: 1405-09-01, until: 2026-12-31}
    better: higher
    state: active
    guardrails: [{kpi: csat, bound: at_least, kind: level, value: 4.5}]
`))
	require.NoError(t, err)
	require.Equal(t, "conversion_rate | change 0.15 | vs previous | higher | dates 2026-11-22..2026-12-31 | guard csat at_least level 4.5", tell(got.Goals[0]))
	require.NoError(t, got.Goals[0].Validate(catalogue(t)))
	_, err = goal.Unmarshal([]byte("goals:\n  - kpi: sales\n    targt: {}\n"))
	require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
	require.ErrorContains(t, err, "line=3")
}

// Flags say the same as a line.
func TestFields(t *testing.T) {
	f := func(fields goal.Fields, line string) {
		t.Helper()
		g, err := fields.Goal(context(t, "en"))
		require.NoError(t, err)
		require.Equal(t, tell(parse(t, line)), tell(g))
	}
	f(goal.Fields{KPI: "sales", Target: "50", Period: "next month", Where: []string{"product = 'X'"}}, "50 sales product=X next month")
	f(goal.Fields{KPI: "Conversion rate", Target: "+15 %", Period: "in the next 3 months", Baseline: "year ago"}, "conversion rate +15 % in the next 3 months vs year ago")
	f(goal.Fields{KPI: "conversion rate", Target: "6 %", Baseline: "5 %", Period: "next quarter"}, "conversion from 5 % to 6 % next quarter")
	f(goal.Fields{KPI: "talk_time", Target: "between 3 and 6 min", Period: "weekly"}, "call time between 3 and 6 minutes every week")
	f(goal.Fields{KPI: "talk_time", Target: "-10 %", Period: "this month", Guardrails: []string{"conversion_rate", "csat at least 4"}, Means: "a new script"},
		"call time -10 % this month while conversion_rate stays and csat at least 4, through a new script")
	f(goal.Fields{KPI: "calls", Target: "1000", Period: "a week", Each: "agent", Team: "East"}, "1000 calls a week per agent team=East")

	_, err := goal.Fields{KPI: "sales", Target: "fifty"}.Goal(context(t, "en"))
	require.ErrorContains(t, err, "goal.in_field field=target")
	_, err = goal.Fields{KPI: "saless"}.Goal(context(t, "en"))
	require.ErrorContains(t, err, "goal.in_field field=kpi")
}

func TestInstances(t *testing.T) {
	iso := calendar.New(facts.Gregorian, time.Monday)
	f := func(cal calendar.Calendar, p goal.Period, by calendar.Date, want ...string) {
		t.Helper()
		var got []string
		for _, i := range p.Instances(cal, int64(by)) {
			got = append(got, calendar.Date(i.From).String()+".."+calendar.Date(i.To-1).String())
			at, ok := p.At(cal, i.From)
			require.True(t, ok)
			require.Equal(t, i, at)
		}
		require.Equal(t, want, got)
	}
	d := func(y, m, day int) calendar.Date { return calendar.Date(facts.DayOf(y, time.Month(m), day)) }
	// Begins on a Wednesday: the first week is what is left of it.
	f(iso, goal.Period{Kind: goal.Recurring, Unit: calendar.Week, From: d(2026, 11, 25)}, d(2026, 12, 8),
		"2026-11-25..2026-11-29", "2026-11-30..2026-12-06", "2026-12-07..2026-12-13")
	// 2026 has a week 53.
	f(iso, goal.Period{Kind: goal.Recurring, Unit: calendar.Week, From: d(2026, 12, 21), Until: d(2027, 1, 5)}, d(2027, 2, 1),
		"2026-12-21..2026-12-27", "2026-12-28..2027-01-03", "2027-01-04..2027-01-05")
	// 1403 is a leap year: its Esfand has 30 days.
	f(calendar.New(facts.SolarHijri, time.Saturday), goal.Period{Kind: goal.Recurring, Unit: calendar.Month, From: d(2025, 2, 19)}, d(2025, 3, 21),
		"2025-02-19..2025-03-20", "2025-03-21..2025-04-20")
	f(iso, goal.Period{}, d(2027, 1, 1))
}

func TestBaselineDays(t *testing.T) {
	iso := calendar.New(facts.Gregorian, time.Monday)
	f := func(text, want string) {
		t.Helper()
		g := parse(t, text)
		i, ok := g.Period.At(iso, int64(g.Period.From))
		require.True(t, ok)
		days, ok := g.BaselineDays(iso, i)
		require.Equal(t, want != "", ok)
		if ok {
			require.Equal(t, want, calendar.Date(days.From).String()+".."+calendar.Date(days.To-1).String())
		}
	}
	f("conversion +10 % next month", "2026-11-01..2026-11-30")
	f("conversion +10 % next quarter vs last month", "2026-12-01..2026-12-31") // before it begins
	f("conversion +10 % in the next 3 months", "2026-08-22..2026-11-21")
	f("conversion +10 % in the next 60 days", "2026-09-23..2026-11-21")
	f("conversion +10 % by the end of the year", "2026-10-13..2026-11-21") // 40 days
	f("conversion +10 % this quarter vs the same period a year ago", "2025-10-01..2025-12-31")
	f("conversion +10 % 2026-W53 year on year", "2025-12-22..2025-12-28") // 2025 has 52
	f("conversion +10 % by the end of the year year on year", "2025-11-22..2025-12-31")
	f("monthly sales amount +20 % within three months", "2026-10-01..2026-10-31")
	f("conversion 6 % next month", "")
	f("conversion from 5 % to 6 % next month", "")
}

func TestJudged(t *testing.T) {
	iso := calendar.New(facts.Gregorian, time.Monday)
	f := func(text, want string) {
		t.Helper()
		g := parse(t, text)
		i, _ := g.Period.At(iso, int64(g.Period.From))
		days := g.Judged(iso, i)
		require.Equal(t, want, calendar.Date(days.From).String()+".."+calendar.Date(days.To-1).String())
	}
	f("monthly sales amount +20 % within three months", "2027-01-01..2027-01-31")
	f("monthly sales amount +20 % within 1 month", "2026-11-22..2026-12-21") // no whole month in it
	f("monthly sales amount +20 % by the end of the year", "2026-12-01..2026-12-31")
	f("calls per day +15 % this month", "2026-11-01..2026-11-30")
}

func TestReached(t *testing.T) {
	f := func(text string, value float64, baseline *float64, part float64, reached, ok bool) {
		t.Helper()
		got, known := parse(t, text).Reached(value, baseline, part)
		require.Equal(t, []bool{reached, ok}, []bool{got, known}, text)
	}
	five, loss := 0.05, -0.1
	f("50 sales next month", 50, nil, 1, true, true)
	f("50 sales next month", 49, nil, 1, false, true)
	f("100 sales a week", 60, nil, 0.6, true, true) // a week begun in the middle
	f("conversion +15 % next month", 0.0575, &five, 1, true, true)
	f("conversion +15 % next month", 0.0574, &five, 1, false, true)
	f("conversion +2 points next month", 0.07, &five, 1, true, true)
	f("conversion +15 % next month", 0.06, nil, 1, false, false) // no history
	f("roi +15 % next month", 0.06, &loss, 1, false, false)      // of a loss
	f("roi +15 points next month", 0.06, &loss, 1, true, true)
	f("reduce complaints to 5 next month", 5, nil, 1, true, true)
	f("reduce complaints to 5 next month", 6, nil, 1, false, true)
	f("call time between 3 and 6 minutes this month", 200, nil, 1, true, true)
	f("call time between 3 and 6 minutes this month", 361, nil, 1, false, true)
}

func TestHistory(t *testing.T) {
	g := parse(t, "50 sales next month")
	h := goal.History{}.With(g, 10, "ana")
	h = h.With(h[0].Goal, 12, "ana") // nothing changed
	require.Len(t, h, 1)
	g.Target.Value *= 2
	h = h.With(g, 20, "ivo")
	require.Equal(t, 2, h[1].Goal.Version)
	v, ok := h.On(15)
	require.True(t, ok)
	require.Equal(t, "50", v.Goal.Target.Value.String())
	_, ok = h.On(5)
	require.False(t, ok)

	told := goal.Result{Value: goal.Number(50 * callpace.One), Reached: true}
	c := goal.Closing{On: 30, First: told, Now: told}
	later := goal.Result{Value: goal.Number(49 * callpace.One)}
	c, changed := c.Corrected(later)
	require.True(t, changed)
	require.True(t, c.First.Reached)
	require.False(t, c.Now.Reached)
	_, changed = c.Corrected(later)
	require.False(t, changed)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"50 sales of product=X next month", "call time -10 % while conversion_rate stays", "Povećati stopu konverzije za 15% u sljedeća 3 mjeseca",
		"在接下来三个月内，通过优化外呼话术，使团队月销售额提升 20%", "۵۰ فروش در ۲ ماه آینده", "'\"=+-…9999999999999999k %", "talk time 3-6 min", "a=b in (", "1.000.000,5 2026-11..2026-13"} {
		f.Add(s, "en")
	}
	f.Add("50 продажів за наступні 60 днів", "uk")
	ctx := map[string]goal.Context{}
	for _, lang := range goal.Languages() {
		ctx[lang] = context(f, lang)
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		c, ok := ctx[lang]
		if !ok {
			c = ctx["hr"]
		}
		g, err := goal.Parse(text, c)
		if err != nil {
			require.NotEqual(t, callpace.Internal, callpace.CodeOf(err), err)
			return
		}
		require.NoError(t, g.Validate(c.Catalogue))
		data, err := goal.Marshal(goal.File{Goals: []goal.Goal{g}})
		require.NoError(t, err)
		_, err = goal.Unmarshal(data)
		require.NoError(t, err, string(data))
	})
}

func BenchmarkParse(b *testing.B) {
	ctx := context(b, "hr")
	for b.Loop() {
		if _, err := goal.Parse("Smanjiti vrijeme poziva za 10% uz zadržavanje iste stope konverzije do kraja godine", ctx); err != nil {
			b.Fatal(err)
		}
	}
}
