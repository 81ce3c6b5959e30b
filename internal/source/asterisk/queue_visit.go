package asterisk

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// queueAssembler makes calls of visits to queues, and agent_time of what agents did.
type queueAssembler struct {
	clock   *facts.Clock
	country string
	minimum time.Duration               // talk from which an outbound call is reached
	reasons map[string]string           // agent_time state of a pause's reason, in lower case
	keys    map[string]callpace.Outcome // outcome of leaving by a key
}

func newQueueAssembler(spec source.Spec, set map[string]string) (*queueAssembler, error) {
	zone, err := loadZone("", spec.Settings.Zone)
	if err != nil {
		return nil, err
	}
	a := &queueAssembler{clock: facts.NewClock(zone), country: spec.Settings.Country, minimum: seconds(spec.Settings.AnsweredSeconds),
		keys: map[string]callpace.Outcome{}}
	if a.reasons, err = pairs("reasons", set["reasons"], pauseStates); err != nil {
		return nil, err
	}
	keys, err := pairs("keys", set["keys"], []string{string(callpace.Overflow), string(callpace.LeftMessage)})
	for k, v := range keys {
		a.keys[k] = callpace.Outcome(v)
	}
	return a, err
}

// pairs reads an option of the form "lunch=break, coaching=training".
func pairs(option, text string, allowed []string) (map[string]string, error) {
	m := map[string]string{}
	for _, p := range strings.Split(text, ",") {
		if strings.TrimSpace(p) == "" {
			continue
		}
		k, v, _ := strings.Cut(p, "=")
		if v = strings.TrimSpace(v); !slices.Contains(allowed, v) {
			return nil, badOption(option, p, "…="+strings.Join(allowed, ", …="))
		}
		m[strings.ToLower(strings.TrimSpace(k))] = v
	}
	return m, nil
}

// visit is one stay of a caller in a queue.
type visit struct {
	queue, agent, caller string
	entered, met, left   time.Time // zero: unknown, not yet
	wait                 time.Duration
	talk, wrap           time.Duration
	talked, waited       bool // talk and wait are known
	wrapped              bool
	ring                 time.Duration // of the agent who took the call, part of the wait
	tries                int           // agents' devices that rang in vain
	inVain               time.Duration
	outcome              callpace.Outcome
	reason               string // the event that ended it
	endedBy, to          string
	position             string
}

// Assemble makes the rows of a group: those of an agent's week, or of a call.
func (a *queueAssembler) Assemble(g facts.Group, out *facts.Batch) {
	if name, week, ok := agentWeek(g.Name); ok {
		a.assembleWeek(name, week, g, out)
		return
	}
	var phone, did string
	own := decodeEvents(g.Parts)
	visits := follow(own, decodeEvents(g.Linked), a.keys)
	for i := range own {
		e := &own[i]
		switch {
		case e.name == "DID" && did == "":
			did = e.datum(0)
		case e.name == "ENTERQUEUE" && phone == "":
			phone = e.datum(1)
		case e.name == "OUTCALL":
			a.emitOutcall(g, e, out)
		}
	}
	number := map[string]int{}
	for i := range visits {
		v := &visits[i]
		if v.outcome == "" {
			continue // still waiting, or the line that ended it is missing
		}
		if v.caller == "" {
			v.caller = phone
		}
		number[v.queue]++
		a.emitVisit(g, v, number[v.queue], did, out)
	}
}

// decodeEvents gives the events of parts by time, each once.
func decodeEvents(parts []string) []event {
	parts = slices.Clone(parts)
	slices.Sort(parts)
	parts = slices.Compact(parts)
	list := make([]event, 0, len(parts))
	for _, data := range parts {
		if e, ok := decodeEvent(data); ok {
			list = append(list, e)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].at.Before(list[j].at) })
	return list
}

// follow walks through the events of a call and gives its visits. linked are
// ends of conversations that stand under other calls' ids.
func follow(own, linked []event, keys map[string]callpace.Outcome) []visit {
	own = sameMoment(own)
	var visits []visit
	open := func(queue string) *visit { // the caller's unfinished visit to a queue
		for i := len(visits) - 1; i >= 0; i-- {
			if v := &visits[i]; v.queue == queue && v.left.IsZero() && v.outcome == "" {
				return v
			}
		}
		return nil
	}
	add := func(v visit) *visit {
		visits = append(visits, v)
		return &visits[len(visits)-1]
	}
	for i := range own {
		e := &own[i]
		switch k := e.kind(); k.role {
		case enters:
			add(visit{queue: e.queue, entered: e.at, caller: e.datum(1), position: e.datum(2)})
		case rings:
			if v := open(e.queue); v != nil {
				v.tries++
				ms, _ := e.duration(0)
				v.inVain += ms / 1000
			}
		case connects:
			v := open(e.queue)
			if v == nil {
				// The caller took the place of the agent's own call in this queue.
				v = add(visit{queue: e.queue})
			}
			v.agent, v.met, v.outcome, v.reason = e.agent, e.at, callpace.Answered, openCall
			v.ring, _ = e.duration(2)
			v.waitUntil(e.at, e, k.hold)
		case completes, transfers:
			if v := conversation(visits, e); v != nil {
				v.finish(e)
			}
		case leaves:
			v := open(e.queue)
			if v == nil {
				v = add(visit{queue: e.queue})
			}
			v.outcome, v.reason, v.left = k.outcome, e.name, e.at
			if o, ok := keys[strings.ToLower(e.datum(0))]; ok && e.name == "EXITWITHKEY" {
				v.outcome = o
			}
			v.waitUntil(e.at, e, k.hold)
		case turnedAway:
			v := open(e.queue)
			if v == nil {
				v = add(visit{queue: e.queue, entered: e.at})
			}
			v.outcome, v.reason, v.left = k.outcome, e.name, e.at
			v.waitUntil(e.at, e, -1)
		case wrapsUp:
			if v := lastOf(visits, e); v != nil {
				v.wrap, v.wrapped = e.duration(0)
			}
		}
	}
	for i := range visits {
		visits[i].claim(linked)
	}
	return visits
}

// openCall is the exit reason of a conversation of which no end is known.
const openCall = "open"

// sameMoment puts events of one moment in the order in which a call goes
// through them: the log's own order is lost once lines travel in parts.
// TRICKY: an event that ends something comes before one that begins the next,
// unless what it ends began at that very moment.
func sameMoment(list []event) []event {
	waiting, talking := map[string]bool{}, map[string]bool{} // by queue
	order := func(e *event) int {
		switch e.kind().role {
		case enters:
			return 1
		case completes, transfers:
			if talking[e.queue] {
				return 0
			}
			return 3
		case leaves:
			if waiting[e.queue] {
				return 0
			}
			return 3
		}
		return 2
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].at.Equal(list[from].at) {
			to++
		}
		same := list[from:to]
		sort.SliceStable(same, func(i, j int) bool { return order(&same[i]) < order(&same[j]) })
		for i := range same {
			q := same[i].queue
			switch same[i].kind().role {
			case enters:
				waiting[q] = true
			case connects:
				waiting[q], talking[q] = false, true
			case completes, transfers:
				talking[q] = false
			case leaves:
				waiting[q] = false
			}
		}
		from = to
	}
	return list
}

// waitUntil sets the wait from the event's data, else from the time of entry.
func (v *visit) waitUntil(end time.Time, e *event, at int) {
	if v.wait, v.waited = e.duration(at); !v.waited && !v.entered.IsZero() {
		v.wait, v.waited = end.Sub(v.entered), true
	}
	if v.entered.IsZero() {
		v.entered = end.Add(-v.wait)
	}
}

// conversation finds the visit whose conversation an event of the same call ends.
func conversation(visits []visit, e *event) *visit {
	for i := len(visits) - 1; i >= 0; i-- {
		if v := &visits[i]; v.queue == e.queue && v.agent == e.agent && v.reason == openCall {
			return v
		}
	}
	return nil
}

func lastOf(visits []visit, e *event) *visit {
	for i := len(visits) - 1; i >= 0; i-- {
		if v := &visits[i]; v.queue == e.queue && v.agent == e.agent {
			return v
		}
	}
	return nil
}

// claim looks for the end of an open conversation under other calls' ids: the
// same queue and agent, and a beginning that agrees.
func (v *visit) claim(linked []event) {
	if v.reason != openCall {
		return
	}
	var best *event
	var bestOff time.Duration
	for i := range linked {
		e := &linked[i]
		at, ok := e.connected()
		off := at.Sub(v.met).Abs()
		if ok && e.queue == v.queue && e.agent == v.agent && off <= tolerance && (best == nil || off < bestOff) {
			best, bestOff = e, off
		}
	}
	if best != nil {
		v.finish(best)
	}
}

// finish ends a conversation.
func (v *visit) finish(e *event) {
	k := e.kind()
	v.left, v.reason = e.at, e.name
	if v.talk, v.talked = e.duration(k.talk); !v.talked {
		v.talk, v.talked = e.at.Sub(v.met), true
	}
	switch e.name {
	case "COMPLETEAGENT":
		v.endedBy = "agent"
	case "COMPLETECALLER":
		v.endedBy = "customer"
	case "ATTENDEDTRANSFER":
		v.to = e.datum(1)
	default:
		v.to = e.datum(0)
	}
}

func (a *queueAssembler) emitVisit(g facts.Group, v *visit, number int, did string, out *facts.Batch) {
	s := addRow(out, facts.Calls, g)
	s.text("source_id", g.Name+"/"+v.queue+"/"+strconv.Itoa(number))
	s.text("agent_alias", v.agent)
	s.text("direction", inbound)
	s.text("channel", "phone")
	s.text("kind", "service")
	s.text("queue", v.queue)
	phone, ref := party(v.caller, a.country)
	s.text("phone", phone)
	s.text("lead_ref", ref)
	s.moment("started", a.clock.Moment(v.entered))
	s.text("outcome", string(v.outcome))
	s.text("exit_reason", v.reason)
	s.text("ended_by", v.endedBy)
	answered := v.outcome == callpace.Answered
	s.truth("reached", answered)
	s.truth("contacted", answered) // the log knows no dispositions
	if v.waited {
		s.seconds("wait_seconds", v.wait)
	}
	if v.talked {
		s.seconds("talk_seconds", v.talk)
	}
	if v.wrapped {
		s.seconds("wrap_seconds", v.wrap)
	}
	// The time an agent's device rang is part of the wait: as a column of its
	// own it would be counted twice in the total time of a call.
	if answered {
		s.attr("ring", decimal(v.ring))
	}
	if v.tries > 0 {
		s.attr("rings_in_vain", strconv.Itoa(v.tries))
		s.attr("ring_in_vain", decimal(v.inVain))
	}
	s.attr("call", g.Name)
	s.attr("did", did)
	s.attr("position", v.position)
	s.attr("transfer_to", v.to)
}

// decimal writes seconds, with a fraction where there is one.
func decimal(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

// emitOutcall makes the row of an outbound call that was told to the queue.
func (a *queueAssembler) emitOutcall(g facts.Group, e *event, out *facts.Batch) {
	talk, _ := e.duration(1)
	outcome, ok := map[string]callpace.Outcome{"ANSWER": callpace.Answered, "ANSWERED": callpace.Answered, "BUSY": callpace.Busy,
		"NOANSWER": callpace.NoAnswer, "CANCEL": callpace.NoAnswer, "CONGESTION": callpace.Failed, "CHANUNAVAIL": callpace.Failed,
	}[strings.ReplaceAll(strings.ToUpper(e.datum(0)), " ", "")]
	if !ok {
		outcome = callpace.Unknown
	}
	s := addRow(out, facts.Calls, g)
	s.text("source_id", g.Name+"/"+e.queue+"/outcall-"+strconv.FormatInt(e.at.UnixMicro(), 10))
	s.text("agent_alias", e.agent)
	s.text("direction", outbound)
	s.text("channel", "phone")
	s.text("queue", e.queue)
	s.moment("started", a.clock.Moment(e.at.Add(-talk)))
	s.text("outcome", string(outcome))
	s.text("exit_reason", e.name)
	reached := outcome == callpace.Answered && talk >= a.minimum
	s.truth("reached", reached)
	s.truth("contacted", reached)
	if outcome == callpace.Answered {
		s.seconds("talk_seconds", talk)
	}
	s.attr("call", g.Name)
	s.attr("info", e.datum(2))
}
