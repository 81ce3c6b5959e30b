package kpi

import (
	"fmt"
	"slices"

	"github.com/callpace/callpace"
)

// Delayed outcomes: a lead called today can still get its appointment next
// week. Of two periods, or of two people, the one whose leads are younger looks
// worse than it is. So a measure says by "came" when its outcome came, and
// judgements are made at equal age:
//   - A period is compared with another as that stood when it was as old: of the
//     leads called 31 days earlier, what came up to 31 days before now counts.
//   - People are compared by leads that were followed for the same number of
//     days, the younger ones left out (Query.Followed).

// mostFollowed bounds Query.Followed, in days.
const mostFollowed = 3660

// delayed tells whether a KPI counts outcomes that come later.
func (k *compiled) delayed() bool {
	return slices.ContainsFunc(k.uses, func(u *use) bool { return u.came != nil })
}

// delay compiles the moment of a measure's outcome and, where outcomes are
// followed for some days, narrows the measure to rows that are as old as that.
func (c compiler) delay(u *use) (err error) {
	if text := u.def.Came; text != "" {
		check := checker{text: text + " <= now", fact: u.fact, settings: c.settings}
		e, err := check.compile(aTruth)
		if err != nil {
			return err
		}
		u.came = e.(Op).Args[0]
	}
	if c.followed == 0 {
		return nil
	}
	if u.date == "" {
		return callpace.E(callpace.Invalid, "kpi.measure.unknown_date", "name", "", "nearest", "", "known", "")
	}
	date, days := MomentField{Name: u.date}, c.followed
	narrow(u, Op{Le, []Expr{date, daysFrom(Now{}, -days)}})
	if u.came != nil {
		narrow(u, cameBy(u.came, daysFrom(date, days)))
	}
	u.key += fmt.Sprintf(" followed %d", days)
	u.measure.ID = u.key
	return nil
}

func narrow(u *use, by Expr) {
	if u.measure.Where != nil {
		by = Op{And, []Expr{u.measure.Where, by}}
	}
	u.measure.Where = by
}

func daysFrom(moment Expr, days int) Expr {
	n, _ := callpace.ParseAmount(fmt.Sprint(days)) // whole numbers always can be
	return Op{AddDays, []Expr{moment, Number{n}}}
}

// cameBy is that an outcome came by some moment; one whose moment is not known counts.
func cameBy(came, by Expr) Expr {
	return Op{Coalesce, []Expr{Op{Le, []Expr{came, by}}, Boolean{true}}}
}

// asOf are the measures of a Select as they stood some days before now.
func (s *selection) asOf(earlier int) []Measure {
	if earlier <= 0 || !slices.ContainsFunc(s.uses, func(u *use) bool { return u.came != nil }) {
		return s.Measures
	}
	out := slices.Clone(s.Measures)
	for i, u := range s.uses {
		if u.came == nil {
			continue
		}
		held := cameBy(u.came, daysFrom(Now{}, -earlier))
		if out[i].Where != nil {
			held = Op{And, []Expr{out[i].Where, held}}
		}
		out[i].Where = held
	}
	return out
}
