// Package morning tells each person at the beginning of a working day how the
// last one went: it finds out what to tell whom, when, and sends it at most
// once. In which words is decided where letters are written.
package morning

import (
	"context"
	"math"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// Organisation is what a letter needs of the organisation's settings.
type Organisation struct {
	Name     string
	Focus    []string // KPIs of managers and leads; empty: overview.Focus
	SeePeers bool     // agents see the numbers of their teams
	Tomans   bool     // amounts in rials are shown in tomans
}

// The KPIs that roles read about, where the organisation's focus is not for them.
var (
	ofAgent   = []string{"calls", "reach_rate", "appointments", "sales", "revenue", "callbacks_kept_rate"}
	ofQuality = []string{"quality_score", "quality_pass_rate", "review_coverage", "calls", "reach_rate"}
)

// About is what letters are made from at one moment.
type About struct {
	Catalogue    *kpi.Catalogue
	Settings     facts.Settings
	Policy       kpi.Policy
	Organisation Organisation
	Now          time.Time
	Day          int64 // the day that they tell of
	standing     *standing
}

// Letter is what one person is told; nothing in it is in words yet.
type Letter struct {
	Catalogue *kpi.Catalogue
	To        store.Account
	Role      auth.Role
	Scope     kpi.Scope
	Today     int64
	Day       int64 // the day that it tells of
	Calendar  calendar.Calendar
	Yesterday []Told
	Period    calendar.Range     // the month of Day, up to it
	ToDate    *overview.Overview // of Period, against as many days before
	Goals     []goals.Due        // running ones, with what they ask of today
	Callbacks int                // promised ones that fall due today
	Tomans    bool               // amounts in rials are shown in tomans
}

// Told is a KPI of one day beside the same weekdays before it.
type Told struct {
	Column kpi.Column
	Now    kpi.Figure
	Usual  overview.Usual
}

// Scope is what an account's letter is made of: what its pages are.
func (a About) Scope(to store.Account) kpi.Scope {
	return auth.Identity{Account: to, Can: auth.Role(to.Role).Permissions()}.Scope(a.Organisation.SeePeers)
}

// Letter finds out what to tell an account.
func (a About) Letter(ctx context.Context, e kpi.Engine, to store.Account) (*Letter, error) {
	role, cal := auth.Role(to.Role), calendar.New(a.Settings.Calendar, a.Settings.WeekStart)
	asker := question.Asker{Settings: a.Settings, Policy: a.Policy, Scope: a.Scope(to), Now: a.Now}
	base, _, err := asker.Query(question.Words{})
	if err != nil {
		return nil, err
	}
	l := &Letter{Catalogue: a.Catalogue, Tomans: a.Organisation.Tomans && a.Settings.Currency == i18n.Rial, To: to, Role: role, Scope: base.Scope, Day: a.Day, Calendar: cal}
	if l.Today, err = asker.Today(); err != nil {
		return nil, err
	}
	focus := a.focus(role)
	if l.Yesterday, err = a.yesterday(ctx, e, base, focus); err != nil {
		return nil, err
	}
	month := cal.Of(calendar.Month, a.Day)
	l.Period = month.ToDate(a.Day)
	before := kpi.Comparison{Range: month.Previous(a.Day), Label: "previous"}
	if l.ToDate, err = overview.Make(ctx, a.Catalogue, e, focus, base, l.Period, before); err != nil {
		return nil, err
	}
	if role == auth.Agent { // others' findings are not theirs to read
		l.ToDate.Weakest = nil
		own := l.ToDate.First[:0]
		for _, f := range l.ToDate.First {
			if f.Of == to.Agent {
				own = append(own, f)
			}
		}
		l.ToDate.First = own
	}
	if l.Goals, err = a.goals(ctx, e, to); err != nil {
		return nil, err
	}
	l.Callbacks, err = a.callbacks(ctx, e, base, to, l.Today)
	return l, err
}

func (a About) focus(role auth.Role) []string {
	switch {
	case role == auth.Agent:
		return ofAgent
	case role == auth.QA:
		return ofQuality
	case len(a.Organisation.Focus) > 0:
		return a.Organisation.Focus
	}
	return overview.Focus
}

// yesterday sets each KPI of the day beside the same weekdays before.
func (a About) yesterday(ctx context.Context, e kpi.Engine, q kpi.Query, focus []string) ([]Told, error) {
	q.KPIs, q.By = focus, []string{"day"}
	q.Period = &calendar.Range{From: a.Day - 7*overview.Weeks, To: a.Day + 1}
	f, err := a.Catalogue.Run(ctx, e, q)
	if err != nil {
		return nil, err
	}
	rows := map[string]kpi.FrameRow{}
	for _, row := range f.Rows {
		rows[row.Key[0]] = row
	}
	key := func(day int64) string { return q.Calendar.Key(calendar.Day, day) }
	out := make([]Told, len(f.Columns))
	for i, c := range f.Columns {
		out[i].Column = c
		if row, ok := rows[key(a.Day)]; ok {
			out[i].Now = row.Figures[i]
		}
		var past []kpi.Figure
		for week := int64(1); week <= overview.Weeks; week++ {
			if row, ok := rows[key(a.Day-7*week)]; ok && worked(row) {
				past = append(past, row.Figures[i])
			}
		}
		out[i].Usual = usual(c, out[i].Now.Currency, past)
	}
	return out, nil
}

// worked tells a day on which anything happened: a holiday is not usual.
func worked(row kpi.FrameRow) bool {
	for _, x := range row.Figures {
		if x.Valid && x.Number != 0 {
			return true
		}
	}
	return false
}

// usual is what several days came to: counts and sums by their mean, rates and
// means by their parts added up.
func usual(c kpi.Column, currency string, past []kpi.Figure) overview.Usual {
	u := overview.Usual{Low: math.Inf(1), High: math.Inf(-1)}
	var sum, num, den float64
	parts := true
	for _, x := range past {
		if !x.Valid || currency != "" && x.Currency != currency {
			continue
		}
		u.Days++
		u.Low, u.High = min(u.Low, x.Number), max(u.High, x.Number)
		sum, num, den = sum+x.Number, num+x.Num, den+x.Den
		parts = parts && x.Parts
	}
	if u.Days == 0 {
		return overview.Usual{}
	}
	u.Mean = sum / float64(u.Days)
	if adds := c.Kind == kpi.KindCount || c.Kind == kpi.KindSum; !adds && parts && den > 0 {
		u.Mean = num / den
	}
	return u
}

// callbacks counts the promised calls that fall due on a day; of an agent,
// their own.
func (a About) callbacks(ctx context.Context, e kpi.Engine, q kpi.Query, to store.Account, day int64) (int, error) {
	q.KPIs, q.Period, q.Scope = []string{"callbacks_due"}, &calendar.Range{From: day, To: day + 1},
		auth.Identity{Account: to, Can: auth.Role(to.Role).Permissions()}.RowScope()
	f, err := a.Catalogue.Run(ctx, e, q)
	if err != nil || len(f.Rows) == 0 || !f.Rows[0].Figures[0].Valid {
		return 0, err
	}
	return int(f.Rows[0].Figures[0].Number), nil
}

// Empty tells that there is nothing to tell: nothing happened, and nothing is due.
func (l *Letter) Empty() bool {
	for _, t := range l.Yesterday {
		if t.Now.Valid && t.Now.Number != 0 {
			return false
		}
	}
	return l.Callbacks == 0
}

// DayWithData gives the latest of some days on which anything was recorded; ok
// is false where there is none.
func (a About) DayWithData(ctx context.Context, e kpi.Engine, days calendar.Range) (day int64, ok bool, err error) {
	q, _, err := question.Asker{Settings: a.Settings, Policy: a.Policy, Scope: kpi.Everything(), Now: a.Now}.Query(question.Words{})
	if err != nil {
		return 0, false, err
	}
	q.KPIs, q.By, q.Period = []string{"calls", "appointments", "sales"}, []string{"day"}, &days
	f, err := a.Catalogue.Run(ctx, e, q)
	if err != nil {
		return 0, false, err
	}
	found := map[string]bool{}
	for _, row := range f.Rows {
		found[row.Key[0]] = worked(row)
	}
	for day := days.To - 1; day >= days.From; day-- {
		if found[q.Calendar.Key(calendar.Day, day)] {
			return day, true, nil
		}
	}
	return 0, false, nil
}
