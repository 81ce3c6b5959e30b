package mapping

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source/table"
)

// state is what one goroutine needs to decode: the row at hand, its cells, and
// caches that stay warm from chunk to chunk.
type state struct {
	plan     *plan
	machine  vm.VM
	row      []string // trimmed, as plan.columns
	extra    []stray  // fields of a row that brings its own names
	line     int64
	cells    []cell
	shares   [][]agentShare // by field id / 2
	hints    []int          // which pattern fitted last, by field id
	zones    []*wall
	org      *wall
	phones   map[string]string
	meant    []map[string]meaning // by field id / 2
	buffer   []byte
	vectors  [][]*facts.Vector // attribute columns of the batch, by entry
	rows     []*facts.Rows
	out      *facts.Batch
	expected int // rows of the chunk, at most
	warned   map[warning]int
	counts   []counted
}

type stray struct{ name, text string }

// cell is a field of the row at hand, understood.
type cell struct {
	set  bool
	hour int64 // of a moment
	day  int64
	num  int64 // of a moment: microseconds
	text string
}

// meaning is what a word of the source stands for.
type meaning struct {
	text  string
	known bool
	by    int64 // of a currency: how many of its units count as one
}

type warning struct{ key, what string }

type counted struct {
	warning
	line  int64
	count int
}

func newState(p *plan) *state {
	s := &state{plan: p, row: make([]string, len(p.columns)), cells: make([]cell, p.cells), hints: make([]int, 2*p.fields),
		phones: map[string]string{}, meant: make([]map[string]meaning, p.fields), warned: map[warning]int{}, shares: make([][]agentShare, p.fields),
		vectors: make([][]*facts.Vector, len(p.entries)), rows: make([]*facts.Rows, len(p.entries))}
	for _, z := range p.zones {
		s.zones = append(s.zones, newWall(z))
	}
	s.org = s.zones[0]
	for i, z := range s.zones[1:] { // the same zone by name: one wall, and a shorter way
		if z.zone.String() == s.org.zone.String() {
			s.zones[i+1] = s.org
		}
	}
	for i, e := range p.entries {
		s.vectors[i] = make([]*facts.Vector, len(e.attributes))
	}
	return s
}

// begin prepares for a chunk of so many rows, as far as is known.
func (s *state) begin(out *facts.Batch, expected int) {
	s.out, s.expected = out, min(expected, 1<<17)
	out.Records = slices.Grow(out.Records, s.expected)
	for i, v := range s.vectors {
		clear(v)
		s.rows[i] = nil
	}
}

// end writes the warnings of the chunk: one for each kind and value, with the
// line where it was met first and how often.
func (s *state) end() {
	for _, c := range s.counts {
		s.out.Warnings = append(s.out.Warnings, facts.Warning{Line: c.line, Reason: callpace.M(c.key, "what", c.what, "count", c.count)})
	}
	s.counts, s.out = s.counts[:0], nil
	clear(s.warned)
}

// maxWarnings bounds the different warnings of one chunk.
const maxWarnings = 100

func (s *state) warn(key, what string) {
	w := warning{key, what}
	i, ok := s.warned[w]
	if !ok {
		if len(s.counts) == maxWarnings {
			return
		}
		i = len(s.counts)
		w.what = strings.Clone(short(what))
		s.warned[warning{key, strings.Clone(what)}] = i
		s.counts = append(s.counts, counted{w, s.line, 0})
	}
	s.counts[i].count++
}

// align takes over a row: its fields by the plan's columns, trimmed, with the
// texts that stand for nothing taken out.
func (s *state) align(row *table.Row) {
	s.line = row.Line
	if row.Names == nil && !s.plan.dynamic {
		for i := range s.row {
			s.row[i] = ""
			if i < len(row.Fields) {
				s.row[i] = s.clean(row.Fields[i])
			}
		}
		return
	}
	clear(s.row)
	s.extra = s.extra[:0]
	for i, name := range row.Names {
		if i >= len(row.Fields) {
			break
		}
		if c, ok := s.plan.at[name]; ok {
			s.row[c] = s.clean(row.Fields[i])
		} else {
			s.extra = append(s.extra, stray{name, s.clean(row.Fields[i])})
		}
	}
}

func (s *state) clean(text string) string {
	if text == "" {
		return ""
	}
	if a, z := text[0], text[len(text)-1]; a <= ' ' || z <= ' ' || a >= 0x80 || z >= 0x80 {
		text = strings.TrimSpace(text)
	}
	if s.plan.null != nil && isNull(text, s.plan.null) {
		return ""
	}
	return text
}

func isNull(text string, null []string) bool {
	for _, n := range null {
		if len(n) == len(text) && strings.EqualFold(n, text) {
			return true
		}
	}
	return false
}

// text gives the text of a field: of its first column that is not empty, its
// expression or its constant, with null and default applied.
func (s *state) text(f *field) (string, *callpace.Message) {
	v, text := f.value, ""
	switch {
	case f.program != nil:
		t, err := s.result(f.program)
		if err != nil {
			return "", f.reject("mapping.reject.expr", firstLine(err.Error()))
		}
		text = t
		if v.null != nil && isNull(text, v.null) {
			text = ""
		}
	case v.fixed:
		return v.constant, nil
	case f.def.kind == phonesKind:
		text = s.joined(f)
	default:
		for _, c := range f.cols {
			if c < 0 {
				continue
			}
			if text = s.row[c]; text != "" && (v.null == nil || !isNull(text, v.null)) {
				break
			}
			text = ""
		}
	}
	if text == "" && v.mapped == nil {
		return v.fallback, nil
	}
	return text, nil
}

func (s *state) joined(f *field) string {
	if len(f.cols) == 1 && f.cols[0] >= 0 {
		return s.row[f.cols[0]]
	}
	var out []string
	for _, c := range f.cols {
		if c >= 0 && s.row[c] != "" {
			out = append(out, s.row[c])
		}
	}
	return strings.Join(out, ";")
}

// meaningOf looks a word up: in the field's value map, in the lists of the
// catalogue. Answers are kept, since columns of words have few.
func (s *state) meaningOf(f *field, text string) meaning {
	m := s.meant[f.id/2]
	if got, ok := m[text]; ok {
		return got
	}
	if m == nil || len(m) >= maxCached/8 {
		m = map[string]meaning{}
		s.meant[f.id/2] = m
	}
	got := f.meaning(text)
	m[strings.Clone(text)] = got
	return got
}

func (f *field) meaning(text string) meaning {
	v, m := f.value, meaning{text: strings.Clone(text), known: true}
	if v.mapped != nil {
		to, ok := v.mapped[fold(text)]
		switch {
		case ok:
			m.text = to
		case v.fallback != "" || text == "":
			m.text = v.fallback
		}
		if f.def.kind == outcomeKind && !ok {
			return meaning{text: orUnknown(m.text, v.fallback), known: v.fallback != ""}
		}
	}
	switch f.def.kind {
	case outcomeKind:
		m.text = snake(m.text)
		if _, ok := callpace.FlagsOf(callpace.Outcome(m.text)); !ok {
			return meaning{text: string(callpace.Unknown)}
		}
	case wordKind:
		m.text = snake(m.text)
		m.known = m.text == "" || f.def.words == nil || has(f.def.words, m.text)
	case currencyKind:
		if m.text == "" {
			break
		}
		d, ok := oneDenomination(m.text)
		m.text, m.by, m.known = d.code, d.by, ok && (d.by == 1 || !has(rated, f.def.name))
	}
	return m
}

// orUnknown: an outcome that the map does not know is unknown, unless the
// mapping has a default for it.
func orUnknown(text, fallback string) string {
	if fallback == "" {
		return string(callpace.Unknown)
	}
	return text
}

// snake writes a word as the catalogue does: "Follow-up" is follow_up.
func snake(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return '_'
		}
		return r
	}, strings.ToLower(s))
}
