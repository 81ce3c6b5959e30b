package forecast_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/goal/forecast"
)

// The number of goals per probability class. statistics.md asks for 2,000,
// 10,000 goals in all:
//
//	CALLPACE_GOALS=2000 go test ./internal/goal/forecast -run 'Calibration$' -v
//	CALLPACE_GOALS=15000 go test ./internal/goal/forecast -run CalibrationOfKinds -v
//
// take ten seconds and a minute and a half. With fewer, the classes are allowed
// the error that a perfect model makes.
func goalsPerClass(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("CALLPACE_GOALS"))
	if err != nil {
		n = 300
	}
	require.Positive(t, n)
	return n
}

var classes = []float64{0.1, 0.3, 0.5, 0.7, 0.9}

// moment of the period: 0, ⅓, ⅔.
var moments = []float64{0, 1. / 3, 2. / 3}

// tally counts what became of forecasts.
type tally struct{ goals, said, reached float64 }

// scores are sums of squared misses.
type scores struct{ model, base, linear, yesNo float64 }

type calibration struct {
	class       [3][5]tally
	midP, plain [3]float64
	brier       [3]scores
	goals       float64
	reached     float64
	reachedAt   []bool
}

func TestCalibration(t *testing.T) {
	n := goalsPerClass(t) * len(classes)
	var c calibration
	for goal := range n {
		c.add(uint64(goal))
	}
	c.finish()
	t.Log("\n" + c.String())
	within := 0.05
	if per := n / len(classes); per < 2000 {
		// 3.3 standard errors of a perfect model at ½ pass it in all 15 classes 99 times in 100
		within = 0.02 + 3.3*math.Sqrt(0.25/float64(per))
	}
	for m := range moments {
		for k, class := range c.class[m] {
			require.InDelta(t, class.said/class.goals, class.reached/class.goals, within, "class %v at %v", classes[k], moments[m])
		}
		require.InDelta(t, 0.8, c.midP[m]/c.goals, 0.05+math.Max(0, 2*math.Sqrt(0.16/c.goals)-0.01))
		require.Less(t, c.brier[m].model, c.brier[m].base)
		require.Less(t, c.brier[m].model, c.brier[m].linear)
		require.Less(t, c.brier[m].model, c.brier[m].yesNo)
	}
}

func (c *calibration) add(seed uint64) {
	w := newWorld(seed)
	agent := int(seed) % w.agents
	result := w.result(agent)
	pick := int(seed) % len(classes)
	var target float64
	for m, part := range moments {
		q := w.question(agent, int(math.Round(part*float64(w.period))))
		a, ok := forecast.Predict(q)
		if !ok {
			panic(fmt.Sprintf("no forecast of goal %d", seed))
		}
		own := nearest(a.Result, classes[pick])
		said := a.Result.AtLeast(own)
		cell := &c.class[m][pick]
		cell.goals++
		cell.said += said
		cell.reached += indicator(result >= own)

		p := a.Result.MidP(result)
		c.midP[m] += indicator(p >= 0.1 && p <= 0.9)
		low, high := a.Result.Interval(0.8)
		c.plain[m] += indicator(result >= low && result <= high)

		if m == 0 { // a target as people set them, about what was usual, kept through the period
			target = own
			c.goals++
			c.reached += indicator(result >= target)
			c.reachedAt = append(c.reachedAt, result >= target)
		}
		hit := indicator(result >= target)
		linear := linearRest(q)
		done := a.Done
		c.brier[m].model += square(a.Result.AtLeast(target) - hit)
		c.brier[m].linear += square(poissonAtLeast(linear, target-done) - hit)
		c.brier[m].yesNo += square(indicator(done+linear >= target) - hit)
	}
}

// finish scores the base rate: the share of all goals that are reached.
func (c *calibration) finish() {
	rate := c.reached / c.goals
	for _, hit := range c.reachedAt {
		for m := range moments {
			c.brier[m].base += square(rate - indicator(hit))
		}
	}
}

// nearest gives the target whose chance comes nearest to p.
func nearest(d forecast.Distribution, p float64) float64 {
	best := math.Max(1, d.Quantile(1-p))
	for _, v := range []float64{best - 1, best + 1} {
		if v >= 0 && math.Abs(d.AtLeast(v)-p) < math.Abs(d.AtLeast(best)-p) {
			best = v
		}
	}
	return best
}

// linearRest is what a straight line makes of the rest: the period's pace per
// working day so far or, before it began, that of the past.
func linearRest(q forecast.Question) float64 {
	var n, worked, left float64
	past := q.Period[:q.Seen]
	if q.Seen == 0 {
		past = q.Own
	}
	working := func(d forecast.Day) float64 {
		if d.Staffed > 0 && d.Weekday%6 != 0 {
			return 1
		}
		return 0
	}
	for _, d := range past {
		n, worked = n+d.N, worked+working(d)
	}
	for _, d := range q.Period[q.Seen:] {
		left += working(d)
	}
	if worked == 0 {
		return 0
	}
	return n / worked * left
}

func poissonAtLeast(mean, n float64) float64 {
	switch {
	case n <= 0:
		return 1
	case mean <= 0:
		return 0
	}
	return distuv.Poisson{Lambda: mean}.Survival(n - 1)
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func square(v float64) float64 { return v * v }

func (c *calibration) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%.0f goals, %.0f %% reached\n", c.goals, 100*c.reached/c.goals)
	for m, part := range moments {
		fmt.Fprintf(&b, "at %.2f:", part)
		for k := range classes {
			cell := c.class[m][k]
			fmt.Fprintf(&b, "  %2.0f→%4.1f", 100*cell.said/cell.goals, 100*cell.reached/cell.goals)
		}
		s := c.brier[m]
		fmt.Fprintf(&b, "  coverage mid-P %.1f plain %.1f  Brier %.4f base %.4f linear %.4f yes/no %.4f\n",
			100*c.midP[m]/c.goals, 100*c.plain[m]/c.goals, s.model/c.goals, s.base/c.goals, s.linear/c.goals, s.yesNo/c.goals)
	}
	return b.String()
}
