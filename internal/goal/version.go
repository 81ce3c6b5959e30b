package goal

import (
	"reflect"

	"github.com/callpace/callpace/internal/calendar"
)

// Change of a goal is a new version; the old ones stay as they were.

// Version is a goal as it stood from a day on.
type Version struct {
	Goal Goal          `yaml:"goal" json:"goal"`
	From calendar.Date `yaml:"from" json:"from"`
	By   string        `yaml:"by,omitempty" json:"by,omitempty"` // who made it
}

// History is the versions of a goal in order.
type History []Version

// With adds a version; an equal goal adds none.
func (h History) With(g Goal, on calendar.Date, by string) History {
	g.Version = 1
	if n := len(h); n > 0 {
		g.Version = h[n-1].Goal.Version
		if reflect.DeepEqual(g, h[n-1].Goal) {
			return h
		}
		g.Version++
	}
	return append(h[:len(h):len(h)], Version{Goal: g, From: on, By: by})
}

// On gives the version that held on a day.
func (h History) On(day calendar.Date) (v Version, ok bool) {
	for _, version := range h {
		if version.From <= day {
			v, ok = version, true
		}
	}
	return v, ok
}

// Result is what an instance of a goal came to.
type Result struct {
	Days    calendar.Range `yaml:"days" json:"days"`
	Value   Number         `yaml:"value" json:"value"`
	NoData  bool           `yaml:"no_data,omitempty" json:"no_data,omitempty"`
	Reached bool           `yaml:"reached" json:"reached"`
}

// Closing is how a goal ended. Data that come later change Now, and both are
// shown.
type Closing struct {
	On    calendar.Date `yaml:"on" json:"on"`
	First Result        `yaml:"first" json:"first"` // as told when it was closed
	Now   Result        `yaml:"now" json:"now"`
}

// Corrected takes the figure of today's data; changed tells whether it differs
// from the one told last.
func (c Closing) Corrected(r Result) (out Closing, changed bool) {
	changed = c.Now != r
	c.Now = r
	return c, changed
}

// Reached tells whether a figure meets the target, given what the baseline came
// to (for Change and Points) and the part of a unit that a recurring total is
// for, 0 to 1. ok is false where that cannot be said: no target, no baseline, a
// relative change of nothing or of a negative baseline.
func (g Goal) Reached(value float64, baseline *float64, part float64) (reached, ok bool) {
	t := g.Target
	if t.Kind == Band {
		return t.Low.Float() <= value && value <= t.High.Float(), true
	}
	want, ok := g.Want(baseline, part)
	if !ok {
		return false, false
	}
	const exact = 1e-9 // decimals as floats
	if g.Better == Lower {
		return value <= want+exact, true
	}
	return value >= want-exact, true
}

// Want gives the number to reach, as Reached does.
func (g Goal) Want(baseline *float64, part float64) (want float64, ok bool) {
	switch t := g.Target; t.Kind {
	case Total:
		return t.Value.Float() * part, true
	case Level:
		return t.Value.Float(), true
	case Change, Points:
		if t.Baseline.Kind == Fixed {
			fixed := t.Baseline.Value.Float()
			baseline = &fixed
		}
		switch {
		case baseline == nil:
			return 0, false
		case t.Kind == Points:
			return *baseline + t.Value.Float(), true
		case *baseline <= 0:
			return 0, false // +15 % of a loss says nothing; points do
		}
		return *baseline * (1 + t.Value.Float()), true
	}
	return 0, false
}
