package plan_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/stats"
)

func chain(rates ...plan.Rate) []plan.Stage {
	units := []string{"calls", "contacts", "appointments", "sales"}
	out := make([]plan.Stage, len(rates))
	for i, r := range rates {
		out[i] = plan.Stage{From: units[i], To: units[i+1], Rate: r}
	}
	return out
}

func solve(t *testing.T, g plan.Goal) plan.Plan {
	t.Helper()
	p, ok := plan.Solve(g)
	require.True(t, ok)
	return p
}

// The figures of statistics.md and of the Ukrainian seed.
func TestWorkedFigures(t *testing.T) {
	f := func(rates []plan.Rate, target, done, open float64, want plan.Figure) {
		t.Helper()
		p := solve(t, plan.Goal{Target: target, Done: done, Open: open, Stages: chain(rates...), Days: 21})
		require.Equal(t, want, p.Begin)
	}
	set := func(p ...float64) (r []plan.Rate) {
		for _, v := range p {
			r = append(r, plan.Set(v))
		}
		return r
	}
	f(set(.05), 50, 0, 0, plan.Figure{1000, 1114, 48, 54})
	f([]plan.Rate{plan.Measured(50, 1000)}, 50, 0, 0, plan.Figure{1000, 1168, 48, 56})
	f(set(.15, 1.0/3), 50, 0, 0, plan.Figure{1000, 1114, 48, 54})
	f(set(.20, 1.0/3), 50, 0, 0, plan.Figure{750, 835, 36, 40})
	f(set(.05), 50, 20, 4.5, plan.Figure{520, 601, 25, 29}) // 25.5 missing are 26
	f(set(1), 50, 0, 0, plan.Figure{50, 50, 3, 3})
	f(set(.05), 50, 50, 0, plan.Figure{})
	f(set(.05), 50, 70, 0, plan.Figure{})
}

func TestChance(t *testing.T) {
	g := plan.Goal{Target: 50, Stages: chain(plan.Set(.05))}
	p, ok := plan.Chance(g, 1000)
	require.True(t, ok)
	require.InDelta(t, 0.52, p, 0.001)
	for _, c := range []int64{1, 49, 50, 700, 1113, 1114, 5000} {
		p, _ := plan.Chance(g, c)
		require.InDelta(t, distuv.Binomial{N: float64(c), P: .05}.Survival(49), p, 1e-9)
	}
}

// One rate with counts has a closed form, the beta-binomial.
func TestMeasuredIsBetaBinomial(t *testing.T) {
	g := plan.Goal{Target: 3, Stages: chain(plan.Measured(7, 40))}
	a, b, n := 7.5, 33.5, 12.0
	left := 1.0
	for k := 0.0; k < 3; k++ {
		left -= choose(n, k) * beta(a+k, b+n-k) / beta(a, b)
	}
	p, _ := plan.Chance(g, 12)
	require.InDelta(t, left, p, 1e-9)
}

// A chain of three measured rates against two million draws.
func TestChainAgainstDraws(t *testing.T) {
	g := plan.Goal{Target: 20, Stages: chain(plan.Measured(350, 1000), plan.Measured(30, 90), plan.Measured(12, 31))}
	p := solve(t, g)
	require.Equal(t, int64(443), p.Begin.Expected) // 20 / (.35 · ⅓ · 12/31) = 442.9
	draw := func(x, n float64, seed uint64) distuv.Beta {
		return distuv.Beta{Alpha: x + .5, Beta: n - x + .5, Src: source(seed)}
	}
	d1, d2, d3 := draw(350, 1000, 1), draw(30, 90, 2), draw(12, 31, 3)
	const rounds = 200_000
	sum := 0.0
	for range rounds {
		r := d1.Rand() * d2.Rand() * d3.Rand()
		sum += distuv.Binomial{N: float64(p.Begin.Sure), P: r}.Survival(19)
	}
	require.InDelta(t, plan.Sure, sum/rounds, 0.003)
}

// 1,000 contacts at 35 % → 2,858 dials → 25 calls/h × 6.4 h/day → 18 agent-days.
func TestCapacity(t *testing.T) {
	p := solve(t, plan.Goal{Target: 1000, Stages: chain(plan.Set(.35)), Days: 21})
	require.Equal(t, int64(2858), p.Begin.Expected)
	l, ok := plan.Capacity{PerHour: 25, HoursPerDay: 6.4, People: 2, Absent: 26, Days: 21}.Fit(p.Begin.Expected)
	require.True(t, ok)
	require.InDelta(t, 17.9, l.AgentDays, 0.05)
	require.InDelta(t, 16, l.Available, 1e-9)
	require.InDelta(t, 1.86, l.MissingAgentDay, 0.005)
	require.InDelta(t, 178.6, l.PerAgentDay, 0.05)
	_, ok = plan.Capacity{People: 2, Days: 21}.Fit(100)
	require.False(t, ok, "nobody knows how fast")
	l, ok = plan.Capacity{PerHour: 25, HoursPerDay: 6.4, People: 1, Days: 2, Absent: 5}.Fit(160)
	require.True(t, ok)
	require.Equal(t, plan.Load{Hours: 6.4, AgentDays: 1, MissingAgentDay: 1}, l)

	leads, ok := plan.LeadsFor(2858, 2.5, 900)
	require.True(t, ok)
	require.Equal(t, plan.Leads{Needed: 1144, Left: 900, Missing: 244}, leads)
}

func TestSteps(t *testing.T) {
	p := solve(t, plan.Goal{Target: 50, Stages: []plan.Stage{
		{From: "cold_calls", To: "appointments", Rate: plan.Set(.15)},
		{From: "appointments", To: "sales", Rate: plan.Set(1.0 / 3)},
	}})
	require.Equal(t, []string{"cold_calls", "appointments", "sales"}, []string{p.Steps[0].Unit, p.Steps[1].Unit, p.Steps[2].Unit})
	require.Equal(t, []int64{1000, 150, 50}, []int64{p.Steps[0].Number, p.Steps[1].Number, p.Steps[2].Number})
	require.InDelta(t, 6.7, p.Steps[0].Expected/p.Steps[1].Expected, 0.05) // calls per appointment
}

// "Appointment rate 15 → 20 % saves 250 calls a month."
func TestWhatIf(t *testing.T) {
	g := plan.Goal{Target: 50, Stages: chain(plan.Set(.15), plan.Set(1.0/3))}
	w, ok := plan.WhatIf(g, 0, .20)
	require.True(t, ok)
	require.Equal(t, int64(250), w.Saves)
	require.Equal(t, int64(750), w.Expected)
	require.Greater(t, w.Chance, 0.98)
	w, ok = plan.WhatIf(g, 1, .25)
	require.True(t, ok)
	require.Equal(t, int64(-334), w.Saves) // 1,333.3
	_, ok = plan.WhatIf(g, 0, 0)
	require.False(t, ok)
	_, ok = plan.WhatIf(g, 2, .5)
	require.False(t, ok)
}

// The uk seed: one in three is very good, so the calling technique is the weak stage.
func TestRank(t *testing.T) {
	g := plan.Goal{Target: 50, Stages: chain(plan.Measured(150, 1000), plan.Measured(50, 150))}
	ranked := plan.Rank(g, []plan.Record{
		{Quarters: []stats.Proportion{{X: 420, N: 3000}, {X: 700, N: 3500}, {X: 450, N: 3000}}},
		{Quarters: []stats.Proportion{{X: 140, N: 420}, {X: 220, N: 700}, {X: 155, N: 450}}, Reference: 1.0 / 3},
	})
	require.Len(t, ranked, 2)
	require.Equal(t, 0, ranked[0].Stage)
	require.InDelta(t, 0.32, ranked[0].Lift, 0.02) // best 20 %, shrunk
	require.Greater(t, ranked[0].Saves, int64(200))
	require.Less(t, ranked[1].Lift, 0.05)
}

func TestInTime(t *testing.T) {
	within := func(days float64) float64 { return min(1, days/10) }
	require.InDelta(t, 0.5, plan.InTime([]float64{9, 7, 5, 3, 1}, within), 1e-12)
	require.Equal(t, 1.0, plan.InTime(nil, within))
	p := solve(t, plan.Goal{Target: 10, Stages: chain(plan.Set(.1)), InTime: 0.5})
	require.Equal(t, int64(200), p.Begin.Expected)
}

func TestNoPlan(t *testing.T) {
	f := func(r plan.Rate) {
		t.Helper()
		_, ok := plan.Solve(plan.Goal{Target: 5, Stages: chain(r)})
		require.False(t, ok)
	}
	f(plan.Set(0))
	f(plan.Set(1.2))
	f(plan.Set(-.1))
	f(plan.Measured(5, 4))
	f(plan.Measured(0, 40))
}

// More calls never lower the chance; the sure figure is the smallest; a higher
// target never asks for less; a rate that rests on more counts never asks for more.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rates := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plan.Rate {
			n := rapid.IntRange(4, 3000).Draw(t, "n")
			x := rapid.IntRange(1, n).Draw(t, "x")
			if rapid.Bool().Draw(t, "set") {
				return plan.Set(float64(x) / float64(n))
			}
			return plan.Measured(float64(x), float64(n))
		}), 1, 3).Draw(t, "rates")
		g := plan.Goal{Target: float64(rapid.IntRange(1, 300).Draw(t, "target")), Stages: chain(rates...), Days: 21}
		p, ok := plan.Solve(g)
		if !ok {
			t.Skip("out of reach")
		}
		at := func(n int64) float64 { c, _ := plan.Chance(g, n); return c }
		require.GreaterOrEqual(t, at(p.Begin.Sure), plan.Sure)
		require.Less(t, at(p.Begin.Sure-1), plan.Sure)
		// One more of millions makes less of a difference than what is left of a float's
		// digits where logarithms of gamma functions, of the size n ln n, cancel.
		n := float64(p.Begin.Expected)
		slack := 1e-7 + 1e-15*n*math.Log(n)
		require.LessOrEqual(t, at(p.Begin.Expected), at(p.Begin.Expected+1)+slack)
		g.Target++
		more, ok := plan.Solve(g)
		require.True(t, !ok || more.Begin.Sure >= p.Begin.Sure && more.Begin.Expected >= p.Begin.Expected)
		require.GreaterOrEqual(t, p.Begin.ExpectedPerDay*21, p.Begin.Expected)
	})
}

func BenchmarkSolve(b *testing.B) {
	g := plan.Goal{Target: 50, Stages: chain(plan.Measured(350, 1000), plan.Measured(52, 350), plan.Measured(17, 52)), Days: 21}
	for b.Loop() {
		plan.Solve(g)
	}
}
