// Package mapping is the format "mapping": tables (delimited text, JSON lines,
// spreadsheets) whose columns a mapping file turns into facts. It reads no
// bytes of its own, that is package table's part, and it never guesses while
// decoding: what a row means follows from the mapping file, the settings and
// the row alone.
package mapping

import (
	"strconv"
	"time"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source/table"
)

// Mapping is a mapping file that was read and checked as far as that goes
// without seeing a file it maps.
type Mapping struct {
	layout       table.Layout
	zone         string
	country      string
	currency     string
	record       string
	key          []string // columns; or
	keyExpr      *value
	version      *value
	skip         []clause
	null         []string
	dispositions string
	shared       []assignment
	facts        []entry
	attributes   attributes
	formats      *formats
	personal     []string
}

// clause is a condition with the line it stands on.
type clause struct {
	line int
	text string
}

// entry is one row that every record yields of a fact.
type entry struct {
	line       int
	def        *factDef
	suffix     string // sets the rows of one record apart where a fact has several; "stage": the row's own
	when       []clause
	fields     []assignment
	attributes *attributes
}

// assignment says what a field is made of.
type assignment struct {
	name  string
	value *value
}

// attributes says which columns are kept as they are.
type attributes struct {
	mode   string // unmapped, all, none, only
	names  []string
	except []string
	also   []string
	rename map[string]string
}

var (
	topKeys       = words("version layout zone country currency record key row_version skip formats null dispositions shared facts attributes personal")
	layoutKeys    = words("kind encoding delimiter quote escape comment header columns skip_lines sheet header_row")
	formatKeys    = words("date time decimal calendar")
	attributeKeys = words("keep except also rename")
	entryKeys     = words("when suffix attributes")
	keepWords     = words("unmapped all none")
	decimals      = words(". ,")
	calendars     = words("gregorian solar-hijri")
)

// Parse reads a mapping file. Its error names the line, and the nearest known
// name where one was misspelt.
func Parse(text string) (*Mapping, error) {
	root, err := readNode(text)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	m := r.mapping(root)
	if r.err != nil {
		return nil, r.err
	}
	return m, nil
}

func (r *reader) mapping(n *node) *Mapping {
	if !r.object(n, topKeys) {
		return nil
	}
	m := &Mapping{}
	if v := n.get("version"); v == nil || r.text(v) != "1" {
		r.fail(n, "mapping.version")
	}
	m.layout = r.layout(n.get("layout"))
	m.zone = r.zone(n.get("zone"))
	m.country = r.text(n.get("country"))
	m.currency = r.text(n.get("currency"))
	if c := n.get("currency"); c != nil && !isCurrency(m.currency) {
		r.fail(c, "mapping.bad_currency", "value", m.currency)
	}
	m.record = r.text(n.get("record"))
	m.null = r.texts(n.get("null"))
	defaults := r.formats(n.get("formats"))
	m.formats = defaults
	if k := n.get("key"); k != nil && k.shape == object {
		m.keyExpr = r.value(k, textKind, defaults)
	} else {
		m.key = r.texts(k)
	}
	if v := n.get("row_version"); v != nil {
		m.version = r.value(v, textKind, defaults)
	}
	m.skip = r.clauses(n.get("skip"))
	m.dispositions = "auto"
	if d := n.get("dispositions"); d != nil {
		m.dispositions = r.oneOf(d, words("auto yes no"))
	}
	m.attributes = r.attributes(n.get("attributes"))
	m.personal = r.texts(n.get("personal"))
	r.facts(m, n, defaults)
	return m
}

func (r *reader) layout(n *node) table.Layout {
	var l table.Layout
	if n == nil || n.shape == empty || !r.object(n, layoutKeys) {
		return l
	}
	l.Kind = r.text(n.get("kind"))
	l.Encoding = r.text(n.get("encoding"))
	l.Delimiter = r.text(n.get("delimiter"))
	l.Quote = r.text(n.get("quote"))
	l.Escape = r.text(n.get("escape"))
	l.Comment = r.text(n.get("comment"))
	if h := n.get("header"); h != nil {
		is := r.truth(h)
		l.Header = &is
	}
	l.Columns = r.texts(n.get("columns"))
	l.SkipLines = r.count(n.get("skip_lines"))
	l.Sheet = r.text(n.get("sheet"))
	l.HeaderRow = r.count(n.get("header_row"))
	return l
}

func (r *reader) zone(n *node) string {
	s := r.text(n)
	if s == "" {
		return ""
	}
	if s == "Local" { // would depend on the machine
		r.fail(n, "mapping.bad_zone", "zone", s)
	} else if _, err := time.LoadLocation(s); err != nil {
		r.fail(n, "mapping.bad_zone", "zone", s)
	}
	return s
}

func (r *reader) clauses(n *node) []clause {
	if n == nil {
		return nil
	}
	if n.shape == list {
		var out []clause
		for _, item := range n.items {
			out = append(out, clause{item.line, r.text(item)})
		}
		return out
	}
	return []clause{{n.line, r.text(n)}}
}

func (r *reader) attributes(n *node) attributes {
	a := attributes{mode: "unmapped"}
	switch {
	case n == nil || n.shape == empty:
	case n.shape == scalar:
		a.mode = r.oneOf(n, keepWords)
	case n.shape == list:
		a.mode, a.names = "only", r.texts(n)
	case r.object(n, attributeKeys):
		if k := n.get("keep"); k != nil && k.shape == list {
			a.mode, a.names = "only", r.texts(k)
		} else if k != nil {
			a.mode = r.oneOf(k, keepWords)
		}
		a.except, a.also = r.texts(n.get("except")), r.texts(n.get("also"))
		from, to := r.pairs(n.get("rename"))
		a.rename = make(map[string]string, len(from))
		for i := range from {
			a.rename[from[i]] = to[i]
		}
	}
	return a
}

func (r *reader) facts(m *Mapping, n *node, defaults *formats) {
	if s := n.get("shared"); s != nil {
		m.shared = r.shared(s, defaults)
	}
	fs := n.get("facts")
	if fs == nil || fs.shape != object || len(fs.items) == 0 {
		r.fail(n, "mapping.no_facts")
		return
	}
	names := make([]string, len(factDefs))
	for i, d := range factDefs {
		names[i] = d.table.Name
	}
	if !r.object(fs, names) {
		return
	}
	for i, k := range fs.keys {
		def, items := factByName(k.text), []*node{fs.items[i]}
		if fs.items[i].shape == list {
			items = fs.items[i].items
		}
		for i, item := range items {
			e := r.entry(def, item, m.shared, defaults)
			if e.suffix == "" && def.table == facts.LeadStages {
				e.suffix = "stage"
			} else if e.suffix == "" && i > 0 {
				e.suffix = strconv.Itoa(i + 1)
			}
			m.facts = append(m.facts, e)
		}
	}
	if len(m.facts) > maxEntries {
		r.fail(fs, "mapping.too_many_facts", "limit", maxEntries)
	}
	if m.record == "" && len(m.facts) > 0 {
		m.record = m.facts[0].def.table.Name
	}
}

// maxEntries bounds the rows that one record may yield.
const maxEntries = 64

// shared reads fields that every fact which has them gets.
func (r *reader) shared(n *node, defaults *formats) []assignment {
	var all []string
	for _, d := range factDefs {
		all = append(all, d.names()...)
	}
	if !r.object(n, all) {
		return nil
	}
	var out []assignment
	for i, k := range n.keys {
		for _, d := range factDefs {
			if f := d.find(k.text); f != nil {
				out = append(out, assignment{k.text, r.value(n.items[i], f.kind, defaults)})
				break
			}
		}
	}
	return out
}

func (r *reader) entry(def *factDef, n *node, shared []assignment, defaults *formats) entry {
	e := entry{line: n.line, def: def}
	if !r.object(n, append(def.names(), entryKeys...)) {
		return e
	}
	e.when, e.suffix = r.clauses(n.get("when")), r.text(n.get("suffix"))
	if a := n.get("attributes"); a != nil {
		own := r.attributes(a)
		e.attributes = &own
	}
	for i := range def.fields {
		f := &def.fields[i]
		v := n.get(f.name)
		if v != nil && v.shape == empty { // `agent:` alone takes back a shared field
			continue
		}
		if v != nil {
			e.fields = append(e.fields, assignment{f.name, r.value(v, f.kind, defaults)})
			continue
		}
		given := false
		for _, s := range shared {
			if s.name == f.name {
				e.fields, given = append(e.fields, s), true
			}
		}
		if f.required && !given {
			r.fail(n, "mapping.field_missing", "fact", def.table.Name, "field", f.name)
		}
	}
	return e
}
