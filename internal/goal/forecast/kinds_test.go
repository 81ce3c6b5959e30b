package forecast_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/goal/forecast"
)

// brought gives what the counts of a world's days brought, by agent and day.
func (w *world) brought(kind forecast.Kind) [][]float64 {
	r, out := w.r, make([][]float64, w.agents)
	for a, days := range w.days {
		level := math.Exp(0.2 * r.NormFloat64()) // people differ
		period := 1.0
		out[a] = make([]float64, len(days))
		for i, d := range days {
			if (w.history-i)%30 == 0 || i == 0 {
				period = math.Exp(0.07 * r.NormFloat64())
			}
			n := 0.0
			for _, c := range d.n {
				n += float64(c)
			}
			if n == 0 {
				continue
			}
			out[a][i] = bring(w, kind, n, level*period)
		}
	}
	return out
}

func bring(w *world, kind forecast.Kind, n, level float64) (x float64) {
	r := w.r
	switch kind {
	case forecast.Money: // amounts with a long tail
		for range int(n) {
			x += level * 1000 * math.Exp(0.8*r.NormFloat64()-0.32)
		}
	case forecast.Rate: // the contacts of a day have something in common
		p := math.Min(0.9, 0.2*level)
		x = distuv.Binomial{N: n, P: distuv.Beta{Alpha: 50 * p, Beta: 50 * (1 - p), Src: r}.Rand(), Src: r}.Rand()
	case forecast.Mean: // so have their talk times
		day := level * math.Exp(0.1*r.NormFloat64())
		for range int(n) {
			x += 180 * day * distuv.Gamma{Alpha: 1.5, Beta: 1.5, Src: r}.Rand()
		}
	}
	return x
}

// Rates, money and means are held to the same standard as counts.
func TestCalibrationOfKinds(t *testing.T) {
	goals := max(100, goalsPerClass(t)/3) // in all classes together: these take longer
	f := func(kind forecast.Kind) {
		t.Helper()
		var covered [3]float64
		var class [3][5]tally
		for goal := range goals {
			w := newWorld(uint64(goal) + 1<<32)
			if w.late > 0 { // what is late is tried with counts
				w = newWorld(uint64(goal) + 1<<33)
			}
			agent := goal % w.agents
			xs := w.brought(kind)
			result := w.value(kind, agent, xs)
			if math.IsNaN(result) {
				continue
			}
			for m, part := range moments {
				q := w.question(agent, int(math.Round(part*float64(w.period))))
				w.fill(&q, kind, agent, xs)
				a, ok := forecast.Predict(q)
				require.True(t, ok)
				p := a.Result.MidP(result)
				covered[m] += indicator(p >= 0.1 && p <= 0.9)
				k := goal % len(classes)
				target := a.Result.Quantile(1 - classes[k])
				cell := &class[m][k]
				cell.goals++
				cell.said += a.Result.AtLeast(target)
				cell.reached += indicator(result >= target)
			}
		}
		for m := range moments {
			n := 0.0
			for _, c := range class[m] {
				n += c.goals
			}
			t.Logf("%s at %.2f: coverage %.1f of %.0f; %s %s %s %s %s", kind, moments[m], 100*covered[m]/n, n,
				pct(class[m][0]), pct(class[m][1]), pct(class[m][2]), pct(class[m][3]), pct(class[m][4]))
			require.InDelta(t, 0.8, covered[m]/n, 0.05+2.6*math.Sqrt(0.16/n))
			for _, c := range class[m] {
				require.InDelta(t, c.said/c.goals, c.reached/c.goals, 0.05+2.8*math.Sqrt(0.25/c.goals))
			}
		}
	}
	f(forecast.Money)
	f(forecast.Rate)
	f(forecast.Mean)
}

func pct(c tally) string {
	return fmt.Sprintf("%.0f→%.0f", 100*c.said/c.goals, 100*c.reached/c.goals)
}

// value is what the period came to.
func (w *world) value(kind forecast.Kind, agent int, xs [][]float64) float64 {
	var n, x float64
	for i := w.history; i < w.history+w.period; i++ {
		x += xs[agent][i]
		for _, c := range w.days[agent][i].n {
			n += float64(c)
		}
	}
	if kind == forecast.Money {
		return x
	}
	return x / n
}

// fill adds what the days brought.
func (w *world) fill(q *forecast.Question, kind forecast.Kind, agent int, xs [][]float64) {
	q.Kind = kind
	peer := 0
	for a := range w.days {
		if a == agent {
			for i := range q.Own {
				q.Own[i].X = xs[a][i]
			}
			for i := range q.Period[:q.Seen] {
				q.Period[i].X = xs[a][w.history+i]
			}
			continue
		}
		for i := range q.Peers[peer] {
			q.Peers[peer][i].X = xs[a][i]
		}
		peer++
	}
}
