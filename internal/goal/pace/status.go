package pace

import (
	"math"
	"slices"
)

// Status is where a goal stands, in one word.
type Status string

// The statuses. Each has a message: pace.status.<status>.
const (
	NoData   Status = "no_data"   // nobody has any history, or the rate no denominator
	Ahead    Status = "ahead"     // reached unless something changes
	OnTrack  Status = "on_track"  // more likely than not
	AtRisk   Status = "at_risk"   // open: what is done now decides
	OffTrack Status = "off_track" // not reached unless something changes
	Reached  Status = "reached"
	Missed   Status = "missed"
)

// Key gives the key of the status's message.
func (s Status) Key() string { return "pace.status." + string(s) }

// The chances at which a status begins, and how far a chance must go past one
// before the status changes back: a day of noise moves a chance by that much.
const (
	aheadFrom   = 0.90
	onTrackFrom = 0.60
	atRiskFrom  = 0.25
	margin      = 0.08
)

// Reading is what was known at the end of a day.
type Reading struct {
	Chance float64 // to reach the target; NaN where nothing is known
	// Settled is Reached or Missed from where no more work can change it, for now:
	// a sum that has passed its target, or the period's end. A correction of the
	// data may take it back. It is empty before.
	Settled Status
}

// Settle gives what is settled about a goal: that a sum to be passed has
// passed, that a sum not to be passed has, and all when the period is over.
func Settle(t Target, sum bool, actual float64, over bool) Status {
	switch {
	case math.IsNaN(actual):
		return ""
	case over && t.Met(actual), sum && t.Better == Higher && t.Met(actual):
		return Reached
	case over, sum && t.Better != Higher && actual > t.High:
		return Missed
	}
	return ""
}

// Verdict is a status and since when.
type Verdict struct {
	Status Status
	Since  int // the reading that brought it; −1 where there is none
	// Turned is the last reading at which the goal went from good (ahead, on
	// track, reached) to bad, or back: the day to look at. −1 where it never did.
	Turned int
}

// Judge gives the status after a series of daily readings.
func Judge(readings []Reading) Verdict {
	v := Verdict{Status: NoData, Since: -1, Turned: -1}
	known := NoData // the last status with a side
	for day, r := range readings {
		next := r.next(v.Status)
		if next == v.Status {
			continue
		}
		if known != NoData && next != NoData && known.good() != next.good() {
			v.Turned = day
		}
		v.Status, v.Since = next, day
		if next != NoData {
			known = next
		}
	}
	return v
}

// worst orders the statuses from the worst.
var worst = []Status{Missed, OffTrack, AtRisk, NoData, OnTrack, Ahead, Reached}

// Worse compares two statuses for sorting, the worse one first.
func Worse(a, b Status) int { return slices.Index(worst, a) - slices.Index(worst, b) }

func (s Status) good() bool { return s == Ahead || s == OnTrack || s == Reached }

func (r Reading) next(now Status) Status {
	switch {
	case r.Settled != "":
		return r.Settled
	case math.IsNaN(r.Chance):
		return NoData
	}
	order := []Status{OffTrack, AtRisk, OnTrack, Ahead}
	from := []float64{0, atRiskFrom, onTrackFrom, aheadFrom}
	is := 0
	for i, f := range from {
		if r.Chance >= f {
			is = i
		}
	}
	for was, s := range order {
		if s != now {
			continue
		}
		// The old status holds while the chance is within the margin of its borders.
		low, high := from[was]-margin, 1.0
		if was < len(from)-1 {
			high = math.Min(from[was+1]+margin, (from[was+1]+1)/2) // at most half way to certainty
		}
		if r.Chance >= low && r.Chance < high {
			return now
		}
	}
	return order[is]
}
