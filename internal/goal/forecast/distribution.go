package forecast

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Distribution is what a result may come to: values in ascending order and the
// chance of each. The zero Distribution knows nothing: its figures are NaN.
type Distribution struct {
	values []float64
	upto   []float64 // chance of this value or less
}

// Certain is the distribution of what is known to come to v.
func Certain(v float64) Distribution { return Distribution{[]float64{v}, []float64{1}} }

// weighted makes a distribution of values in ascending order with masses.
func weighted(values, masses []float64) Distribution {
	d := Distribution{values: values, upto: make([]float64, len(values))}
	sum := 0.0
	for i, m := range masses {
		sum += m
		d.upto[i] = sum
	}
	for i := range d.upto {
		d.upto[i] /= sum
	}
	return d
}

// drawn makes a distribution of draws, each as likely as the next.
func drawn(draws []float64) Distribution {
	sort.Float64s(draws)
	ones := make([]float64, len(draws))
	for i := range ones {
		ones[i] = 1
	}
	return weighted(draws, ones)
}

// Known tells whether there is anything in it.
func (d Distribution) Known() bool { return len(d.values) > 0 }

// Mean gives the expected value.
func (d Distribution) Mean() float64 {
	if !d.Known() {
		return math.NaN()
	}
	mean, before := 0.0, 0.0
	for i, v := range d.values {
		mean += v * (d.upto[i] - before)
		before = d.upto[i]
	}
	return mean
}

// Quantile gives the smallest value that is not passed with chance p.
func (d Distribution) Quantile(p float64) float64 {
	if !d.Known() {
		return math.NaN()
	}
	// The sums of masses are exact to about 1e-13 only.
	i := sort.SearchFloat64s(d.upto, p-1e-12)
	return d.values[min(i, len(d.values)-1)]
}

// Interval gives the central interval of a confidence such as 0.8.
func (d Distribution) Interval(confidence float64) (low, high float64) {
	return d.Quantile((1 - confidence) / 2), d.Quantile((1 + confidence) / 2)
}

// below gives the chance of less than v, and of v exactly.
func (d Distribution) below(v float64) (less, equal float64) {
	if !d.Known() {
		return math.NaN(), math.NaN()
	}
	i := sort.SearchFloat64s(d.values, v)
	j := i
	for j < len(d.values) && d.values[j] == v {
		j++
	}
	at := func(i int) float64 {
		if i == 0 {
			return 0
		}
		return d.upto[i-1]
	}
	return at(i), at(j) - at(i)
}

// AtLeast gives the chance of v or more.
func (d Distribution) AtLeast(v float64) float64 {
	less, _ := d.below(v)
	return 1 - less
}

// AtMost gives the chance of v or less.
func (d Distribution) AtMost(v float64) float64 {
	less, equal := d.below(v)
	return less + equal
}

// Within gives the chance of a value in the band, its borders included.
func (d Distribution) Within(low, high float64) float64 {
	less, _ := d.below(low)
	return max(0, d.AtMost(high)-less)
}

// MidP gives the place of what happened among what might have: the chance of
// less and half the chance of just that. Over many sound forecasts it is spread
// evenly, also for counts, so an 80 % interval holds 80 % of results where
// their mid-P lies from 0.1 to 0.9.
func (d Distribution) MidP(happened float64) float64 {
	less, equal := d.below(happened)
	return less + equal/2
}

// Shift adds what is already there.
func (d Distribution) Shift(by float64) Distribution {
	out := Distribution{make([]float64, len(d.values)), d.upto}
	for i, v := range d.values {
		out.values[i] = v + by
	}
	return out
}

// points is the number of points at which distributions are laid out when
// they are not counted out one by one.
const points = 4096

// Plus adds an independent quantity. Whole numbers of moderate size are added
// exactly; others at points spread evenly over both.
func (d Distribution) Plus(o Distribution) Distribution {
	switch {
	case !d.Known() || !o.Known():
		return Distribution{}
	case len(o.values) == 1:
		return d.Shift(o.values[0])
	case len(d.values) == 1:
		return o.Shift(d.values[0])
	}
	if d.whole() && o.whole() && len(d.values)*len(o.values) <= 1<<22 {
		return d.convolve(o)
	}
	draws := make([]float64, points)
	for i := range draws {
		u := spread(i)
		draws[i] = d.Quantile(u[0]) + o.Quantile(u[1])
	}
	return drawn(draws)
}

func (d Distribution) whole() bool {
	for _, v := range d.values {
		if v != math.Trunc(v) {
			return false
		}
	}
	return d.values[len(d.values)-1]-d.values[0] < 1<<20
}

func (d Distribution) convolve(o Distribution) Distribution {
	low := d.values[0] + o.values[0]
	high := d.values[len(d.values)-1] + o.values[len(o.values)-1]
	values, masses := make([]float64, int(high-low)+1), make([]float64, int(high-low)+1)
	for i := range values {
		values[i] = low + float64(i)
	}
	before := 0.0
	for i, v := range d.values {
		p, past := d.upto[i]-before, 0.0
		before = d.upto[i]
		for j, w := range o.values {
			masses[int(v+w-low)] += p * (o.upto[j] - past)
			past = o.upto[j]
		}
	}
	return weighted(values, masses)
}

// spread gives point i of a sequence that fills the unit cube evenly
// (Roberts 2018, after the generalised golden ratio), so that a few thousand
// points do the work of a hundred thousand random ones, the same every time.
func spread(i int) [3]float64 {
	const g = 1.22074408460575947536 // g⁴ = g + 1
	var u [3]float64
	a := 1.0
	for k := range u {
		a /= g
		_, u[k] = math.Modf(0.5 + a*float64(i+1))
	}
	return u
}

var normal = distuv.UnitNormal
