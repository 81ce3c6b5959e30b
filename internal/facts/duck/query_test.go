package duck

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

var (
	iso   = calendar.New(facts.Gregorian, time.Monday)
	hijri = calendar.New(facts.SolarHijri, time.Saturday)
)

func op(name kpi.OpName, args ...kpi.Expr) kpi.Expr { return kpi.Op{Name: name, Args: args} }

func textField(name string) kpi.Field   { return kpi.Field{Name: name, Kind: facts.Text} }
func amountField(name string) kpi.Field { return kpi.Field{Name: name, Kind: facts.Amount} }
func at(name string) kpi.MomentField    { return kpi.MomentField{Name: name} }
func story(name string) kpi.MomentField { return kpi.MomentField{Table: facts.LeadStory, Name: name} }

func by(buckets ...kpi.Bucket) (dims []kpi.Dim) {
	for _, b := range buckets {
		dims = append(dims, kpi.Dim{Name: string(b), Bucket: b})
	}
	return dims
}

func byField(name string) []kpi.Dim { return []kpi.Dim{{Name: name, Expr: textField(name)}} }

func count(where ...kpi.Expr) kpi.Measure {
	return kpi.Measure{ID: "n", Agg: kpi.Count, Where: op(kpi.And, where...)}
}

func day(s string) int64 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return facts.DayOf(t.Year(), t.Month(), t.Day())
}

func TestDaysWithAClockChange(t *testing.T) {
	b := newBench(t, iso)
	// On 29 March the hour from 2 to 3 is left out.
	b.rows(t, `
		calls
		started
		2026-03-28T22:59Z
		2026-03-28T23:00Z
		2026-03-29T00:59Z
		2026-03-29T01:00Z
		2026-03-29T21:59Z
		2026-03-29T22:00Z
		2026-03-29
		-`)
	s := kpi.Select{Fact: facts.Calls, Date: "started", Measures: []kpi.Measure{count()}, From: day("2026-03-29"), To: day("2026-03-30")}
	s.Dims = by(kpi.BucketDay)
	require.Equal(t, []string{"2026-03-29: 5"}, b.ask(t, s))
	s.Dims = by(kpi.BucketHour)
	require.Equal(t, []string{"0: 1", "1: 1", "23: 1", "3: 1", ": 1"}, b.ask(t, s))
	s.Undated, s.Dims = true, by(kpi.BucketDay)
	require.Equal(t, []string{"2026-03-28: 1", "2026-03-29: 5", "2026-03-30: 1", ": 1"}, b.ask(t, s))
}

func TestBucketKeys(t *testing.T) {
	f := func(c calendar.Calendar, want ...string) {
		t.Helper()
		b := newBench(t, c)
		b.rows(t, `
			calls
			started
			2026-03-20T10:00
			2026-03-21T10:00`)
		s := kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Measures: []kpi.Measure{count()},
			Dims: by(kpi.BucketDay, kpi.BucketWeek, kpi.BucketMonth, kpi.BucketQuarter, kpi.BucketYear, kpi.BucketWeekday)}
		require.Equal(t, want, b.ask(t, s))
	}
	f(iso, "2026-03-20 2026-W12 2026-03 2026-Q1 2026 5: 1", "2026-03-21 2026-W12 2026-03 2026-Q1 2026 6: 1")
	f(hijri, "1404-12-29 1404-W52 1404-12 1404-Q4 1404 5: 1", "1405-01-01 1405-W01 1405-01 1405-Q1 1405 6: 1")
}

// Moments are compared by time where both have one, else by day.
func TestComparesDatesWithTimes(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		calls
		outcome  lead  started
		busy     L1    2026-04-01T10:00
		failed   L1    2026-04-01
		busy     L2    2026-04-01T10:00
		machine  L3    2026-04-01T10:00
		other    -     2026-04-01T10:00

		lead_story
		lead  won
		L1    2026-04-01T11:00
		L2    2026-04-01
		L3    -`)
	s := kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Dims: byField("outcome"), Measures: []kpi.Measure{
		count(op(kpi.Lt, at("started"), story("won"))),
		count(op(kpi.Le, at("started"), story("won"))),
		count(op(kpi.Eq, at("started"), story("won"))),
		{ID: "s", Agg: kpi.Sum, Value: op(kpi.SecondsBetween, at("started"), story("won"))},
	}}
	require.Equal(t, []string{
		"busy: 1 2 1 3600", // L1 by time, L2 by day
		"failed: 0 1 1 0",
		"machine: 0 0 0 -",
		"other: 0 0 0 -",
	}, b.ask(t, s))
}

func TestMoneyOfSeveralCurrencies(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		orders
		agent  amount  currency  amount_org  share     placed
		ana    10      EUR       10          1         2026-04-01
		ana    20      USD       18.5        1         2026-04-02
		bob    10      USD       -           1         2026-04-01
		bob    0.01    USD       0.01        0.5       2026-04-02
		cy     10      USD       -           1         2026-04-01
		cy     10      EUR       10          1         2026-04-01
		dan    -       EUR       -           0.333333  2026-04-01`)
	s := kpi.Select{Fact: facts.Orders, Date: "placed", Undated: true, Dims: byField("agent"), Measures: []kpi.Measure{
		{ID: "revenue", Agg: kpi.Money, Value: amountField("amount")},
		{ID: "credited", Agg: kpi.Money, Value: amountField("amount"), Shared: true},
		{ID: "sales", Agg: kpi.Count, Shared: true},
	}}
	require.Equal(t, []string{
		"ana: 28.5EUR 28.5EUR 2", // all converted
		"bob: 10.01USD 10.005USD 1.5",
		"cy: mixed mixed 2",
		"dan: - - 0.333333",
	}, b.ask(t, s))
}

// customers last: each is looked at in every period of the answer.
func TestSpanSelects(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		customers
		agent  since       until
		ana    2026-01-10  -
		ana    2026-01-10  2026-03-15
		ana    2026-03-01  2026-04-01
		bob    2026-03-31  -`)
	start, end := kpi.PeriodStart{}, kpi.PeriodEnd{}
	atStart := op(kpi.And, op(kpi.Lt, at("since"), start), op(kpi.Or, op(kpi.IsNull, at("until")), op(kpi.Ge, at("until"), start)))
	stayed := op(kpi.Or, op(kpi.IsNull, at("until")), op(kpi.Ge, at("until"), end))
	s := kpi.Select{Fact: facts.Customers, Span: true, From: day("2026-02-15"), To: day("2026-04-11"),
		Where: []kpi.Expr{atStart}, Measures: []kpi.Measure{count(), count(stayed)}}
	require.Equal(t, []string{": 2 1"}, b.ask(t, s))
	s.Dims = by(kpi.BucketMonth)
	require.Equal(t, []string{
		"2026-02: 2 2", // from the 15th
		"2026-03: 2 1",
		"2026-04: 3 2", // the third left on the first day
	}, b.ask(t, s))
	s.Undated, s.Dims = true, nil
	require.Empty(t, b.ask(t, s)) // no start without a period
}

func TestPeriodEndIsThatOfTheBucket(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		calls
		lead  started
		L1    2026-03-30T10:00
		L1    2026-04-02T10:00
		L2    2026-04-02T10:00

		lead_story
		lead  won
		L1    2026-04-01T00:00
		L2    2026-04-20T00:00`)
	s := kpi.Select{Fact: facts.Calls, Date: "started", From: day("2026-03-01"), To: day("2026-04-20"), Measures: []kpi.Measure{
		{ID: "won", Agg: kpi.Distinct, Value: textField("lead"), Where: op(kpi.Lt, story("won"), kpi.PeriodEnd{})},
	}}
	require.Equal(t, []string{": 1"}, b.ask(t, s))
	s.Dims = by(kpi.BucketMonth)
	require.Equal(t, []string{"2026-03: 0", "2026-04: 1"}, b.ask(t, s))
	s.Dims = by(kpi.BucketQuarter, kpi.BucketMonth) // the finest counts
	require.Equal(t, []string{"2026-Q1 2026-03: 0", "2026-Q2 2026-04: 1"}, b.ask(t, s))
	s.Undated = true // April is no longer cut short
	require.Equal(t, []string{"2026-Q1 2026-03: 0", "2026-Q2 2026-04: 2"}, b.ask(t, s))
}

func TestScopeOfQueries(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		calls
		agent  team
		ana    east
		bob    west
		cy     west
		-      -

		lead_story
		lead  agent  team
		L1    ana    east
		L2    cy     west`)
	f := func(scope kpi.Scope, calls, leads []string) {
		t.Helper()
		s := kpi.Select{Undated: true, Dims: byField("agent"), Measures: []kpi.Measure{count()}, Scope: scope}
		s.Fact = facts.Calls
		require.Equal(t, calls, b.askScoped(t, s))
		s.Fact = facts.LeadStory
		require.Equal(t, leads, b.askScoped(t, s))
	}
	f(kpi.Scope{}, []string{}, []string{})
	f(kpi.Everything(), []string{": 1", "ana: 1", "bob: 1", "cy: 1"}, []string{"ana: 1", "cy: 1"})
	f(kpi.Only([]string{"west"}, nil), []string{"bob: 1", "cy: 1"}, []string{"cy: 1"})
	f(kpi.Only([]string{"east"}, []string{"bob"}), []string{"ana: 1", "bob: 1"}, []string{"ana: 1"})
	f(kpi.Only([]string{"east' OR 'a' = 'a"}, nil), []string{}, []string{})
}

func TestAttributesOfLeadsAndAgents(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		calls
		agent  lead  attr.x
		ana    L1    own
		bob    L2    -

		leads
		lead  created     attr.x
		L1    2026-01-01  old
		L1    2026-02-01  replaced
		L1    2026-02-01  new
		L1    2026-03-01  -
		L2    -           undated

		roster
		agent  from_day    attr.x
		ana    -           junior
		ana    2026-02-01  senior
		ana    2026-03-01  -`)
	s := kpi.Select{Fact: facts.Calls, Undated: true, Measures: []kpi.Measure{count()}}
	for _, owner := range []string{"", "lead", "agent"} {
		s.Dims = append(s.Dims, kpi.Dim{Name: owner, Expr: kpi.Attr{Owner: owner, Name: "x"}})
	}
	require.Equal(t, []string{" undated : 1", "own new senior: 1"}, b.ask(t, s))
}

func TestDistributions(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		calls
		agent  attempt  talk_seconds
		ana    1        10
		ana    1        20.5
		ana    3        31
		bob    -        -`)
	talk := kpi.Field{Name: "talk_seconds", Kind: facts.Seconds}
	attempt := kpi.Field{Name: "attempt", Kind: facts.Int}
	s := kpi.Select{Fact: facts.Calls, Undated: true, Dims: byField("agent"), Measures: []kpi.Measure{
		{ID: "median", Agg: kpi.Quantile, Value: talk, Q: 0.5},
		{ID: "p90", Agg: kpi.Quantile, Value: talk, Q: 0.9},
		{ID: "histogram", Agg: kpi.Histogram, Value: attempt},
		{ID: "set", Agg: kpi.Set, Value: textField("agent")},
		{ID: "longest", Agg: kpi.Max, Value: talk},
		{ID: "per", Agg: kpi.Sum, Value: op(kpi.Div, talk, attempt)},
		{ID: "by zero", Agg: kpi.Sum, Value: op(kpi.Div, talk, kpi.Number{})},
	}}
	require.Equal(t, []string{
		"ana: 20.5 28.9 map[1:2 3:1] [ana] 31 40.833333 -",
		"bob: - - - [bob] - - -",
	}, b.ask(t, s))

	s.Measures = []kpi.Measure{count()}
	s.Dims = []kpi.Dim{{Name: "talk_bucket", Expr: op(kpi.Band, talk, kpi.Number{Value: 15 * callpace.One})}}
	require.Equal(t, []string{"0: 1", "15: 1", "30: 1", ": 1"}, b.ask(t, s))
}

func TestLimitsOfAnswers(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		orders
		agent  amount               touches
		ana    999999999999.999999  9223372036854775807
		bob    999999999999.999999  9223372036854775807`)
	ask := func(s kpi.Select) error {
		s.Fact, s.Undated, s.Scope = facts.Orders, true, kpi.Everything()
		_, err := b.engine().Aggregate(context.Background(), s)
		return err
	}
	require.NoError(t, ask(kpi.Select{Dims: byField("agent"), MaxGroups: 2}))
	f := func(s kpi.Select, key string) {
		t.Helper()
		err := ask(s)
		require.Equal(t, callpace.Limit, callpace.CodeOf(err))
		require.ErrorContains(t, err, key)
	}
	f(kpi.Select{Dims: byField("agent"), MaxGroups: 1}, "kpi.too_many_groups")
	f(kpi.Select{Measures: []kpi.Measure{{Agg: kpi.Sum, Value: op(kpi.Mul, amountField("amount"), amountField("amount"))}}}, "kpi.number_too_large")
	require.NoError(t, ask(kpi.Select{Measures: []kpi.Measure{{Agg: kpi.Sum, Value: kpi.Field{Name: "touches", Kind: facts.Int}}}}))
	// Six places beside a share's six leave room for any sum.
	require.NoError(t, ask(kpi.Select{Measures: []kpi.Measure{{Agg: kpi.Sum, Value: amountField("amount"), Shared: true}}}))
}

// A large company's revenue in rials has more digits than 64 bits hold.
func TestLargeSums(t *testing.T) {
	b := newBench(t, iso)
	text := "orders\nplaced agent amount amount_org currency touches share\n"
	for range 1000 {
		text += "2026-03-02 ana 987654321012.345678 987654321012.345678 IRR 9223372036854775807 1\n"
	}
	text += "2026-03-02 ana 0.000001 0.000001 IRR 1 0.5\n2026-03-02 bob 7 - IRR 1 1\n"
	b.rows(t, text)
	require.Equal(t, []string{
		"ana: 987654321012345.678001EUR 987654321012345.678001 987654321012345.678001 9223372036854775807001 1000.5",
		"bob: 7IRR 7 7 1 1",
	}, b.ask(t, kpi.Select{Fact: facts.Orders, Undated: true, Dims: byField("agent"), Measures: []kpi.Measure{
		{ID: "money", Agg: kpi.Money, Value: amountField("amount")},
		{ID: "sum", Agg: kpi.Sum, Value: amountField("amount")},
		{ID: "shared", Agg: kpi.Sum, Value: amountField("amount"), Shared: true},
		{ID: "whole", Agg: kpi.Sum, Value: kpi.Field{Name: "touches", Kind: facts.Int}},
		{ID: "joint", Agg: kpi.Count, Shared: true},
	}}))
}

func TestRowsBehindANumber(t *testing.T) {
	b := newBench(t, iso)
	b.rows(t, `
		calls
		agent  outcome  attempt  talk_seconds  started           attr.x
		ana    sale     2        12.5          2026-04-01T10:00  u
		ana    busy     -        -             2026-04-02T09:00  -
		ana    sale     1        -             2026-03-31T23:30  -
		bob    sale     1        -             2026-04-01T10:00  -`)
	spec := kpi.RowsSpec{
		Select: kpi.Select{Fact: facts.Calls, Date: "started", From: day("2026-03-01"), To: day("2026-05-01"), Scope: kpi.Everything(),
			Dims: byField("agent"), Where: []kpi.Expr{op(kpi.Eq, textField("outcome"), kpi.String{Value: "sale"})}},
		Key:     []string{"ana"},
		Columns: []string{"talk_seconds", "started_day", "attr.x", "attempt"},
	}
	set, err := b.engine().Rows(context.Background(), spec)
	require.NoError(t, err)
	null := kpi.Cell{}
	number := func(n int64) kpi.Cell { return kpi.Cell{Valid: true, Int: n} }
	require.Equal(t, []kpi.Row{
		{Input: fixtureInput, Line: 3, Cells: []kpi.Cell{null, number(day("2026-03-31")), null, number(1)}},
		{Input: fixtureInput, Line: 1, Cells: []kpi.Cell{number(12_500), number(day("2026-04-01")), {Valid: true, Text: "u"}, number(2)}},
	}, set.Rows)
	n, err := b.engine().Count(context.Background(), spec)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)

	spec.Limit, spec.Offset, spec.Columns = 1, 1, nil
	set, err = b.engine().Rows(context.Background(), spec)
	require.NoError(t, err)
	require.Len(t, set.Rows, 1)
	require.EqualValues(t, 1, set.Rows[0].Line)
	require.Equal(t, "attr."+attributeNames[1], set.Columns[len(set.Columns)-1].Name)

	spec.Dims, spec.Key = by(kpi.BucketMonth), []string{"2026-04"}
	n, err = b.engine().Count(context.Background(), spec)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
}

func TestRangeOfDates(t *testing.T) {
	b := newBench(t, iso)
	_, _, ok, err := b.engine().Range(context.Background(), facts.Calls, "started")
	require.NoError(t, err)
	require.False(t, ok)
	b.rows(t, `
		calls
		started
		2026-03-29
		-
		2026-03-28T23:30Z
		2026-04-02T10:00`)
	first, last, ok, err := b.engine().Range(context.Background(), facts.Calls, "started")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []int64{day("2026-03-29"), day("2026-04-02")}, []int64{first, last})
	names, err := b.engine().Attributes(context.Background(), "agent")
	require.NoError(t, err)
	require.Equal(t, attributeNames, names)
}

// The store's calendar table is as factsql expects it: the ends of weeks, months,
// quarters and years are the days after their last ones.
func TestDaysOfTheStore(t *testing.T) {
	s := testStore(t)
	ctx := context.Background()
	require.NoError(t, s.insertDays(ctx, calendar.New(facts.Gregorian, time.Monday), day("2026-01-01"), day("2027-01-01")))
	b := newBench(t, iso)
	for _, db := range []*Engine{s.Engine(), b.engine()} {
		var got []any
		require.NoError(t, db.each(ctx, `SELECT week, month, quarter, year, weekday, week_start, week_end, month_start, month_end,
			quarter_start, quarter_end, year_start, year_end FROM days WHERE day = DATE '2026-03-31'`, nil, func(cols []any) error {
			got = append(got, cols...)
			return nil
		}))
		date := func(s string) time.Time { return facts.DateOf(day(s)) }
		require.Equal(t, []any{"2026-W14", "2026-03", "2026-Q1", "2026", int8(2), date("2026-03-30"), date("2026-04-06"),
			date("2026-03-01"), date("2026-04-01"), date("2026-01-01"), date("2026-04-01"), date("2026-01-01"), date("2027-01-01")}, got)
	}
}
