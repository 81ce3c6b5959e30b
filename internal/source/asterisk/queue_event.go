package asterisk

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// event is one line of a queue_log.
type event struct {
	time  string // as written
	at    time.Time
	call  string // "" for events of agents and of the system
	queue string // "" for none
	agent string // "" for none
	name  string
	data  []string
}

// role says what an event does.
type role uint8

const (
	unknownEvent role = iota
	enters            // a caller joins a queue
	connects          // an agent takes the caller
	completes         // the conversation ends
	transfers         // the agent passes the caller on
	leaves            // the caller's visit ends without an agent
	turnedAway        // the caller never got in
	rings             // an agent's device rang in vain
	describes         // says something of the call
	wrapsUp           // the agent's after-call work begins
	dials             // an outbound call told to the queue
	logsIn
	logsOff
	pauses
	unpauses
)

// kindOf says where an event keeps its numbers: indexes in data, -1 for none.
type kindOf struct {
	role       role
	hold, talk int
	outcome    callpace.Outcome
}

// events are the events that this package understands; docs/asterisk.md has
// the same table with reasons.
var events = map[string]kindOf{
	"ENTERQUEUE":         {enters, -1, -1, ""},
	"CONNECT":            {connects, 0, -1, callpace.Answered},
	"COMPLETEAGENT":      {completes, 0, 1, callpace.Answered},
	"COMPLETECALLER":     {completes, 0, 1, callpace.Answered},
	"BLINDTRANSFER":      {transfers, 2, 3, callpace.Answered},
	"TRANSFER":           {transfers, 2, 3, callpace.Answered},
	"ATTENDEDTRANSFER":   {transfers, 2, 3, callpace.Answered}, // LINK: one further
	"ABANDON":            {leaves, 2, -1, callpace.Abandoned},
	"EXITWITHTIMEOUT":    {leaves, 2, -1, callpace.Timeout},
	"EXITWITHKEY":        {leaves, 3, -1, callpace.Overflow}, // or by the option keys
	"EXITEMPTY":          {leaves, 2, -1, callpace.Overflow},
	"LEAVEEMPTY":         {leaves, -1, -1, callpace.Overflow},
	"WITHDRAW":           {leaves, 2, -1, callpace.Overflow},
	"FULL":               {turnedAway, -1, -1, callpace.Overflow},
	"DIVERT_CA_RATIO":    {turnedAway, -1, -1, callpace.Overflow},
	"DIVERT_HOLDTIME":    {turnedAway, -1, -1, callpace.Overflow},
	"CLOSED":             {turnedAway, -1, -1, callpace.Closed},
	"JOINEMPTY":          {turnedAway, -1, -1, callpace.Closed},
	"RINGNOANSWER":       {rings, -1, -1, ""},
	"RINGCANCELED":       {rings, -1, -1, ""},
	"DID":                {describes, -1, -1, ""},
	"WRAPUPSTART":        {wrapsUp, -1, -1, ""},
	"OUTCALL":            {dials, -1, 1, ""},
	"AGENTLOGIN":         {logsIn, -1, -1, ""},
	"AGENTCALLBACKLOGIN": {logsIn, -1, -1, ""},
	"ADDMEMBER":          {logsIn, -1, -1, ""},
	"AGENTLOGOFF":        {logsOff, -1, 1, ""},
	// exten@context, seconds, reason
	"AGENTCALLBACKLOGOFF": {logsOff, -1, 1, ""},
	"REMOVEMEMBER":        {logsOff, -1, -1, ""},
	"PAUSE":               {pauses, -1, -1, ""},
	"PAUSEALL":            {pauses, -1, -1, ""},
	"UNPAUSE":             {unpauses, -1, -1, ""},
	"UNPAUSEALL":          {unpauses, -1, -1, ""},
}

func (e *event) kind() kindOf {
	k := events[e.name]
	if e.name == "ATTENDEDTRANSFER" && e.datum(0) == "LINK" {
		k.hold, k.talk = 3, 4
	}
	return k
}

func (e *event) datum(i int) string {
	if i < 0 || i >= len(e.data) {
		return ""
	}
	return e.data[i]
}

// duration reads a number of seconds in data; ok is false where there is none.
func (e *event) duration(i int) (d time.Duration, ok bool) {
	f, err := strconv.ParseFloat(e.datum(i), 64)
	if err != nil || !(f >= 0 && f < maxSeconds) {
		return 0, false
	}
	return seconds(f).Round(time.Millisecond), true
}

// maxSeconds is a year: a longer conversation is damage.
const maxSeconds = 366 * 86400

// connected gives when the conversation that an event ends began.
func (e *event) connected() (at time.Time, ok bool) {
	talk, ok := e.duration(e.kind().talk)
	return e.at.Add(-talk), ok
}

// read understands a line. The reason has a key where it cannot.
func (d *queueDecoder) read(line string) (e event, why doubt, reason callpace.Message) {
	fields, reason := d.fieldsOf(line)
	if reason.Key != "" {
		return e, sure, reason
	}
	for i := range fields {
		fields[i] = clean(fields[i])
	}
	e = event{time: fields[0], call: fields[1], queue: fields[2], agent: fields[3], name: strings.TrimSpace(fields[4]), data: fields[5:]}
	switch e.call {
	case "NONE", "REALTIME", "MANAGER", "CLI":
		e.call = ""
	}
	if e.queue == "NONE" {
		e.queue = ""
	}
	switch {
	case e.agent == "NONE":
		e.agent = ""
	case !d.logged:
		e.agent = device(source.ASCIIDigits(e.agent))
	}
	var ok bool
	if e.at, why, ok = d.instant(fields[0]); !ok {
		return e, sure, callpace.M("asterisk.reject.time", "value", fields[0])
	}
	if e.name == "" || strings.Trim(e.name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return e, sure, callpace.M("asterisk.reject.event", "value", e.name)
	}
	e.at = e.at.Truncate(time.Millisecond) // facts hold no finer durations
	return e, why, callpace.Message{}
}

// instant reads an epoch, with or without a fraction, or a wall clock of the database form.
func (d *queueDecoder) instant(s string) (at time.Time, why doubt, ok bool) {
	if wall, ok := parseWall(s); ok {
		at, why = resolve(wall, d.zone, time.Time{})
		return at, why, true
	}
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 0 || n > math.MaxUint32 {
		return time.Time{}, sure, false
	}
	us := 0
	if frac != "" {
		if us, ok = digits((frac + "000000")[:6]); !ok || len(frac) > 9 {
			return time.Time{}, sure, false
		}
	}
	return time.Unix(n, int64(us)*1000).UTC(), sure, true
}

// encode writes an event as the data of a part.
func (e *event) encode() string {
	return join(append([]string{strconv.FormatInt(e.at.UnixMicro(), 10), e.call, e.queue, e.agent, e.name}, e.data...)...)
}

func decodeEvent(data string) (e event, ok bool) {
	f := split(data)
	if len(f) < 5 {
		return e, false
	}
	us, err := strconv.ParseInt(f[0], 10, 64)
	return event{at: time.UnixMicro(us).UTC(), call: f[1], queue: f[2], agent: f[3], name: f[4], data: f[5:]}, err == nil
}

// parts says which groups an event belongs to: its call, and the weeks of its
// agent. None means that the event is of no use here.
func (e *event) parts(record int32) (parts []facts.Part) {
	role, data := e.kind().role, e.encode()
	add := func(p facts.Part) {
		p.Record, p.Data = record, data
		parts = append(parts, p)
	}
	if e.call != "" {
		switch role {
		case enters, leaves, turnedAway, rings, wrapsUp, describes, dials:
			add(facts.Part{Group: e.call})
		case connects:
			add(facts.Part{Group: e.call, Link: seat(e, e.at)})
		case completes, transfers:
			// The line may carry another call's id: any conversation of
			// this seat that began at the same time may claim it.
			if at, ok := e.connected(); ok {
				for _, link := range meeting(e, at) {
					add(facts.Part{Group: e.call, Link: link, Offers: true})
				}
			} else {
				add(facts.Part{Group: e.call})
			}
		}
	}
	if e.agent != "" {
		e.agentParts(role, add)
	}
	return parts
}

// tolerance is how far apart two events may date the same moment: Asterisk
// cuts durations to whole seconds.
const tolerance = 2 * time.Second

// slot is the coarseness of the links between a conversation and its end.
const slot = 64

// seat names where a conversation that began at some time can be met.
func seat(e *event, at time.Time) string {
	return "seat|" + e.queue + "|" + e.agent + "|" + strconv.FormatInt(floor(at.Unix(), slot), 10)
}

// meeting gives the links to offer for a conversation that began at about
// some time: one, or two near the border of a slot.
func meeting(e *event, at time.Time) []string {
	a, b := seat(e, at.Add(-tolerance)), seat(e, at.Add(tolerance))
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
