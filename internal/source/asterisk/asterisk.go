// Package asterisk reads the two logs of an Asterisk PBX: call detail records
// (Master.csv and exports of its table) and the queue_log. Rows and events are
// joined into calls by pure functions of everything known about a call, so it
// does not matter which input brought which leg, nor in which order.
// It knows no other format and refuses to guess what a row does not say.
package asterisk

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// The names under which the formats are registered.
const (
	CDRName      = "asterisk-cdr"
	QueueLogName = "asterisk-queue-log"
)

// settings reads the options given for a format: defaults filled in, unknown
// names and values refused.
func settings(format string, known []source.Option, given map[string]string) (map[string]string, error) {
	set := make(map[string]string, len(known))
	names := make([]string, len(known))
	for i, o := range known {
		names[i] = o.Name
		v, ok := given[o.Name]
		if !ok || v == "" {
			v = o.Default
		}
		if len(o.Values) > 0 && !slices.Contains(o.Values, v) {
			return nil, badOption(o.Name, v, strings.Join(o.Values, ", "))
		}
		set[o.Name] = v
	}
	asked := make([]string, 0, len(given))
	for name := range given {
		asked = append(asked, name)
	}
	sort.Strings(asked)
	for _, name := range asked {
		if !slices.Contains(names, name) {
			return nil, callpace.E(callpace.Invalid, "asterisk.option.unknown", "option", name, "format", format, "known", strings.Join(names, ", "))
		}
	}
	return set, nil
}

func badOption(name, value, allowed string) error {
	return callpace.E(callpace.Invalid, "asterisk.option.value", "option", name, "value", value, "allowed", allowed)
}

// loadZone gives the zone named by the option, else the organisation's.
func loadZone(option, organisation string) (*time.Location, error) {
	name := option
	if name == "" {
		name = organisation
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, callpace.E(callpace.Invalid, "asterisk.option.zone", "value", name)
	}
	return zone, nil
}

// wholly compiles a pattern that must match all of a text.
func wholly(option, pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(`^(?:` + pattern + `)$`)
	if err != nil {
		return nil, callpace.E(callpace.Invalid, "asterisk.option.pattern", "option", option, "value", pattern, "fault", err.Error())
	}
	return re, nil
}
