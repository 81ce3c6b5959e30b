package mapping

import (
	"cmp"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

//go:embed kinds.yaml
var kindsYAML []byte

// kindDef is a file that guess knows by its columns, as data.
type kindDef struct {
	Fact   string      `yaml:"fact"`
	Tell   [][]string  `yaml:"tell"`
	Unless []string    `yaml:"unless"`
	Fields []kindField `yaml:"fields"`
}

type kindField struct {
	Name  string   `yaml:"name"`
	As    string   `yaml:"as"`
	Else  string   `yaml:"else"`
	Words []string `yaml:"words"`
}

var kindDefs = sync.OnceValue(func() []kindDef {
	var defs []kindDef
	if err := yaml.Unmarshal(kindsYAML, &defs); err != nil {
		panic("mapping: kinds of guess: " + err.Error())
	}
	for _, d := range defs {
		for i := range d.Fields {
			f := &d.Fields[i]
			for w := range f.Words {
				f.Words[w] = foldWords(f.Words[w])
			}
			if f.Words == nil {
				f.Words = vocab().wordsOf(f.Name)
			}
		}
	}
	return defs
})

func (v *vocabulary) wordsOf(field string) []string {
	for _, h := range v.headers {
		if h.field == field {
			return h.words
		}
	}
	return nil
}

// special finds the kind of file that the columns tell of, and takes its
// fields over; nil where they tell of none.
func (g *guess) special() *kindDef {
	for i := range kindDefs() {
		d := &kindDefs()[i]
		if slices.ContainsFunc(d.Unless, g.has) {
			continue
		}
		found := g.matchKind(d)
		for _, set := range d.Tell {
			if !slices.ContainsFunc(set, func(name string) bool { _, ok := found[name]; return !ok }) {
				g.found = found
				return d
			}
		}
	}
	return nil
}

// matchKind finds the columns of the fields of a kind: headers that are a word
// as a whole first, then the order of the fields, then that of the words.
func (g *guess) matchKind(d *kindDef) map[string]int {
	type hit struct{ how, field, place, column int }
	var hits []hit
	for f := range d.Fields {
		for c, header := range g.headers {
			if how, place := scoreWords(header, d.Fields[f].Words, false); how > 0 && g.fitsKind(&d.Fields[f], c) {
				hits = append(hits, hit{how, f, place, c})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(b.how-a.how, a.field-b.field, a.place-b.place, a.column-b.column)
	})
	found, taken := map[string]int{}, map[int]bool{}
	for _, h := range hits {
		name := d.Fields[h.field].Name
		if _, done := found[name]; !done && !taken[h.column] {
			found[name], taken[h.column] = h.column, true
		}
	}
	return found
}

// fitsKind tells whether the values of a column can be what a field reads.
func (g *guess) fitsKind(f *kindField, c int) bool {
	samples := g.samples[c]
	if len(samples) == 0 {
		return false
	}
	switch f.As {
	case "":
		return g.fits(f.Name, c)
	case "moment":
		return guessDate(samples) != nil
	case "amount":
		return isNumeric(samples)
	case "duration", "hours":
		return guessUnit(samples) != "" || isNumeric(samples)
	case "integer":
		return every(samples, func(s string) bool { _, bad := plainField.integer(s); return bad == nil })
	}
	known := 0
	words := distinct(samples)
	for _, w := range words {
		if vocab().meaning(f.As, w) != "" {
			known++
		}
	}
	return len(words) <= 100 && 2*known >= len(words)
}

// draftKind writes the fields of a kind.
func (g *guess) draftKind(d *kindDef) {
	g.line("  %s:", d.Fact)
	if d.Fact == "surveys" {
		g.survey()
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		c, ok := g.found[f.Name]
		if !ok || f.Name == "nps" || f.Name == "csat" {
			continue
		}
		switch f.As {
		case "", "integer":
			g.plain(f.Name)
		case "moment":
			g.moment(f.Name, f.Name)
		case "amount":
			g.amount(f.Name, c)
			g.denomination(f.Name, c)
		case "duration":
			g.line("    %s: %s # %s", f.Name, g.from(c, "unit: "+quoted(g.unitOf(c))), g.note("mapping.note.unit"))
		case "hours":
			g.hours(f.Name, c)
		default:
			g.mapped(f.Name, c, f.As, f.Else)
		}
	}
	if d.Fact == "costs" {
		g.scope()
	}
}

// hours drafts planned hours: 8, 7.5 or 7:30.
func (g *guess) hours(field string, c int) {
	if slices.ContainsFunc(g.samples[c], func(s string) bool { return strings.Contains(s, ":") }) {
		g.line("    %s: %s", field, g.from(c, "unit: 'h:mm'"))
		return
	}
	sign, _ := guessDecimal(g.samples[c])
	g.line("    %s: %s", field, g.from(c, "unit: h", "decimal: "+strconv.Quote(sign)))
}

// survey settles which column is the score, of what kind and on what scale.
func (g *guess) survey() {
	kind := "csat"
	for _, name := range words("score csat nps") {
		if c, ok := g.found[name]; ok && name != "score" {
			if _, some := g.found["score"]; !some {
				g.found["score"], kind = c, name
			}
		}
	}
	if !g.has("kind") {
		g.line("    kind: {value: %s} # %s", kind, g.note("mapping.note.word"))
	}
	if g.has("scale") {
		return
	}
	most := int64(0)
	sign, _ := guessDecimal(g.samples[g.found["score"]])
	f := field{def: &fieldDef{}, value: &value{formats: formats{decimal: sign[0]}}}
	for _, s := range g.samples[g.found["score"]] {
		if n, _, bad := f.amount(s); bad == nil {
			most = max(most, n/int64(callpace.One))
		}
	}
	scale := 5
	switch {
	case most > 10:
		scale = 100
	case most > 5 || kind == "nps":
		scale = 10
	}
	g.line("    scale: {value: '%d'} # %s", scale, g.note("mapping.note.word"))
}

// scope says whose a cost is, by the narrowest column that names anybody.
func (g *guess) scope() {
	scope := "all"
	for _, name := range words("campaign team agent") {
		if g.has(name) {
			scope = name
		}
	}
	g.line("    scope: {value: %s} # %s", scope, g.note("mapping.note.word"))
}
