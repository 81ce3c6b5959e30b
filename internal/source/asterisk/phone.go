package asterisk

import (
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/source"
)

// erased stands before the token of an erased person where their number was:
// a withheld number, still on the outside.
const erased = "anonymous-"

// side tells where a number lives.
type side uint8

const (
	nowhere side = iota // no number: an application, "s", empty
	inside              // an extension
	outside             // somebody's telephone
)

var withheld = []string{"anonymous", "restricted", "unavailable", "unknown", "private", "withheld"}

// sideOf classes a number; extensions is the pattern of the internal ones.
func sideOf(number string, extensions *regexp.Regexp) side {
	n := bare(number)
	switch {
	case n == "":
		return nowhere
	case extensions.MatchString(n), n[0] == '*', n[0] == '#':
		return inside
	case isNumber(n):
		return outside
	}
	lower := strings.ToLower(n)
	for _, w := range withheld {
		if strings.HasPrefix(lower, w) {
			return outside
		}
	}
	return nowhere
}

// bare takes the ornaments out of a number.
func bare(number string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '(', ')', '.', '-', '/':
			return -1
		}
		return r
	}, number)
}

func isNumber(n string) bool {
	n = strings.TrimPrefix(n, "+")
	for i := range len(n) {
		if n[i] < '0' || n[i] > '9' {
			return false
		}
	}
	return len(n) >= 3
}

// party gives a number as facts hold it: in E.164 where the country's rules
// read it so, else its digits; or, for an erased person, the token as lead.
func party(number, country string) (phone, leadRef string) {
	if token, ok := strings.CutPrefix(number, erased); ok {
		return "", token
	}
	if !isNumber(bare(number)) {
		return "", ""
	}
	return source.Phone(number, country), ""
}

// peer gives the device in a channel's name: SIP/alice-0000001a is alice,
// Local/201@from-queue-00000002;1 is 201.
func peer(channel string) string {
	_, name, ok := strings.Cut(channel, "/")
	if !ok {
		return channel
	}
	if strings.HasPrefix(channel, "Local/") {
		name, _, _ = strings.Cut(name, "@")
		return name
	}
	if i := strings.LastIndexByte(name, '-'); i > 0 && isHex(name[i+1:]) {
		name = name[:i]
	}
	return name
}

// technologies are the kinds of channels and members whose name stands before
// that of the device.
var technologies = []string{"SIP", "PJSIP", "IAX", "IAX2", "SCCP", "Skinny", "MGCP", "H323", "OOH323", "DAHDI", "Zap", "Khomp", "Dongle", "Local", "Agent", "USTM", "Unistim", "Console", "Motif", "Custom"}

// device gives the name of a queue's member as the device is known, so that the
// logs of one PBX meet: PJSIP/201 and Local/201@from-queue/n are 201. A
// member's own name stays as it is. Unlike channels, members have no number of
// the call behind them.
func device(member string) string {
	technology, name, ok := strings.Cut(member, "/")
	if !ok || name == "" || !slices.ContainsFunc(technologies, func(t string) bool { return strings.EqualFold(t, technology) }) {
		return member
	}
	if strings.EqualFold(technology, "Local") {
		if at, _, _ := strings.Cut(name, "@"); at != "" {
			return at
		}
	}
	return name
}

func isHex(s string) bool {
	s, _, _ = strings.Cut(s, ";")
	return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

func isLocal(channel string) bool { return strings.HasPrefix(channel, "Local/") }

// otherHalf gives the name of the far end of a Local channel: ;1 and ;2 are
// two ends of one pipe.
func otherHalf(channel string) string {
	if s, ok := strings.CutSuffix(channel, ";1"); ok {
		return s + ";2"
	}
	if s, ok := strings.CutSuffix(channel, ";2"); ok {
		return s + ";1"
	}
	return ""
}
