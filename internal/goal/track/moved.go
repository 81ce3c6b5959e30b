package track

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Moved is a KPI that changed, by more than chance explains, about the time
// when a goal turned.
type Moved struct {
	Column kpi.Column
	Figure kpi.Figure // with the fortnight before in Compared
}

// companions are the KPIs that are looked at when a goal turns.
var companions = []string{"outbound_calls", "contact_rate", "appointments", "appointment_close_rate", "conversion_rate", "average_order_value", "talk_time", "calls_per_hour", "average_wait"}

const fortnight = 14

// moved compares the fortnight up to the turn with the one before.
func (d Desk) moved(ctx context.Context, r *Report) ([]Moved, error) {
	s, ok := r.Whole()
	if !ok || s.Turned == 0 {
		return nil, nil
	}
	days := calendar.Range{From: s.Turned - fortnight + 1, To: s.Turned + 1}
	var out []Moved
	for _, id := range companions {
		if id == r.Goal.KPI {
			continue
		}
		q := d.Base
		q.KPIs, q.Where, q.Period, q.Intervals = []string{id}, r.Goal.Scope.Filters(), &days, true
		q.Compare = &kpi.Comparison{Range: calendar.Range{From: days.From - fortnight, To: days.From}, Label: "previous"}
		f, err := d.Catalogue.Run(ctx, d.Engine, q)
		switch callpace.CodeOf(err) {
		case callpace.Invalid, callpace.Unsupported:
			continue // the KPI's data cannot be narrowed so
		}
		if err != nil {
			return nil, err
		}
		if x := figures(f)[0]; x.Compared != nil && x.Compared.Beyond {
			out = append(out, Moved{f.Columns[0], x})
		}
	}
	return out, nil
}
