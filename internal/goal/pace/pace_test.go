package pace_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
)

func judge(chances ...float64) pace.Verdict {
	readings := make([]pace.Reading, len(chances))
	for i, c := range chances {
		readings[i].Chance = c
	}
	return pace.Judge(readings)
}

func TestJudge(t *testing.T) {
	f := func(want pace.Status, since, turned int, chances ...float64) {
		t.Helper()
		require.Equal(t, pace.Verdict{Status: want, Since: since, Turned: turned}, judge(chances...))
	}
	nan := math.NaN()
	f(pace.NoData, -1, -1)
	f(pace.NoData, -1, -1, nan, nan)
	f(pace.OnTrack, 0, -1, .70)
	f(pace.OnTrack, 0, -1, .70, .58, .53, .61) // within the margin
	f(pace.AtRisk, 2, 2, .70, .58, .51, .63)   // back only past .68
	f(pace.OnTrack, 4, 4, .70, .58, .51, .63, .68)
	f(pace.OffTrack, 1, 1, .95, .05) // a jump is taken at once
	f(pace.Ahead, 1, -1, .80, .96)
	f(pace.Ahead, 1, -1, .80, .96, .83)
	f(pace.OnTrack, 3, -1, .80, .96, .83, .80)
	f(pace.OnTrack, 0, -1, .80, .94) // .90 and half way to certainty
	f(pace.NoData, 1, -1, .80, nan)
	f(pace.AtRisk, 2, 2, .80, nan, .30)
}

func TestSettled(t *testing.T) {
	more := pace.Target{Better: pace.Higher, High: 50}
	less := pace.Target{Better: pace.Lower, High: 20}
	band := pace.Target{Better: pace.Within, Low: 3, High: 6}
	f := func(t0 pace.Target, sum bool, actual float64, over bool, want pace.Status) {
		t.Helper()
		require.Equal(t, want, pace.Settle(t0, sum, actual, over))
	}
	f(more, true, 49, false, "")
	f(more, true, 50, false, pace.Reached)
	f(more, true, 49, true, pace.Missed)
	f(more, false, 70, false, "") // a rate may fall again
	f(more, false, 70, true, pace.Reached)
	f(less, true, 20, false, "")
	f(less, true, 21, false, pace.Missed) // complaints do not go away
	f(less, true, 20, true, pace.Reached)
	f(band, false, 7, false, "")
	f(band, false, 7, true, pace.Missed)
	f(band, false, 6, true, pace.Reached)
	f(more, true, math.NaN(), true, "")

	v := pace.Judge([]pace.Reading{{Chance: .4}, {Chance: 1, Settled: pace.Reached}, {Chance: .7}})
	require.Equal(t, pace.Verdict{Status: pace.OnTrack, Since: 2, Turned: 1}, v) // an order was cancelled
}

// A status follows the chance to within the margin, and what it says of a
// prefix never depends on what comes after.
func TestJudgeProperties(t *testing.T) {
	rank := map[pace.Status]int{pace.OffTrack: 0, pace.AtRisk: 1, pace.OnTrack: 2, pace.Ahead: 3}
	rapid.Check(t, func(t *rapid.T) {
		chances := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 40).Draw(t, "chances")
		last := chances[len(chances)-1]
		v, fresh := judge(chances...), judge(last)
		require.LessOrEqual(t, math.Abs(float64(rank[v.Status]-rank[fresh.Status])), 1.0)
		if v.Status != fresh.Status {
			near := math.Min(math.Abs(last-.25), math.Min(math.Abs(last-.60), math.Abs(last-.90)))
			require.LessOrEqual(t, near, 0.08+1e-12)
		}
		require.Equal(t, v, judge(append(chances, last)...), "nothing new, nothing changes")
	})
}

// The chances of goals whose lead is a random walk: how often the status
// changes in 21 days, and how often it would without the margin.
func TestStatusDoesNotFlicker(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	with, without := 0, 0
	for range 2000 {
		lead, readings := 0.4*r.NormFloat64(), []pace.Reading{}
		last, border := pace.NoData, -1
		for day := range 21 {
			lead += r.NormFloat64() / math.Sqrt(22)
			p := 0.5 * math.Erfc(-lead/math.Sqrt(float64(21-day)/22)/math.Sqrt2)
			readings = append(readings, pace.Reading{Chance: p})
			s, b := pace.Judge(readings).Status, bucket(p)
			if day > 0 && s != last {
				with++
			}
			if day > 0 && b != border {
				without++
			}
			last, border = s, b
		}
	}
	t.Logf("changes a goal: %.2f with the margin, %.2f without", float64(with)/2000, float64(without)/2000)
	require.Less(t, float64(with), 0.67*float64(without))
}

func bucket(p float64) int {
	n := 0
	for _, border := range []float64{.25, .60, .90} {
		if p >= border {
			n++
		}
	}
	return n
}

func TestPaceOfACount(t *testing.T) {
	days := func(n int, each float64) (out []forecast.Day) {
		for i := range n {
			d := forecast.Day{Weekday: time.Weekday((i + 1) % 7), Season: -1}
			if i%7 < 5 {
				d.Staffed, d.N = 8, each
			}
			out = append(out, d)
		}
		return out
	}
	q := forecast.Question{Kind: forecast.Count, Own: days(84, 2), Period: days(28, 2), Seen: 14}
	for i := 14; i < 28; i++ {
		q.Period[i].N = 0
	}
	a, ok := forecast.Predict(q)
	require.True(t, ok)
	p := pace.Of(forecast.Count, pace.Target{Better: pace.Higher, High: 50}, a, 0, 10)
	require.Equal(t, 20.0, p.Actual)
	require.InDelta(t, 25, p.Expected, 1e-9) // half of the exposure
	require.InDelta(t, -5, p.Ahead, 1e-9)
	require.InDelta(t, 3, p.NeededDay, 1e-9)
	require.InDelta(t, 40, p.Projected, 0.5)
	require.True(t, p.Low < 40 && p.High > 40)
	require.Less(t, p.Chance, 0.15)

	// 40 was within reach until a week without a sale.
	for i := 7; i < 14; i++ {
		q.Period[i].N = 0
	}
	readings := pace.Readings(q, pace.Target{Better: pace.Higher, High: 40})
	require.Len(t, readings, 15)
	v := pace.Judge(readings)
	require.Equal(t, pace.OffTrack, v.Status)
	require.LessOrEqual(t, v.Since, 13)
	readings = pace.Readings(q, pace.Target{Better: pace.Higher, High: 10})
	require.Equal(t, pace.Verdict{Status: pace.Reached, Since: 5, Turned: -1}, pace.Judge(readings))
}

func TestNeededOfARate(t *testing.T) {
	a := forecast.Answer{Done: 0.05, Rest: forecast.Certain(300), Result: forecast.Certain(0.05)}
	p := pace.Of(forecast.Rate, pace.Target{Better: pace.Higher, High: 0.06}, a, 700, 10)
	require.InDelta(t, (60-35)/300.0, p.NeededRest, 1e-12)
	require.Equal(t, 0.06, p.Expected)
	require.Zero(t, p.NeededDay)
}

func TestChanceOfTargets(t *testing.T) {
	d := forecast.Certain(5)
	require.Equal(t, 1.0, pace.Target{Better: pace.Within, Low: 3, High: 6}.Chance(d))
	require.Equal(t, 0.0, pace.Target{Better: pace.Lower, High: 4}.Chance(d))
	require.Equal(t, 1.0, pace.Target{Better: pace.Higher, High: 5}.Chance(d))
}

// What a band expects to date is a band: of a sum its share of the days that are
// over, of a rate the band itself.
func TestDue(t *testing.T) {
	f := func(better pace.Better, kind forecast.Kind, share, low, high float64) {
		t.Helper()
		gotLow, gotHigh := pace.Target{Better: better, Low: 20, High: 40}.Due(kind, share)
		require.Equal(t, []float64{low, high}, []float64{gotLow, gotHigh})
	}
	f(pace.Within, forecast.Count, 0.25, 5, 10)
	f(pace.Within, forecast.Money, 1, 20, 40)
	f(pace.Within, forecast.Rate, 0.25, 20, 40)
	f(pace.Higher, forecast.Count, 0.25, 10, 10)
	f(pace.Lower, forecast.Rate, 0.25, 40, 40)
}
