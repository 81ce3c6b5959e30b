package goals_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi/naive"
	"github.com/callpace/callpace/internal/store"
)

// crew is a company whose roster, schedule and calls a test writes down. It is
// Friday, 20 November 2026; goals are for December, which has 22 working days in Croatia.
type crew struct {
	t     require.TestingT
	book  goals.Book
	batch *facts.Batch
	clock *facts.Clock
}

func newCrew(t *testing.T) *crew {
	clock, err := facts.Settings{Zone: "UTC"}.Clock()
	require.NoError(t, err)
	return &crew{t: t, book: emptyBook(t), batch: &facts.Batch{}, clock: clock}
}

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 10, 0, 0, 0, time.UTC)
}

func (c *crew) add(table *facts.Table, texts map[string]string, numbers map[string]int64, moment string, at time.Time) {
	rows := c.batch.Rows(table)
	c.batch.Records = append(c.batch.Records, facts.Record{})
	row := rows.Add(len(c.batch.Records) - 1)
	for name, v := range texts {
		if v != "" {
			rows.SetText(row, table.Col(name), v)
		}
	}
	for name, v := range numbers {
		rows.SetInt(row, table.Col(name), v)
	}
	if moment != "" {
		rows.SetMoment(row, table.Col(moment+"_at"), c.clock.Moment(at))
	}
}

// calls are outbound ones of the week before, of which some were contacts.
func (c *crew) calls(agent, team string, n, contacts int) {
	for i := range n {
		reached := int64(0)
		if i < contacts {
			reached = 1
		}
		c.add(facts.Calls, map[string]string{"agent": agent, "team": team, "direction": "outbound", "outcome": "no_answer"},
			map[string]int64{"reached": reached, "contacted": reached}, "started", on(11, 12).Add(time.Duration(i)*time.Second))
	}
}

// member is a line of the roster; days of 0 are open.
func (c *crew) member(agent, team string, from, to int64) {
	days := map[string]int64{}
	if from != 0 {
		days["from_day"] = from
	}
	if to != 0 {
		days["to_day"] = to
	}
	c.add(facts.Roster, map[string]string{"agent": agent, "team": team}, days, "", time.Time{})
}

// december is a goal of so many calls, kept.
func (c *crew) december(n int64, scope goal.Scope) store.Goal {
	g := callsOf("")
	g.Scope, g.Target.Value = scope, number(n)
	g.Period.From, g.Period.Until = calendar.Date(facts.DayOf(2026, 12, 1)), calendar.Date(facts.DayOf(2026, 12, 31))
	kept, err := c.book.State.Goals().CreateGoal(ctx, store.Goal{Goal: g, CreatedAt: c.book.Now}, c.book.Desk.Today)
	require.NoError(c.t, err)
	return kept
}

func (c *crew) split(g store.Goal, ask goals.SplitAsk) *goals.Split {
	c.book.Desk.Engine = naive.New(c.batch, c.book.Desk.Base.Calendar, "EUR")
	s, err := c.trySplit(g, ask)
	require.NoError(c.t, err)
	return s
}

func (c *crew) trySplit(g store.Goal, ask goals.SplitAsk) (*goals.Split, error) {
	r, err := c.book.Look(ctx, g, false)
	require.NoError(c.t, err)
	return c.book.SplitOf(ctx, g, r, ask)
}

func number(n int64) goal.Number { return goal.Number(n * int64(callpace.One)) }

// figures are the parts by name.
func figures(s *goals.Split) map[string]string {
	out := map[string]string{}
	for _, p := range s.All() {
		out[p.Name()] = p.Value.String()
	}
	return out
}

var ctx = context.Background()

// fourOfTwo are two teams of two, of whom Boris comes for the second half of
// December's working days, and Dino left.
func fourOfTwo(t *testing.T) *crew {
	c := newCrew(t)
	c.member("Ana", "East", 0, 0)
	c.member("Boris", "East", facts.DayOf(2026, 12, 16), 0)
	c.member("Cvita", "West", 0, 0)
	c.member("Dino", "West", 0, facts.DayOf(2026, 11, 21))
	c.calls("Ana", "East", 30, 9)
	c.calls("Cvita", "West", 10, 1)
	c.calls("Dino", "West", 5, 1)
	return c
}

// Company, teams and agents agree at each level, whatever is locked where.
func TestSplit(t *testing.T) {
	c := fourOfTwo(t)
	g := c.december(50, goal.Scope{})
	f := func(ask goals.SplitAsk, want map[string]string) *goals.Split {
		t.Helper()
		s := c.split(g, ask)
		require.Equal(t, want, figures(s))
		require.True(t, s.Whole())
		return s
	}
	at := func(team, agent string) goal.Place { return goal.Place{Team: team, Agent: agent} }
	// December has 22 working days; 11 of them are left from the 16th on.
	s := f(goals.SplitAsk{}, map[string]string{"East": "30", "Ana": "20", "Boris": "10", "West": "20", "Cvita": "20"})
	require.Equal(t, []float64{11, 22}, []float64{s.Parts[0].Parts[1].Stay.Days, s.Parts[0].Parts[1].Stay.Of})
	require.Equal(t, facts.DayOf(2026, 12, 16), s.Parts[0].Parts[1].Stay.Joins)
	f(goals.SplitAsk{Locks: map[goal.Place]goal.Number{at("East", ""): number(40)}}, map[string]string{"East": "40", "Ana": "27", "Boris": "13", "West": "10", "Cvita": "10"})
	f(goals.SplitAsk{Locks: map[goal.Place]goal.Number{at("East", "Ana"): number(25)}}, map[string]string{"East": "30", "Ana": "25", "Boris": "5", "West": "20", "Cvita": "20"})
	f(goals.SplitAsk{Way: goal.ByHistory}, map[string]string{"East": "38", "Ana": "38", "Boris": "0", "West": "12", "Cvita": "12"}) // 37.5 and 12.5
	f(goals.SplitAsk{Way: goal.ByHistory, Inside: map[string]goal.Way{"East": goal.Equally}}, map[string]string{"East": "38", "Ana": "25", "Boris": "13", "West": "12", "Cvita": "12"})
	f(goals.SplitAsk{Levels: []goal.Each{goal.EachTeam}}, map[string]string{"East": "25", "West": "25"})
	f(goals.SplitAsk{Levels: []goal.Each{goal.EachAgent}}, map[string]string{"Ana": "20", "Boris": "10", "Cvita": "20"})
	f(goals.SplitAsk{Levels: []goal.Each{goal.EachAgent}, Locks: map[goal.Place]goal.Number{at("", "Cvita"): number(2)}}, map[string]string{"Ana": "32", "Boris": "16", "Cvita": "2"})

	// What locks do not allow is told where it is.
	s = c.split(g, goals.SplitAsk{Locks: map[goal.Place]goal.Number{at("East", "Ana"): number(31)}})
	require.Equal(t, []goal.Number{0, number(1), 0}, []goal.Number{s.Off, s.Parts[0].Off, s.Parts[1].Off})
	require.EqualError(t, s.Err(), "goals.split_over off=1 who=East")
	s = c.split(g, goals.SplitAsk{Locks: map[goal.Place]goal.Number{at("East", ""): number(10), at("West", ""): number(15)}})
	require.Equal(t, number(-25), s.Off)
	require.EqualError(t, s.Err(), "cascade.locked_differ left=25")
	_, err := c.trySplit(g, goals.SplitAsk{Locks: map[goal.Place]goal.Number{at("East", ""): 1_500_000}})
	require.ErrorContains(t, err, "goals.split_number") // there is no half of a call
}

// A rate goes down as volumes and what of them must succeed.
func TestSplitOfALevel(t *testing.T) {
	c := fourOfTwo(t)
	g := c.december(0, goal.Scope{})
	g.KPI, g.Target = "contact_rate", goal.Target{Kind: goal.Level, Value: 300_000}
	s := c.split(g, goals.SplitAsk{Way: goal.ByHistory, Levels: []goal.Each{goal.EachAgent}})
	require.True(t, s.Rate)
	num, den := int64(0), int64(0)
	for _, p := range s.Parts {
		num, den = num+p.Num, den+p.Den
	}
	require.Equal(t, []int64{s.Num, s.Den}, []int64{num, den})
	require.Greater(t, s.Parts[0].Value, s.Parts[2].Value) // Ana reached 30 %, Cvita 10 %
	s = c.split(g, goals.SplitAsk{})
	for _, p := range s.All() {
		if p.Den > 0 {
			require.InDelta(t, 0.3, p.Value.Float(), 0.01, p.Name()) // equally: all alike
		}
	}
	s = c.split(g, goals.SplitAsk{Locks: map[goal.Place]goal.Number{{Team: "West"}: 0}})
	require.True(t, s.Whole())
	require.False(t, s.Beyond(s.Parts[0]))
	g.Target.Value = 900_000
	s = c.split(g, goals.SplitAsk{Locks: map[goal.Place]goal.Number{{Team: "West"}: 0}})
	require.True(t, s.Beyond(s.Parts[0])) // 12 of 10 calls
}

// Saving makes goals, saving again makes versions of those that change; of who
// has left meanwhile it is said what is to be shared again.
func TestCascadeTreeAndWhatHasChangedSince(t *testing.T) {
	c := fourOfTwo(t)
	g := c.december(50, goal.Scope{})
	ask := goals.SplitAsk{Locks: map[goal.Place]goal.Number{{Team: "West", Agent: "Cvita"}: number(20)}}
	require.NoError(t, c.book.CascadeTree(ctx, g, c.split(g, ask), "Mia"))
	list := func() map[string]string {
		out := map[string]string{}
		all, err := c.book.State.Goals().FindGoals(ctx)
		require.NoError(t, err)
		for _, p := range all {
			if p.Parent != "" {
				out[p.Scope.Team+"/"+p.Scope.Agent] = fmt.Sprint(p.Target.Value, " v", p.Version, " of ", p.Parent, " ", p.Locked)
			}
		}
		return out
	}
	require.Equal(t, map[string]string{"East/": "30 v1 of 1 false", "East/Ana": "20 v1 of 2 false", "East/Boris": "10 v1 of 2 false",
		"West/": "20 v1 of 1 false", "West/Cvita": "20 v1 of 5 true"}, list())

	g, err := c.book.State.Goals().FindGoal(ctx, g.ID)
	require.NoError(t, err)
	kept, ok, err := c.book.Kept(ctx, g)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, ask.Locks, kept.Locks)
	require.Empty(t, c.split(g, kept).Since)

	// Ana leaves, Boris comes later still, Eva joins West.
	c.batch = &facts.Batch{}
	c.member("Ana", "East", 0, facts.DayOf(2026, 12, 1))
	c.member("Boris", "East", facts.DayOf(2026, 12, 23), 0)
	c.member("Cvita", "West", 0, 0)
	c.member("Eva", "West", facts.DayOf(2026, 12, 1), 0)
	c.calls("Ana", "East", 30, 9)
	c.calls("Cvita", "West", 10, 1)
	s := c.split(g, kept)
	require.Equal(t, []goals.Moved{
		{Place: goal.Place{Team: "East", Agent: "Ana"}, Move: goals.Left, Was: 22, Free: number(20)},
		{Place: goal.Place{Team: "East", Agent: "Boris"}, Move: goals.Away, Was: 11, Days: 6, Free: number(4)},
		{Place: goal.Place{Team: "West", Agent: "Eva"}, Move: goals.Joined, Days: 22},
	}, s.Since)
	require.NoError(t, c.book.CascadeTree(ctx, g, s, "Mia"))
	require.Equal(t, map[string]string{"East/": "6 v2 of 1 false", "East/Boris": "6 v2 of 2 false",
		"West/": "44 v2 of 1 false", "West/Cvita": "20 v1 of 5 true", "West/Eva": "24 v1 of 5 false"}, list())
}

// Whatever is asked, the parts come to what stands above them, or it is said that they do not.
func TestSplitProperties(t *testing.T) {
	c := newCrew(t)
	g := c.december(0, goal.Scope{})
	rapid.Check(t, func(rt *rapid.T) {
		c.batch = &facts.Batch{}
		people := rapid.IntRange(1, 7).Draw(rt, "people")
		ask := goals.SplitAsk{Way: rapid.SampledFrom(goal.Ways()).Draw(rt, "way"), Locks: map[goal.Place]goal.Number{}, Inside: map[string]goal.Way{"T0": rapid.SampledFrom(goal.Ways()).Draw(rt, "inside")},
			Levels: rapid.SampledFrom([][]goal.Each{{goal.EachTeam}, {goal.EachAgent}, {goal.EachTeam, goal.EachAgent}}).Draw(rt, "levels")}
		for i := range people {
			agent, team := fmt.Sprint("A", i), fmt.Sprint("T", i%3)
			from := facts.DayOf(2026, 11, 30) + rapid.Int64Range(-9, 30).Draw(rt, "from")
			c.member(agent, team, from, from+rapid.Int64Range(1, 60).Draw(rt, "length"))
			c.calls(agent, team, rapid.IntRange(0, 9).Draw(rt, "calls"), 0)
			if v := rapid.Int64Range(-20, 20).Draw(rt, "lock"); v >= 0 {
				ask.Locks[rapid.SampledFrom([]goal.Place{{Team: team}, {Agent: agent}, {Team: team, Agent: agent}}).Draw(rt, "where")] = number(v)
			}
		}
		g.Target.Value = number(rapid.Int64Range(0, 1000).Draw(rt, "total"))
		s := c.split(g, ask)
		agree := true
		for _, of := range append(s.All(), s.Share) {
			if len(of.Parts) == 0 && of.Name() != "" {
				continue
			}
			sum := goal.Number(0)
			for _, p := range of.Parts {
				require.GreaterOrEqual(rt, p.Value, goal.Number(0))
				if v, ok := ask.Locks[p.Place]; ok {
					require.Equal(rt, v, p.Value)
				}
				sum += p.Value
			}
			require.Equal(rt, sum, of.Value+of.Off)
			agree = agree && of.Off == 0
		}
		require.Equal(rt, agree, s.Whole())
	})
}
