package mapping

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Column is a column of the file and what the mapping makes of it.
type Column struct {
	Name    string
	Samples []string // some of its values
	Use     *Use     // the field that it fills alone, nil: none
	Others  []string // what else it has a part in
	Left    bool     // not kept
	Also    bool     // kept as an attribute, too
	Key     bool
}

// Use is a field that a column fills.
type Use struct {
	Target  string            // fact.field
	Options map[string]string // by the words of the documentation, of those in Offers
	Offers  []Offer
	Words   []string // known ones of the field; empty: it takes any
	Values  []Value  // the column's different values, where the field has words
	field   *fieldDef
	place   place
}

// Offer is something that can be said of how a field is written. Values are
// those allowed, or with Free some that are usual.
type Offer struct {
	Name   string
	Values []string
	Free   bool
}

// Value is a text of a column, how often the rows that were looked at have it,
// and the word that it stands for: "" where the map does not say.
type Value struct {
	Text  string
	Count int
	To    string
}

// maxValues bounds the values that are listed of a column.
const maxValues = 100

var (
	dateOffers = []Offer{{"format", words("iso eu us rfc2822 epoch_s epoch_ms epoch_us excel"), true}, {"calendar", calendars, false}, {"zone", nil, true}}
	offers     = map[kind][]Offer{momentKind: dateOffers, dayKind: dateOffers[:2], durationKind: {{"unit", units, false}},
		amountKind: {{"decimal", decimals, false}}, outcomeKind: {{"default", nil, true}}, wordKind: {{"default", nil, true}}}
)

// Columns lists the file's columns.
func (e *Editor) Columns() []Column {
	out := make([]Column, len(e.sample.columns))
	keys, left, also := e.Keys(), e.kept("except"), e.kept("also")
	for c, name := range e.sample.columns {
		out[c] = Column{Name: name, Key: slices.Contains(keys, name), Left: slices.Contains(left, name), Also: slices.Contains(also, name)}
		for _, s := range e.sample.samples[c] {
			if !slices.Contains(out[c].Samples, s) {
				out[c].Samples = append(out[c].Samples, s)
			}
			if len(out[c].Samples) == 3 {
				break
			}
		}
		out[c].Use, out[c].Others = e.uses(c)
	}
	return out
}

// Use gives the field that a column fills alone, nil where it fills none.
func (e *Editor) Use(column int) *Use {
	u, _ := e.uses(column)
	return u
}

func (e *Editor) uses(column int) (first *Use, others []string) {
	name := e.sample.columns[column]
	for _, p := range e.places() {
		for i, k := range p.node.keys {
			switch v := p.node.items[i]; {
			case has(entryKeys, k.text):
				if k.text == "when" && mentions(v, name) {
					others = append(others, p.name+".when")
				}
			case plainColumn(v) == name && p.field(k.text) != nil:
				if first == nil {
					first = e.use(p, p.field(k.text), v, column)
				} else {
					others = append(others, p.name+"."+k.text)
				}
			case mentions(v, name):
				others = append(others, p.name+"."+k.text)
			}
		}
	}
	for _, key := range words("skip row_version") {
		if v := e.root.get(key); v != nil && mentions(v, name) {
			others = append(others, key)
		}
	}
	return first, others
}

// plainColumn gives the one column that a value is made of, "" where it is made
// of more, or otherwise.
func plainColumn(v *node) string {
	switch {
	case v.shape == scalar:
		return v.text
	case v.shape == object && v.get("column") != nil && v.get("shares") == nil:
		return v.get("column").text
	}
	return ""
}

var notWord = regexp.MustCompile(`[^\p{L}\p{N}_]+`)

// mentions tells whether a value, or an expression in it, has to do with a column.
func mentions(v *node, name string) bool {
	if v.shape == scalar {
		return v.text == name || strings.Contains(v.text, strconv.Quote(name)) || slices.Contains(notWord.Split(v.text, -1), name)
	}
	for i, item := range v.items {
		if (v.keys == nil || !has(words("map null format value default unit"), v.keys[i].text)) && mentions(item, name) {
			return true
		}
	}
	return false
}

func (e *Editor) use(p place, f *fieldDef, v *node, column int) *Use {
	u := &Use{Target: p.name + "." + f.name, Options: map[string]string{}, Offers: offers[f.kind], Words: f.words, field: f, place: p}
	if f.kind == outcomeKind {
		u.Words = outcomeWords()
	}
	for _, o := range u.Offers {
		if n := v.get(o.Name); n != nil {
			u.Options[o.Name] = (&reader{}).joined(n)
		}
	}
	if len(u.Words) > 0 {
		u.Offers = []Offer{{"default", u.Words, false}}
		u.Values = e.values(column, v.get("map"), f, u.Words)
	}
	return u
}

func (r *reader) joined(n *node) string { return strings.Join(r.texts(n), " | ") }

// values lists what a column holds, the most frequent first.
func (e *Editor) values(column int, known *node, f *fieldDef, words []string) []Value {
	counts, at := []Value(nil), map[string]int{}
	for _, row := range e.sample.rows {
		folded := fold(row[column])
		i, met := at[folded]
		if !met {
			i = len(counts)
			at[folded], counts = i, append(counts, Value{Text: row[column]})
		}
		counts[i].Count++
	}
	if known != nil {
		for i, k := range known.keys { // what the map says of values that these rows do not have stays
			if _, met := at[fold(k.text)]; met {
				counts[at[fold(k.text)]].To = known.items[i].text
			}
		}
	}
	for i, v := range counts {
		if v.To == "" && (known == nil || f.kind != outcomeKind) && has(words, snake(v.Text)) {
			counts[i].To = snake(v.Text)
		}
	}
	slices.SortStableFunc(counts, func(a, b Value) int { return cmp.Compare(b.Count, a.Count) })
	return counts[:min(len(counts), maxValues)]
}

// Keys are the columns that tell records apart.
func (e *Editor) Keys() []string {
	k := e.root.get("key")
	if k == nil || k.shape == object {
		return nil
	}
	return (&reader{}).texts(k)
}

// kept lists the columns under a word of attributes.
func (e *Editor) kept(word string) []string {
	if a := e.root.get("attributes"); a != nil && a.shape == object {
		return (&reader{}).texts(a.get(word))
	}
	return nil
}
