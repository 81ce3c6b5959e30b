package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
	"github.com/callpace/callpace/internal/present/export"
)

// todayPage is the running day beside the same weekdays before it.
type todayPage struct {
	shell
	Lead     string
	Running  bool   // the day is not over: the page asks again by itself
	Again    string // the address that it asks
	Before   string
	After    string // empty: there is none yet
	Date     string
	Chips    []chip
	Figures  []soFar
	Hours    *drawn
	How      string // what the figures are compared with
	Teams    *grid
	Agents   *grid
	Goals    *grid
	Sources  []freshness
	Fresh    grid // of the sources: its files
	Told     []notice
	Empty    *empty
	Selected string // the KPI that chart and tables show
}

// soFar is one KPI of the day: how much by now, and how much is usual by now.
type soFar struct {
	Name, URL string
	Selected  bool
	Value     string
	Usual     string
	Change    change
	Expected  string // of the whole day
}

// todayKPIs are those that add up over hours and people.
var todayKPIs = []string{"calls", "reached_calls", "appointments", "sales"}

// dayView is what the pages of a day are made of.
type dayView struct {
	day     int64
	today   bool
	minute  int // of the day, up to which figures are compared; 1440 for a day that is over
	late    bool
	columns []kpi.Column
	figures *overview.Weekdays
	staffed staffing
}

func (r *request) today() error {
	v := r.view()
	day, today, err := r.dayOf(v)
	if err != nil {
		return err
	}
	page := todayPage{shell: r.shell("nav.today", "today"), Date: r.reader.T("today.date", map[string]any{"weekday": r.weekday(day), "date": r.reader.Date(day)}),
		Running: day == today, Again: v.with(), Before: v.with("day", r.dayKey(day-1)), Selected: v.get("kpi")}
	if day < today {
		page.After = v.with("day", r.dayKey(day+1))
		if day+1 == today {
			page.After = v.with("day", "")
		}
	}
	for _, f := range v.filters() {
		page.Chips = append(page.Chips, chip{r.reader.Dimension(f.dimension), f.value, v.with(f.dimension, "")})
	}
	if !slices.Contains(todayKPIs, page.Selected) {
		page.Selected = todayKPIs[0]
	}
	d, err := r.dayFigures(v, day, today)
	if err != nil {
		return err
	}
	if page.Sources, err = r.freshness(); err != nil {
		return err
	}
	page.Fresh = r.namedGrid("fresh", "today.sources")
	page.Fresh.Files = offerList(r, r.view(), page.Fresh.ID, page.Fresh.Caption, page.Sources, r.fileColumns("today.source", "today.newest", "today.arrived", "today.state"), func(x freshness) []export.Cell {
		return append(texts(x.Source), r.momentCell(x.newest), r.momentCell(x.arrived), texts(x.State)[0])
	})
	if err := r.stateOfDay(&page, d); err != nil {
		return err
	}
	column := slices.Index(todayKPIs, page.Selected)
	for i := range todayKPIs {
		page.Figures = append(page.Figures, r.soFar(v, d, i, i == column))
	}
	page.How = r.howUsual(d)
	if page.Empty == nil {
		if page.Hours, err = r.hours(d, column); err != nil {
			return err
		}
	}
	if d.today && len(page.Chips) == 0 {
		if page.Goals, _, _, err = r.goalsOfDay(false); err != nil {
			return err
		}
	}
	page.Teams, page.Agents = r.peopleOfDay(v, d, "team", column), r.peopleOfDay(v, d, "agent", column)
	return r.page("today", page)
}

// dayOf is the day of a view, today unless it names an earlier one.
func (r *request) dayOf(v view) (day, today int64, err error) {
	if today, err = r.asker().Today(); err != nil {
		return 0, 0, err
	}
	if text := v.get("day"); text != "" {
		if day, err = r.calendar().ParseDay(text, today); err != nil {
			return 0, 0, err
		}
		return min(day, today), today, nil
	}
	return today, today, nil
}

// dayKey writes a day for an address.
func (r *request) dayKey(day int64) string { return r.calendar().Key(calendar.Day, day) }

// weekday names the day of the week.
func (r *request) weekday(day int64) string {
	return r.reader.Text("weekday." + weekdayNumber(day))
}

// weekdayNumber is 1 for Monday to 7 for Sunday.
func weekdayNumber(day int64) string { return strconv.FormatInt(calendar.Weekday(day), 10) }

// dayFigures asks, in one question, for a day and the same weekdays before it.
func (r *request) dayFigures(v view, day, today int64) (dayView, error) {
	w := v.words(todayKPIs...)
	w.Period, w.From, w.To, w.Compare = "today", "", "", ""
	q, _, err := r.asker().Query(w)
	if err != nil {
		return dayView{}, err
	}
	q.By = []string{"team", "agent", "day", "hour"}
	q.Where = append(q.Where, fmt.Sprintf("weekday == %q", weekdayNumber(day)))
	q.Period = &calendar.Range{From: day - 7*overview.Weeks, To: day + 1}
	var f *kpi.Frame
	if err := r.frames(asking{into: &f, q: q}); err != nil {
		return dayView{}, err
	}
	d := dayView{day: day, today: day == today, minute: 1440, columns: f.Columns, figures: overview.ReadWeekdays(f, r.dayKey(day))}
	if d.staffed, err = r.staffing(q, day); err != nil {
		return dayView{}, err
	}
	if d.today {
		d.minute, d.late, err = r.minuteOf()
	}
	return d, err
}

// minuteOf is the minute of today up to which there are figures: that of the
// newest call, or of the last input that brought calls, whichever is later. What
// is still to come in must not look like work not done.
func (r *request) minuteOf() (minute int, late bool, err error) {
	clock, err := r.settings.Clock()
	if err != nil {
		return 0, false, err
	}
	local := r.now.In(clock.Zone())
	minute = local.Hour()*60 + local.Minute()
	newest, ok, err := r.newestCall()
	if err != nil || !ok {
		return minute, false, err
	}
	until, err := r.callsUntil(newest)
	if err != nil || clock.Moment(until).Day != clock.Moment(r.now).Day || until.After(r.now) {
		return minute, false, err
	}
	at := until.In(clock.Zone())
	return at.Hour()*60 + at.Minute(), r.now.Sub(until) > lateAfter, nil
}

// stateOfDay says what is to be known before the figures: that the day is no
// working day, that nothing has begun, or that nothing has come in.
func (r *request) stateOfDay(page *todayPage, d dayView) error {
	tell := func(kind, key string, args map[string]any) {
		page.Told = append(page.Told, notice{kind, r.reader.T(key, args)})
	}
	free, err := r.freeDay(d.day)
	if err != nil {
		return err
	}
	calls := d.figures.All(0)
	some := calls.Now.Whole() > 0
	switch {
	case free != "" && !some:
		page.Empty = &empty{Icon: "sun", Title: r.reader.Text("today.free"), Text: r.reader.T("today.free_text", map[string]any{"reason": free}),
			Action: r.reader.Text("today.last_day"), URL: r.view().with("day", r.dayKey(r.workingDayBefore(d.day)))}
	case free != "":
		tell("info", "today.free_worked", map[string]any{"reason": free})
	case !some && !d.today:
		page.Empty = r.nothingYet()
	case !some:
		from, _ := calls.Span()
		if calls.Whole().Days > 0 && d.minute < 60*from {
			page.Empty = &empty{Icon: "clock", Title: r.reader.Text("today.early"), Text: r.reader.T("today.early_text", map[string]any{"hour": r.hourText(from) + ":00"})}
			break
		}
		page.Empty = &empty{Icon: "inbox", Title: r.reader.Text("today.none"), Text: r.reader.Text("today.none_text"), Action: r.reader.Text("empty.import"), URL: "/imports"}
	case d.late:
		tell("warn", "today.late", map[string]any{"time": r.minuteText(d.minute)})
	}
	return nil
}

func (r *request) minuteText(minute int) string {
	return r.reader.Digits(fmt.Sprintf("%02d:%02d", minute/60, minute%60))
}

// freeDay says why the organisation does not work a day; "" for a working day.
func (r *request) freeDay(day int64) (string, error) {
	w, err := r.working()
	if err != nil {
		return "", err
	}
	share, name := w.Day(day)
	if share > 0 {
		return "", nil
	}
	if name.Key == "" || name.Key == "workdays.free" {
		return r.weekday(day), nil
	}
	return r.reader.Message(name), nil
}

// working are the organisation's working days, laid out once.
func (r *request) working() (*calendar.Working, error) {
	rules, err := r.s.State.WorkRules(r.Context(), r.settings.Country)
	if err != nil {
		return nil, err
	}
	w, err := r.s.memo.recall(r.known(), "working "+rules.Key(), func() (any, error) { return calendar.NewWorking(rules) })
	if err != nil {
		return nil, err
	}
	return w.(*calendar.Working), nil
}

// workingDayBefore is the last working day before one.
func (r *request) workingDayBefore(day int64) int64 {
	for back := int64(1); back < 14; back++ {
		if free, err := r.freeDay(day - back); err == nil && free == "" {
			return day - back
		}
	}
	return day - 1
}

// howUsual says what "usual" stands on.
func (r *request) howUsual(d dayView) string {
	n := d.figures.All(0).Whole().Days
	if n == 0 {
		return r.reader.Text("today.how_none")
	}
	key := "today.how"
	if d.minute < 1440 {
		key = "today.how_by"
	}
	return r.reader.T(key, map[string]any{"count": n, "weekday": r.weekday(d.day), "time": r.minuteText(d.minute)})
}
