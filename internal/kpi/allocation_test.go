package kpi_test

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kpitest"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// spent is a random company: costs of any level, and calls to share them by.
type spent struct {
	batch *facts.Batch
	costs []place
	calls []place
}

// place is where a row stands, "" for everywhere or nowhere; a cost has an amount.
type place struct {
	day                   int
	agent, team, campaign string
	amount                callpace.Amount
}

var teamOf = map[string]string{"a": "east", "b": "east", "c": "west", "d": ""}

func draw(t *rapid.T) *spent {
	s := &spent{batch: &facts.Batch{}}
	clock := facts.NewClock(time.UTC)
	word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
	add := func(fact *facts.Table, moment string, p place) (*facts.Rows, int) {
		rows := s.batch.Rows(fact)
		row := rows.Add(0)
		rows.SetMoment(row, fact.Col(moment+"_at"), clock.DayMoment(2026, time.Month(9+p.day/4), 1+p.day%4))
		for name, v := range map[string]string{"agent": p.agent, "team": p.team, "campaign": p.campaign} {
			rows.SetText(row, fact.Col(name), v)
		}
		return rows, row
	}
	for range rapid.IntRange(0, 30).Draw(t, "calls") {
		p := place{day: rapid.IntRange(0, 7).Draw(t, "day"), agent: word("a", "b", "c", "d", ""), campaign: word("x", "y", "")}
		p.team = teamOf[p.agent]
		s.calls = append(s.calls, p)
		add(facts.Calls, "started", p)
	}
	for range rapid.IntRange(1, 12).Draw(t, "costs") {
		p := place{day: rapid.IntRange(0, 7).Draw(t, "day"), campaign: word("x", "", ""), amount: callpace.Amount(rapid.Int64Range(-50, 1e12).Draw(t, "amount"))}
		switch word("all", "team", "agent") {
		case "team":
			p.team = word("east", "west")
		case "agent":
			p.agent = word("a", "b", "c", "d")
			p.team = teamOf[p.agent]
		}
		s.costs = append(s.costs, p)
		rows, row := add(facts.Costs, "incurred", p)
		for _, col := range []string{"amount", "amount_org"} {
			rows.SetInt(row, facts.Costs.Col(col), int64(p.amount))
		}
		rows.SetText(row, facts.Costs.Col("currency"), kpitest.Currency)
	}
	return s
}

// within tells whether a call belongs to what a cost was for.
func (c place) within(cost place) bool {
	return (cost.agent == "" || c.agent == cost.agent) && (cost.campaign == "" || c.campaign == cost.campaign) &&
		(cost.agent != "" || cost.team == "" || c.team == cost.team)
}

// within lists the calls of some days that belong to what a cost was for.
func (s *spent) within(cost place, days func(place) bool) (by []place) {
	for _, c := range s.calls {
		if days(c) && c.within(cost) {
			by = append(by, c)
		}
	}
	return by
}

// shares is what each of the places named by key gets of all costs, reckoned
// call by call; ok is false where some cost has no calls to be shared by.
func (s *spent) shares(key func(place) string, placed func(cost place) bool) (shares map[string]*big.Rat, ok bool) {
	shares = map[string]*big.Rat{}
	give := func(to string, n *big.Rat) {
		if shares[to] == nil {
			shares[to] = new(big.Rat)
		}
		shares[to].Add(shares[to], n)
	}
	// A credit note on the day of its invoice leaves nothing to share.
	sums := map[place]int64{}
	for _, cost := range s.costs {
		amount := int64(cost.amount)
		cost.amount = 0
		sums[cost] += amount
	}
	for cost, sum := range sums {
		amount := big.NewRat(sum, 1)
		if placed(cost) {
			give(key(cost), amount)
			continue
		}
		by := s.within(cost, func(c place) bool { return c.day == cost.day })
		if len(by) == 0 {
			by = s.within(cost, func(c place) bool { return c.day/4 == cost.day/4 })
		}
		if len(by) == 0 && sum != 0 {
			return nil, false
		}
		for _, c := range by {
			give(key(c), new(big.Rat).Quo(amount, big.NewRat(int64(len(by)), 1)))
		}
	}
	return shares, true
}

// Whatever costs there are, their parts are those of the calls, to the
// millionth, and add up to the whole; a filter gets the part that it names.
func TestSharesAddUp(t *testing.T) {
	catalogue, err := kpi.Load()
	require.NoError(t, err)
	shared, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		e := naive.New(s.batch, kpitest.Calendar, kpitest.Currency)
		ask := func(by []string, where ...string) []kpi.FrameRow {
			q := query("", "costs")
			q.By, q.Where, q.Allocation = by, where, kpi.ByCalls
			f, err := catalogue.Run(context.Background(), e, q)
			require.NoError(t, err)
			return f.Rows
		}
		var whole callpace.Total
		for _, c := range s.costs {
			whole, _ = whole.Add(c.amount.Total())
		}
		near := func(want *big.Rat, got kpi.Figure) {
			require.True(t, got.Valid)
			f := 0.0
			if want != nil {
				f, _ = want.Float64()
			}
			require.InDelta(t, f/1e6, got.Exact.Float(), 1e-6*float64(len(s.costs)))
		}
		f := func(key func(place) string, placed func(place) bool, dims ...string) {
			want, ok := s.shares(key, placed)
			rows := ask(dims)
			untold := slices.ContainsFunc(rows, func(r kpi.FrameRow) bool { return !r.Figures[0].Valid })
			if untold || len(rows) == 0 { // no work, or none that says the dimension
				refused++
				return
			}
			require.True(t, ok)
			var sum callpace.Total
			for _, r := range rows {
				sum, _ = sum.Add(r.Figures[0].Exact)
				near(want[strings.Join(r.Key, " ")], r.Figures[0])
			}
			require.Equal(t, whole.String(), sum.String(), "%v", rows)
			shared++
			if dims[0] == "campaign" && len(dims) == 1 {
				for _, r := range rows {
					if r.Key[0] != "" && want[r.Key[0]] != nil {
						near(want[r.Key[0]], ask(nil, "campaign = "+r.Key[0])[0].Figures[0])
					}
				}
			}
		}
		agent := func(c place) bool { return c.agent != "" }
		f(func(p place) string { return p.agent }, agent, "agent")
		f(func(p place) string { return p.team }, func(c place) bool { return c.agent+c.team != "" }, "team")
		f(func(p place) string { return p.campaign }, func(c place) bool { return c.campaign != "" }, "campaign")
		f(func(p place) string { return p.campaign + " " + p.agent }, func(c place) bool { return agent(c) && c.campaign != "" }, "campaign", "agent")
	})
	require.Greater(t, shared, 50)
	require.Greater(t, refused, 0)
}
