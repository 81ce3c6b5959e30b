package calendar

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
)

// The Gregorian years for which holidays are laid out. Outside them only the
// week counts.
const (
	firstYear = 1990
	lastYear  = 2060
)

// Working tells how much of each day is worked. It is read-only, and safe for
// concurrent use.
//
// A holiday that is added later changes it from then on for all days, past ones
// too: what a goal expects of each day moves, its target does not.
type Working struct {
	country  *country // nil: none
	rules    WorkRules
	week     [7]float64
	off      map[int64]callpace.Message
	moved    map[int64]bool // weekend days that are worked instead of others
	special  []specialRun
	partTime []partRun
}

type specialRun struct {
	Range
	share float64
	name  string
}

type partRun struct {
	Range
	monday int64 // of the first week
	weeks  [][7]float64
}

// NewWorking reads rules. An unknown country, region, holiday, day or share
// gives an Invalid or NotFound error.
func NewWorking(rules WorkRules) (*Working, error) {
	w := &Working{rules: rules, week: [7]float64{1, 1, 1, 1, 1, 1, 1}, off: map[int64]callpace.Message{}, moved: map[int64]bool{}}
	if rules.Country != "" {
		if err := w.layOut(); err != nil {
			return nil, err
		}
	}
	if err := shares(&w.week, rules.Week); err != nil {
		return nil, err
	}
	for _, d := range rules.Days {
		until := d.Until
		if until == "" {
			until = d.From
		}
		days, err := run(d.From, until)
		if err != nil {
			return nil, err
		}
		if err := checkShare(d.Share); err != nil {
			return nil, err
		}
		w.special = append(w.special, specialRun{days, d.Share, d.Name})
	}
	for _, p := range rules.PartTime {
		days, err := run(p.From, p.Until)
		if err != nil {
			return nil, err
		}
		part := partRun{Range: days, monday: days.From - mod(weekday(days.From)-int64(time.Monday), 7)}
		for _, week := range p.Weeks {
			var of [7]float64
			if err := shares(&of, week); err != nil {
				return nil, err
			}
			part.weeks = append(part.weeks, of)
		}
		if len(part.weeks) == 0 {
			return nil, callpace.E(callpace.Invalid, "workdays.no_weeks")
		}
		w.partTime = append(w.partTime, part)
	}
	return w, nil
}

// layOut takes the country's weekend and the holidays of all years.
func (w *Working) layOut() error {
	c, err := loadCountry(w.rules.Country)
	if err != nil {
		return err
	}
	region := strings.ToUpper(strings.TrimPrefix(strings.ToUpper(w.rules.Region), c.Country+"-"))
	switch {
	case region == "":
		region = c.DefaultRegion
	case !slices.Contains(c.Regions, region):
		return callpace.E(callpace.NotFound, "workdays.unknown_region", "name", w.rules.Region, "country", c.Country, "known", strings.Join(c.Regions, ", "))
	}
	w.country = c
	if err := shares(&w.week, c.Weekend); err != nil {
		return err
	}
	if err := w.knows(c); err != nil {
		return err
	}
	suspended, err := w.suspended()
	if err != nil {
		return err
	}
	var all []holiday
	for y := firstYear; y <= lastYear; y++ {
		off, worked, err := c.year(y, region)
		if err != nil {
			return err
		}
		for _, d := range worked {
			w.moved[d] = true
		}
		for _, h := range off {
			if !suspended.Has(h.day) && !slices.Contains(w.rules.Worked, strings.TrimPrefix(h.name, "holiday.")) {
				all = append(all, h)
			}
		}
	}
	for _, h := range all {
		if _, taken := w.off[h.day]; !taken {
			w.off[h.day] = callpace.M(h.name)
		}
	}
	w.substitute(all)
	return nil
}

// knows refuses names of holidays and settings that the country has not.
func (w *Working) knows(c *country) error {
	var known []string
	for _, r := range c.Holidays {
		known = append(known, r.Name)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, name := range w.rules.Worked {
		if !slices.Contains(known, name) {
			return callpace.E(callpace.NotFound, "workdays.unknown_holiday", "name", name, "country", c.Country, "known", strings.Join(known, ", "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.rules.Settings)) {
		if c.Suspended == nil || name != c.Suspended.Setting {
			return callpace.E(callpace.NotFound, "workdays.unknown_setting", "name", name, "country", c.Country)
		}
	}
	return nil
}

// suspended gives the days on which holidays are worked.
func (w *Working) suspended() (Range, error) {
	s := w.country.Suspended
	if s == nil {
		return Range{}, nil
	}
	if on, said := w.rules.Settings[s.Setting]; said && !on {
		return Range{}, nil
	}
	return run(s.From, s.Until)
}

// substitute gives the days off in place of holidays at a weekend, in the order
// in which these fall.
func (w *Working) substitute(all []holiday) {
	weekend := func(day int64) bool { return w.week[weekday(day)] == 0 }
	for _, h := range all {
		if w.country.Substitute == "" || !weekend(h.day) {
			continue
		}
		day := h.day + 1
		if w.country.Substitute == "nearest" && weekday(h.day) == int64(time.Saturday) {
			day = h.day - 1
		}
		for w.country.Substitute == "next" && (weekend(day) || w.off[day].Key != "") {
			day++
		}
		if w.off[day].Key == "" {
			w.off[day] = callpace.M("holiday.substitute", "name", callpace.M(h.name))
		}
	}
}

// Key tells apart what is worked by different rules; see WorkRules.Key.
func (w *Working) Key() string { return w.rules.Key() }

// Day gives the share of a whole day that is worked, 0 to 1, and what the day
// is called where it is not a usual working day (else a Message without a key).
func (w *Working) Day(day int64) (share float64, name callpace.Message) {
	for _, s := range slices.Backward(w.special) {
		if s.Has(day) {
			if s.name == "" {
				return s.share, callpace.M("workdays.special_unnamed")
			}
			return s.share, callpace.M("workdays.special", "name", s.name)
		}
	}
	if name, ok := w.off[day]; ok {
		return 0, name
	}
	week := w.week
	for _, p := range slices.Backward(w.partTime) {
		if p.Has(day) {
			week = p.weeks[mod(floor(day-p.monday, 7), int64(len(p.weeks)))]
			break
		}
	}
	if w.moved[day] {
		// Whose week it belongs to is not said: a person works their longest day.
		return slices.Max(week[:]), callpace.M("workdays.moved")
	}
	if share = week[weekday(day)]; share == 0 {
		return 0, callpace.M("workdays.free")
	}
	return share, callpace.Message{}
}

// Days gives the working days of a range, shares summed up.
func (w *Working) Days(r Range) float64 {
	var sum float64
	for d := r.From; d < r.To; d++ {
		share, _ := w.Day(d)
		sum += share
	}
	return sum
}

// Part gives the part of a range's working days that lies in another range, 0
// to 1; of a range without any, the part of its days.
func (w *Working) Part(of, in Range) float64 {
	in = Range{From: max(of.From, in.From), To: max(min(of.To, in.To), max(of.From, in.From))}
	if all := w.Days(of); all > 0 {
		return w.Days(in) / all
	}
	if of.Days() <= 0 {
		return 0
	}
	return float64(in.Days()) / float64(of.Days())
}

// After gives the day on which as many whole working days have been worked,
// from a day on, that one included; ok is false if that takes over ten years.
func (w *Working) After(from int64, days float64) (day int64, ok bool) {
	for day = from; day < from+3660; day++ {
		share, _ := w.Day(day)
		if days -= share; days < 1e-9 {
			return day, true
		}
	}
	return 0, false
}

// Holiday is a public holiday, or the day off in its place.
type Holiday struct {
	Day  int64
	Name callpace.Message
}

// Holidays lists the public holidays of a range by day, those at weekends too.
func (w *Working) Holidays(r Range) []Holiday {
	var out []Holiday
	for d := r.From; d < r.To; d++ {
		if name, ok := w.off[d]; ok {
			out = append(out, Holiday{d, name})
		}
	}
	return out
}

// Notes says what is not certain of a range: years whose moved working days
// are not announced, lunar holidays that are estimates or not entered yet, and
// holidays that are suspended.
func (w *Working) Notes(r Range) []callpace.Message {
	c := w.country
	if c == nil || r.Days() <= 0 {
		return nil
	}
	var out []callpace.Message
	first, _, _ := gregorian{}.date(r.From)
	last, _, _ := gregorian{}.date(r.To - 1)
	for y := int(first); y <= int(last); y++ {
		arranged := slices.ContainsFunc(c.Arranged, func(a arrange) bool { return a.Year == y })
		switch {
		case c.DatedUntil > 0 && y > c.DatedUntil:
			out = append(out, callpace.M("workdays.not_entered", "country", c.Country, "year", y))
		case c.Announced && !arranged && len(c.Arranged) > 0 && y > c.Arranged[len(c.Arranged)-1].Year:
			out = append(out, callpace.M("workdays.not_announced", "country", c.Country, "year", y))
		case c.Announced && !arranged:
			out = append(out, callpace.M("workdays.not_entered", "country", c.Country, "year", y))
		}
	}
	if c.SettledUntil != "" {
		if settled, err := isoDays(c.SettledUntil); err == nil && r.To > settled.To && int(first) <= c.DatedUntil {
			out = append(out, callpace.M("workdays.estimated", "country", c.Country, "date", Date(settled.From)))
		}
	}
	if s, err := w.suspended(); err == nil && c.Suspended != nil && s.From < r.To && r.From < s.To {
		out = append(out, callpace.M("workdays.suspended", "country", c.Country, "setting", c.Suspended.Setting))
	}
	return out
}

// Announced tells whether all moved working days and dated holidays of a range
// are known; of a year that is not announced the plain week counts, less the
// holidays that the law gives.
func (w *Working) Announced(r Range) bool {
	for _, n := range w.Notes(r) {
		if n.Key == "workdays.not_announced" || n.Key == "workdays.not_entered" {
			return false
		}
	}
	return true
}
