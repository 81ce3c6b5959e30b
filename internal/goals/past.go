package goals

import (
	"context"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/store"
)

// mostPast is how many past instances a page shows.
const mostPast = 12

// Past is an instance of a recurring goal that is over: what it came to when
// its result was first told, and by the data as they are now.
type Past struct {
	Instance goal.Instance
	goal.Closing
}

// Past lists the instances of a recurring goal that are over, the latest
// first, at most a dozen. Results are written down as they are first seen, so
// that what later data make of them shows beside them.
func (b Book) Past(ctx context.Context, g store.Goal) ([]Past, error) {
	if g.Period.Kind != goal.Recurring || g.State == goal.Draft || g.ID == "" {
		return nil, nil
	}
	until := b.Desk.Today
	if g.Closing != nil {
		until = min(until, int64(g.Closing.On))
	}
	list := g.Period.Instances(b.Desk.Base.Calendar, until)
	list = slices.DeleteFunc(list, func(i goal.Instance) bool { return i.To > b.Desk.Today })
	list = list[max(0, len(list)-mostPast):]
	slices.Reverse(list)
	out := make([]Past, 0, len(list))
	changed := false
	for _, i := range list {
		result, frozen, err := b.Desk.Outcome(ctx, g.Goal, i, g.Baselines)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(g.Baselines, func(f track.Frozen) bool { return int64(f.From) == i.From })
		if at < 0 {
			g.Baselines = append(g.Baselines, frozen)
			at = len(g.Baselines) - 1
		}
		f := &g.Baselines[at]
		if f.Closing == nil {
			f.Closing = &goal.Closing{On: calendar.Date(b.Desk.Today), First: result, Now: result}
			changed = true
		} else if c, differs := f.Closing.Corrected(result); differs {
			f.Closing, changed = &c, true
		}
		out = append(out, Past{i, *f.Closing})
	}
	if changed {
		return out, b.State.Goals().KeepGoal(ctx, g)
	}
	return out, nil
}

// settle writes down the result of the instance before the running one, the
// first time that it is over.
func (b Book) settle(ctx context.Context, g store.Goal, running goal.Instance) error {
	before, ok := g.Period.At(b.Desk.Base.Calendar, running.From-1)
	if g.Period.Kind != goal.Recurring || !ok || slices.ContainsFunc(g.Baselines, func(f track.Frozen) bool { return int64(f.From) == before.From && f.Closing != nil }) {
		return nil
	}
	fresh, err := b.State.Goals().FindGoal(ctx, g.ID) // the running one may just have been frozen
	if err != nil {
		return err
	}
	_, err = b.Past(ctx, fresh)
	return err
}
