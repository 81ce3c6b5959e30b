package asterisk

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/facts"
)

// The states of agent_time that a queue_log can tell of.
const (
	ready   = "ready"
	talking = "talking"
	wrapUp  = "wrap_up"
	onBreak = "break"
)

// pauseStates are the states that a pause's reason may stand for.
var pauseStates = []string{onBreak, "training", "meeting", "admin", wrapUp, "dialling", "preview"}

// week is the length of an agent's group. Were an agent one group for ever,
// every new event would make years of them be read again. Weeks are told to
// their neighbours (as links), so that logins and pauses reach across.
const week = 7 * 86400

func weekOf(at time.Time) int64 { return floor(at.Unix(), week) }

func weekGroup(agent string, n int64) string {
	return "agent|" + strconv.FormatInt(n, 10) + "|" + agent
}

// agentWeek reads the name of an agent's group.
func agentWeek(group string) (agent string, n int64, ok bool) {
	rest, ok := strings.CutPrefix(group, "agent|")
	if !ok {
		return "", 0, false
	}
	number, agent, ok := strings.Cut(rest, "|")
	n, err := strconv.ParseInt(number, 10, 64)
	return agent, n, ok && err == nil
}

// agentParts hands an event to the weeks of its agent. Conversations belong to
// every week that they touch; logins and pauses are also offered to the weeks
// beside theirs.
func (e *event) agentParts(r role, add func(facts.Part)) {
	n := weekOf(e.at)
	from, to := n, n
	switch r {
	case completes, transfers:
		if at, ok := e.connected(); ok {
			from = max(weekOf(at), n-1)
		}
	case dials:
		if d, ok := e.duration(1); ok {
			from = max(weekOf(e.at.Add(-d)), n-1)
		}
	case wrapsUp:
		if d, ok := e.duration(0); ok {
			to = min(weekOf(e.at.Add(d)), n+1)
		}
	case connects:
	case logsIn, logsOff, pauses, unpauses:
		for _, beside := range []int64{n - 1, n + 1} {
			add(facts.Part{Group: weekGroup(e.agent, n), Link: weekGroup(e.agent, beside), Offers: true})
		}
	default:
		return
	}
	for w := from; w <= to; w++ {
		group := weekGroup(e.agent, w)
		add(facts.Part{Group: group, Link: group})
	}
}

// stretch is a time in one state.
type stretch struct {
	span
	state, reason string
}

// assembleWeek makes the agent_time rows of one agent's week.
func (a *queueAssembler) assembleWeek(agent string, n int64, g facts.Group, out *facts.Batch) {
	list := decodeEvents(append(append([]string(nil), g.Parts...), g.Linked...))
	borders := span{time.Unix(n*week, 0).UTC(), time.Unix((n+1)*week, 0).UTC()}
	for _, st := range exclusive(a.shifts(list), a.busy(list)) {
		st.span = st.clip(borders)
		for _, hour := range hours(st.span, a.clock) {
			s := addRow(out, facts.AgentTime, g)
			s.text("source_id", agent+"/"+strconv.FormatInt(hour.from.UnixMicro(), 10))
			s.text("agent_alias", agent)
			s.text("state", st.state)
			s.moment("began", a.clock.Moment(hour.from))
			s.rows.SetInt(s.row, facts.AgentTime.Col("ended_at"), hour.to.UnixMicro())
			s.seconds("seconds", hour.to.Sub(hour.from))
			s.attr("reason", st.reason)
		}
	}
}

func (s span) clip(to span) span {
	if s.from.Before(to.from) {
		s.from = to.from
	}
	if s.to.After(to.to) {
		s.to = to.to
	}
	return s
}

// busy gives the conversations and after-call work among an agent's events.
// An end tells when its conversation began; a beginning counts only while its
// end is missing, and lasts until the agent's next event then.
func (a *queueAssembler) busy(list []event) (spans [2][]span) {
	const talk, wrap = 0, 1
	next := func(i int) time.Time {
		for j := i + 1; j < len(list); j++ {
			if list[j].at.After(list[i].at) {
				return list[j].at
			}
		}
		return list[i].at
	}
	for i := range list {
		e := &list[i]
		switch e.kind().role {
		case completes, transfers:
			if at, ok := e.connected(); ok {
				spans[talk] = append(spans[talk], span{at, e.at})
			}
		case dials:
			if d, ok := e.duration(1); ok {
				spans[talk] = append(spans[talk], span{e.at.Add(-d), e.at})
			}
		case connects:
			if !ended(list[i+1:], e) {
				spans[talk] = append(spans[talk], span{e.at, next(i)})
			}
		case wrapsUp:
			if d, ok := e.duration(0); ok {
				spans[wrap] = append(spans[wrap], span{e.at, e.at.Add(d)})
			}
		}
	}
	return spans
}

// ended tells whether later events hold the end of the conversation that e began.
func ended(later []event, e *event) bool {
	for i := range later {
		if l := &later[i]; l.queue == e.queue && l.agent == e.agent {
			if at, ok := l.connected(); ok && at.Sub(e.at).Abs() <= tolerance {
				return true
			}
		}
	}
	return false
}

// shift is what logins and pauses say: stretches of ready and of breaks.
type shift struct {
	member map[string]bool   // queues (or the device) logged in to
	paused map[string]string // reason by queue; "" is all of them
	last   time.Time         // the agent's previous event
	since  time.Time         // when the present stretch began
	made   []stretch
	states map[string]string
}

// shifts walks through logins and pauses. What is still open at the end is
// closed at the agent's last event.
func (a *queueAssembler) shifts(list []event) []stretch {
	s := &shift{member: map[string]bool{}, paused: map[string]string{}, states: a.reasons}
	if onlyPauseAll(list) {
		return nil
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].at.Equal(list[from].at) {
			to++
		}
		s.sameMoment(list[from:to])
		for i := range list[from:to] {
			s.take(&list[from+i])
		}
		s.last, from = list[from].at, to
	}
	s.turn(s.last)
	return s.made
}

// sameMoment orders what happened at one moment so that it makes sense: who is
// paused is released before the next pause, who is logged in logs off before
// logging in again.
func (s *shift) sameMoment(same []event) {
	order := func(e *event) int {
		_, off := s.paused[e.queue]
		switch r := e.kind().role; {
		case r == logsOff && s.member[e.place()]:
			return 0
		case r == logsIn:
			return 1
		case r == unpauses && off:
			return 2
		case r == pauses:
			return 3
		case r == unpauses:
			return 4
		}
		return 5
	}
	sort.SliceStable(same, func(i, j int) bool { return order(&same[i]) < order(&same[j]) })
}

func (s *shift) take(e *event) {
	switch e.kind().role {
	case logsIn:
		if s.member[e.place()] && s.last.Before(e.at) {
			// A second login: the first ended unseen, when the PBX went down.
			s.turn(s.last)
			clear(s.member)
			clear(s.paused)
		}
		s.turn(e.at)
		s.member[e.place()] = true
		if e.datum(0) == "PAUSED" {
			s.paused[e.queue] = ""
		}
	case logsOff:
		s.logOff(e)
	case pauses:
		s.turn(e.at)
		s.paused[e.queue] = e.datum(0)
	case unpauses:
		s.turn(e.at)
		delete(s.paused, "") // whoever is released in one queue is not paused in all
		if delete(s.paused, e.queue); e.queue == "" {
			clear(s.paused)
		}
	}
}

// place names what a login is for: the queue of a member, else the agent's device.
func (e *event) place() string {
	if e.queue != "" {
		return e.queue
	}
	return "device"
}

// logOff ends a login, and with the last one every pause. A logoff that tells
// how long it lasted vouches for a login that is missing.
func (s *shift) logOff(e *event) {
	s.turn(e.at)
	_, in := s.member[e.place()]
	if lasted, ok := e.duration(e.kind().talk); ok && !in {
		s.made = append(s.made, stretch{span{e.at.Add(-lasted), e.at}, ready, ""})
	}
	delete(s.member, e.place())
	if delete(s.paused, e.queue); len(s.member) == 0 {
		clear(s.paused)
	}
}

// turn ends the present stretch at a time, and begins the next.
func (s *shift) turn(at time.Time) {
	state, reason := s.state()
	if state != "" && at.After(s.since) {
		s.made = append(s.made, stretch{span{s.since, at}, state, reason})
	}
	s.since = at
}

// state is on a break where the agent is paused in every queue of theirs: who
// is paused in one queue and works in another is at work.
func (s *shift) state() (state, reason string) {
	_, all := s.paused[""]
	free := len(s.paused) == 0
	for place := range s.member {
		if _, off := s.paused[place]; place != "device" && !off && !all {
			free = true
		}
	}
	switch {
	case !free:
		reason = s.reason()
		if state = s.states[strings.ToLower(reason)]; state == "" {
			state = onBreak
		}
		return state, reason
	case len(s.member) > 0:
		return ready, ""
	}
	return "", ""
}

// reason is that of the pause of all queues, else the first by name that has one.
func (s *shift) reason() string {
	queues := make([]string, 0, len(s.paused))
	for q := range s.paused {
		queues = append(queues, q)
	}
	sort.Strings(queues)
	for _, q := range queues {
		if s.paused[q] != "" {
			return s.paused[q]
		}
	}
	return ""
}

// onlyPauseAll tells of an agent that nothing is known of but PAUSEALL.
// Asterisk logs it under the device's name, beside the PAUSE of each queue
// under the member's: the same person's break would be counted twice.
func onlyPauseAll(list []event) bool {
	for i := range list {
		if n := list[i].name; n != "PAUSEALL" && n != "UNPAUSEALL" {
			return false
		}
	}
	return true
}
