package demo

import (
	"fmt"
	"strconv"
	"time"
)

// talk is an attempt that reached a person: what came of it, and what follows.
func (s *shift) talk(l *lead, k *call) {
	c := s.c
	k.talk, k.hold, k.wrap = spread(c.r, 150*time.Second, 0.8), 0, spread(c.r, 50*time.Second, 0.6)
	k.endedBy, k.pitch = "agent", "yes"
	l.talks++
	wasMeeting := l.meeting
	l.promised, l.meeting = false, false
	skill := s.a.skill * s.a.practice(s.at)
	grade := map[string]float64{"A": 1.5, "B": 1, "C": 0.7}[l.grade]
	good := 0.15 * skill * grade * appointmentFactor[s.a.team]
	x := c.r.Float64()
	switch {
	case wasMeeting && x < 0.36*skill:
		k.talk = spread(c.r, 420*time.Second, 0.4)
		s.sell(l, k)
	case wasMeeting:
		k.outcome = "not interested"
		l.lose(s.at, pick(c.r, []string{"price", "competitor", "no need"}))
	case l.talks == 1 && x < 0.04:
		k.outcome, k.talk = "wrong number", c.between(8*time.Second, 25*time.Second)
		l.lose(s.at, "wrong number")
		return
	case x < 0.05:
		k.outcome = "do not call"
		l.contact(s.at)
		l.lose(s.at, "do not call")
	case x < 0.19:
		s.promise(l, k)
	case x < 0.19+good:
		k.outcome, k.talk = "appointment", spread(c.r, 330*time.Second, 0.4)
		l.contact(s.at)
		l.appointment = s.at
		if l.qualified.IsZero() {
			l.qualified = s.at
		}
		l.meeting = true
		c.again(l, s.at.Add(c.between(24*time.Hour, 6*24*time.Hour)))
	case x < 0.19+good+0.018*skill*grade:
		k.talk = spread(c.r, 460*time.Second, 0.4)
		s.sell(l, k)
	case x < 0.36+good && l.talks < 4:
		k.outcome = "interested"
		l.contact(s.at)
		if l.qualified.IsZero() && l.grade != "C" {
			l.qualified = s.at
		}
		c.again(l, s.at.Add(c.between(20*time.Hour, 70*time.Hour)))
	default:
		k.outcome = "not interested"
		if c.chance(0.42) { // hung up before the pitch was over
			k.endedBy, k.pitch, k.talk = "customer", "no", c.between(9*time.Second, 70*time.Second)
		}
		l.contact(s.at)
		l.lose(s.at, pick(c.r, []string{"price", "competitor", "no need", "no need"}))
	}
	if c.chance(0.05) {
		k.hold = c.between(10*time.Second, 80*time.Second)
	}
	s.review(k)
}

func (l *lead) contact(at time.Time) {
	if l.contacted.IsZero() {
		l.contacted = at
	}
}

func (s *shift) promise(l *lead, k *call) {
	c := s.c
	k.outcome = "callback"
	l.contact(s.at)
	due := s.at.Add(c.between(3*time.Hour, 50*time.Hour)).Truncate(15 * time.Minute)
	if due.Hour() < 9 || due.Hour() > 17 {
		due = time.Date(due.Year(), due.Month(), due.Day()+1, 10, 0, 0, 0, due.Location())
	}
	for due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
		due = due.AddDate(0, 0, 1)
	}
	c.callbacks.row(c.id("B"), l.id, l.phone, s.a.name, stamp(s.at), stamp(due), "agent")
	l.promised = true
	if c.chance(0.12) { // forgotten until the next day
		due = due.Add(22 * time.Hour)
	}
	c.again(l, due)
}

func (s *shift) sell(l *lead, k *call) {
	c := s.c
	k.outcome = "sale"
	l.contact(s.at)
	l.won = s.at
	p := pick(c.r, campaignOf(l.campaign).products)
	o := &order{id: c.id("O"), lead: l, product: p.name, kind: "new", amount: p.price * (0.9 + 0.2*c.r.Float64()), placed: s.at.Add(k.ring + k.talk)}
	switch {
	case l.campaign == "TV renewal":
		o.kind = "renewal"
	case c.chance(0.14):
		o.kind = "cross_sell"
	case c.chance(0.08):
		o.kind = "upsell"
	}
	o.changed = o.placed
	if c.chance(0.07) {
		if at := o.placed.Add(c.between(20*time.Hour, 14*24*time.Hour)); c.past(at) {
			o.cancelled, o.changed = at, at
		}
	}
	if c.chance(0.03) {
		o.helper = pick(c.r, c.agents)
	}
	c.orders = append(c.orders, o)
	s.survey(k, l, "nps")
	if o.kind == "new" {
		result := "declined"
		if c.chance(0.2) {
			result = "accepted"
		}
		c.activities.row(c.id("A"), s.a.name, l.id, "upsell_offer", stamp(s.at), result)
	}
	if c.chance(0.06) {
		c.activities.row(c.id("A"), s.a.name, l.id, "referral", stamp(s.at), "")
	}
}

// inbound is a call out of the service queue, with those that gave up before it.
func (s *shift) inbound() {
	c := s.c
	s.spend("ready", spread(c.r, 40*time.Second, 0.7))
	median := 14 * time.Second
	if h := s.at.Hour(); h == 10 || h == 11 || h == 17 {
		median = 38 * time.Second
	}
	queue := pick(c.r, []string{"Service", "Service", "Orders"})
	for c.chance(0.12) {
		wait := spread(c.r, median*2, 0.7)
		at := s.at.Add(-wait)
		c.calls.row(c.id("C"), stamp(at), "inbound", "", "", queue, "", "", c.callerPhone(), "service", "", "abandoned",
			"0", seconds(wait), "0", "0", "0", "customer", "", "", "", "0")
	}
	k := call{id: c.id("C"), direction: "inbound", queue: queue, kind: "service", outcome: "resolved", phone: c.callerPhone(),
		wait: spread(c.r, median, 0.9), talk: spread(c.r, 190*time.Second, 0.7), wrap: spread(c.r, 45*time.Second, 0.5), endedBy: "customer"}
	if c.chance(0.25) {
		k.outcome = "other"
	}
	opened := s.at
	c.openCase("phone", s.a, k.phone, opened, opened.Add(k.wait), k.outcome == "resolved")
	if c.chance(0.2) {
		s.survey(&k, nil, "csat")
	}
	s.review(&k)
	s.log(&k)
}

func (c *company) callerPhone() string {
	if len(c.leads) > 20 && c.chance(0.3) {
		return pick(c.r, c.leads).phone
	}
	return fmt.Sprintf("+38598%07d", c.r.IntN(10_000_000))
}

// openCase writes an enquiry. It stays open where its end is not yet past.
func (c *company) openCase(channel string, a *agent, customer string, opened, answered time.Time, solved bool) {
	contacts, resolved, reopened := 1, answered.Add(c.between(3*time.Minute, 12*time.Minute)), time.Time{}
	if !solved {
		contacts, resolved = 2+c.r.IntN(3), answered.Add(c.between(5*time.Hour, 70*time.Hour))
	} else if c.chance(0.05) {
		reopened = resolved.Add(c.between(10*time.Hour, 100*time.Hour))
	}
	if !c.past(answered) {
		answered = time.Time{}
	}
	if !c.past(resolved) {
		resolved = time.Time{}
	}
	if !c.past(reopened) {
		reopened = time.Time{}
	}
	kind := "enquiry"
	if c.chance(0.07) {
		kind = "complaint"
	}
	c.cases.row(c.id("K"), stamp(opened), channel, kind, a.name, stamp(answered), stamp(resolved), strconv.Itoa(contacts), stamp(reopened), customer)
}

// emails are the day's written enquiries.
func (c *company) emails(day time.Time) {
	for range 14 + c.r.IntN(8) {
		opened := day.Add(8*time.Hour + c.between(0, 10*time.Hour))
		if !c.past(opened) {
			continue
		}
		c.openCase(pick(c.r, []string{"email", "email", "chat"}), pick(c.r, c.agents), c.callerPhone(), opened,
			opened.Add(spread(c.r, 5*time.Hour, 1)), c.chance(0.68))
	}
}

func (s *shift) survey(k *call, l *lead, kind string) {
	c := s.c
	asked, answered, replied := s.at.Add(time.Hour), time.Time{}, time.Time{}
	score, scale, comment, leadID := "", "5", "", ""
	if kind == "nps" {
		scale = "10"
	}
	if l != nil {
		leadID = l.id
	}
	if c.chance(0.32) {
		answered = asked.Add(c.between(time.Minute, 20*time.Hour))
	}
	if !answered.IsZero() && c.past(answered) {
		score = pick(c.r, []string{"5", "5", "4", "4", "4", "3", "2", "5"})
		if kind == "nps" {
			score = pick(c.r, []string{"10", "9", "9", "8", "10", "7", "6", "3", "9"})
		}
		if c.chance(0.3) {
			comment = pick(c.r, []string{"friendly", "took too long", "all clear", "price higher than said", "very helpful"})
			if at := answered.Add(c.between(2*time.Hour, 60*time.Hour)); c.chance(0.7) && c.past(at) {
				replied = at
			}
		}
	} else {
		answered = time.Time{}
	}
	if !c.past(asked) {
		return
	}
	c.surveys.row(c.id("S"), k.id, leadID, s.a.name, kind, pick(c.r, []string{"attitude", "expertise", "solution"}),
		stamp(asked), stamp(answered), score, scale, comment, stamp(replied))
}

// review lets a reviewer listen to one call in seventy.
func (s *shift) review(k *call) {
	c := s.c
	at := s.at.Add(c.between(20*time.Hour, 60*time.Hour))
	if !c.chance(0.014) || !c.past(at) {
		return
	}
	score := 62 + int(20*s.a.skill*s.a.practice(s.at)) + c.r.IntN(15) - 7
	score = min(max(score, 0), 100)
	passed := "no"
	if score >= 75 {
		passed = "yes"
	}
	c.evaluations.row(c.id("E"), k.id, s.a.name, stamp(at), "Sales call", pick(c.r, []string{"Vesna Q.", "Dan Q."}), strconv.Itoa(score), "100", passed)
}
