package goals

import (
	"math"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/cascade"
	"github.com/callpace/callpace/internal/kpi"
)

// divide gives the parts of a share what they get of it, level by level.
func (s *Split) divide(of *Share) error {
	fill := s.divideTotal
	if s.Rate {
		fill = s.divideLevel
	}
	for i := range of.Parts {
		p := &of.Parts[i]
		if v, ok := s.Ask.Locks[p.Place]; ok {
			p.Locked, p.Value = true, v
		}
	}
	if err := fill(of); err != nil {
		return err
	}
	for i := range of.Parts {
		p := &of.Parts[i]
		left := s.Report.DaysLeft
		if p.Stay != nil {
			left = p.Stay.Left
		}
		p.PerDay = s.perDay(*p, left)
		if p.Stay == nil && s.Ask.Has(goal.EachAgent) {
			if err := s.divide(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// divideTotal splits whole units, or cents. What the parts cannot make up is Off.
func (s *Split) divideTotal(of *Share) error {
	places, step := 0, int64(callpace.One)
	if s.Report.Unit == kpi.UnitMoney {
		places, step = 2, step/100
	}
	parts := make([]cascade.Part, len(of.Parts))
	for i, p := range of.Parts {
		if p.Locked && (p.Value < 0 || int64(p.Value)%step != 0) {
			return callpace.E(callpace.Invalid, "goals.split_number", "who", p.Name(), "value", p.Value.String())
		}
		parts[i] = cascade.Part{Weight: p.Weight, Locked: p.Locked, Value: int64(p.Value)}
	}
	amounts, err := cascade.Money(of.Value.Amount(), places, parts)
	of.Off = -of.Value
	for i := range of.Parts {
		if err == nil { // else locks or empty weights do not allow it, and Off tells
			of.Parts[i].Value = goal.Number(amounts[i])
		}
		of.Off += of.Parts[i].Value
	}
	return nil
}

// divideLevel splits volumes, and what must succeed of them.
func (s *Split) divideLevel(of *Share) error {
	parts, levels := make([]cascade.Part, len(of.Parts)), make([]cascade.Level, len(of.Parts))
	for i, p := range of.Parts {
		if p.Locked && p.Value < 0 {
			return callpace.E(callpace.Invalid, "goals.split_number", "who", p.Name(), "value", p.Value.String())
		}
		parts[i].Weight = p.Weight
		levels[i] = cascade.Level{Usual: p.Usual, Locked: p.Locked, Value: 100 * p.Value.Float()}
		if of.Way == goal.Equally {
			levels[i].Usual = 1
		} else if math.IsNaN(p.Usual) {
			levels[i].Usual = of.Usual // as the others do
		}
	}
	rates, _ := cascade.SplitRate(cascade.Rate{Num: of.Num, Den: of.Den}, parts, levels) // what does not come out is Off
	of.Off = goal.Number(-of.Num)
	for i, r := range rates {
		p := &of.Parts[i]
		p.Num, p.Den = r.Num, r.Den
		if !p.Locked && r.Den > 0 {
			p.Value = goal.Number(math.Round(float64(r.Num) / float64(100*r.Den) * float64(callpace.One)))
		}
		of.Off += goal.Number(r.Num)
	}
	return nil
}
