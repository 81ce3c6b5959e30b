package duck

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Days of generated rows: they hold a change of clocks, and ends of months,
// quarters, a Hijri year and weeks.
var drawnFrom, drawnTo = facts.DayOf(2026, 3, 10), facts.DayOf(2026, 4, 20)

// draw makes random facts and questions about them.
type draw struct {
	*rapid.T
	clock *facts.Clock
	fact  *facts.Table
	span  bool
	date  string
}

func (d draw) n(from, to int) int { return rapid.IntRange(from, to).Draw(d.T, "n") }

func (d draw) chance(percent int) bool { return d.n(1, 100) <= percent }

func pick[V any](d draw, of ...V) V { return of[d.n(0, len(of)-1)] }

func (d draw) batch() *facts.Batch {
	b := &facts.Batch{}
	for _, table := range facts.Tables {
		if table != d.fact && table != facts.Leads && table != facts.LeadStory && table != facts.Roster {
			continue // nothing that is asked for can see it
		}
		rows := b.Rows(table)
		most := 3
		if table == d.fact {
			most = 14
		}
		for range d.n(0, most) {
			row := rows.Add(0)
			for col, c := range table.Columns {
				if d.chance(80) && !moments(table, c.Name) {
					d.cell(rows, row, col, c)
				}
			}
			for _, m := range table.Moments {
				rows.SetMoment(row, table.Col(m+"_at"), d.moment())
			}
			for _, name := range attributeNames {
				rows.SetAttr(row, name, pick(d, "", "u", "v", "7", "-12.5", "1e3", " 4", "0.0000005", "+3.", "1_000", "-0.1234565", "999999999999.9999995", "99999999999999", "٣"))
			}
			if table == facts.LeadStory { // one story a lead
				rows.SetText(row, table.Col("lead"), []string{"L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "LA", "LB", "LC", "LD", "LE"}[row])
			}
		}
	}
	return b
}

// moments tells whether a column belongs to a moment.
func moments(t *facts.Table, column string) bool {
	return slices.ContainsFunc(t.Moments, func(m string) bool {
		return column == m+"_at" || column == m+"_day" || column == m+"_hour"
	})
}

// day is often one at an edge: of a month, or with a change of clocks.
func (d draw) day() int64 {
	if d.chance(60) {
		return facts.DayOf(2026, 3, 28) + int64(d.n(0, 4))
	}
	return drawnFrom + int64(d.n(0, int(drawnTo-drawnFrom)-1))
}

func (d draw) moment() facts.Moment {
	day := facts.DateOf(d.day())
	switch {
	case d.chance(15):
		return facts.Moment{}
	case d.chance(25):
		return d.clock.DayMoment(day.Year(), day.Month(), day.Day())
	}
	if d.chance(50) { // the same instants again
		return d.clock.Moment(day.Add(pick(d, 0, time.Hour-time.Microsecond, 22*time.Hour)))
	}
	return d.clock.Moment(day.Add(time.Duration(d.n(0, 86_399_999)) * time.Millisecond).Add(time.Duration(d.n(0, 2)*333) * time.Microsecond))
}

func (d draw) cell(rows *facts.Rows, row, col int, c facts.Column) {
	switch c.Kind {
	case facts.Text:
		rows.SetText(row, col, d.word(c.Name))
	case facts.Bool:
		rows.SetInt(row, col, int64(d.n(0, 1)))
	case facts.Int:
		rows.SetInt(row, col, int64(d.n(-2, 5)))
	case facts.Seconds:
		rows.SetInt(row, col, pick[int64](d, 0, 19_999, 20_000, 20_001, 60_500, -1500, int64(d.n(0, 100_000))))
	case facts.Amount:
		if c.Name == "share" {
			rows.SetInt(row, col, pick[int64](d, 333_333, 500_000, 1_000_000))
			return
		}
		rows.SetInt(row, col, pick[int64](d, 0, 1, 1_000_000, 12_500_000, -3, int64(d.n(-1_000_000, 1_000_000_000))))
	case facts.Instant:
		rows.SetInt(row, col, pick(d, d.clock.DayMoment(2026, 4, d.n(1, 9)).At.UnixMicro()+int64(d.n(0, 1)), d.day()*86_400_000_000))
	case facts.Day:
		rows.SetInt(row, col, d.day())
	case facts.Hash:
		rows.SetInt(row, col, int64(rapid.Uint64().Draw(d.T, "hash")))
	}
}

func (d draw) word(column string) string {
	switch column {
	case "agent":
		return pick(d, "ana", "bob", "cy")
	case "team":
		return pick(d, "east", "west")
	case "lead":
		return pick(d, "L1", "L2", "L3", "L4")
	case "currency", "cost_currency":
		return pick(d, "EUR", "USD")
	}
	return pick(d, "a", "b", "c'd", "é")
}

// columns gives the fields of some kinds that an expression over the fact may use.
func (d draw) columns(kinds ...facts.Kind) []kpi.Expr {
	var out []kpi.Expr
	add := func(t, as *facts.Table) {
		for _, c := range t.Columns {
			if slices.Contains(kinds, c.Kind) && !moments(t, c.Name) {
				out = append(out, kpi.Field{Table: as, Name: c.Name, Kind: c.Kind})
			}
		}
	}
	add(d.fact, nil)
	if d.fact.Has("lead") && d.chance(30) {
		add(facts.LeadStory, facts.LeadStory)
	}
	return out
}

func (d draw) op(name kpi.OpName, args ...kpi.Expr) kpi.Expr { return kpi.Op{Name: name, Args: args} }

func (d draw) condition(depth int) kpi.Expr {
	if depth > 0 && d.chance(40) {
		switch d.n(0, 3) {
		case 0:
			return d.op(kpi.Not, d.condition(depth-1))
		case 1:
			return d.op(kpi.Coalesce, d.condition(depth-1), kpi.Boolean{Value: d.chance(50)})
		}
		args := []kpi.Expr{d.condition(depth - 1), d.condition(depth - 1), d.condition(depth - 1)}
		return d.op(pick(d, kpi.And, kpi.Or), args[:d.n(0, 3)]...)
	}
	comparison := pick(d, kpi.Eq, kpi.Ne, kpi.Lt, kpi.Le, kpi.Gt, kpi.Ge)
	switch d.n(0, 9) {
	case 8, 9:
		fields := append(d.columns(facts.Instant, facts.Day), kpi.Now{})
		for _, m := range d.fact.Moments {
			fields = append(fields, kpi.MomentField{Name: m})
		}
		return d.op(comparison, pick(d, fields...), pick[kpi.Expr](d, kpi.PeriodStart{}, kpi.PeriodEnd{}, kpi.PeriodEnd{}, fields[0]))
	case 0:
		if fields := d.columns(facts.Bool); len(fields) > 0 {
			return pick(d, fields...)
		}
		return kpi.Boolean{Value: d.chance(70)}
	case 1, 2:
		return d.op(comparison, d.number(depth), d.number(depth))
	case 3:
		return d.op(comparison, d.text(depth), d.text(depth))
	case 4, 5:
		return d.op(comparison, d.moment2(depth), d.moment2(depth))
	case 6:
		switch d.n(0, 2) {
		case 0:
			return d.op(kpi.In, []kpi.Expr{d.number(depth), d.number(0), d.number(0)}[:d.n(1, 3)]...)
		case 1:
			return d.op(kpi.In, d.moment2(depth), d.moment2(0))
		}
		return d.op(kpi.In, d.text(depth), d.text(0), d.text(0), kpi.String{Value: "a"})
	}
	return d.op(kpi.IsNull, pick(d, d.number(depth), d.text(depth), d.moment2(depth), d.condition(0)))
}

func (d draw) number(depth int) kpi.Expr {
	if depth > 0 && d.chance(50) {
		switch name := pick(d, kpi.Add, kpi.Sub, kpi.Mul, kpi.Div, kpi.Band, kpi.SecondsBetween, kpi.Coalesce, kpi.ToNumber); name {
		case kpi.ToNumber:
			return d.op(name, d.text(depth-1))
		case kpi.SecondsBetween:
			return d.op(name, d.moment2(depth-1), d.moment2(depth-1))
		default:
			return d.op(name, d.number(depth-1), d.number(depth-1))
		}
	}
	if fields := d.columns(facts.Int, facts.Seconds, facts.Amount); len(fields) > 0 && d.chance(75) {
		return pick(d, fields...)
	}
	return kpi.Number{Value: pick[callpace.Amount](d, 0, 1_000_000, 2_000_000, 20_000_000, 19_999_000, 500_000, -1_500_000, 333_333, 1)}
}

func (d draw) text(depth int) kpi.Expr {
	switch d.n(0, 9) {
	case 0:
		return kpi.String{Value: pick(d, "", "a", "c'd", "ana", "2026-03", "7")}
	case 1, 2, 3:
		owners := []string{""}
		if d.fact.Has("lead") {
			owners = append(owners, "lead")
		}
		if d.fact.Has("agent") {
			owners = append(owners, "agent")
		}
		return kpi.Attr{Owner: pick(d, owners...), Name: pick(d, append([]string{"none such"}, attributeNames...)...)}
	case 4:
		if depth > 0 {
			return d.op(kpi.Coalesce, d.text(depth-1), d.text(depth-1))
		}
	case 5:
		if d.date != "" && !d.span {
			return kpi.BucketKey{Bucket: pick(d, kpi.BucketDay, kpi.BucketWeek, kpi.BucketMonth, kpi.BucketHour, kpi.BucketWeekday)}
		}
	}
	return pick(d, d.columns(facts.Text)...)
}

func (d draw) moment2(depth int) kpi.Expr {
	switch d.n(0, 11) {
	case 0:
		return kpi.Now{}
	case 1:
		return kpi.Date{Day: drawnFrom + int64(d.n(0, 40))}
	case 2:
		return kpi.PeriodStart{}
	case 3:
		return kpi.PeriodEnd{}
	case 4:
		if depth > 0 {
			return d.op(kpi.AddDays, d.moment2(depth-1), pick[kpi.Expr](d, kpi.Number{Value: 7_000_000}, kpi.Number{Value: -1_000_000}))
		}
	case 5, 6:
		if depth > 0 {
			return d.op(kpi.Coalesce, d.moment2(depth-1), d.moment2(depth-1), d.moment2(0))
		}
	case 7:
		if fields := d.columns(facts.Instant, facts.Day); len(fields) > 0 {
			return pick(d, fields...)
		}
	case 8:
		if d.fact.Has("lead") {
			return kpi.MomentField{Table: facts.LeadStory, Name: pick(d, facts.LeadStory.Moments...)}
		}
	}
	if len(d.fact.Moments) == 0 {
		return kpi.Now{}
	}
	return kpi.MomentField{Name: pick(d, d.fact.Moments...)}
}

func (d draw) selectOf() kpi.Select {
	s := kpi.Select{Fact: d.fact, Date: d.date, Span: d.span, Scope: kpi.Everything(), MaxGroups: pick(d, 0, 0, 0, 3)}
	s.Now = time.Date(2026, 4, d.n(1, 20), d.n(0, 23), 30, 0, 0, d.clock.Zone())
	s.Undated = d.date == "" || d.chance(30)
	if !s.Undated {
		s.From, s.To = d.day()-int64(d.n(0, 10)), d.day()
	}
	if d.chance(30) {
		s.Scope = pick(d, kpi.Scope{}, kpi.Only([]string{"east"}, nil), kpi.Only([]string{"west"}, []string{"ana", "bob"}), kpi.Only(nil, []string{"cy"}))
	}
	for range d.n(0, 3) {
		s.Dims = append(s.Dims, d.dim())
	}
	if s.Span && !slices.ContainsFunc(s.Dims, func(d kpi.Dim) bool { return d.Bucket == kpi.BucketDay }) {
		s.Dims = slices.DeleteFunc(s.Dims, func(d kpi.Dim) bool { return d.Bucket == kpi.BucketWeekday })
	}
	for range d.n(0, 2) {
		s.Where = append(s.Where, d.condition(2))
	}
	if names := keyed[d.fact]; len(names) > 0 && d.chance(40) {
		s.Where = append(s.Where, d.found(names))
	}
	s.ByDay = d.date != "" && !s.Span && d.chance(20)
	for range d.n(0, 4) {
		s.Measures = append(s.Measures, d.measure())
	}
	return s
}

// found is a condition on columns that have a key: that one of some texts
// stands in one of them, alone or beside another condition.
func (d draw) found(names []string) kpi.Expr {
	text := func() kpi.Expr { return kpi.String{Value: pick(d, "", "a", "c'd", "é", "L1", "L2", "none such")} }
	in := func() kpi.Expr {
		column := kpi.Field{Name: pick(d, names...), Kind: facts.Text}
		if d.chance(50) {
			return d.op(kpi.Eq, column, text())
		}
		return d.op(kpi.In, column, text(), text())
	}
	switch d.n(0, 3) {
	case 0:
		return d.op(kpi.Or, in(), d.op(kpi.Or, in(), in()))
	case 1:
		return d.op(kpi.And, d.op(kpi.And, in(), d.condition(1)))
	case 2:
		return d.op(kpi.Or, in(), d.condition(1))
	}
	return in()
}

func (d draw) dim() kpi.Dim {
	if d.date != "" && d.chance(50) {
		buckets := []kpi.Bucket{kpi.BucketDay, kpi.BucketWeek, kpi.BucketMonth, kpi.BucketQuarter, kpi.BucketYear, kpi.BucketWeekday}
		if !d.span {
			buckets = append(buckets, kpi.BucketHour)
		}
		return kpi.Dim{Name: "bucket", Bucket: pick(d, buckets...)}
	}
	return kpi.Dim{Name: "expr", Expr: pick(d, d.text(1), d.number(1), d.condition(1), d.moment2(1))}
}

func (d draw) measure() kpi.Measure {
	m := kpi.Measure{ID: "m", Agg: pick(d, kpi.Count, kpi.Sum, kpi.Money, kpi.Distinct, kpi.Quantile, kpi.Histogram, kpi.Set, kpi.Max)}
	switch m.Agg {
	case kpi.Count:
	case kpi.Money:
		fields := map[string][]string{"orders": {"amount", "margin"}, "calls": {"cost"}, "costs": {"amount"}}[d.fact.Name]
		if fields == nil {
			m.Agg, m.Value = kpi.Sum, d.number(1)
			break
		}
		m.Value = kpi.Field{Name: pick(d, fields...), Kind: facts.Amount}
	case kpi.Set:
		m.Value = d.text(1)
	case kpi.Distinct:
		m.Value = pick(d, d.text(1), d.number(1), d.moment2(1))
	default:
		m.Value = d.number(1)
	}
	m.Q = pick(d, 0.5, 0.9, 0.0, 1.0)
	m.Shared = d.fact == facts.Orders && d.chance(40) && slices.Contains([]kpi.Agg{kpi.Count, kpi.Sum, kpi.Money}, m.Agg)
	if d.chance(60) {
		m.Where = d.condition(2)
	}
	return m
}

func TestAgreesWithTheNaiveEvaluator(t *testing.T) {
	for name, c := range map[string]calendar.Calendar{
		"gregorian": calendar.New(facts.Gregorian, time.Monday),
		"hijri":     calendar.New(facts.SolarHijri, time.Saturday),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c)
			rapid.Check(t, func(t *rapid.T) { b.agree(t) })
		})
	}
}

func (b *bench) agree(t *rapid.T) {
	d := draw{T: t, clock: b.clock}
	d.fact = pick(d, facts.Tables...)
	b.load(t, d.batch())
	ctx := context.Background()
	for range 6 {
		d.date, d.span = "", false
		if len(d.fact.Moments) > 0 && d.chance(90) {
			d.date, d.span = pick(d, d.fact.Moments...), d.chance(20)
		}
		s := d.selectOf()
		want, wantErr := b.naive().Aggregate(ctx, s)
		got, err := b.engine().Aggregate(ctx, s)
		if e := (*callpace.Error)(nil); errors.As(err, &e) && e.Key == "kpi.number_too_large" {
			continue // a product too large for the columns' types
		}
		text, sqlErr := b.engine().SQL(ctx, s)
		require.NoError(t, sqlErr)
		if wantErr != nil {
			require.ErrorContains(t, err, wantErr.Error(), text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, comparable(want, got), comparable(got, nil), text)

		spec := kpi.RowsSpec{Select: s}
		if len(want) > 0 {
			spec.Key = pick(d, want...).Key[:len(s.Dims)]
		}
		b.agreeOnRows(t, spec)
		if spec.Key != nil { // one value may stand in several groups
			spec.Unique = d.text(1)
			b.agreeOnRows(t, spec)
		}
	}
}

// agreeOnRows compares the listing behind one group with the group's rows.
func (b *bench) agreeOnRows(t *rapid.T, spec kpi.RowsSpec) {
	ctx := context.Background()
	counting := spec.Select
	counting.ByDay, counting.MaxGroups, counting.Measures = false, 0, []kpi.Measure{{ID: "n", Agg: kpi.Count}}
	if spec.Unique != nil {
		counting.Measures = []kpi.Measure{{ID: "n", Agg: kpi.Distinct, Value: spec.Unique}}
	}
	groups, err := b.naive().Aggregate(ctx, counting)
	require.NoError(t, err)
	var want int64
	for _, g := range groups {
		if spec.Key == nil || slices.Equal(g.Key, spec.Key) {
			want += g.Values[0].Exact.Whole()
		}
	}
	n, err := b.engine().Count(ctx, spec)
	require.NoError(t, err)
	require.Equal(t, want, n)
	rows, err := b.engine().Rows(ctx, spec)
	require.NoError(t, err)
	require.Len(t, rows.Rows, int(n))
}

// comparable sorts groups. Floats come as those of the other answer where they
// differ by no more than rounding.
func comparable(groups, other []kpi.Group) []kpi.Group {
	out := sorted(groups)
	for i, g := range sorted(other) {
		if i == len(out) {
			break
		}
		out[i].Values = slices.Clone(out[i].Values)
		for j, v := range g.Values {
			mine := out[i].Values[j].More
			if mine == nil || v.More == nil || math.Abs(mine.Float-v.More.Float) > 1e-9*max(1, math.Abs(v.More.Float)) {
				continue
			}
			same := *mine
			same.Float = v.More.Float
			out[i].Values[j].More = &same
		}
	}
	return out
}

func sorted(groups []kpi.Group) []kpi.Group {
	return slices.SortedFunc(slices.Values(groups), func(a, b kpi.Group) int { return slices.Compare(a.Key, b.Key) })
}
