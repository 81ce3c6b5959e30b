package mapping

import (
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// Editor changes a mapping column by column, as a form does. What it does not
// know it leaves as it is written; comments go with the first change.
type Editor struct {
	root    *node
	text    string
	changed bool
	sample  *guess
}

// What a column can be beside a field.
const (
	Attribute = ""  // kept as an attribute
	LeftOut   = "-" // not kept
)

// Edit opens a mapping for changes, with the beginning of a file that it is to
// read. The mapping may be unfinished, as long as it is YAML and its layout fits.
func Edit(text string, head []byte) (*Editor, error) {
	root, err := readNode(text)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	if root.shape != object {
		r.fail(root, "mapping.want_object", "known", strings.Join(topKeys, ", "))
		return nil, r.err
	}
	layout := r.layout(root.get("layout"))
	if r.err != nil {
		return nil, r.err
	}
	g := &guess{layout: layout, found: map[string]int{}, used: map[int]bool{}, say: func(string, map[string]any) string { return "" }}
	if err := g.read(head); err != nil {
		return nil, err
	}
	return &Editor{root: root, text: text, sample: g}, nil
}

// Skeleton is the mapping of a file of which nothing is known: of its rows as a
// fact, with every field still to be named.
func Skeleton(head []byte, name, fact string, settings facts.Settings) string {
	g := &guess{layout: guessLayout(head, name, settings)}
	g.line("version: 1")
	if g.layout.Kind != "" {
		g.line("layout: {kind: %s}", g.layout.Kind)
	} else if g.layout.Encoding != "" {
		g.line("layout: {encoding: %s}", g.layout.Encoding)
	}
	g.line("zone: %s", settings.Zone)
	g.line("facts:")
	g.line("  %s: {}", fact)
	return g.out.String()
}

// Text is the mapping as it is now; unchanged, it is the text that was opened.
func (e *Editor) Text() string {
	if !e.changed {
		return e.text
	}
	var b strings.Builder
	e.root.write(&b, 0)
	return b.String()
}

// Rows gives the first rows of the file, aligned with Columns.
func (e *Editor) Rows(most int) [][]string { return e.sample.rows[:min(most, len(e.sample.rows))] }

// Read is how many rows of the file were looked at.
func (e *Editor) Read() int { return len(e.sample.rows) }

// Headers are the names of the file's columns.
func (e *Editor) Headers() []string { return e.sample.columns }

// place is one row that a record yields of a fact, by the name that it has in
// targets: calls, the second of a list lead_stages#2, or shared.
type place struct {
	name string
	def  *factDef // nil: shared
	node *node
}

func (e *Editor) places() []place {
	var out []place
	if s := e.root.get("shared"); s != nil && s.shape == object {
		out = append(out, place{"shared", nil, s})
	}
	fs := e.root.get("facts")
	if fs == nil {
		return out
	}
	for i, k := range fs.keys {
		def := factByName(k.text)
		if def == nil {
			continue
		}
		items := []*node{fs.items[i]}
		if fs.items[i].shape == list {
			items = fs.items[i].items
		}
		for j, item := range items {
			name := k.text
			if j > 0 {
				name += "#" + strconv.Itoa(j+1)
			}
			out = append(out, place{name, def, item})
		}
	}
	return out
}

func (e *Editor) place(name string) (place, bool) {
	for _, p := range e.places() {
		if p.name == name {
			return p, true
		}
	}
	return place{}, false
}

func (p place) field(name string) *fieldDef {
	if p.def != nil {
		return p.def.find(name)
	}
	for _, d := range factDefs {
		if f := d.find(name); f != nil {
			return f
		}
	}
	return nil
}

// Fact is a fact of the mapping, with the fields that columns can fill.
type Fact struct {
	Name   string
	Fields []FactField
}

// FactField is a field; Required tells that the fact cannot be without.
type FactField struct {
	Name     string
	Required bool
}

// Facts lists the facts that the mapping yields.
func (e *Editor) Facts() []Fact {
	var out []Fact
	for _, p := range e.places() {
		f := Fact{Name: p.name}
		if p.def == nil {
			for _, k := range p.node.keys {
				f.Fields = append(f.Fields, FactField{Name: k.text})
			}
		} else {
			for _, d := range p.def.fields {
				f.Fields = append(f.Fields, FactField{d.name, d.required})
			}
		}
		out = append(out, f)
	}
	return out
}

// FactNames lists all facts that a mapping can yield.
func FactNames() []string {
	names := make([]string, len(factDefs))
	for i, d := range factDefs {
		names[i] = d.table.Name
	}
	return names
}

// AddFact adds a fact without any field.
func (e *Editor) AddFact(name string) {
	if _, there := e.place(name); there || factByName(name) == nil {
		return
	}
	fs := e.root.get("facts")
	if fs == nil || fs.shape != object {
		fs = &node{shape: object}
		e.set(e.root, "facts", fs)
	}
	e.set(fs, name, &node{shape: object})
}

// RemoveFact takes a fact out, with all that filled it.
func (e *Editor) RemoveFact(name string) {
	p, ok := e.place(name)
	fs := e.root.get("facts")
	if !ok || p.def == nil {
		return
	}
	fact, _, _ := strings.Cut(name, "#")
	if n := fs.get(fact); n.shape == list && len(n.items) > 1 {
		n.items = slices.DeleteFunc(n.items, func(x *node) bool { return x == p.node })
		e.changed = true
		return
	}
	e.unset(fs, fact)
}

// set puts a value under a key, in place of the one that is there.
func (e *Editor) set(n *node, key string, value *node) {
	e.changed = true
	n.shape = object
	for i, k := range n.keys {
		if k.text == key {
			n.items[i] = value
			return
		}
	}
	at := len(n.keys)
	if n == e.root { // the order of the documentation
		for at > 0 && slices.Index(topKeys, n.keys[at-1].text) > slices.Index(topKeys, key) {
			at--
		}
	}
	n.keys = slices.Insert(n.keys, at, &node{shape: scalar, text: key})
	n.items = slices.Insert(n.items, at, value)
}

func (e *Editor) unset(n *node, key string) {
	for i, k := range n.keys {
		if k.text == key {
			e.changed = true
			n.keys, n.items = slices.Delete(n.keys, i, i+1), slices.Delete(n.items, i, i+1)
			return
		}
	}
}

func scalarNode(s string) *node { return &node{shape: scalar, text: s} }

func listNode(items []string) *node {
	n := &node{shape: list}
	for _, s := range items {
		n.items = append(n.items, scalarNode(s))
	}
	return n
}
