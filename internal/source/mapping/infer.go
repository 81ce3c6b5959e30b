package mapping

import (
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/source"
)

// fits tells whether the values of a column can be what its header says.
func (g *guess) fits(field string, c int) bool {
	samples := g.samples[c]
	if len(samples) == 0 {
		return false
	}
	switch field {
	case "started", "closed", "from", "to":
		return guessDate(samples) != nil
	case "clock":
		return isClock(samples)
	case "talk", "ring", "wait", "hold", "wrap":
		return guessUnit(samples) != ""
	case "amount", "margin", "cost":
		return isNumeric(samples)
	case "attempt":
		return every(samples, func(s string) bool { _, bad := plainField.integer(s); return bad == nil })
	case "phone":
		return mostly(samples, func(s string) bool { n := source.Phone(s, ""); return len(n) >= 3 && len(n) <= 16 })
	case "currency":
		return every(samples, func(s string) bool { return isCurrency(strings.ToUpper(s)) })
	case "direction":
		return every(samples, func(s string) bool { return vocab().meaning("direction", s) != "" })
	case "campaign": // how often somebody was called in one is no name of it
		return !every(samples, func(s string) bool { n, bad := plainField.integer(s); return bad == nil && n >= 0 && n < 100 })
	case "outcome", "stage", "queue":
		return len(distinct(samples)) <= 100
	}
	return true
}

var plainField = field{def: &fieldDef{}, value: &value{formats: formats{decimal: '.'}}}

func every(samples []string, is func(string) bool) bool {
	for _, s := range samples {
		if !is(s) {
			return false
		}
	}
	return true
}

func mostly(samples []string, is func(string) bool) bool {
	n := 0
	for _, s := range samples {
		if is(s) {
			n++
		}
	}
	return 5*n >= 4*len(samples)
}

func distinct(samples []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range samples {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// dateGuess is a format that reads all samples.
type dateGuess struct {
	format, calendar string
	ambiguous        bool // day and month could be exchanged
}

var dateCandidates = []dateGuess{{format: "iso"}, {format: "eu", ambiguous: true}, {format: "us", ambiguous: true}, {format: "YYYY/M/D[ H:mm[:ss]]"},
	{format: "YYYY/M/D[ H:mm[:ss]]", calendar: "solar-hijri"}, {format: "YYYY-M-D[ H:mm[:ss]]", calendar: "solar-hijri"}, {format: "rfc2822"}, {format: "epoch_s"}, {format: "epoch_ms"}, {format: "YYMMDD"}}

// guessDate gives the first format that reads all samples, nil where they are no dates.
func guessDate(samples []string) *dateGuess {
	var first *dateGuess
	for i := range dateCandidates {
		d := &dateCandidates[i]
		if !d.readsAll(samples) {
			continue
		}
		if first == nil {
			copied := *d
			copied.ambiguous = false
			first = &copied
		} else if d.ambiguous && first.format == "eu" {
			first.ambiguous = true
		}
	}
	return first
}

func (d *dateGuess) readsAll(samples []string) bool {
	formats, ok := namedDates[d.format]
	if !ok {
		formats = mustCompile(d.format)
	}
	digits := map[string]int{"epoch_s": 10, "epoch_ms": 13}[d.format]
	hint := 0
	for _, s := range samples {
		s = source.ASCIIDigits(s)
		if digits > 0 {
			if whole, _, _ := strings.Cut(s, "."); len(whole) != digits || strings.Trim(whole, "0123456789") != "" {
				return false
			}
			continue
		}
		var c civil
		if !formats.read(s, &c, &hint) {
			return false
		}
		if day, ok := c.dayOf(d.calendar); !ok || day < firstDay || day >= endDay {
			return false
		}
	}
	return true
}

// isClock tells whether the samples are times of day.
func isClock(samples []string) bool {
	hint := 0
	return every(samples, func(s string) bool {
		var c civil
		return clockTimes.read(source.ASCIIDigits(s), &c, &hint)
	})
}

// guessUnit gives the unit of a duration, "" where the samples are none.
func guessUnit(samples []string) string {
	for _, unit := range []string{"s", "mm:ss", "h:mm:ss"} {
		f := field{def: &fieldDef{}, value: &value{unit: unit, formats: formats{decimal: '.'}}}
		all, huge := true, 0
		for _, s := range samples {
			ms, bad := f.duration(s)
			all = all && bad == nil
			if ms > 4*3600*1000 {
				huge++
			}
		}
		if all && unit == "s" && 2*huge > len(samples) {
			return "ms" // nobody talks for hours most of the time
		}
		if all {
			return unit
		}
	}
	return ""
}

// unitOf gives the unit of a column: as its header says, else as its values look.
func (g *guess) unitOf(c int) string {
	unit := guessUnit(g.samples[c])
	if unit != "s" {
		return unit
	}
	header := g.headers[c]
	for _, u := range []string{"ms", "min"} {
		for w, to := range vocab().values["unit"] {
			if to == u && (header == w || strings.Contains(" "+header+" ", " "+w+" ")) {
				return u
			}
		}
	}
	return unit
}

// guessDecimal finds the decimal sign of a column: "" where the samples are no
// numbers. Where they fit both signs, such as 1.234 and 850, the one that they
// hold groups thousands, since amounts have three decimals more rarely; unless
// a lone zero stands before it, as in 0.125. Where none does, it is unclear:
// the numbers may be a thousand times as large.
func guessDecimal(samples []string) (sign string, unclear bool) {
	point, comma := fitsDecimal(samples, '.'), fitsDecimal(samples, ',')
	if point && comma {
		all := strings.Join(samples, "")
		dots, belowOne := strings.ContainsRune(all, '.'), slices.ContainsFunc(samples, belowOne.MatchString)
		if !dots && !strings.ContainsRune(all, ',') {
			return ".", false
		}
		point, unclear = dots == belowOne, !belowOne
	}
	switch {
	case point:
		return ".", unclear
	case comma:
		return ",", unclear
	}
	return "", false
}

// isNumeric tells whether samples are numbers, with one decimal sign or the other.
func isNumeric(samples []string) bool {
	sign, _ := guessDecimal(samples)
	return sign != ""
}

// guessCurrency gives the one currency that all samples name; "" where some
// name none, or where a sign is that of several.
func guessCurrency(samples []string) string {
	code := ""
	same := every(samples, func(s string) bool {
		_, beside := readNumber(s, '.')
		for _, text := range beside {
			d := denominationsOf(text)
			if len(d) != 1 || code != "" && d[0].code != code {
				return false
			}
			code = d[0].code
		}
		return len(beside) > 0
	})
	if !same {
		return ""
	}
	return code
}

func fitsDecimal(samples []string, decimal byte) bool {
	f := field{def: &fieldDef{currency: "currency"}, value: &value{formats: formats{decimal: decimal}}}
	return every(samples, func(s string) bool {
		_, beside, bad := f.amount(s)
		return bad == nil && every(beside, func(text string) bool { return denominationsOf(text) != nil })
	})
}

var belowOne = regexp.MustCompile(`(^|[^\p{Nd}.,])[0۰٠][.,]`)
