package track_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
)

// verdict is the verdict of a letter.
func verdict(r *track.Report, letter goal.Letter) (v goal.Verdict, reasons []string) {
	for _, c := range r.Checks {
		if c.Letter == letter {
			v = c.Verdict
			for _, m := range c.Reasons {
				reasons = append(reasons, m.Key)
			}
		}
	}
	return v, reasons
}

func TestNoHistory(t *testing.T) {
	w := newWorld(t)
	r := w.look("2026-11-20", w.goal("2026-11-20", "50 sales next month"))
	s, _ := r.Whole()
	require.True(t, s.Has) // a total has its target
	require.False(t, s.Known)
	require.Equal(t, pace.NoData, r.Status)
	v, why := verdict(r, goal.Measurable)
	require.Equal(t, goal.Lacking, v)
	require.Contains(t, why, "goal.check.no_data")
	v, _ = verdict(r, goal.Attainable)
	require.Equal(t, goal.Unknown, v)
	// A change has none: a per cent of what was never counted.
	s, _ = w.look("2026-11-20", w.goal("2026-11-20", "sales +15 % this month")).Whole()
	require.False(t, s.Has)
}

func TestZeroDenominator(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-09-01", "2026-10-30", func(on time.Time) { w.calls(on, "Ana", "East", 10, 4) })
	r := w.look("2026-11-20", w.goal("2026-11-20", "contact rate at least 45 % this month")) // no call in November
	s, _ := r.Whole()
	require.True(t, math.IsNaN(s.Actual))
	require.Equal(t, pace.OffTrack, r.Status) // what is usual tells of the rest
	require.True(t, r.Result(s).NoData)
	over := w.look("2026-12-05", w.goal("2026-11-20", "contact rate at least 45 % 2026-11"))
	require.Equal(t, pace.NoData, over.Status) // neither reached nor missed
}

func TestTargetAlreadyMet(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-09-01", "2026-11-20", func(on time.Time) { w.calls(on, "Ana", "East", 30, 10) })
	r := w.look("2026-11-20", w.goal("2026-11-20", "400 calls this month"))
	require.Equal(t, pace.Reached, r.Status)
	_, why := verdict(r, goal.Attainable)
	require.Contains(t, why, "goal.check.already")
	// Of one that has not begun nothing is met yet: what is usual reaches it.
	r = w.look("2026-11-20", w.goal("2026-11-20", "300 calls next month"))
	_, why = verdict(r, goal.Attainable)
	require.Contains(t, why, "goal.check.usual_reaches")
	require.NotContains(t, why, "goal.check.already")
}

func TestNegativeBaseline(t *testing.T) {
	g := goal.Goal{KPI: "roi", Target: goal.Target{Kind: goal.Change, Value: goal.Number(callpace.One) * 15 / 100, Baseline: goal.Baseline{Kind: goal.Previous}}, Better: goal.Higher}
	loss := -0.1
	_, ok := g.Want(&loss, 1)
	require.False(t, ok) // +15 % of a loss says nothing
	g.Target.Kind = goal.Points
	want, ok := g.Want(&loss, 1)
	require.True(t, ok)
	require.InDelta(t, 0.05, want, 1e-12)
}

// A weekly goal that begins on a Wednesday asks for three fifths of its first week.
func TestPeriodThatBeginsMidWeek(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-11-02", "2026-11-20", func(on time.Time) { w.calls(on, "Ana", "East", 30, 10) })
	g := w.goal("2026-11-18", "100 calls every week")
	s, _ := w.look("2026-11-18", g).Whole()
	require.InDelta(t, 60, s.Target.High, 1e-9)
	s, _ = w.look("2026-11-23", g).Whole()
	require.InDelta(t, 100, s.Target.High, 1e-9)
}

// 2026 has 53 weeks by ISO 8601: all are instances, the last into January.
func TestYearOf53Weeks(t *testing.T) {
	w := newWorld(t)
	g := w.goal("2025-12-29", "100 calls every week")
	list := g.Period.Instances(w.desk("2027-01-03").Base.Calendar, day("2027-01-03"))
	require.Len(t, list, 53)
	require.Equal(t, "2026-12-28", calendar.Date(list[52].From).String())
	require.EqualValues(t, 7, list[52].Days())
}

// Esfand of the leap year 1403 has 30 days, that of 1404 one fewer.
func TestHijriLeapYear(t *testing.T) {
	w := newWorld(t)
	d := w.desk("2025-03-10")
	d.Base.Calendar = calendar.New(facts.SolarHijri, time.Saturday)
	p := goal.Period{Kind: goal.Recurring, Unit: calendar.Month, From: calendar.Date(day("2024-03-20"))}
	i, ok := p.At(d.Base.Calendar, day("2025-03-10"))
	require.True(t, ok)
	require.EqualValues(t, 30, i.Days())
	i, _ = p.At(d.Base.Calendar, day("2026-03-10"))
	require.EqualValues(t, 29, i.Days())
	year := goal.Period{Kind: goal.Recurring, Unit: calendar.Year, From: calendar.Date(day("2024-03-20"))}
	i, _ = year.At(d.Base.Calendar, day("2025-03-10"))
	require.EqualValues(t, 366, i.Days())
}

// A holiday that is added later moves what each day is to bring, never the target.
func TestHolidayAddedLater(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-11-02", "2026-11-20", func(on time.Time) { w.calls(on, "Ana", "East", 30, 10) })
	g := w.goal("2026-11-20", "840 calls this month")
	before := w.look("2026-11-20", g)
	w.work.Days = []calendar.SpecialDays{{From: "2026-11-27", Name: "closed"}}
	after := w.look("2026-11-20", g)
	a, _ := before.Whole()
	b, _ := after.Whole()
	require.Equal(t, a.Target, b.Target)
	require.InDelta(t, before.DaysLeft-1, after.DaysLeft, 1e-9)
	x, _, _ := before.Due(a)
	y, _, _ := after.Due(b)
	require.Equal(t, []float64{60, 70}, []float64{x, y}) // 420 over seven days, then over six
}

// What somebody did counts for the team that they belonged to then; a goal for
// each follows the person.
func TestAgentWhoChangesTeams(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-11-02", "2026-11-13", func(on time.Time) { w.calls(on, "Ana", "East", 10, 5) })
	w.eachDay("2026-11-16", "2026-11-20", func(on time.Time) { w.calls(on, "Ana", "West", 20, 5) })
	actual := func(text, part string) float64 {
		t.Helper()
		r := w.look("2026-11-20", w.goal("2026-11-20", text))
		s, whole := r.Whole()
		if !whole {
			s, _ = r.Part(part)
		}
		return s.Actual
	}
	require.Equal(t, 100.0, actual("500 calls this month for East", ""))
	require.Equal(t, 100.0, actual("500 calls this month for West", ""))
	require.Equal(t, 200.0, actual("500 calls this month for Ana", ""))
	require.Equal(t, 200.0, actual("500 calls this month per agent", "Ana"))
	teams, err := w.desk("2026-11-20").TeamsOf(t.Context(), goal.Scope{})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"Ana": "West"}, teams) // where the rest of the goal falls
}

// A sale that two make together counts 0.6 and 0.4, and once for all together.
func TestJointCredit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		want, n := map[string]int64{}, rapid.IntRange(1, 8).Draw(rt, "sales")
		for i := range n {
			share := rapid.SampledFrom([]int64{0, 400_000, 600_000, 250_000}).Draw(rt, "share")
			on := date("2026-11-02").AddDate(0, 0, i)
			w.add(facts.Orders, cells{"placed": on, "agent": "Ana", "team": "East", "share": int(1_000_000 - share)})
			want["Ana"] += 1_000_000 - share
			if share > 0 {
				w.add(facts.Orders, cells{"placed": on, "agent": "Boris", "team": "West", "share": int(share)})
				want["Boris"] += share
			}
		}
		figure := func(text, part string) float64 {
			r := w.look("2026-11-20", w.goal("2026-11-20", text))
			s, whole := r.Whole()
			if !whole {
				s, _ = r.Part(part)
			}
			return s.Actual
		}
		require.InDelta(t, float64(n), figure("50 sales this month", ""), 1e-9)
		ana, boris := figure("50 sales this month per agent", "Ana"), 0.0
		require.InDelta(t, float64(want["Ana"])/1e6, ana, 1e-9)
		if want["Boris"] > 0 {
			boris = figure("50 sales this month per agent", "Boris")
		}
		require.InDelta(t, float64(n), ana+boris, 1e-9)
	})
}

// What the schedule plans of each: a joiner, a leaver, somebody on leave, a part-timer.
func TestShifts(t *testing.T) {
	w := newWorld(t)
	plan := func(who, from, until string, hours int, absence string) {
		w.eachDay(from, until, func(on time.Time) {
			w.add(facts.Schedule, cells{"planned": on, "agent": who, "team": "East", "planned_seconds": hours * 3600 * 1000, "absence": absence})
		})
	}
	plan("Ana", "2026-11-23", "2026-12-18", 8, "")       // all 20 days
	plan("Boris", "2026-12-07", "2026-12-18", 8, "")     // joins for ten
	plan("Cvita", "2026-11-23", "2026-11-27", 8, "")     // leaves after five
	plan("Dino", "2026-11-23", "2026-12-11", 8, "")      // five days on leave
	plan("Dino", "2026-12-14", "2026-12-18", 8, "leave") //
	plan("Eva", "2026-11-23", "2026-12-18", 4, "")       // half days
	days := calendar.Range{From: day("2026-11-23"), To: day("2026-12-19")}
	for _, who := range []string{"Ana", "Boris", "Cvita", "Dino", "Eva", "Filip"} {
		w.calls(date("2026-11-20"), who, "East", 1, 0)
	}
	g := w.goal("2026-11-22", "50 calls this month")
	list, ok, err := w.desk("2026-11-22").Stays(t.Context(), g, days, true)
	require.NoError(t, err)
	require.True(t, ok)
	got := map[string]track.Stay{}
	for _, s := range list {
		got[s.Agent] = s
	}
	require.Equal(t, 5.0, got["Dino"].Away)
	require.Equal(t, []any{1.0, false}, []any{got["Filip"].There(), got["Filip"].Shifts}) // whom no schedule knows
	for who, want := range map[string][2]float64{"Ana": {160, 1}, "Boris": {80, 0.5}, "Cvita": {40, 0.25}, "Dino": {120, 0.75}, "Eva": {80, 1}} {
		require.InDelta(t, want[0], got[who].Hours, 1e-9, who)
		require.InDelta(t, want[1], got[who].There(), 1e-9, who)
	}
	_, ok, err = w.desk("2026-11-22").Stays(t.Context(), g, calendar.Range{From: day("2026-11-23"), To: day("2027-03-01")}, true)
	require.NoError(t, err)
	require.False(t, ok) // it reaches over less than half
}

// What instances came to, and what later data make of it.
func TestOutcome(t *testing.T) {
	w := newWorld(t)
	w.eachDay("2026-11-02", "2026-11-13", func(on time.Time) { w.calls(on, "Ana", "East", 20, 5) })
	g := w.goal("2026-11-02", "100 calls every week")
	d := w.desk("2026-11-22")
	list := g.Period.Instances(d.Base.Calendar, day("2026-11-22"))
	require.Len(t, list, 3)
	f := func(i int, value string, reached bool) {
		t.Helper()
		r, _, err := w.desk("2026-11-22").Outcome(t.Context(), g, list[i], nil)
		require.NoError(t, err)
		require.Equal(t, []any{value, reached, false}, []any{r.Value.String(), r.Reached, r.NoData})
	}
	f(0, "100", true)
	f(2, "0", false)
	w.calls(date("2026-11-20"), "Ana", "East", 100, 5) // it came late
	f(2, "100", true)
}
