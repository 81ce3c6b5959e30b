package mapping

import (
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// dateFormats are the ways in which one column may write its dates, or a way
// that is no pattern.
type dateFormats struct {
	patterns []*pattern
	several  bool   // a list: a text may fit more than one, and the first counts
	special  string // epoch_s, epoch_ms, epoch_us, excel
}

// The formats that have names, and their patterns.
var (
	namedPatterns = map[string][]string{
		"iso":     {"YYYY-MM-DD[ HH:mm[:ss[.SSS]]][Z]", "YYYY-MM-DDTHH:mm[:ss[.SSS]][Z]", "YYYY-MM-DD HH:mm:ss Z", "YYYYMMDD[THHmmss][Z]"},
		"rfc2822": {"[ddd, ]D MMM YYYY H:mm[:ss] Z", "[ddd, ]D MMM YYYY"},
		"eu":      {"D.M.YYYY.[ H:mm[:ss]]", "D.M.YYYY[ H:mm[:ss]]", "D/M/YYYY[ H:mm[:ss]]", "D-M-YYYY[ H:mm[:ss]]"},
		"us":      {"M/D/YYYY[ H:mm[:ss]]", "M/D/YYYY h:mm[:ss] A", "M/D/YYYY h:mm[:ss]A", "M-D-YYYY[ H:mm[:ss]]"},
	}
	epochs     = words("epoch_s epoch_ms epoch_us excel")
	namedDates = compileNamed()
	clockTimes = mustCompile("H:mm[:ss[.SSS]]", "H:mm:ss,SSS", "h:mm[:ss] A", "h:mm[:ss]A")
)

func compileNamed() map[string]dateFormats {
	out := map[string]dateFormats{}
	for name, formats := range namedPatterns {
		out[name] = mustCompile(formats...)
	}
	for _, name := range epochs {
		out[name] = dateFormats{special: name}
	}
	return out
}

func mustCompile(formats ...string) dateFormats {
	var d dateFormats
	for _, f := range formats {
		p, ok := compile(f)
		if !ok {
			panic("mapping: bad format " + f)
		}
		d.patterns = append(d.patterns, p...)
	}
	return d
}

// dateFormats reads one format or a list of them, by name or as patterns.
func (r *reader) dateFormats(n *node, dated bool) dateFormats {
	var d dateFormats
	texts := r.texts(n)
	d.several = len(texts) > 1
	for _, text := range texts {
		if named, ok := namedDates[text]; ok && dated {
			if !d.several {
				return named
			}
			if named.special != "" {
				r.fail(n, "mapping.format_alone", "format", text)
				return named
			}
			d.patterns = append(d.patterns, named.patterns...)
			continue
		}
		p, ok := compile(text)
		if !ok || p[0].calendar != dated || !dated && !p[0].clock {
			r.fail(n, "mapping.bad_format", "format", text)
			return d
		}
		d.patterns = append(d.patterns, p...)
	}
	if len(texts) == 0 {
		r.fail(n, "mapping.bad_format", "format", "")
	}
	return d
}

// read tries the patterns in their order. The variants of one format exclude
// each other, so there the one that fitted last may go first.
func (d *dateFormats) read(s string, c *civil, hint *int) bool {
	if d.several {
		*hint = len(d.patterns)
	}
	if *hint < len(d.patterns) && d.patterns[*hint].read(s, c) {
		return true
	}
	for i, p := range d.patterns {
		if i != *hint && p.read(s, c) {
			*hint = i
			return true
		}
	}
	return false
}

// Years that a date may have; anything else is a mistake of the source.
const (
	firstYear, lastYear = 1900, 2200
)

var firstDay, endDay = facts.DayOf(firstYear, 1, 1), facts.DayOf(lastYear+1, 1, 1)

// dayOf gives the day number of a written date; ok is false where the calendar has no such day.
func (c *civil) dayOf(by string) (day int64, ok bool) {
	if by == string(facts.SolarHijri) {
		year := c.year
		if c.short { // 1350 to 1449
			if year += 1400; year >= 1450 {
				year -= 100
			}
		}
		return calendar.DayOfHijri(year, c.month, c.day)
	}
	year := c.year
	if c.short { // 1970 to 2069
		if year += 2000; year >= 2070 {
			year -= 100
		}
	}
	if c.month < 1 || c.month > 12 || c.day < 1 || c.day > daysIn(year, c.month) {
		return 0, false
	}
	return civilDay(year, c.month, c.day), true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// civilDay counts days since 1970-01-01 in the Gregorian calendar, from March
// on, so that the leap day is the last of its year.
func civilDay(year, month, day int) int64 {
	y, m := int64(year), int64(month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400) + (153*(m-3)+2)/5 + int64(day) - 1 - 719468
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// moment is a facts.Moment in the numbers that a batch holds.
type moment struct {
	micros, day int64
	hour        int64 // -1: only the day is known
}

// moment reads the text of a moment; an empty clock means that there is none.
func (s *state) moment(f *field, text, clock string) (m moment, bad *callpace.Message) {
	formats := &f.value.formats
	fail := func(key string) (moment, *callpace.Message) {
		return moment{}, f.reject(key, strings.TrimSpace(text+" "+clock))
	}
	text, clock = source.ASCIIDigits(text), source.ASCIIDigits(clock)
	if formats.dates.special != "" {
		return s.numericMoment(f, text)
	}
	var c civil
	if !formats.dates.read(text, &c, &s.hints[f.id]) {
		return fail("mapping.reject.date")
	}
	if clock != "" {
		if !formats.times.read(clock, &c, &s.hints[f.id+1]) {
			return fail("mapping.reject.time")
		}
	}
	day, ok := c.dayOf(formats.calendar)
	if !ok {
		return fail("mapping.reject.no_such_day")
	}
	if day < firstDay || day >= endDay {
		return fail("mapping.reject.date_range")
	}
	if !c.hasTime {
		return moment{s.org.instant(day*86400+43200).utc * 1e6, day, -1}, nil
	}
	local := day*86400 + int64(c.hour)*3600 + int64(c.minute)*60 + int64(c.second)
	if c.hasOffset {
		return s.at(local-int64(c.offset), c.micro), nil
	}
	return s.local(f, local, c.micro), nil
}

// local gives the moment of a time on the wall clock of the field's zone.
func (s *state) local(f *field, local int64, micro int) moment {
	zone := s.zones[f.zone]
	r := zone.instant(local)
	switch r.note {
	case gap:
		s.warn("mapping.warn.clock_gap", f.value.label())
	case overlap:
		s.warn("mapping.warn.clock_overlap", f.value.label())
	}
	if zone == s.org && r.note != gap {
		return moment{r.utc*1e6 + int64(micro), floorDiv(local, 86400), floorDiv(local, 3600) - floorDiv(local, 86400)*24}
	}
	return s.at(r.utc, micro)
}

// at gives the moment of an instant.
func (s *state) at(utc int64, micro int) moment {
	local := utc + s.org.offset(utc)
	day := floorDiv(local, 86400)
	return moment{utc*1e6 + int64(micro), day, (local - day*86400) / 3600}
}

// perEpoch is microseconds by epoch format.
var perEpoch = map[string]int64{"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}

// numericMoment reads epoch counts and Excel's serial dates.
func (s *state) numericMoment(f *field, text string) (moment, *callpace.Message) {
	number := plainNumber(text, f.value.formats.decimal)
	per, isEpoch := perEpoch[f.value.formats.dates.special]
	if !isEpoch {
		if whole, frac, _ := strings.Cut(number, "."); len(frac) > 6 && strings.Trim(frac, "0123456789") == "" {
			number = whole + "." + frac[:6] // Excel writes as many as fit; a tenth of a second is enough
		}
		n, ok := callpace.ParseAmount(number)
		if !ok {
			return moment{}, f.reject("mapping.reject.date", text)
		}
		return s.excelMoment(f, text, int64(n))
	}
	whole, frac, _ := strings.Cut(number, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	part, used := fraction(frac)
	if err != nil || used < len(frac) && used < 9 {
		return moment{}, f.reject("mapping.reject.date", text)
	}
	if n < firstDay*86400*(1e6/per) || n >= endDay*86400*(1e6/per) {
		return moment{}, f.reject("mapping.reject.date_range", text)
	}
	micros := n*per + int64(part)*per/1e6
	utc := floorDiv(micros, 1e6)
	return s.at(utc, int(micros-utc*1e6)), nil
}

// excelMoment reads days since 1899-12-30, in millionths; a whole number is a
// day without a time. Fractions are rounded to seconds: six places of a day
// are a tenth of one.
func (s *state) excelMoment(f *field, text string, millionths int64) (moment, *callpace.Message) {
	day := floorDiv(millionths, 1e6) - 25569
	rest := millionths - (day+25569)*1e6
	if day < firstDay || day >= endDay {
		return moment{}, f.reject("mapping.reject.date_range", text)
	}
	if rest == 0 {
		return moment{s.org.instant(day*86400+43200).utc * 1e6, day, -1}, nil
	}
	return s.local(f, day*86400+(rest*86400+500_000)/1_000_000, 0), nil
}
