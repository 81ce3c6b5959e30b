package track

import (
	"math"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
)

// checks says how the goal does by each letter of SMART.
func (d Desk) checks(r *Report, m *material, others []goal.Goal) []goal.Check {
	g := r.Goal
	return []goal.Check{
		g.CheckSpecific(d.Catalogue),
		g.CheckMeasurable(d.coverage(r, m)),
		g.CheckAttainable(d.Catalogue, attainability(r)),
		g.CheckRelevant(others, d.Catalogue),
		g.CheckTime(d.cal(), d.Working, d.Today),
	}
}

// coverage counts the past periods that have data.
func (d Desk) coverage(r *Report, m *material) goal.Coverage {
	c := goal.Coverage{Today: calendar.Date(d.Today), LastRow: calendar.Date(m.lastRow)}
	if r.Kind == "" {
		// What cannot be read by day is covered where it has a figure at all.
		if s, ok := r.Whole(); ok && s.Figure.Valid {
			c.LastRow, c.Periods, c.WithData = calendar.Date(r.LastDay), 1, 1
		}
		return c
	}
	if r.LastDay > m.lastRow && m.lastRow > 0 && additive(r.Kind) {
		c.LastRow = calendar.Date(r.LastDay) // none happened, and that is known
	}
	part := ""
	if len(r.Parts) > 0 {
		part = r.Parts[(len(r.Parts)-1)/2].Part
	}
	own, length := m.own[part], int(r.Judged.Days())
	for to := len(own); length > 0 && to-length >= 0 && c.Periods < mostBlocks; to -= length {
		c.Periods++
		var n float64
		for _, day := range own[to-length : to] {
			n += day.N
		}
		if n > 0 {
			c.WithData++
		}
		if c.Periods == 1 && !additive(r.Kind) {
			c.Denominator = n
		}
	}
	if c.Periods == 0 && len(own) > 0 { // less than one period of data, but some
		c.Periods, c.WithData = 1, 1
		for _, day := range own {
			c.Denominator += day.N
		}
	}
	if r.Kind == forecast.Rate && len(r.Parts) > 0 {
		c.Enough = enough(r, own)
	}
	return c
}

// enough is the smallest denominator of a period by which the change that a
// goal asks for can be told from noise: of two periods, with 80 % power.
func enough(r *Report, own []forecast.Day) float64 {
	p, t := mean(own), r.Parts[(len(r.Parts)-1)/2].Target.High
	if !(p > 0) || !(t > 0) || t == p {
		return 0
	}
	l := math.Log(t/p) / 2.8
	return math.Ceil(2 * (1 - p) / (p * l * l))
}

// attainability is that of the whole, or of the part in the middle.
func attainability(r *Report) (a goal.Attainability) {
	if len(r.Parts) == 0 {
		return a
	}
	s := r.Parts[(len(r.Parts)-1)/2]
	a.Best, a.Typical, a.Met = s.Best, s.Typical, r.Begun && s.Verdict.Status == pace.Reached
	if s.Known {
		a.Chance = &s.Pace.Chance
	}
	if at := s.Attain; at != nil {
		a.Lift, a.Percentile, a.Already = &at.Lift, &at.Percentile, at.Verdict == forecast.AlreadyThere
	}
	return a
}
