package mapping

import (
	"slices"
	"strings"
)

// Assign makes a column what is wanted of it: the field of a target such as
// calls.started, an Attribute, or LeftOut. How the field is written is guessed
// from the column. The column that filled the field before becomes an attribute.
func (e *Editor) Assign(column int, target string) {
	name, now := e.sample.columns[column], e.Use(column)
	switch {
	case now != nil && now.Target == target,
		target == Attribute && now == nil && !slices.Contains(e.kept("except"), name),
		target == LeftOut && now == nil && slices.Contains(e.kept("except"), name):
		return
	}
	if now != nil {
		e.unset(now.place.node, now.field.name)
	}
	e.keep("except", name, target == LeftOut)
	if target == LeftOut {
		e.keep("also", name, false)
	}
	if fact, field, ok := strings.Cut(target, "."); ok {
		if p, there := e.place(fact); there && p.field(field) != nil {
			e.set(p.node, field, e.sample.drafted(p.field(field), column))
		}
	}
}

// drafted is what a guess would write of a field and the column that fills it.
func (g *guess) drafted(f *fieldDef, c int) *node {
	g.out.Reset()
	section := map[kind]string{outcomeKind: "outcome", wordKind: f.name}[f.kind]
	switch samples := g.samples[c]; {
	case (f.kind == momentKind || f.kind == dayKind) && guessDate(samples) != nil:
		g.line("    %s: %s", f.name, g.from(c, guessDate(samples).options()))
	case f.kind == durationKind && guessUnit(samples) != "":
		g.line("    %s: %s", f.name, g.from(c, "unit: "+quoted(g.unitOf(c))))
	case f.kind == amountKind && isNumeric(samples):
		g.amount(f.name, c)
	case f.kind == outcomeKind, f.kind == wordKind && vocab().values[section] != nil && len(distinct(samples)) <= maxValues:
		g.mapped(f.name, c, section, "")
	default:
		g.line("    %s: %s", f.name, g.from(c))
	}
	root, err := readNode(g.out.String())
	if err != nil || root.get(f.name) == nil {
		return scalarNode(g.columns[c])
	}
	n := root.get(f.name)
	if m := n.get("map"); m != nil && m.shape != object { // no value is known
		return &node{shape: object, keys: n.keys[:1], items: n.items[:1]}
	}
	return n
}

// SetOption says how the field of a column is written; an empty value takes
// that back.
func (e *Editor) SetOption(column int, name, value string) {
	u := e.Use(column)
	if u == nil || u.Options[name] == value {
		return
	}
	v := e.opened(u)
	if value == "" {
		e.unset(v, name)
		return
	}
	e.set(v, name, scalarNode(value))
}

// opened gives the value of a field as an object.
func (e *Editor) opened(u *Use) *node {
	v := u.place.node.get(u.field.name)
	if v.shape == scalar {
		v = &node{shape: object, keys: []*node{scalarNode("column")}, items: []*node{scalarNode(v.text)}}
		e.set(u.place.node, u.field.name, v)
	}
	return v
}

// SetValues says which words the texts of a column stand for; one without a
// word is taken out of the map.
func (e *Editor) SetValues(column int, values []Value) {
	u := e.Use(column)
	if u == nil {
		return
	}
	now := map[string]string{}
	for _, v := range u.Values {
		now[fold(v.Text)] = v.To
	}
	if !slices.ContainsFunc(values, func(v Value) bool { return now[fold(v.Text)] != v.To }) {
		return
	}
	n := e.opened(u)
	m := n.get("map")
	if m == nil || m.shape != object {
		m = &node{shape: object}
	}
	for _, v := range values {
		key := v.Text
		for _, k := range m.keys {
			if fold(k.text) == fold(key) {
				key = k.text
			}
		}
		if v.To == "" {
			e.unset(m, key)
		} else {
			e.set(m, key, scalarNode(v.To))
		}
	}
	if len(m.keys) == 0 {
		e.unset(n, "map")
		return
	}
	e.set(n, "map", m)
}

// SetKey names the columns that tell records apart.
func (e *Editor) SetKey(columns []string) {
	if slices.Equal(columns, e.Keys()) {
		return
	}
	switch len(columns) {
	case 0:
		e.unset(e.root, "key")
	case 1:
		e.set(e.root, "key", scalarNode(columns[0]))
	default:
		e.set(e.root, "key", listNode(columns))
	}
}

// Get gives a text of the whole file: zone, country or currency.
func (e *Editor) Get(name string) string {
	if n := e.root.get(name); n != nil {
		return n.text
	}
	return ""
}

// Set sets a text of the whole file; an empty one takes it back.
func (e *Editor) Set(name, value string) {
	switch {
	case e.Get(name) == value:
	case value == "":
		e.unset(e.root, name)
	default:
		e.set(e.root, name, scalarNode(value))
	}
}

// SetAlso has a column that fills a field kept as an attribute, too.
func (e *Editor) SetAlso(column int, also bool) { e.keep("also", e.sample.columns[column], also) }

// keep puts a column under a word of attributes, or takes it out.
func (e *Editor) keep(word, column string, in bool) {
	a := e.root.get("attributes")
	switch now := e.kept(word); {
	case slices.Contains(now, column) == in:
		return
	case a == nil || a.shape == empty:
		a = &node{shape: object}
	case a.shape != object: // the short form says what is kept
		a = &node{shape: object, keys: []*node{scalarNode("keep")}, items: []*node{a}}
	}
	list := e.kept(word)
	if in {
		list = append(list, column)
	} else {
		list = slices.DeleteFunc(list, func(s string) bool { return s == column })
	}
	if len(list) == 0 {
		e.unset(a, word)
	} else {
		e.set(a, word, listNode(list))
	}
	if len(a.keys) == 0 {
		e.unset(e.root, "attributes")
		return
	}
	e.set(e.root, "attributes", a)
}

// Constant is a field that has one value in all rows, or one that is still to
// be named: no column fills it, and its fact cannot be without.
type Constant struct {
	Target  string
	Value   string
	Words   []string
	Missing bool
}

// Constants lists the fields that have one value, and those that are missing.
func (e *Editor) Constants() []Constant {
	var out []Constant
	for _, p := range e.places() {
		for i, k := range p.node.keys {
			f := p.field(k.text)
			if v := p.node.items[i]; f != nil && v.shape == object && v.get("value") != nil {
				out = append(out, constant(p, f, v.get("value").text))
			}
		}
		if p.def == nil {
			continue
		}
		shared := e.root.get("shared")
		for i := range p.def.fields {
			if f := &p.def.fields[i]; f.required && p.node.get(f.name) == nil && (shared == nil || shared.get(f.name) == nil) {
				c := constant(p, f, "")
				c.Missing = true
				out = append(out, c)
			}
		}
	}
	return out
}

func constant(p place, f *fieldDef, value string) Constant {
	c := Constant{Target: p.name + "." + f.name, Value: value, Words: f.words}
	if f.kind == outcomeKind {
		c.Words = outcomeWords()
	}
	return c
}

// SetConstant gives a field one value in all rows; an empty one takes it back.
func (e *Editor) SetConstant(target, value string) {
	fact, field, _ := strings.Cut(target, ".")
	p, ok := e.place(fact)
	if !ok || p.field(field) == nil {
		return
	}
	v := p.node.get(field)
	switch isConstant := v != nil && v.shape == object && v.get("value") != nil; {
	case v != nil && !isConstant, isConstant && v.get("value").text == value, v == nil && value == "":
	case value == "":
		e.unset(p.node, field)
	default:
		e.set(p.node, field, &node{shape: object, keys: []*node{scalarNode("value")}, items: []*node{scalarNode(value)}})
	}
}
