package goals

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
)

// PlanWords ask for a plan, as forms and programs do.
type PlanWords struct {
	Chain     string // a name, or written out; empty: the usual one
	Unit      string // of Target; empty: the last of the chain
	Target    float64
	Done      float64
	Open      bool // count what open leads will bring
	Days      int  // working days; 0: those left of Period
	Period    string
	Where     []string
	Rates     map[string]string // by the unit to which they lead, as track.ParseRate reads them
	GivenOnly bool              // of the standard chain, leave stages out whose rate is not given
	// Shown is how a form shows a rate that it sends back: one that comes back as
	// shown was not given, and stays as exact, and as uncertain, as measured. Nil: all are given.
	Shown func(plan.Rate) string

	PerHour, Hours, Agents, Absent float64 // 0: as measured
}

// Asked is a plan with what it was made of.
type Asked struct {
	track.Planned
	Along track.Chain  // with the rates that it sets or that were measured, nil where there is none
	Tried []plan.Worth // what each given rate changes against those
}

// Plan works a number back along a chain of KPIs. Rates that are not given are
// those of the last quarter.
func (b Book) Plan(ctx context.Context, w PlanWords) (out Asked, err error) {
	chain, err := b.Chain(ctx, w.Chain)
	if err != nil {
		return out, err
	}
	along := chain
	if chain == nil {
		along = track.Standard(track.Sales)
	}
	h, err := b.Desk.ChainHistory(ctx, w.Where, along)
	if err != nil {
		return out, err
	}
	out.Along = slices.Clone(h.Chain)
	for i, u := range chain { // a rate that the chain sets is its own
		if u.Rate != nil {
			out.Along[i].Rate = u.Rate
		}
	}
	ask := track.Ask{Unit: w.Unit, Target: w.Target, Done: w.Done, Days: w.Days, Chain: slices.Clone(chain), PerHour: w.PerHour, Hours: w.Hours, Agents: w.Agents, Absent: w.Absent}
	if ask.Unit == "" {
		ask.Unit = along[len(along)-1].Name
	}
	if err := b.days(w, &ask); err != nil {
		return out, err
	}
	given, err := w.given(out.Along)
	if err != nil {
		return out, err
	}
	if chain == nil && len(given) > 0 {
		if !w.GivenOnly {
			ask.Rates = h.Rates
		}
		for unit, into := range map[string]**plan.Rate{track.Contacts: &ask.Rates.Contact, track.Appointments: &ask.Rates.Appointment, track.Sales: &ask.Rates.Close} {
			if r, ok := given[unit]; ok {
				*into = &r
			}
		}
	}
	for i := range ask.Chain {
		if r, ok := given[ask.Chain[i].Name]; ok && i > 0 {
			ask.Chain[i].Rate = &r
		}
	}
	h.Fill(&ask)
	if !w.Open {
		ask.Open = 0
	}
	if out.Planned, err = ask.Solve(); err != nil {
		return out, err
	}
	out.Catalogue, out.Ranks = b.Desk.Catalogue, h.Rank(out.Goal)
	out.try(given)
	return out, nil
}

// days counts the working days left of the period, where none are given.
func (b Book) days(w PlanWords, ask *track.Ask) error {
	if w.Days > 0 {
		return nil
	}
	text := w.Period
	if text == "" {
		text = "this-month"
	}
	p, err := b.Desk.Base.Calendar.Parse(text, b.Desk.Today)
	if err != nil {
		return err
	}
	b.Desk.Over(ask, calendar.Range{From: max(p.From, b.Desk.Today), To: max(p.To, b.Desk.Today)})
	return nil
}

// given reads the rates; one to a unit that the chain does not have is Invalid.
func (w PlanWords) given(along track.Chain) (map[string]plan.Rate, error) {
	out := map[string]plan.Rate{}
	for unit, text := range w.Rates {
		at := slices.IndexFunc(along, func(u track.Unit) bool { return u.Name == unit })
		if at < 1 {
			return nil, callpace.E(callpace.Invalid, "plan.bad_set_rate", "text", unit+"="+text)
		}
		r, err := track.ParseRate(text)
		if err != nil {
			return nil, err
		}
		if !w.returned(r, along[at].Rate) {
			out[unit] = r
		}
	}
	return out, nil
}

// returned tells whether a rate comes back as it was shown.
func (w PlanWords) returned(r plan.Rate, was *plan.Rate) bool {
	if w.Shown == nil || was == nil {
		return false
	}
	shown, err := track.ParseRate(w.Shown(*was))
	return err == nil && shown == r
}

// try says what each given rate changes against those of the chain.
func (a *Asked) try(given map[string]plan.Rate) {
	for i, s := range a.Goal.Stages {
		r, ok := given[s.To]
		at := slices.IndexFunc(a.Along, func(u track.Unit) bool { return u.Name == s.To })
		if !ok || at < 0 || a.Along[at].Rate == nil {
			continue
		}
		was, ok := a.Along[at].Rate.Value()
		if now, _ := r.Value(); !ok || math.Abs(now-was) < 1e-9 {
			continue
		} else if worth, ok := plan.WhatIf(a.Goal.With(i, *a.Along[at].Rate), i, now); ok {
			a.Tried = append(a.Tried, worth)
		}
	}
}
