package mapping

import (
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// value says where the text of a field comes from and how it is understood.
type value struct {
	line     int
	columns  []string // the first that is not empty; of phones, all
	expr     string
	constant string
	fixed    bool // constant was given
	time     string
	optional bool // the file may lack the columns

	null     []string
	mapped   map[string]string // by folded text
	fallback string            // where the text is empty, or mapped does not know it
	formats  formats
	unit     string
	zone     string
	split    bool    // of an agent: "Ana:60;Ivan:40"
	shares   []share // of an agent: columns
}

// share is one agent of a joint sale, and the column of that agent's weight.
type share struct {
	agent, weight string
}

// formats is how texts of a file are written.
type formats struct {
	dates    dateFormats
	times    dateFormats
	decimal  byte
	calendar string
}

var (
	valueKeys = words("column columns expr value date time optional null map default format time_format unit decimal zone calendar shares")
	units     = words("s ms us min h days h:mm:ss h:mm mm:ss")
)

func (r *reader) formats(n *node) *formats {
	f := &formats{decimal: '.', calendar: "gregorian"}
	f.dates, f.times = namedDates["iso"], clockTimes
	if n == nil || n.shape == empty || !r.object(n, formatKeys) {
		return f
	}
	r.formatsInto(f, n.get("date"), n.get("time"), n.get("decimal"), n.get("calendar"))
	return f
}

func (r *reader) formatsInto(f *formats, date, clock, decimal, calendar *node) {
	if date != nil {
		f.dates = r.dateFormats(date, true)
	}
	if clock != nil {
		f.times = r.dateFormats(clock, false)
	}
	if d := r.oneOf(decimal, decimals); d != "" {
		f.decimal = d[0]
	}
	if c := r.oneOf(calendar, calendars); c != "" {
		f.calendar = c
	}
}

// value reads the right side of a field: the name of a column, or an object.
func (r *reader) value(n *node, k kind, defaults *formats) *value {
	v := &value{line: n.line, formats: *defaults}
	switch n.shape {
	case scalar:
		v.columns = []string{n.text}
		return v
	case list:
		v.columns = r.texts(n)
		if len(v.columns) == 0 {
			r.fail(n, "mapping.no_origin")
		}
		return v
	}
	if !r.object(n, valueKeys) {
		return v
	}
	r.origin(v, n, k)
	v.optional = r.truth(n.get("optional"))
	v.null = r.texts(n.get("null"))
	v.fallback = r.text(n.get("default"))
	if m := n.get("map"); m != nil {
		v.mapped = map[string]string{}
		from, to := r.pairs(m)
		for i := range from {
			v.mapped[fold(from[i])] = to[i]
		}
	}
	r.formatsInto(&v.formats, n.get("format"), n.get("time_format"), n.get("decimal"), n.get("calendar"))
	v.unit = r.oneOf(n.get("unit"), units)
	v.zone = r.zone(n.get("zone"))
	if k == outcomeKind {
		r.outcomes(v, n)
	}
	if k == agentKind {
		r.shares(v, n.get("shares"))
	} else if n.get("shares") != nil {
		r.fail(n.get("shares"), "mapping.shares_of_agent")
	}
	return v
}

// origin reads where the text comes from: exactly one of the ways.
func (r *reader) origin(v *value, n *node, k kind) {
	given := 0
	if c := n.get("column"); c != nil {
		given++
		v.columns = []string{r.text(c)}
	}
	if c := n.get("columns"); c != nil {
		given++
		v.columns = r.texts(c)
	}
	if e := n.get("expr"); e != nil {
		given++
		v.expr, v.line = r.text(e), e.line
	}
	if c := n.get("value"); c != nil {
		given++
		v.constant, v.fixed = strings.TrimSpace(r.text(c)), true
	}
	if d := n.get("date"); d != nil {
		given++
		v.columns = []string{r.text(d)}
	}
	if t := n.get("time"); t != nil {
		v.time = r.text(t)
		if n.get("date") == nil || k != momentKind {
			r.fail(t, "mapping.time_without_date")
		}
	}
	if s := n.get("shares"); s != nil && s.shape == list {
		given++
		v.columns = nil
	}
	if given != 1 {
		r.fail(n, "mapping.one_origin")
	}
}

// outcomes checks that a value map leads to outcomes.
func (r *reader) outcomes(v *value, n *node) {
	known := outcomeWords()
	if m := n.get("map"); m != nil {
		for _, item := range m.items {
			r.oneOf(item, known)
		}
	}
	for _, key := range []string{"default", "value"} {
		if w := n.get(key); w != nil {
			r.oneOf(w, known)
		}
	}
}

func (r *reader) shares(v *value, n *node) {
	switch {
	case n == nil:
	case n.shape == scalar:
		v.split = r.truth(n)
	case n.shape == list:
		for _, item := range n.items {
			if r.object(item, words("agent share")) {
				s := share{r.text(item.get("agent")), r.text(item.get("share"))}
				if s.agent == "" {
					r.fail(item, "mapping.no_origin")
				}
				v.shares = append(v.shares, s)
			}
		}
	default:
		r.fail(n, "mapping.want_text")
	}
}

func outcomeWords() []string {
	var list []string
	for _, o := range callpace.Outcomes() {
		list = append(list, string(o))
	}
	return list
}

// fold makes texts comparable that differ in case, outer spaces or the script of digits only.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(source.ASCIIDigits(s))) }

// isCurrency tells whether s looks like an ISO 4217 code.
func isCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for i := range 3 {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
