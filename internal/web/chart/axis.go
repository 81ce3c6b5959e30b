package chart

import (
	"math"
	"strconv"
)

// Tick is a labelled value of an axis.
type Tick struct {
	At   Value  `json:"at"`
	Text string `json:"text"`
}

// Axis is a scale of numbers: from Min to Max, both ticks themselves.
type Axis struct {
	Min   Value  `json:"min"`
	Max   Value  `json:"max"`
	Ticks []Tick `json:"ticks"`
	Name  string `json:"name,omitempty"` // shown by Scatter only: elsewhere the title says it
}

// Scale makes an Axis. Lo and Hi are the least and greatest value to be shown.
type Scale struct {
	Lo, Hi float64
	Zero   bool    // begins at zero, as bars must
	Least  float64 // the smallest step: 1 for counts
	Time   bool    // values are seconds: steps of 15 s, 5 min, 2 h
	Name   string
	Format func(value, step float64) string // step tells how many digits are needed
}

// intervals is how many steps an axis has at most: few, since the values stand
// in tooltip and table.
const intervals = 5

// seconds are the steps of time, the day last.
var seconds = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400}

// Axis rounds the ends outwards to whole steps. Values that are not finite are
// taken for 0; an axis has two ticks at least.
func (s Scale) Axis() Axis {
	lo, hi := finite(s.Lo), finite(s.Hi)
	if hi < lo {
		lo, hi = hi, lo
	}
	if s.Zero {
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	if hi == lo {
		// One value: the axis reaches from zero to it, or around it.
		switch {
		case hi > 0:
			lo = 0
		case lo < 0:
			hi = 0
		default:
			hi = math.Max(s.Least, 1)
		}
	}
	step := s.step((hi - lo) / intervals)
	first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	last = math.Max(last, first+1)
	a := Axis{Min: Value(multiple(first, step)), Max: Value(multiple(last, step)), Name: s.Name}
	for n := first; n <= last; n++ {
		at := multiple(n, step)
		a.Ticks = append(a.Ticks, Tick{Value(at), s.Format(at, step)})
	}
	return a
}

// step is the least pleasant step that is not under raw.
func (s Scale) step(raw float64) float64 {
	if s.Time {
		for _, t := range seconds {
			if t >= raw && t >= s.Least {
				return t
			}
		}
	}
	raw = math.Max(raw, s.Least)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		step := m * power
		if step >= raw*(1-1e-9) && (s.Least == 0 || math.Abs(math.Remainder(step, s.Least)) < 1e-9) {
			return step
		}
	}
	return 10 * power
}

// multiple is n steps, without the tail of binary fractions (3 · 0.2 is 0.6) and
// never minus zero.
func multiple(n, step float64) float64 {
	at, _ := strconv.ParseFloat(strconv.FormatFloat(n*step, 'g', 12, 64), 64)
	return at + 0
}

func finite(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}
