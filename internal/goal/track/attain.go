package track

import (
	"math"
	"slices"

	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/scorecard"
	"github.com/callpace/callpace/internal/stats"
)

// attain gives the two figures of attainability, and the best and the typical
// past period.
func (d Desk) attain(r *Report, m *material, s *State, q forecast.Question, a forecast.Answer) {
	past := periods(r.Kind, q.Own, int(r.Judged.Days()))
	if len(past) > 0 {
		best, typical := slices.Max(past), median(past)
		if s.Target.Better == pace.Lower {
			best = slices.Min(past)
		}
		s.Best, s.Typical = &best, &typical
	}
	if !s.Has || s.Target.Better == pace.Within {
		return
	}
	before := q
	before.Seen, before.Together, before.Arrived = 0, nil, nil
	expected := a.Result.Mean()
	if start, ok := forecast.Predict(before); ok && m.seen == 0 {
		expected = start.Result.Mean()
	}
	lower := s.Target.Better == pace.Lower
	if at, ok := forecast.Attain(s.Pace.Chance, expected, s.Target.High, lower, lifts(q)); ok {
		s.Attain = &at
	}
}

// periods are what stretches of a period's length came to in the past, the
// latest last. They are reckoned backward from the period, so a stretch cut
// off by the beginning of the data is none.
func periods(kind forecast.Kind, days []forecast.Day, length int) []float64 {
	var out []float64
	for to := len(days); length > 0 && to-length >= 0; to -= length {
		var n, x float64
		for _, d := range days[to-length : to] {
			n, x = n+d.N, x+d.X
		}
		switch {
		case kind == forecast.Count:
			out = append(out, n)
		case kind == forecast.Money:
			out = append(out, x)
		case n > 0:
			out = append(out, x/n)
		}
	}
	slices.Reverse(out)
	return out
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// lifts are the changes between periods that this scope and its peers have had.
func lifts(q forecast.Question) []stats.Estimate {
	company := forecast.Learn(q.Company, forecast.Flat())
	var scopes [][]stats.Count
	for _, days := range append([][]forecast.Day{q.Own}, q.Peers...) {
		p := forecast.Learn(days, company)
		usual := 1.0
		if q.Kind == forecast.Money || q.Kind == forecast.Mean {
			usual = mean(days)
		}
		counts := make([]stats.Count, len(days))
		for i, day := range days {
			switch q.Kind {
			case forecast.Count:
				counts[i] = stats.Count{Events: day.N, Exposure: p.Exposure(day)}
			case forecast.Money:
				counts[i] = stats.Count{Events: day.X / usual, Exposure: p.Exposure(day)}
			default:
				counts[i] = stats.Count{Events: day.X / usual, Exposure: day.N}
			}
		}
		if usual > 0 {
			scopes = append(scopes, counts)
		}
	}
	if len(scopes) == 0 {
		return nil
	}
	return forecast.Lifts(scopes, len(q.Period))
}

func mean(days []forecast.Day) float64 {
	var x, n float64
	for _, d := range days {
		x, n = x+d.X, n+d.N
	}
	return x / n
}

// course is the pace chart: what was, what was to be expected, and the fan of
// what may be. Days before the goal's first reading have no actual.
func (d Desk) course(r *Report, s State, q forecast.Question, a forecast.Answer) []Point {
	nan := math.NaN()
	out := make([]Point, len(q.Period))
	shares := d.shares(q)
	var n, x float64
	for i, day := range q.Period {
		p := Point{Day: r.Judged.From + int64(i), Actual: nan, AtLeast: nan, Expected: nan, Low80: nan, High80: nan, Low50: nan, High50: nan, Mean: nan}
		if s.Has {
			p.AtLeast, p.Expected = s.Target.Due(r.Kind, shares[i])
		}
		if i < q.Seen {
			n, x = n+day.N, x+day.X
			switch {
			case r.Kind == forecast.Count:
				p.Actual = n
			case r.Kind == forecast.Money:
				p.Actual = x
			case n > 0:
				p.Actual = x / n
			}
		}
		out[i] = p
	}
	for i, dist := range forecast.Fan(q) {
		if at := q.Seen + i; at < len(out) && dist.Known() {
			p := &out[at]
			p.Low80, p.High80 = dist.Interval(0.8)
			p.Low50, p.High50 = dist.Interval(0.5)
			p.Mean = dist.Mean()
		}
	}
	return out
}

// shares is the part of the period's exposure that lies behind the end of each day.
func (d Desk) shares(q forecast.Question) []float64 {
	p := forecast.Learn(q.Own, forecast.Learn(q.Company, forecast.Flat()))
	out, sum := make([]float64, len(q.Period)), 0.0
	for i, day := range q.Period {
		sum += p.Exposure(day)
		out[i] = sum
	}
	for i := range out {
		if sum > 0 {
			out[i] /= sum
		}
	}
	return out
}

func attained(actual, target float64, lower bool) float64 {
	return scorecard.Attainment(actual, target, lower)
}

func band(actual, low, high float64) float64 { return scorecard.OfBand(actual, low, high) }
