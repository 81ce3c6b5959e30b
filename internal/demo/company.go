package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// company is the state of the simulation and the files that grow with it.
type company struct {
	r      *rand.Rand
	now    time.Time
	first  time.Time // 00:00 of the first simulated day
	agents []*agent
	leads  []*lead
	orders []*order
	nextID int

	calls, states, schedule, callbacks, surveys, evaluations, cases, activities *sheet
}

type lead struct {
	id, phone, list, campaign, grade, segment, referrer string
	owner                                               *agent
	created, contacted, qualified, appointment          time.Time
	won, lost                                           time.Time
	lostReason                                          string
	attempts, talks                                     int
	due                                                 time.Time // when it is to be called again
	promised                                            bool      // due was promised to the customer
	meeting                                             bool      // the next talk follows an appointment
}

type order struct {
	id                         string
	lead                       *lead
	product, kind              string
	amount                     float64
	placed, cancelled, changed time.Time
	helper                     *agent // shares the sale
}

func newCompany(r *rand.Rand, now time.Time) *company {
	y, m, d := now.Date()
	first := time.Date(y, m, d-Days+1, 0, 0, 0, 0, now.Location())
	return &company{
		r: r, now: now, first: first, agents: hire(r, first),
		calls: newSheet("call_id", "started", "direction", "campaign", "list", "queue", "agent", "lead_id", "phone", "kind", "attempt", "disposition",
			"ring_s", "wait_s", "talk_s", "hold_s", "wrap_s", "ended_by", "pitch_done", "script", "recording", "cost"),
		states:      newSheet("agent", "state", "from", "to"),
		schedule:    newSheet("agent", "day", "hours", "absence"),
		callbacks:   newSheet("id", "lead_id", "phone", "agent", "requested", "due", "by"),
		surveys:     newSheet("id", "call_id", "lead_id", "agent", "kind", "aspect", "asked", "answered", "score", "scale", "comment", "replied"),
		evaluations: newSheet("id", "call_id", "agent", "evaluated", "scorecard", "reviewer", "score", "scale", "passed"),
		cases:       newSheet("id", "opened", "channel", "kind", "agent", "first_response", "resolved", "contacts", "reopened", "customer"),
		activities:  newSheet("id", "agent", "lead_id", "kind", "done", "result"),
	}
}

// work lives through every day up to now.
func (c *company) work() {
	for day := c.first; day.Before(c.now); day = day.AddDate(0, 0, 1) {
		switch day.Weekday() {
		case time.Saturday, time.Sunday:
			continue
		}
		for _, a := range c.agents {
			if a.hired.After(day) {
				continue
			}
			c.planDay(a, day)
		}
		c.emails(day)
	}
}

func (c *company) id(prefix string) string {
	c.nextID++
	return prefix + strconv.Itoa(100000+c.nextID)
}

func (c *company) chance(p float64) bool { return c.r.Float64() < p }

func (c *company) between(a, b time.Duration) time.Duration {
	return (a + time.Duration(c.r.Int64N(int64(b-a)))) / time.Second * time.Second
}

// past tells whether a moment has come; what has not is in no file.
func (c *company) past(t time.Time) bool { return !t.After(c.now) }

// planDay writes an agent's schedule and, if they came, lets them work it.
func (c *company) planDay(a *agent, day time.Time) {
	const hours = 8
	if c.chance(0.045) {
		c.schedule.row(a.name, date(day), strconv.Itoa(hours), pick(c.r, []string{"sick", "leave", "leave"}))
		return
	}
	c.schedule.row(a.name, date(day), strconv.Itoa(hours), "")
	start := 8 * time.Hour
	if a.late {
		start = 11 * time.Hour
	}
	// Wall clock, so that a shift begins at eight on the day the clocks change, too.
	y, m, d := day.Date()
	at := time.Date(y, m, d, 0, 0, 0, 0, day.Location()).Add(start + c.between(0, 6*time.Minute))
	if at.Hour() != int(start/time.Hour) {
		at = time.Date(y, m, d, int(start/time.Hour), at.Minute(), at.Second(), 0, day.Location())
	}
	s := &shift{c: c, a: a, at: at, end: at.Add(hours * time.Hour), factor: weekdayPace[day.Weekday()]}
	s.run()
}

// weekdayPace multiplies the time between calls: Fridays are slow.
var weekdayPace = map[time.Weekday]float64{time.Monday: 1.05, time.Tuesday: 0.95, time.Wednesday: 0.95, time.Thursday: 1, time.Friday: 1.18}

// nextLead gives the lead an agent calls next: a promised one that is due, one
// to be tried again, else a fresh one.
func (c *company) nextLead(a *agent, at time.Time) *lead {
	for i, l := range a.toCall {
		if !l.due.After(at) {
			a.toCall = append(a.toCall[:i], a.toCall[i+1:]...)
			return l
		}
	}
	camp := campaignOf(a.campaign)
	l := &lead{
		id:       c.id("L"),
		phone:    fmt.Sprintf("+3859%d%07d", 1+c.r.IntN(2)*4, c.r.IntN(10_000_000)),
		list:     pick(c.r, camp.lists),
		campaign: a.campaign,
		grade:    pick(c.r, []string{"A", "B", "B", "C", "C"}),
		segment:  pick(c.r, []string{"household", "household", "small business"}),
		owner:    a,
		created:  at.Add(-c.between(time.Hour, 20*24*time.Hour)),
	}
	if l.list == "Referrals" && len(c.leads) > 0 {
		l.referrer = pick(c.r, c.leads).id
	}
	c.leads = append(c.leads, l)
	return l
}

// again puts a lead back to be called.
func (c *company) again(l *lead, at time.Time) {
	l.due = at
	a := l.owner
	i := len(a.toCall)
	for i > 0 && a.toCall[i-1].due.After(at) {
		i--
	}
	a.toCall = append(a.toCall, nil)
	copy(a.toCall[i+1:], a.toCall[i:])
	a.toCall[i] = l
}
