package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/callpace/callpace"
)

// WorkRules say when an organisation, a team or a person works. They are data
// for settings; Under lays those of a team over the organisation's, and those
// of a person over the team's. The zero value works every day.
type WorkRules struct {
	Country string `yaml:"country,omitempty" json:"country,omitempty"` // ISO 3166-1; empty: no holidays
	Region  string `yaml:"region,omitempty" json:"region,omitempty"`   // of Regions(Country)
	// Settings switch what a country leaves open: martial_law in UA.
	Settings map[string]bool `yaml:"settings,omitempty" json:"settings,omitempty"`
	// Week gives the share of a whole day worked on days of the week that
	// differ from the country's: {thursday: 1, saturday: 0.5}.
	Week map[string]float64 `yaml:"week,omitempty" json:"week,omitempty"`
	// Worked names holidays that are worked here: columbus_day.
	Worked []string `yaml:"worked,omitempty" json:"worked,omitempty"`
	// Days are days off, half days and special working days; a later one wins.
	Days []SpecialDays `yaml:"days,omitempty" json:"days,omitempty"`
	// PartTime are the patterns of a person; a later one wins.
	PartTime []PartTime `yaml:"part_time,omitempty" json:"part_time,omitempty"`
}

// Key tells rules apart: the same text for the same rules, another for others.
func (r WorkRules) Key() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", r)) // maps in the order of their keys
	return hex.EncodeToString(sum[:8])
}

// SpecialDays are days on which something else is worked than usual, by a
// person on leave too.
type SpecialDays struct {
	From  string  `yaml:"from" json:"from"`                       // 2026-12-24, or a Hijri date
	Until string  `yaml:"until,omitempty" json:"until,omitempty"` // the last day; empty: From
	Share float64 `yaml:"share" json:"share"`                     // 0 off, 0.5 half, 1 worked
	Name  string  `yaml:"name,omitempty" json:"name,omitempty"`
}

// PartTime is how a person works for a while: the share of a whole day on each
// day of the week, in one week or in several that take turns. Holidays stay
// off; the weekend of others may be worked.
type PartTime struct {
	From  string               `yaml:"from,omitempty" json:"from,omitempty"` // empty: always; the first of several weeks is the one (from Monday) of this day
	Until string               `yaml:"until,omitempty" json:"until,omitempty"`
	Weeks []map[string]float64 `yaml:"weeks" json:"weeks"` // days left out are not worked
}

// Under lays the rules over broader ones: what they leave open is as there.
func (r WorkRules) Under(broader WorkRules) WorkRules {
	out := broader
	if r.Country != "" {
		out.Country, out.Region = r.Country, r.Region
	} else if r.Region != "" {
		out.Region = r.Region
	}
	out.Settings, out.Week = maps.Clone(broader.Settings), maps.Clone(broader.Week)
	if out.Settings == nil && r.Settings != nil {
		out.Settings = map[string]bool{}
	}
	maps.Copy(out.Settings, r.Settings)
	if out.Week == nil && r.Week != nil {
		out.Week = map[string]float64{}
	}
	maps.Copy(out.Week, r.Week)
	out.Worked = slices.Concat(broader.Worked, r.Worked)
	out.Days = slices.Concat(broader.Days, r.Days)
	out.PartTime = slices.Concat(broader.PartTime, r.PartTime)
	return out
}

// shares reads shares by day of the week into a week that has others.
func shares(into *[7]float64, from map[string]float64) error {
	for _, name := range slices.Sorted(maps.Keys(from)) {
		day, ok := weekdays[strings.ToLower(name)]
		if !ok {
			return callpace.E(callpace.Invalid, "workdays.unknown_weekday", "name", name)
		}
		if err := checkShare(from[name]); err != nil {
			return err
		}
		into[day] = from[name]
	}
	return nil
}

func checkShare(share float64) error {
	if !(share >= 0 && share <= 1) {
		return callpace.E(callpace.Invalid, "workdays.bad_share", "value", share)
	}
	return nil
}

// run reads the days from one date to another, whichever calendar they are
// written in; open ends stretch to the ends of what is known.
func run(from, until string) (Range, error) {
	r := Range{From: Easter(firstYear) - 366, To: Easter(lastYear) + 366}
	if from != "" {
		day, err := Calendar{}.ParseDay(from, 0)
		if err != nil {
			return r, err
		}
		r.From = day
	}
	if until != "" {
		day, err := Calendar{}.ParseDay(until, 0)
		if err != nil {
			return r, err
		}
		r.To = day + 1
	}
	if r.To <= r.From {
		return r, callpace.E(callpace.Invalid, "period.backwards", "text", from+".."+until)
	}
	return r, nil
}
