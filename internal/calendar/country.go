package calendar

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

//go:embed countries
var countries embed.FS

// country is one file of countries/: the weekend, and the rules by which
// public holidays come about.
type country struct {
	Country       string             `yaml:"country"`
	DefaultRegion string             `yaml:"default_region"` // where none is named
	Regions       []string           `yaml:"regions"`
	Weekend       map[string]float64 `yaml:"weekend"` // the share worked on days of the week that are not whole working days
	// Substitute says where the day off of a holiday at a weekend goes: next
	// (the next working day that is none) or nearest (the Friday before a
	// Saturday, the Monday after a Sunday). Empty: it is lost.
	Substitute string      `yaml:"substitute"`
	Suspended  *suspension `yaml:"suspended"`
	Holidays   []rule      `yaml:"holidays"`
	// Arranged years are as the government announced them, and no rule counts.
	// Announced says that it announces every year; one without an arrangement
	// is told as not announced.
	Announced bool      `yaml:"announced"`
	Arranged  []arrange `yaml:"arranged"`
	// DatedUntil is the last year for which holidays that are data are entered;
	// after SettledUntil they are estimates.
	DatedUntil   int    `yaml:"dated_until"`
	SettledUntil string `yaml:"settled_until"`
}

// suspension is a time in which holidays are working days, as long as the
// setting of that name is on.
type suspension struct {
	Setting string `yaml:"setting"`
	From    string `yaml:"from"`
	Until   string `yaml:"until"` // the last day; empty: it goes on
}

type arrange struct {
	Year     int      `yaml:"year"`
	Holidays []rule   `yaml:"holidays"`
	Worked   []string `yaml:"worked"` // days of the weekend that are worked instead
}

// rule is one holiday.
type rule struct {
	Name string `yaml:"name"`
	// On is a day of every year: 12-25, hijri 01-13, easter-2, orthodox+50,
	// last monday 05, wednesday before 11-23.
	On      string   `yaml:"on"`
	Dates   []string `yaml:"dates"` // days, or runs of days A..B, instead
	From    int      `yaml:"from"`  // the first year, Gregorian
	Until   int      `yaml:"until"` // the last
	Except  []int    `yaml:"except"`
	Regions []string `yaml:"regions"` // empty: everywhere
}

// Countries lists the countries whose holidays are known, by ISO 3166-1 code.
func Countries() []string {
	entries, _ := countries.ReadDir("countries")
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = strings.ToUpper(strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// Regions lists the parts of a country that have holidays of their own, by the
// second half of their ISO 3166-2 code: none for most.
func Regions(code string) []string {
	c, err := loadCountry(code)
	if err != nil {
		return nil
	}
	return slices.Clone(c.Regions)
}

var loaded sync.Map // country code to *country

func loadCountry(code string) (*country, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	if c, ok := loaded.Load(code); ok {
		return c.(*country), nil
	}
	known := Countries()
	if !slices.Contains(known, code) {
		return nil, callpace.E(callpace.NotFound, "workdays.unknown_country", "name", code, "known", strings.Join(known, ", "))
	}
	data, err := countries.ReadFile("countries/" + strings.ToLower(code) + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read holidays of %s: %w", code, err)
	}
	c := &country{}
	if err := yaml.UnmarshalWithOptions(data, c, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read holidays of %s: %w", code, err)
	}
	loaded.Store(code, c)
	return c, nil
}

var weekdays = map[string]time.Weekday{"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday,
	"wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday}

// holiday is one day off with the key of its name.
type holiday struct {
	day  int64
	name string
}

// year lists the holidays of a Gregorian year in a region, as they fall, by
// day; worked are the weekend days moved to working days.
func (c *country) year(year int, region string) (off []holiday, worked []int64, err error) {
	rules := c.Holidays
	if i := slices.IndexFunc(c.Arranged, func(a arrange) bool { return a.Year == year }); i >= 0 {
		rules = c.Arranged[i].Holidays
		for _, text := range c.Arranged[i].Worked {
			r, err := isoDays(text)
			if err != nil {
				return nil, nil, err
			}
			worked = append(worked, r.From)
		}
	}
	for _, a := range c.Arranged { // New Year's days off may begin in December
		if a.Year == year+1 {
			rules = slices.Concat(rules, a.Holidays)
		}
	}
	for _, r := range rules {
		if len(r.Regions) > 0 && !slices.Contains(r.Regions, region) {
			continue
		}
		days, err := r.in(year)
		if err != nil {
			return nil, nil, fmt.Errorf("holiday %s of %s: %w", r.Name, c.Country, err)
		}
		for _, d := range days {
			off = append(off, holiday{day: d, name: "holiday." + r.Name})
		}
	}
	slices.SortStableFunc(off, func(a, b holiday) int { return int(a.day - b.day) })
	return off, worked, nil
}
