package track_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
)

func TestParseChain(t *testing.T) {
	f := func(text, want string) track.Chain {
		t.Helper()
		c, err := track.ParseChain(text)
		require.NoError(t, err)
		require.Equal(t, want, c.String())
		again, err := track.ParseChain(c.String())
		require.NoError(t, err)
		require.Equal(t, c.String(), again.String())
		return c
	}
	f("sales <- appointments <- calls", "sales <- appointments <- calls")
	f("calls -> contacts → sales", "sales <- contacts <- calls")
	c := f("sales @1/3 ← held: appointments where stage = 'won' @ 60 % ← appointments @15% ← contacts ← calls", "sales <- held: appointments where stage = 'won' <- appointments <- contacts <- calls")
	require.Equal(t, []string{"calls", "contacts", "appointments", "held", "sales"}, []string{c[0].Name, c[1].Name, c[2].Name, c[3].Name, c[4].Name})
	require.Equal(t, "outbound_calls", c[0].KPI)
	v, _ := c[3].Rate.Value()
	require.InDelta(t, 0.6, v, 1e-12)

	bad := func(text, key string) {
		t.Helper()
		_, err := track.ParseChain(text)
		require.ErrorContains(t, err, key)
		require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
	}
	bad("sales", "plan.chain_short")
	bad("sales <- appointments -> calls", "plan.chain_turns")
	bad("sales <- calls <- calls", "plan.chain_twice")
	bad("sales <- many calls", "plan.bad_unit")
	bad("sales @ 120% <- calls", "plan.bad_rate")
	d := newWorld(t).desk("2026-11-20")
	nothing, err := track.ParseChain("sales <- talk_time <- calls")
	require.NoError(t, err)
	require.ErrorContains(t, nothing.Check(d.Catalogue), "plan.not_counted")
}

// The seed's figures come out along any chain that multiplies to the same rate.
func TestSeedAlongAChain(t *testing.T) {
	chain, err := track.ParseChain("sales @ 1/3 <- held: appointments @ 75% <- appointments @ 20% <- calls")
	require.NoError(t, err)
	p, err := track.Ask{Target: 50, Days: 21, Chain: chain}.Solve()
	require.NoError(t, err)
	require.Equal(t, []int64{1000, 1114, 48, 54}, []int64{p.Plan.Begin.Expected, p.Plan.Begin.Sure, p.Plan.Begin.ExpectedPerDay, p.Plan.Begin.SurePerDay})
	var steps []string
	for _, s := range p.Plan.Steps {
		steps = append(steps, fmt.Sprint(s.Unit, " ", s.Number))
	}
	require.Equal(t, []string{"calls 1000", "appointments 200", "held 150", "sales 50"}, steps)
	chain[2].Rate = nil
	_, err = track.Ask{Target: 50, Chain: chain}.Solve()
	require.ErrorContains(t, err, "plan.rate_missing")
}

// funnel is a quarter before 23 November 2026 in which each working day brings
// 100 calls of two agents, 40 contacts, 10 appointments and 2 sales, each sale
// a week after its appointment, which is four days after the first contact.
func funnel(t *testing.T) *world {
	w := newWorld(t)
	n := 0
	w.eachDay("2026-08-24", "2026-11-20", func(on time.Time) {
		w.calls(on, "Ana", "East", 50, 20)
		if on.Day()%5 != 0 { // away on every fifth
			w.calls(on.Add(time.Hour), "Boris", "East", 50, 20)
		}
		for i := range 10 {
			n++
			lead := fmt.Sprint("L", n)
			story := cells{"lead": lead, "team": "East", "first_contact": on.AddDate(0, 0, -4), "created": on.AddDate(0, 0, -5), "appointment": on, "stage": "appointment", "recorded": true}
			w.add(facts.LeadStages, cells{"lead": lead, "stage": "appointment", "reached": on, "team": "East", "agent": "Ana"})
			switch won := on.AddDate(0, 0, 7); {
			case i < 2 && won.Before(date("2026-11-21")):
				story["won"], story["stage"] = won, "won"
				w.sale(won, "Ana", "East")
			case i >= 2 && won.Before(date("2026-11-21")):
				story["lost"], story["stage"] = won, "lost"
			}
			w.add(facts.LeadStory, story)
		}
	})
	return w
}

func TestPlanFromMeasuredLags(t *testing.T) {
	w := funnel(t)
	d := w.desk("2026-11-22") // a Sunday
	h, err := d.ChainHistory(t.Context(), nil, track.Standard("sales"))
	require.NoError(t, err)
	planned := func(until string) track.Planned {
		t.Helper()
		ask := track.Ask{Unit: track.Sales, Target: 50, Chain: track.Standard("sales")}
		d.Over(&ask, calendar.Range{From: day("2026-11-22"), To: day(until) + 1})
		h.Fill(&ask)
		p, err := ask.Solve()
		require.NoError(t, err)
		return p
	}
	// Eleven days from the first contact to the sale. Up to 30 November, what
	// begins on any of six days left comes too late; half a lead of 111 is left.
	p := planned("2026-11-30")
	require.Equal(t, 6, p.Ask.Days)
	require.Less(t, p.Ask.InTime, 0.01)
	// Up to 11 December, Monday 23 to Monday 30 November are in time: 6 of 15 days.
	p = planned("2026-12-11")
	require.Equal(t, 15, p.Ask.Days)
	require.InDelta(t, 6.0/15, p.Ask.InTime, 1e-9)
	// A year ahead nearly all is.
	require.Greater(t, planned("2027-11-20").Ask.InTime, 0.95)
	// The open appointments are those of the last week: 50, of which a fifth is won, all within a week.
	require.InDelta(t, 10, p.Ask.Open, 1.2)
	require.InDelta(t, 6, planned("2026-11-25").Ask.Open, 2.1) // those of three of the five days
	require.Equal(t, "plan.in_time", p.Notes()[0].Key)

	// Two agents; one was away on a fifth of the days.
	require.Equal(t, 2.0, p.Ask.Agents)
	require.InDelta(t, 1-h.Present, p.Ask.Absent/30, 1e-9)
	require.InDelta(t, 0.9, h.Present, 0.05)
	require.Equal(t, "plan.away", p.Notes()[1].Key)

	// Without a period nothing falls past it.
	ask := track.Ask{Unit: track.Sales, Target: 50, Days: 21, Chain: track.Standard("sales")}
	h.Fill(&ask)
	require.Zero(t, ask.InTime)
}

// What open appointments will bring counts whatever rates are given, and only
// towards what they can become.
func TestOpenAppointmentsBesideGivenRates(t *testing.T) {
	w := funnel(t)
	d := w.desk("2026-11-22")
	open := func(chain string, ask track.Ask) float64 {
		t.Helper()
		along, err := track.ParseChain(chain)
		require.NoError(t, err)
		h, err := d.ChainHistory(t.Context(), nil, along)
		require.NoError(t, err)
		if ask.Rates == (track.Rates{}) {
			ask.Chain = along
		}
		d.Over(&ask, calendar.Range{From: day("2026-11-22"), To: day("2026-12-11") + 1})
		h.Fill(&ask)
		return ask.Open
	}
	tenth := plan.Set(0.1)
	usual := "sales <- appointments <- contacts <- calls"
	require.InDelta(t, 10, open(usual, track.Ask{}), 1.2) // 50, of which a fifth is won
	require.InDelta(t, 10, open(usual, track.Ask{Unit: track.Sales, Rates: track.Rates{Contact: &tenth, Appointment: &tenth, Close: &tenth}}), 1.2)
	require.InDelta(t, 10, open("sales <- appointments <- contacts @ 30% <- calls", track.Ask{}), 1.2)
	require.InDelta(t, 25, open("sales @ 50% <- appointments <- contacts <- calls", track.Ask{}), 3) // by the chain's own rate
	require.Zero(t, open(usual, track.Ask{Unit: track.Appointments, Chain: track.Standard("sales")}))
}

// Who is not in the schedule is away as often as of late, and no more.
func TestScheduleOfSomeAgents(t *testing.T) {
	w := funnel(t)
	w.eachDay("2026-10-26", "2026-12-11", func(on time.Time) {
		w.add(facts.Schedule, cells{"planned": on, "agent": "Ana", "team": "East", "planned_seconds": 8 * 3600 * 1000, "absence": ""})
		w.add(facts.Schedule, cells{"planned": on, "agent": "Olga of the office", "team": "East", "planned_seconds": 0, "absence": ""})
	})
	d := w.desk("2026-11-22")
	h, err := d.History(t.Context(), nil, "sales")
	require.NoError(t, err)
	ask := track.Ask{Unit: track.Sales, Target: 50}
	d.Over(&ask, calendar.Range{From: day("2026-11-23"), To: day("2026-12-11") + 1})
	h.Fill(&ask)
	require.Equal(t, 2.0, ask.Agents)
	require.InDelta(t, 15*(1-h.Present), ask.Absent, 1e-9) // Boris; Ana comes on all 15 days
}

// The schedule of the days left says who is away, where it reaches that far.
func TestAbsencesFromTheSchedule(t *testing.T) {
	w := funnel(t)
	shift := func(agent string, hours int, absence string) func(on time.Time) {
		return func(on time.Time) {
			w.add(facts.Schedule, cells{"planned": on, "agent": agent, "team": "East", "planned_seconds": hours * 3600 * 1000, "absence": absence})
		}
	}
	w.eachDay("2026-10-26", "2026-12-11", shift("Ana", 8, ""))
	w.eachDay("2026-10-26", "2026-11-27", shift("Boris", 8, ""))
	w.eachDay("2026-11-30", "2026-12-04", shift("Boris", 8, "leave")) // five days
	w.eachDay("2026-12-07", "2026-12-11", shift("Boris", 4, ""))      // five half days
	d := w.desk("2026-11-22")
	h, err := d.History(t.Context(), []string{"team = 'East'"}, "sales")
	require.NoError(t, err)
	ask := track.Ask{Unit: track.Sales, Target: 50}
	d.Over(&ask, calendar.Range{From: day("2026-11-23"), To: day("2026-12-11") + 1})
	h.Fill(&ask)
	require.InDelta(t, 7.5, ask.Absent, 1e-9)
	p, err := ask.Solve()
	require.NoError(t, err)
	expected, _, ok := p.PerAgentDay()
	require.True(t, ok)
	require.InDelta(t, float64(p.Plan.Begin.Expected)/22.5, expected, 1e-9)
	// Of a year of which the schedule knows but three weeks, it says too little.
	d.Over(&ask, calendar.Range{From: day("2026-11-23"), To: day("2027-11-22")})
	ask.Absent = 0
	h.Fill(&ask)
	require.InDelta(t, 2*float64(ask.Days)*(1-h.Present), ask.Absent, 1e-9)
}

// A stage is called what the KPI is called that it is; any other by its ends.
func TestRateLabel(t *testing.T) {
	f := func(chain string, want ...string) {
		t.Helper()
		var c track.Chain
		if chain != "" {
			var err error
			c, err = track.ParseChain(chain)
			require.NoError(t, err)
		}
		units := c
		if c == nil {
			units = track.Standard(track.Sales)
		}
		var got []string
		for i := 1; i < len(units); i++ {
			m := c.RateLabel(nil, plan.Stage{From: units[i-1].Name, To: units[i].Name})
			if kpi, ok := m.Args["kpi"].(goal.Named); ok {
				got = append(got, kpi.Name("en"))
			} else {
				got = append(got, m.Key)
			}
		}
		require.Equal(t, want, got)
	}
	f("", "Contact rate", "plan.rate_of", "Appointment close rate · sales per appointment")
	f("calls -> contacts", "Contact rate")
	f("calls -> sales", "plan.rate_of")
	f("appointments -> sales", "Appointment close rate · sales per appointment")
	f("appointments -> renewals: sales where kind = 'renewal'", "plan.rate_of")
}
