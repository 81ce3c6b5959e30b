package track

import (
	"context"
	"math"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/forecast"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/kpi"
)

// Input is what Look is to find out of a goal.
type Input struct {
	Goal   goal.Goal
	Frozen []Frozen // that were kept
	// Told gives what was said of a part in the instance that began on a day;
	// nil: nothing was.
	Told func(part string, from int64) []Told
	// On is the day whose instance is looked at; 0: today's, else the last or
	// the first one.
	On int64
	// Deep draws the course, asks what moved, and goes through every day so far.
	Deep bool
	// Others are all goals of the organisation, for conflicts.
	Others []goal.Goal
}

// Look finds out how a goal stands. A draft without a period is looked at over
// the running month, so that its checks can be told. A KPI whose data cannot be
// parted as the goal asks gives the catalogue's error.
func (d Desk) Look(ctx context.Context, in Input) (*Report, error) {
	g := in.Goal
	e, err := d.Catalogue.Explain(g.KPI)
	if err != nil {
		return nil, err
	}
	r := &Report{Goal: g, Kind: kindOf(e), Form: e.Kind, Unit: e.Unit, Currency: g.Target.Currency}
	if r.Currency == "" && e.Unit == kpi.UnitMoney {
		r.Currency = d.Base.Currency
	}
	r.Instance = d.instance(g, in.On)
	r.Begun = r.Instance.From <= d.Today
	r.Judged = g.Judged(d.cal(), r.Instance)
	if r.LastDay, err = d.lastDay(ctx); err != nil {
		return nil, err
	}
	var ok bool
	if r.Frozen, ok = findFrozen(in.Frozen, r.Instance); !ok {
		r.Fresh = r.Begun && g.State != goal.Draft
		if r.Frozen, err = d.Freeze(ctx, g, r.Instance); err != nil {
			return nil, err
		}
	}
	from := max(r.Judged.From, min(d.Today, r.Judged.To))
	r.DaysLeft, r.DaysAll = d.Working.Days(calendar.Range{From: from, To: r.Judged.To}), d.Working.Days(r.Judged)
	if r.Judged.Has(d.Today) {
		r.DayShare, _ = d.Working.Day(d.Today)
	}
	m, err := d.material(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, part := range m.parts {
		s, err := d.state(ctx, r, m, part, in)
		if err != nil {
			return nil, err
		}
		r.Parts = append(r.Parts, s)
	}
	r.order()
	if err := d.guards(ctx, r); err != nil {
		return nil, err
	}
	if in.Deep {
		if r.Moved, err = d.moved(ctx, r); err != nil {
			return nil, err
		}
	}
	r.Checks = d.checks(r, m, in.Others)
	return r, nil
}

// Instance is the one of a goal that today lies in, else the nearest.
func (d Desk) Instance(g goal.Goal) goal.Instance { return d.instance(g, 0) }

// instance is the one that a day lies in, else the nearest.
func (d Desk) instance(g goal.Goal, on int64) goal.Instance {
	if on == 0 {
		on = d.Today
	}
	if g.Period.Kind == goal.NoPeriod {
		month := d.cal().Span(calendar.Month, on)
		return goal.Instance{Range: month, Whole: month}
	}
	if i, ok := g.Period.At(d.cal(), on); ok {
		if i.Range != i.Whole && d.Working.Days(i.Range) == 0 {
			// What is left of a unit holds no working day: it begins with the next.
			if next, ok := g.Period.At(d.cal(), i.To); ok {
				return next
			}
		}
		return i
	}
	if list := g.Period.Instances(d.cal(), on); len(list) > 0 {
		return list[len(list)-1]
	}
	i, _ := g.Period.At(d.cal(), int64(g.Period.From))
	return i
}

// material is all that the data say of a goal, asked once for all its parts.
type material struct {
	source  source
	parts   []string
	figures map[string]kpi.Figure     // of the judged days so far
	own     map[string][]forecast.Day // before
	period  map[string][]forecast.Day // of the judged days
	peers   map[string][]forecast.Day
	company []forecast.Day
	all     []forecast.Day // the company's judged days so far
	seen    int            // of the judged days
	arrived []float64
	lastRow int64 // of the KPI itself, company-wide; 0: none
}

func (d Desk) material(ctx context.Context, r *Report) (*material, error) {
	g := r.Goal
	m := &material{figures: map[string]kpi.Figure{}}
	by := first(g.Scope.By())
	m.source = source{kpi: g.KPI, kind: r.Kind, where: g.Scope.Filters(), by: by}
	if err := d.actual(ctx, r, m); err != nil {
		return nil, err
	}
	m.seen = int(max(0, min(min(r.LastDay, d.Today)+1, r.Judged.To)-r.Judged.From))
	if d.Today >= r.Judged.To {
		m.seen = int(r.Judged.Days())
	}
	if r.LastDay == d.Today && r.Judged.Has(d.Today) {
		share, err := d.over(ctx)
		if err != nil {
			return nil, err
		}
		m.arrived = []float64{share}
	}
	if r.Kind == "" {
		return m, nil
	}
	if err := d.past(ctx, r, m); err != nil {
		return nil, err
	}
	return m, nil
}

// actual asks for the KPI itself over the judged days so far.
func (d Desk) actual(ctx context.Context, r *Report, m *material) error {
	if by := m.source.by; by != "" {
		names, err := d.members(ctx, r.Goal, by)
		if err != nil {
			return err
		}
		m.parts = names
	} else {
		m.parts = []string{""}
	}
	so := upto(r.Judged, d.Today+1)
	if so.Days() <= 0 {
		return nil
	}
	f, err := d.ask(ctx, so, m.source.where, dims(m.source.by), false, r.Goal.KPI)
	if err != nil {
		return err
	}
	for _, row := range f.Rows {
		m.figures[first(row.Key)] = row.Figures[0]
	}
	return nil
}

// members are those for whom a goal for each is: who made or took calls, or has
// figures, in the last four weeks or since it began.
func (d Desk) members(ctx context.Context, g goal.Goal, by string) ([]string, error) {
	var team []string
	if g.Scope.Team != "" {
		team = goal.Scope{Team: g.Scope.Team}.Filters()
	}
	rows, err := d.lenient(ctx, calendar.Range{From: d.Today - 28, To: d.Today + 1}, team, []string{by}, "calls", g.KPI)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, row := range rows {
		if name := row.key[0]; name != "" && (row.figures[0].Number > 0 || row.figures[1].Valid && row.figures[1].Number != 0) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// past reads the days that forecasts are made from.
func (d Desk) past(ctx context.Context, r *Report, m *material) error {
	s, length := m.source, r.Judged.Days()
	end := min(r.Judged.To, d.Today+1)
	from := min(r.Judged.From, d.Today)
	span := calendar.Range{From: from - max(ownDays, 2*length), To: max(end, from)}
	blocks := blocksOf(span, from, length)
	read := func(s source, span calendar.Range, blocks []calendar.Range) (map[string][]forecast.Day, error) {
		days, err := d.days(ctx, s, span)
		if err == nil {
			err = d.exact(ctx, s, days, span, blocks)
		}
		return days, err
	}
	all, err := read(s, span, blocks)
	if err != nil {
		return err
	}
	m.own, m.period = map[string][]forecast.Day{}, map[string][]forecast.Day{}
	cut := int(from - span.From)
	for key, days := range all {
		m.own[key] = begun(days[:cut])
		m.period[key] = days[cut:]
	}
	if err := d.company(ctx, r, m, from, span, length); err != nil {
		return err
	}
	return d.peers(ctx, r, m, calendar.Range{From: from - ownDays, To: from}, blocks)
}

// company reads the whole company's days, whose weekdays and seasons are lent.
func (d Desk) company(ctx context.Context, r *Report, m *material, from int64, span calendar.Range, length int64) error {
	whole := source{kpi: m.source.kpi, kind: m.source.kind, where: r.Goal.Scope.Where}
	wide := calendar.Range{From: from - companyDays, To: span.To}
	days, err := d.days(ctx, whole, wide)
	if err != nil {
		return err
	}
	list := days[""]
	for i, day := range list {
		if day.N > 0 {
			m.lastRow = wide.From + int64(i)
		}
	}
	if r.Goal.Scope.Team+r.Goal.Scope.Agent+m.source.by != "" {
		m.all = list[from-wide.From:]
	}
	m.company = begun(list[:from-wide.From])
	return nil
}

// peers reads those that are like the goal's scope: the other agents, or teams.
func (d Desk) peers(ctx context.Context, r *Report, m *material, span calendar.Range, blocks []calendar.Range) error {
	sc := r.Goal.Scope
	by, but := "", ""
	switch {
	case m.source.by != "":
		m.peers = m.own
		return nil
	case sc.Agent != "":
		by, but = "agent", sc.Agent
	case sc.Team != "":
		by, but = "team", sc.Team
	default:
		return nil
	}
	s := source{kpi: m.source.kpi, kind: m.source.kind, where: sc.Where, by: by}
	days, err := d.days(ctx, s, span)
	if callpace.CodeOf(err) == callpace.Limit {
		return nil // too many to compare with
	} else if err != nil {
		return err
	}
	blocks = slices.DeleteFunc(slices.Clone(blocks), func(b calendar.Range) bool { return b.From < span.From || b.To > span.To })
	if err := d.exact(ctx, s, days, span, blocks); err != nil {
		return err
	}
	m.peers = map[string][]forecast.Day{}
	for _, key := range busiest(days, but) {
		m.peers[key] = begun(days[key])
	}
	return nil
}

// begun cuts off the days before anything was ever counted: a joiner, or the
// time before the data begin.
func begun(days []forecast.Day) []forecast.Day {
	for i, d := range days {
		if d.N > 0 {
			return days[i:]
		}
	}
	return nil
}

// question puts what a part's forecast is made from.
func (d Desk) question(r *Report, m *material, part string) forecast.Question {
	period := d.blank(r.Judged)
	for i, day := range m.period[part] {
		if at := int(min(r.Judged.From, d.Today)) + i - int(r.Judged.From); at >= 0 && at < len(period) {
			period[at].N, period[at].X = day.N, day.X
		}
	}
	q := forecast.Question{Kind: r.Kind, Own: m.own[part], Company: m.company, Period: period, Seen: m.seen, Arrived: m.arrived, Seed: uint64(r.Judged.From)}
	for _, key := range busiest(m.peers, part) {
		q.Peers = append(q.Peers, m.peers[key])
	}
	if len(m.all) > 0 && r.Judged.From <= d.Today {
		q.Together = m.all[:min(len(m.all), m.seen)]
	}
	return q
}

// state finds out how a part stands.
func (d Desk) state(ctx context.Context, r *Report, m *material, part string, in Input) (State, error) {
	s := State{Part: part, Figure: m.figures[part], Actual: math.NaN(), Seen: m.seen}
	if s.Figure.Valid {
		s.Actual = s.Figure.Number
	} else if additive(r.Kind) && m.seen > 0 {
		s.Actual = 0
	}
	s.Target, s.Has = d.target(r, part)
	if r.Kind == "" {
		d.settle(r, &s)
		return s, nil
	}
	q := d.question(r, m, part)
	if at := d.Today - r.Judged.From; r.Begun && at >= 0 && at < int64(len(q.Period)) {
		if s.Today = q.Period[at].N; r.Kind != forecast.Count {
			s.Today = q.Period[at].X
		}
	}
	a, ok := forecast.Predict(q)
	if ok && s.Has {
		s.Known = true
		s.Pace = pace.Of(r.Kind, s.Target, a, s.Figure.Den, int(math.Ceil(r.DaysLeft)))
		if s.Actual == s.Actual { // the KPI's own figure, to the last cent
			s.Pace.Actual = s.Actual
			s.Pace.Ahead = s.Actual - s.Pace.Expected
		}
	}
	d.judge(r, &s, q, in)
	if ok {
		d.attain(r, m, &s, q, a)
	}
	if in.Deep && ok {
		s.Course = d.course(r, s, q, a)
	}
	return s, nil
}

// target is the number to reach over the judged days; ok is false where it
// cannot be said: no baseline, or a per cent of nothing.
func (d Desk) target(r *Report, part string) (t pace.Target, ok bool) {
	g := r.Goal
	units := 1.0
	if additive(r.Kind) {
		units = d.units(g, r.Judged)
	}
	if g.Target.Kind == goal.Band {
		return pace.Target{Better: pace.Within, Low: g.Target.Low.Float() * units, High: g.Target.High.Float() * units}, true
	}
	share := 1.0
	if g.Period.Kind == goal.Recurring {
		share = d.Working.Part(r.Instance.Whole, r.Instance.Range)
	}
	var baseline *float64
	if b, ok := r.Frozen.Parts[part]; ok && !b.NoData {
		baseline = &b.Value
	}
	want, ok := g.Want(baseline, share)
	t = pace.Target{Better: pace.Higher, High: want * units}
	if g.Better == goal.Lower {
		t.Better = pace.Lower
	}
	return t, ok
}

// judge gives the status after the readings so far: what was told on its day
// stands; days of which nothing was said are read from the data as they are now.
func (d Desk) judge(r *Report, s *State, q forecast.Question, in Input) {
	if !s.Known {
		d.settle(r, s)
		return
	}
	over := d.Today >= r.Judged.To
	last := pace.Reading{Chance: s.Pace.Chance, Settled: pace.Settle(s.Target, additive(r.Kind), s.Actual, over)}
	readings := make([]pace.Reading, m1(s.Seen))
	for i := range readings {
		readings[i].Chance = math.NaN()
	}
	if in.Deep {
		readings = pace.Readings(q, s.Target)
	}
	if in.Told != nil {
		for _, t := range in.Told(s.Part, r.Instance.From) {
			if at := int64(t.Day) - r.Judged.From + 1; at >= 0 && at < int64(len(readings)) && t.Chance != nil && t.Version == r.Goal.Version {
				readings[at] = pace.Reading{Chance: *t.Chance, Settled: t.Settled}
			}
		}
	}
	readings[len(readings)-1] = last
	s.Verdict = pace.Judge(readings)
	day := func(reading int) int64 {
		if reading < 0 {
			return 0
		}
		return r.Judged.From + int64(reading) - 1
	}
	s.Since, s.Turned = day(s.Verdict.Since), day(s.Verdict.Turned)
	if !in.Deep {
		s.Turned = 0
	}
}

func m1(seen int) int { return seen + 1 }

// settle gives the status of what has no forecast: only the end tells.
func (d Desk) settle(r *Report, s *State) {
	s.Verdict = pace.Verdict{Status: pace.NoData, Since: -1, Turned: -1}
	if s.Has {
		if st := pace.Settle(s.Target, additive(r.Kind), s.Actual, d.Today >= r.Judged.To); st != "" {
			s.Verdict.Status = st
		}
	}
}

// order puts the worst part first and takes the middle one's status.
func (r *Report) order() {
	slices.SortStableFunc(r.Parts, func(a, b State) int {
		if x := pace.Worse(a.Verdict.Status, b.Verdict.Status); x != 0 {
			return x
		}
		switch x, y := r.Attained(a), r.Attained(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	r.Status = pace.NoData
	if n := len(r.Parts); n > 0 {
		r.Status = r.Parts[(n-1)/2].Verdict.Status
	}
}
