package asterisk

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// callAssembler makes one calls row of all legs of a call.
type callAssembler struct {
	clock      *facts.Clock
	country    string
	any        bool   // answered: any leg, not only bridged ones
	agent      string // peer, number or accountcode
	kind       string // of outbound calls
	extensions *regexp.Regexp
	minimum    time.Duration // talk from which an outbound call is reached
}

func newCallAssembler(spec source.Spec, set map[string]string) (*callAssembler, error) {
	zone, err := loadZone("", spec.Settings.Zone)
	if err != nil {
		return nil, err
	}
	extensions, err := wholly("extensions", set["extensions"])
	if err != nil {
		return nil, err
	}
	return &callAssembler{
		clock: facts.NewClock(zone), country: spec.Settings.Country, any: set["answered"] == "any", agent: set["agent"],
		kind: set["kind"], extensions: extensions, minimum: seconds(spec.Settings.AnsweredSeconds),
	}, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// call is what the legs of one call come to.
type call struct {
	legs      []leg
	lead      *leg // the leg of the one who called
	bridged   []int
	direction string
	queue     string
	outcome   callpace.Outcome
	talks     []span
	ended     time.Time
}

// Assemble makes the calls row of a group of legs.
func (a *callAssembler) Assemble(g facts.Group, out *facts.Batch) {
	legs := decodeLegs(g.Parts)
	if len(legs) == 0 {
		return
	}
	c := call{legs: legs, lead: &legs[0]}
	for i := range legs {
		// A Local channel is a pipe inside the PBX; whoever called did so by another.
		if !isLocal(legs[i].text[channel]) {
			c.lead = &legs[i]
			break
		}
	}
	for i := range legs {
		if legs[i].end.After(c.ended) {
			c.ended = legs[i].end
		}
		if f := strings.ToLower(legs[i].text[lastApp]); f == "queue" && c.queue == "" {
			c.queue, _, _ = strings.Cut(legs[i].text[lastData], ",")
		}
	}
	c.direction = a.direction(c.lead)
	c.bridge(a.any)
	c.outcome = c.judge()
	a.emit(g, &c, out)
}

// bridge finds the legs in which two parties talked: answered, with a channel
// on the far side that is no mailbox, for a second at least. Where the far
// side is a Local channel whose other end has legs of its own, those tell
// whether anybody was there.
func (c *call) bridge(any bool) {
	far := map[string][]int{} // legs by channel, for Local channels
	for i := range c.legs {
		if ch := c.legs[i].text[channel]; isLocal(ch) {
			far[ch] = append(far[ch], i)
		}
	}
	for i := range c.legs {
		l := &c.legs[i]
		if l.text[disposition] != "ANSWERED" {
			continue
		}
		if any {
			c.bridged = append(c.bridged, i)
			c.talks = append(c.talks, span{l.answered(), l.end})
			continue
		}
		if !l.paired() {
			continue
		}
		from := l.answered()
		if inner := far[otherHalf(l.text[dstChannel])]; len(inner) > 0 {
			met := time.Time{}
			for _, j := range inner {
				if in := &c.legs[j]; in.text[disposition] == "ANSWERED" && in.paired() && (met.IsZero() || in.answered().Before(met)) {
					met = in.answered()
				}
			}
			if met.IsZero() {
				continue
			}
			if met.After(from) {
				from = met
			}
		}
		c.bridged = append(c.bridged, i)
		c.talks = append(c.talks, span{from, l.end})
	}
	c.talks = union(c.talks)
}

func (l *leg) paired() bool { return l.text[dstChannel] != "" && l.billed && !l.mailbox() }

func (l *leg) mailbox() bool { return strings.HasPrefix(strings.ToLower(l.text[lastApp]), "voicemail") }

// answered gives when a leg was answered; a leg that says it was, but not when, lasted no time.
func (l *leg) answered() time.Time {
	if l.answer.IsZero() {
		return l.end
	}
	return l.answer
}

// judge gives the outcome. A call that nobody took is named after how near
// it came: it rang, it was busy, it failed.
func (c *call) judge() callpace.Outcome {
	if len(c.bridged) > 0 {
		return callpace.Answered
	}
	seen := map[string]bool{}
	for i := range c.legs {
		l := &c.legs[i]
		if c.direction == inbound && l.text[disposition] == "ANSWERED" && strings.EqualFold(l.text[lastApp], "VoiceMail") {
			return callpace.LeftMessage
		}
		seen[l.text[disposition]] = true
	}
	switch {
	case c.direction == inbound:
		return callpace.Abandoned
	case seen["NO ANSWER"]:
		return callpace.NoAnswer
	case seen["BUSY"]:
		return callpace.Busy
	case seen["FAILED"], seen["CONGESTION"]:
		return callpace.Failed
	case seen["ANSWERED"]:
		return callpace.NoAnswer // the PBX itself picked up
	}
	return callpace.Unknown
}

func (a *callAssembler) emit(g facts.Group, c *call, out *facts.Batch) {
	s, lead := addRow(out, facts.Calls, g), c.lead
	s.text("source_id", g.Name)
	s.text("agent_alias", source.ASCIIDigits(a.agentOf(c)))
	s.text("direction", c.direction)
	s.text("channel", "phone")
	s.text("queue", c.queue)
	s.text("outcome", string(c.outcome))
	other := ""
	switch c.direction {
	case inbound:
		other = lead.text[src]
		s.text("kind", "service")
	case outbound:
		other = lead.text[dst]
		s.text("kind", a.kind)
	}
	phone, ref := party(other, a.country)
	s.text("phone", phone)
	s.text("lead_ref", ref)

	started := c.legs[0].start
	s.moment("started", a.clock.Moment(started))
	talk := total(c.talks)
	reached := c.outcome == callpace.Answered && (c.direction != outbound || talk >= a.minimum)
	s.truth("reached", reached)
	s.truth("contacted", reached) // a CDR holds no dispositions, so whoever answered was the one wanted
	before := c.ended.Sub(started)
	if len(c.talks) > 0 {
		before = c.talks[0].from.Sub(started)
	}
	if c.outcome == callpace.Answered {
		s.seconds("talk_seconds", talk)
	}
	if c.direction == inbound {
		s.seconds("wait_seconds", max(before, 0))
	} else {
		s.seconds("ring_seconds", max(before, 0))
	}
	for i := range c.legs {
		if r := c.legs[i].text[recording]; r != "" {
			s.text("recording", r)
			break
		}
	}
	s.attr("legs", strconv.Itoa(len(c.legs)))
	for _, at := range attributes {
		s.attr(at.name, lead.text[at.field])
	}
}

// attributes are the fields of the caller's leg that are kept beside the call.
var attributes = []struct {
	name  string
	field field
}{
	{"accountcode", accountCode}, {"userfield", userField}, {"context", context}, {"src", src}, {"dst", dst}, {"clid", clid},
	{"did", did}, {"disposition", disposition}, {"lastapp", lastApp}, {"amaflags", amaFlags}, {"peeraccount", peerAccount},
}

// agentOf gives the alias of the agent: who took an inbound or queued call,
// or who made the call.
func (a *callAssembler) agentOf(c *call) string {
	l, took := c.lead, c.direction == inbound || c.queue != ""
	if took {
		if l = c.taker(); l == nil {
			return ""
		}
	}
	switch {
	case a.agent == "accountcode" && took && l.text[peerAccount] != "":
		return l.text[peerAccount]
	case a.agent == "accountcode":
		return l.text[accountCode]
	case a.agent == "number" && took:
		return l.text[dst]
	case a.agent == "number" && l.text[cnum] != "":
		return l.text[cnum]
	case a.agent == "number":
		return l.text[src]
	case took:
		return peer(l.text[dstChannel])
	}
	return peer(l.text[channel])
}

// taker is the leg of the agent who took the call: the first that was
// answered, by their own device rather than through a Local channel.
func (c *call) taker() *leg {
	var best *leg
	for _, i := range c.bridged {
		l := &c.legs[i]
		if l.text[dstChannel] == "" {
			continue
		}
		own, bestOwn := !isLocal(l.text[dstChannel]), best != nil && !isLocal(best.text[dstChannel])
		if best == nil || own && !bestOwn || own == bestOwn && l.answered().Before(best.answered()) {
			best = l
		}
	}
	return best
}
