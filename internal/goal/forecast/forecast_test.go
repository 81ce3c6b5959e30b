package forecast_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/stats"
)

// weeks makes days from a Monday on, each with its count from Monday to Sunday.
func weeks(n int, counts ...float64) (out []forecast.Day) {
	for i := range 7 * n {
		out = append(out, forecast.Day{Weekday: time.Weekday((i + 1) % 7), Season: -1, Staffed: 1, N: counts[i%7]})
	}
	return out
}

func ahead(days []forecast.Day) []forecast.Day {
	out := append([]forecast.Day(nil), days...)
	for i := range out {
		out[i].N, out[i].X = 0, 0
	}
	return out
}

func predict(t require.TestingT, q forecast.Question) forecast.Answer {
	a, ok := forecast.Predict(q)
	require.True(t, ok)
	return a
}

// Selling days are learned: what is left after Friday is nothing, unless they
// sell seven days a week.
func TestSellingDaysAreLearned(t *testing.T) {
	f := func(past []forecast.Day, want float64) {
		t.Helper()
		period := ahead(weeks(1, make([]float64, 7)...))
		for i := range 5 {
			period[i].N = past[i].N
		}
		a := predict(t, forecast.Question{Kind: forecast.Count, Own: past, Company: past, Period: period, Seen: 5})
		require.InDelta(t, want, a.Rest.Mean(), 0.06*want+0.01)
	}
	f(weeks(12, 10, 10, 10, 10, 10, 0, 0), 0)
	f(weeks(12, 10, 10, 10, 10, 10, 10, 10), 20)
	f(weeks(12, 10, 10, 10, 10, 10, 4, 0), 4)
}

// A month that was twice as good in each of three years is expected to be so
// again, a little less so; after one year nobody can know.
func TestSeason(t *testing.T) {
	years := func(n int) (out []forecast.Day) {
		for y := range n {
			for m := range 12 {
				for d := range 30 {
					one := forecast.Day{Weekday: time.Weekday(d % 7), Cycle: y, Season: m, Staffed: 1, N: 10}
					if m == 11 {
						one.N = 20
					}
					out = append(out, one)
				}
			}
		}
		return out
	}
	company := forecast.Learn(years(3), forecast.Flat())
	require.Zero(t, company.Widen)
	require.InDelta(t, math.Pow(20*12.0/130, 3/3.5), company.Season[11], 0.01)
	own := forecast.Learn(years(1), company)
	require.Equal(t, company.Season, own.Season, "under two years the company's is borrowed")
	alone := forecast.Learn(years(1), forecast.Flat())
	require.Empty(t, alone.Season)
	require.Positive(t, alone.Widen, "or the forecast is wider")
}

// The formulas of statistics.md with round numbers: Gamma(k + y/φ, k/m + E₁/φ).
func TestRestByHand(t *testing.T) {
	l := forecast.Level{Mean: 2, Shape: 10, Phi: 1}
	d := l.Rest(stats.Count{Events: 30, Exposure: 10}, 20)
	require.InDelta(t, 40.0/15*20, d.Mean(), 1e-6)
	variance := 0.0
	for p := 0.00005; p < 1; p += 0.0001 {
		variance += 0.0001 * math.Pow(d.Quantile(p)-d.Mean(), 2)
	}
	want := 40.0/15*20 + 400*40.0/225 // λE₂ + E₂²·Var λ
	require.InDelta(t, want, variance, 0.01*want)
	over := forecast.Level{Mean: 2, Shape: 10, Phi: 2}.Rest(stats.Count{Events: 30, Exposure: 10}, 20)
	require.InDelta(t, 25.0/10*20, over.Mean(), 1e-6)
	require.Equal(t, 0.0, l.Rest(stats.Count{}, 0).Mean())
	require.False(t, forecast.Level{}.Rest(stats.Count{}, 1).Known())
}

// Counts of ten thousands are laid out in steps: the same law, coarser.
func TestLargeCounts(t *testing.T) {
	l := forecast.Level{Mean: 1000, Shape: 400, Phi: 3}
	d := l.Rest(stats.Count{}, 500)
	require.InEpsilon(t, 500_000, d.Mean(), 1e-4)
	low, high := d.Interval(0.8)
	sd := math.Sqrt(3*500_000 + 500_000*500_000/400.0)
	require.InDelta(t, 2*1.2816*sd, high-low, 0.02*sd)
}

func TestNoHistory(t *testing.T) {
	period := ahead(weeks(4, make([]float64, 7)...))
	_, ok := forecast.Predict(forecast.Question{Kind: forecast.Count, Period: period})
	require.False(t, ok, "nobody knows anything")
	_, ok = forecast.Predict(forecast.Question{Kind: forecast.Count, Own: ahead(weeks(8, make([]float64, 7)...)), Period: period})
	require.False(t, ok, "and nothing was ever sold")
	peer := weeks(8, 2, 2, 2, 2, 2, 0, 0)
	a := predict(t, forecast.Question{Kind: forecast.Count, Peers: [][]forecast.Day{peer, peer}, Company: peer, Period: period})
	require.InDelta(t, 40, a.Result.Mean(), 2, "a beginner is taken for one of the others")
	require.False(t, forecast.Distribution{}.Known())
	require.True(t, math.IsNaN(forecast.Distribution{}.AtLeast(1)))
	for _, kind := range []forecast.Kind{forecast.Money, forecast.Rate, forecast.Mean} {
		_, ok = forecast.Predict(forecast.Question{Kind: kind, Period: period})
		require.False(t, ok)
	}
}

// Late bookings: what is seen of the last days is not all there will be.
func TestLateBookings(t *testing.T) {
	past := weeks(12, 10, 10, 10, 10, 10, 10, 10)
	period := ahead(weeks(4, make([]float64, 7)...))
	for i := range 14 {
		period[i].N = 10
	}
	period[13].N, period[12].N = 2, 6
	q := forecast.Question{Kind: forecast.Count, Own: past, Period: period, Seen: 14}
	plain := predict(t, q)
	q.Arrived = forecast.Arrivals([]int{0, 0, 1, 1, 2, 2, 2, 2, 2, 2}, 20) // 20 %, 40 %, all
	late := predict(t, q)
	require.Greater(t, late.Result.Mean(), plain.Result.Mean()+8)
	require.Equal(t, []float64{0.2, 0.4, 1}, q.Arrived)
}

func TestPipeline(t *testing.T) {
	past := weeks(12, 1, 1, 1, 1, 1, 0, 0)
	period := ahead(weeks(4, make([]float64, 7)...))
	q := forecast.Question{Kind: forecast.Count, Own: past, Period: period}
	plain := predict(t, q)
	// Leads take five weeks: no new one will be won in time, the open ones will.
	q.Cycle = forecast.NewCycle([]float64{35, 36, 40})
	q.Open = []forecast.Open{{Leads: 10, Win: 0.5}, {Leads: 5, Win: 0.2}}
	a := predict(t, q)
	require.InDelta(t, 6, a.Result.Mean(), 1e-9)
	require.Greater(t, plain.Result.Mean(), 19.0)
	require.InDelta(t, math.Pow(.5, 10)*math.Pow(.8, 5), a.Result.AtMost(0), 1e-12)

	won, lost := forecast.NewCycle([]float64{10, 20, 30, 40}), forecast.NewCycle([]float64{5, 15, 100, 100})
	require.InDelta(t, 0.5*0.25, forecast.Win(.5, won, lost, 0, 15), 1e-12)
	require.InDelta(t, .5*.25/(.5*.5+.5*.5), forecast.Win(.5, won, lost, 20, 10), 1e-12)
	require.Zero(t, forecast.Win(.5, won, lost, 200, 10))
}

func TestDistributionsOfKnownThings(t *testing.T) {
	d := forecast.Certain(3).Plus(forecast.Certain(4))
	require.Equal(t, 7.0, d.Mean())
	require.Equal(t, 1.0, d.AtLeast(7))
	require.Equal(t, 0.0, d.AtLeast(7.5))
	require.Equal(t, 0.5, d.MidP(7))
	require.Equal(t, 1.0, d.Within(6, 7))
	require.Equal(t, 0.0, d.Within(8, 9))
}

// The fan opens, and ends at the forecast.
func TestFan(t *testing.T) {
	for _, kind := range []forecast.Kind{forecast.Count, forecast.Money, forecast.Rate, forecast.Mean} {
		w := newWorld(3)
		q := w.question(0, 12)
		w.fill(&q, kind, 0, w.brought(kind))
		q.Open, q.Cycle = []forecast.Open{{Leads: 4, Win: 0.5}}, forecast.NewCycle([]float64{1, 4, 9})
		fan, whole := forecast.Fan(q), predict(t, q).Result
		require.Len(t, fan, len(q.Period)-12)
		last := fan[len(fan)-1]
		for _, p := range []float64{.1, .5, .9} {
			require.Equal(t, whole.Quantile(p), last.Quantile(p))
		}
		if kind == forecast.Count || kind == forecast.Money {
			for i := 1; i < len(fan); i++ {
				require.GreaterOrEqual(t, fan[i].Mean(), fan[i-1].Mean()-1e-9)
			}
			low, high := last.Interval(0.8)
			first, upto := fan[0].Interval(0.8)
			require.Less(t, upto-first, high-low)
		}
	}
	require.Empty(t, forecast.Fan(forecast.Question{Kind: forecast.Count}))
}

// Counting in minutes instead of hours, or peers in another order, changes
// nothing.
func TestForecastInvariance(t *testing.T) {
	for seed := range uint64(20) {
		w := newWorld(seed)
		q := w.question(0, 12)
		want := predict(t, q).Result
		q.Peers[0], q.Peers[3] = q.Peers[3], q.Peers[0]
		scale := func(days []forecast.Day) {
			for i := range days {
				days[i].Staffed *= 60
			}
		}
		for _, days := range append(q.Peers, q.Own, q.Company, q.Period, q.Together) {
			scale(days)
		}
		got := predict(t, q).Result
		require.InEpsilon(t, want.Mean(), got.Mean(), 1e-6)
		require.InDelta(t, want.AtLeast(want.Mean()), got.AtLeast(want.Mean()), 1e-6)
	}
}

// One more seen never lowers the chance of a count; the parts of a band sum;
// the answer is the same every time.
func TestForecastProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Float64Range(0, 12), 7, 7).Draw(t, "counts")
		for i := range counts {
			counts[i] = math.Round(counts[i])
		}
		counts[2]++
		q := forecast.Question{
			Kind: rapid.SampledFrom([]forecast.Kind{forecast.Count, forecast.Money, forecast.Rate, forecast.Mean}).Draw(t, "kind"),
			Own:  weeks(rapid.IntRange(2, 20).Draw(t, "weeks"), counts...), Period: ahead(weeks(4, counts...)),
			Seen: rapid.IntRange(0, 28).Draw(t, "seen"), Seed: 7,
		}
		bring := func(days []forecast.Day) {
			for i := range days {
				days[i].X = math.Floor(days[i].N * 0.6)
			}
		}
		bring(q.Own)
		for i := range q.Period[:q.Seen] {
			q.Period[i].N = float64(rapid.IntRange(0, 12).Draw(t, "n"))
		}
		bring(q.Period)
		a, again := predict(t, q), predict(t, q)
		for _, u := range []float64{0, .1, .37, .5, .9, 1} {
			require.Equal(t, a.Result.Quantile(u), again.Result.Quantile(u))
		}
		target := a.Result.Quantile(rapid.Float64Range(0.01, 0.99).Draw(t, "target"))
		p := a.Result.AtLeast(target)
		require.True(t, p >= 0 && p <= 1+1e-12)
		require.InDelta(t, 1, p+a.Result.AtMost(target)-a.Result.Within(target, target), 1e-9)
		require.LessOrEqual(t, a.Result.AtLeast(target+1), p)
		if q.Kind == forecast.Count && q.Seen > 0 {
			q.Period[q.Seen-1].N++
			require.GreaterOrEqual(t, predict(t, q).Result.AtLeast(target), p-1e-9)
		}
	})
}

func BenchmarkPredict(b *testing.B) {
	w := newWorld(1)
	q := w.question(0, 10)
	for b.Loop() {
		forecast.Predict(q)
	}
}
