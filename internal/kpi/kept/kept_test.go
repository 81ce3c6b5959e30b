package kept_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/aside"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kept"
	"github.com/callpace/callpace/internal/kpi/naive"
)

var (
	gregorian = calendar.New(facts.Gregorian, time.Monday)
	first     = facts.DayOf(2026, 11, 1)
)

// state is facts that change by the day, and a list of what was asked of them.
type state struct {
	rows   *facts.Batch
	stamps map[int64]int64 // by day
	last   int64
	asked  []string
	again  int // times that the next answer begins in vain
}

// newState has a call a day of each of two agents for ten days, the leads in turn.
func newState() *state {
	st := &state{rows: &facts.Batch{}, stamps: map[int64]int64{}}
	for n := range int64(10) {
		st.call(n, "ana", "east", fmt.Sprint("L", n%3))
		st.call(n, "bob", "west", "L9")
	}
	return st
}

func (st *state) call(day int64, agent, team, lead string) {
	rows := st.rows.Rows(facts.Calls)
	row := rows.Add(0)
	for name, v := range map[string]string{"agent": agent, "team": team, "lead": lead} {
		rows.SetText(row, facts.Calls.Col(name), v)
	}
	d := facts.DateOf(first + day)
	rows.SetMoment(row, facts.Calls.Col("started_at"), facts.NewClock(time.UTC).Moment(d.Add(9*time.Hour)))
	st.last++
	st.stamps[first+day] = st.last
}

func (st *state) Each(ctx context.Context, s kpi.Select, take func(int, kpi.Group) error) error {
	what := fmt.Sprintf("%d to %d", s.From-first+1, s.To-first)
	if s.Undated {
		what = "all"
	}
	st.asked = append(st.asked, what)
	groups, err := naive.New(st.rows, gregorian, "EUR").Aggregate(ctx, s)
	for range st.again { // memory did not suffice on the way
		_ = take(0, groups[0])
	}
	st.again = 0
	for n, g := range groups {
		if err := take(n, g); err != nil {
			return err
		}
	}
	return err
}

func (st *state) Range(ctx context.Context, t *facts.Table, date string) (from, to int64, ok bool, err error) {
	return naive.New(st.rows, gregorian, "EUR").Range(ctx, t, date)
}

func (st *state) Stamp(_ *facts.Table, moment string, from, to int64) (last int64) {
	for day, n := range st.stamps {
		if moment == "" || from <= day && day < to {
			last = max(last, n)
		}
	}
	return last
}

func (st *state) StoryStamp(*facts.Table, string, int64, int64) int64 { return 0 }

func (st *state) Changed(_ *facts.Table, _ string, _ bool, since int64) (days []int64, known bool) {
	for day, n := range st.stamps {
		if n > since {
			days = append(days, day)
		}
	}
	return days, true
}

func (st *state) Version() (int64, bool) { return st.last, true }

// took lists what the state was asked since the last time.
func (st *state) took() string {
	out := strings.Join(st.asked, ", ")
	st.asked = nil
	return out
}

func keep(kb int) *kept.Keep {
	return kept.New(kb<<10, time.Now, &aside.Work{}, gregorian, calendar.Range{From: first - 10_000, To: first + 10_000}, "EUR")
}

// calls asks for calls from one day to another, the first being 1.
func calls(from, to int64, dims ...kpi.Dim) kpi.Select {
	return kpi.Select{Fact: facts.Calls, Date: "started", From: first + from - 1, To: first + to, Scope: kpi.Everything(), Dims: dims, Now: time.Unix(0, 0).UTC(),
		Measures: []kpi.Measure{{ID: "calls", Agg: kpi.Count}}}
}

func by(column string) kpi.Dim {
	return kpi.Dim{Name: column, Expr: kpi.Field{Name: column, Kind: facts.Text}}
}

var perDay = kpi.Dim{Name: "day", Bucket: kpi.BucketDay}

// answer lists groups as "key: value", a sum of the values where there are many.
func answer(t *testing.T, k *kept.Keep, st *state, s kpi.Select) string {
	groups, err := k.Aggregate(context.Background(), st, s)
	require.NoError(t, err)
	var out []string
	for _, g := range groups {
		out = append(out, strings.TrimLeft(strings.Join(g.Key, " ")+": ", ": ")+g.Values[0].Exact.String())
	}
	slices.Sort(out)
	if len(out) > 3 {
		return fmt.Sprint(len(out), " groups")
	}
	return strings.Join(out, ", ")
}

func TestOnlyWhatChangedIsAskedAgain(t *testing.T) {
	st, k := newState(), keep(1000)
	for _, step := range []struct {
		what         string
		s            kpi.Select
		answer, took string
	}{
		{"a course is asked by day", calls(1, 10, perDay), "10 groups", "1 to 10"},
		{"its total is the sum", calls(1, 10), "20", ""},
		{"so are a part", calls(3, 4), "4", ""},
		{"and the weeks", calls(2, 10, kpi.Dim{Name: "week", Bucket: kpi.BucketWeek}), "2026-W45: 14, 2026-W46: 4", ""},
		{"days more are asked for alone", calls(5, 12, perDay), "6 groups", "11 to 12"},
		{"another question is another", calls(1, 10, by("agent")), "ana: 10, bob: 10", "1 to 10"},
		{"which is kept as it is", calls(1, 10, by("agent")), "ana: 10, bob: 10", ""},
		{"and by day from the second on", calls(2, 10, by("agent")), "ana: 9, bob: 9", "2 to 10"},
	} {
		require.Equal(t, step.answer, answer(t, k, st, step.s), step.what)
		require.Equal(t, step.took, st.took(), step.what)
	}
	st.call(6, "ana", "east", "L1")
	require.Equal(t, "21", answer(t, k, st, calls(1, 10)))
	require.Equal(t, "7 to 7", st.took(), "a write to the seventh day")
	require.Equal(t, "12", answer(t, k, st, calls(1, 6)))
	require.Empty(t, st.took(), "the days before stand")
}

// Days far apart are asked for one by one, unless they are many.
func TestDaysBetweenAreNotLookedAt(t *testing.T) {
	ana := func(n int64) string { return fmt.Sprintf("ana: %d, bob: 100", n) }
	for _, undated := range []bool{false, true} {
		st, k := &state{rows: &facts.Batch{}, stamps: map[int64]int64{}}, keep(1000)
		for n := range int64(100) {
			st.call(n, "ana", "east", "L1")
			st.call(n, "bob", "west", "L2")
		}
		s := calls(1, 100, by("agent"))
		s.Undated = undated
		for range 2 {
			answer(t, k, st, s)
			st.call(0, "ana", "east", "L1")
		}
		st.took()
		for _, day := range []int64{10, 11, 90} {
			st.call(day, "ana", "east", "L1")
		}
		require.Equal(t, ana(105), answer(t, k, st, s))
		if undated {
			require.Equal(t, "1 to 1, 11 to 11, 12 to 12, 91 to 91", st.took())
		} else {
			require.Equal(t, "1 to 1, 11 to 12, 91 to 91", st.took())
		}
		for day := int64(2); day < 60; day += 2 {
			st.call(day, "ana", "east", "L1")
		}
		require.Equal(t, ana(134), answer(t, k, st, s))
		require.Equal(t, "3 to 59", st.took())
	}
}

// An answer that had to begin anew counts once, kept by day or as a whole.
func TestAnAnswerThatBeginsAnew(t *testing.T) {
	st, k := newState(), keep(1000)
	for range 2 {
		st.again = 2
		st.call(9, "ana", "east", "L1")
		st.call(9, "bob", "west", "L1")
		total := fmt.Sprint(st.last)
		require.Equal(t, total, answer(t, k, st, calls(1, 10)))
		st.again = 2
		require.Equal(t, fmt.Sprintf("ana: %[1]d, bob: %[1]d", st.last/2), answer(t, k, st, calls(1, 10, by("agent"))))
	}
}

func TestScopesAreApart(t *testing.T) {
	st, k := newState(), keep(1000)
	for range 3 {
		for _, c := range []struct {
			scope  kpi.Scope
			answer string
		}{
			{kpi.Everything(), "20"},
			{kpi.Only([]string{"east"}, nil), "10"},
			{kpi.Only(nil, []string{"east"}), ""},
			{kpi.Only([]string{"east"}, []string{"bob"}), "20"},
			{kpi.Only([]string{"east", "bob"}, nil), "10"},
			{kpi.Scope{}, ""},
		} {
			s := calls(1, 10)
			s.Scope = c.scope
			require.Equal(t, c.answer, answer(t, k, st, s))
		}
	}
}

func TestDifferentValuesAreCountedAcrossDays(t *testing.T) {
	st, k := newState(), keep(1000)
	leads := calls(1, 10, by("agent"))
	leads.Measures = []kpi.Measure{{ID: "leads", Agg: kpi.Distinct, Value: kpi.Field{Name: "lead", Kind: facts.Text}}}
	require.Equal(t, "ana: 3, bob: 1", answer(t, k, st, leads))
	st.call(0, "bob", "west", "L0")
	require.Equal(t, "ana: 3, bob: 2", answer(t, k, st, leads))
	st.took()
	st.call(9, "bob", "west", "L0")
	require.Equal(t, "ana: 3, bob: 2", answer(t, k, st, leads))
	require.Equal(t, "10 to 10", st.took())
	leads.Undated = true
	leads.Dims = nil
	require.Equal(t, "4", answer(t, k, st, leads))
	st.took()
	st.call(4, "bob", "west", "new")
	require.Equal(t, "5", answer(t, k, st, leads))
	require.Equal(t, "all", st.took(), "from the second time on by day")
	st.call(4, "bob", "west", "newer")
	require.Equal(t, "6", answer(t, k, st, leads))
	require.Equal(t, "5 to 5", st.took())
}

func TestMemoryIsBounded(t *testing.T) {
	st, k := newState(), keep(20)
	for n := range 400 {
		s := calls(1, 10, by("agent"))
		s.Where = []kpi.Expr{kpi.Op{Name: kpi.Ne, Args: []kpi.Expr{kpi.Field{Name: "lead", Kind: facts.Text}, kpi.String{Value: fmt.Sprint(n)}}}}
		require.Equal(t, "ana: 10, bob: 10", answer(t, k, st, s))
	}
	require.Less(t, k.Held(), 21<<10)
	require.Greater(t, k.Held(), 5<<10)
}

// What no longer fits beside what is asked now goes, the days first that nobody
// asked for since; and where one answer alone is too large, it is right all the same.
func TestTheLatestDaysAreKept(t *testing.T) {
	st, k := newState(), keep(7)
	answer(t, k, st, calls(1, 10, by("agent"))) // as a whole, which tells how many agents there are
	for range 5 {
		for from := int64(1); from <= 9; from += 2 {
			require.Equal(t, "ana: 2, bob: 2", answer(t, k, st, calls(from, from+1, by("agent"))))
			st.took()
			require.Equal(t, "ana: 2, bob: 2", answer(t, k, st, calls(from, from+1, by("agent"))))
			require.Empty(t, st.took(), "asked for just now")
		}
		require.Equal(t, "ana: 2, bob: 2", answer(t, k, st, calls(1, 2, by("agent"))))
		require.Equal(t, "1 to 2", st.took(), "asked for long ago")
		all := calls(1, 10, by("agent"))
		all.Undated = true
		require.Equal(t, "ana: 10, bob: 10", answer(t, k, st, all))
	}
}

// unsteady is a state that changes while it is read.
type unsteady struct{ *state }

func (u unsteady) Version() (int64, bool) { u.last++; return u.last, true }

func TestNothingIsKeptOfAStateThatMoves(t *testing.T) {
	st, k := newState(), keep(1000)
	for range 3 {
		groups, err := k.Aggregate(context.Background(), unsteady{st}, calls(1, 10, perDay))
		require.NoError(t, err)
		require.Len(t, groups, 10)
	}
	require.Equal(t, "1 to 10, 1 to 10, 1 to 10, 1 to 10, 1 to 10, 1 to 10", st.took(), "by day in vain, then as a whole, and never from memory")
}

func TestMoneyOfOneCurrencyIsAddedUp(t *testing.T) {
	st := &state{rows: &facts.Batch{}, stamps: map[int64]int64{}}
	k := keep(1000)
	order := func(day int64, currency string, amount int64) {
		rows := st.rows.Rows(facts.Orders)
		row := rows.Add(0)
		rows.SetText(row, facts.Orders.Col("currency"), currency)
		rows.SetInt(row, facts.Orders.Col("amount"), amount*int64(callpace.One))
		if currency == "EUR" {
			rows.SetInt(row, facts.Orders.Col("amount_org"), amount*int64(callpace.One))
		}
		d := facts.DateOf(first + day)
		rows.SetMoment(row, facts.Orders.Col("placed_at"), facts.NewClock(time.UTC).DayMoment(d.Date()))
		st.last++
		st.stamps[first+day] = st.last
	}
	revenue := kpi.Select{Fact: facts.Orders, Date: "placed", From: first, To: first + 9, Scope: kpi.Everything(), Dims: []kpi.Dim{{Name: "week", Bucket: kpi.BucketWeek}},
		Measures: []kpi.Measure{{ID: "revenue", Agg: kpi.Money, Value: kpi.Field{Name: "amount", Kind: facts.Amount}}}}
	order(1, "EUR", 10)
	order(3, "EUR", 5)
	require.Equal(t, "2026-W45: 15", answer(t, k, st, revenue))
	order(4, "USD", 1)
	groups, err := k.Aggregate(context.Background(), st, revenue)
	require.NoError(t, err)
	require.True(t, groups[0].Values[0].Mixed)
}
