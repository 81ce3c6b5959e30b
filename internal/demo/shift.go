package demo

import (
	"strconv"
	"time"
)

// shift is one agent's working day.
type shift struct {
	c       *company
	a       *agent
	at, end time.Time
	factor  float64 // of the weekday
	breaks  int
	hour    map[string]time.Duration // time per state in the running hour
	hourAt  time.Time
}

// run works until the shift or the simulated time is over.
func (s *shift) run() {
	s.hour, s.hourAt = map[string]time.Duration{}, s.at
	begin := s.at
	for s.at.Before(s.end) && s.c.past(s.at) {
		worked := s.at.Sub(begin)
		switch {
		case s.breaks == 0 && worked > 2*time.Hour:
			s.pause("break", s.c.between(12*time.Minute, 18*time.Minute))
		case s.breaks == 1 && worked > 4*time.Hour:
			s.pause("break", s.c.between(27*time.Minute, 35*time.Minute))
		case s.breaks == 2 && worked > 6*time.Hour:
			kind := "meeting"
			if s.at.Weekday() == time.Wednesday {
				kind = "training"
			}
			s.pause(kind, s.c.between(10*time.Minute, 30*time.Minute))
		case s.c.chance(0.012):
			s.spend("admin", s.c.between(3*time.Minute, 9*time.Minute))
		case s.c.chance(0.12):
			s.inbound()
		default:
			s.outbound()
		}
	}
	s.closeHour()
}

func (s *shift) pause(state string, d time.Duration) {
	s.breaks++
	s.spend(state, d)
}

// spend lets time pass in a state.
func (s *shift) spend(state string, d time.Duration) {
	s.hour[state] += d
	s.at = s.at.Add(d)
	if s.at.Sub(s.hourAt) >= time.Hour {
		s.closeHour()
	}
}

var stateOrder = []string{"ready", "dialling", "talking", "wrap_up", "break", "meeting", "training", "admin"}

// closeHour writes the time per state since the last time it was called, as
// the demo's contact centre reports it: one interval per state.
func (s *shift) closeHour() {
	from := s.hourAt
	for _, state := range stateOrder {
		if d := s.hour[state]; d > 0 {
			to := from.Add(d)
			s.c.states.row(s.a.name, state, stamp(from), stamp(to))
			from = to
		}
	}
	s.hour, s.hourAt = map[string]time.Duration{}, s.at
}

// reachByHour is the chance that somebody picks up, by hour of the day.
var reachByHour = [24]float64{8: 0.24, 9: 0.31, 10: 0.37, 11: 0.38, 12: 0.33, 13: 0.29, 14: 0.31, 15: 0.34, 16: 0.39, 17: 0.44, 18: 0.45, 19: 0.36}

// call is what one attempt leaves in the dialler's log.
type call struct {
	id, direction, queue, kind, outcome, endedBy, pitch string
	lead                                                *lead
	phone                                               string
	attempt                                             int
	ring, wait, talk, hold, wrap                        time.Duration
}

func (s *shift) outbound() {
	s.spend("ready", spread(s.c.r, time.Duration(72*s.a.pace*s.factor*float64(time.Second)), 0.6))
	l := s.c.nextLead(s.a, s.at)
	l.attempts++
	k := call{id: s.c.id("C"), direction: "outbound", lead: l, phone: l.phone, attempt: l.attempts, ring: s.c.between(5*time.Second, 32*time.Second)}
	switch {
	case l.meeting:
		k.kind = "follow_up"
	case l.promised:
		k.kind = "callback"
	case l.talks > 0:
		k.kind = "warm"
	default:
		k.kind = "cold"
	}
	reach := reachByHour[s.at.Hour()]
	if l.promised || l.meeting {
		reach = 0.85
	}
	if s.c.chance(reach) {
		s.talk(l, &k)
	} else {
		s.miss(l, &k)
	}
	s.log(&k)
}

// miss is an attempt that reached nobody.
func (s *shift) miss(l *lead, k *call) {
	x := s.c.r.Float64()
	switch {
	case x < 0.66:
		k.outcome = "no answer"
	case x < 0.82:
		k.outcome, k.talk = "answering machine", s.c.between(3*time.Second, 9*time.Second)
	case x < 0.95:
		k.outcome = "busy"
	default:
		k.outcome = "failed"
	}
	k.wrap = s.c.between(2*time.Second, 9*time.Second)
	switch {
	case s.a.closesUnreached && s.c.chance(0.6), l.attempts >= 6:
		l.lose(s.at, "unreachable")
	default:
		s.c.again(l, s.at.Add(s.c.between(20*time.Hour, 90*time.Hour)))
	}
}

func (l *lead) lose(at time.Time, reason string) { l.lost, l.lostReason = at, reason }

// log writes the attempt and spends its time.
func (s *shift) log(k *call) {
	camp, list, leadID, script := "", "", "", ""
	if k.lead != nil {
		camp, list, leadID = k.lead.campaign, k.lead.list, k.lead.id
		script = "2026-3"
	}
	recording := ""
	if k.talk > 20*time.Second {
		recording = date(s.at) + "/" + k.id + ".wav"
	}
	attempt := ""
	if k.attempt > 0 {
		attempt = strconv.Itoa(k.attempt)
	}
	cost := strconv.FormatFloat(0.004+0.011*k.talk.Minutes(), 'f', 4, 64)
	s.c.calls.row(k.id, stamp(s.at), k.direction, camp, list, k.queue, s.a.name, leadID, k.phone, k.kind, attempt, k.outcome,
		seconds(k.ring), seconds(k.wait), seconds(k.talk), seconds(k.hold), seconds(k.wrap), k.endedBy, k.pitch, script, recording, cost)
	s.spend("dialling", k.ring)
	s.spend("talking", k.talk+k.hold)
	s.spend("wrap_up", k.wrap)
}
