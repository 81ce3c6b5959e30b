package goal

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// The words of each language are data: words/LANGUAGE.yaml, and words/all.yaml
// for what stands in every language. A further language is a further file.
//
//go:embed words
var wordFiles embed.FS

// wordFile is a file of words. A phrase may hold * (the rest of a word), {n} (a
// number), {unit} (day to year), {ord} (first to fourth), {month} and {year}; "today|day" says
// its unit itself.
type wordFile struct {
	Decimal   string                     `yaml:"decimal"`   // the sign before decimals; the other of , and . groups thousands
	Inflected bool                       `yaml:"inflected"` // names of KPIs are met in other cases, too
	Fold      string                     `yaml:"fold"`      // pairs of letters: the first is read as the second
	Numbers   map[int64][]string         `yaml:"numbers"`
	Ordinals  map[int64][]string         `yaml:"ordinals"`
	Units     map[calendar.Unit][]string `yaml:"units"`
	Months    map[int64][]string         `yaml:"months"`
	Hijri     map[int64][]string         `yaml:"hijri_months"`
	Every     map[calendar.Unit][]string `yaml:"every"` // adverbs: weekly
	Scales    map[int64][]string         `yaml:"scales"`
	Seconds   map[int64][]string         `yaml:"seconds"` // units of time by their length
	Percent   []string                   `yaml:"percent"`
	Points    []string                   `yaml:"points"`
	// Currencies maps a code, or a code with a factor (IRR*10), to its words.
	Currencies map[string][]string `yaml:"currencies"`
	Phrases    map[code][]string   `yaml:"phrases"`
	Dims       map[string][]string `yaml:"dimensions"`
	KPIs       map[string][]string `yaml:"kpis"` // by id, or by "id where filter"
}

// entry is a phrase with what it means.
type entry struct {
	pattern
	code  code
	value string        // of a KPI, a dimension, a currency
	unit  calendar.Unit // of an adverb
	text  string        // as written, for suggestions
}

type numberWord struct {
	pattern
	n int64
}

// hijriMonths is added to the number of a month of the Solar Hijri calendar.
const hijriMonths = 100

type unitWord struct {
	pattern
	unit calendar.Unit
}

// vocabulary is all that a text may hold, for a language, English beside it.
type vocabulary struct {
	decimal   rune
	inflected bool
	fold      map[rune]rune
	entries   map[rune][]entry // by first letter; 0: those that begin with a place
	suffixes  []entry          // what may follow a number: scales, units, currencies
	numbers   []numberWord
	ordinals  []numberWord
	units     []unitWord
	months    []numberWord // those of the Solar Hijri calendar from 101
	known     []string
}

var (
	wordsMu      sync.Mutex
	vocabularies = map[string]*vocabulary{}
)

// words gives the vocabulary of a language without what the catalogue adds; an
// unknown language has that of English.
func words(lang string) (*vocabulary, error) {
	wordsMu.Lock()
	defer wordsMu.Unlock()
	if v, ok := vocabularies[lang]; ok {
		return v, nil
	}
	v := &vocabulary{decimal: '.', fold: map[rune]rune{}, entries: map[rune][]entry{}}
	for _, name := range slices.Compact([]string{"all", lang, "en"}) {
		data, err := wordFiles.ReadFile("words/" + name + ".yaml")
		if err != nil {
			continue
		}
		var w wordFile
		if err := yaml.UnmarshalWithOptions(data, &w, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("read words of %s: %w", name, err)
		}
		v.take(w, name == lang)
	}
	vocabularies[lang] = v
	return v, nil
}

func (v *vocabulary) take(w wordFile, own bool) {
	if own {
		if w.Decimal == "," {
			v.decimal = ','
		}
		v.inflected = w.Inflected
		maps.Copy(v.fold, pairs(w.Fold))
	}
	for _, n := range slices.Sorted(maps.Keys(w.Numbers)) {
		for _, s := range w.Numbers[n] {
			v.numbers = append(v.numbers, numberWord{compile(s, v.fold), n})
		}
	}
	for _, n := range slices.Sorted(maps.Keys(w.Ordinals)) {
		for _, s := range w.Ordinals[n] {
			v.ordinals = append(v.ordinals, numberWord{compile(s, v.fold), n})
		}
	}
	for base, names := range []map[int64][]string{w.Months, w.Hijri} {
		for _, n := range slices.Sorted(maps.Keys(names)) {
			for _, s := range names[n] {
				v.months = append(v.months, numberWord{compile(s, v.fold), n + int64(base)*hijriMonths})
			}
		}
	}
	for _, u := range []calendar.Unit{calendar.Day, calendar.Week, calendar.Month, calendar.Quarter, calendar.Year} {
		for _, s := range w.Units[u] {
			v.units = append(v.units, unitWord{compile(s, v.fold), u})
		}
		for _, s := range w.Every[u] {
			v.add(entry{code: isEvery, unit: u, text: s})
		}
	}
	suffix := func(c code, value, s string) {
		v.suffixes = append(v.suffixes, entry{pattern: compile(s, v.fold), code: c, value: value, text: s})
	}
	for _, n := range slices.Sorted(maps.Keys(w.Scales)) {
		for _, s := range w.Scales[n] {
			suffix(isScale, strconv.FormatInt(n, 10), s)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(w.Seconds)) {
		for _, s := range w.Seconds[n] {
			suffix(isSeconds, strconv.FormatInt(n, 10), s)
		}
	}
	for _, s := range w.Percent {
		suffix(isPercent, "", s)
	}
	for _, s := range w.Points {
		suffix(isPoints, "", s)
	}
	for _, c := range slices.Sorted(maps.Keys(w.Currencies)) {
		for _, s := range w.Currencies[c] {
			suffix(isCurrency, c, s)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(w.Phrases)) {
		for _, s := range w.Phrases[c] {
			text, unit, _ := strings.Cut(s, "|")
			v.add(entry{code: c, unit: calendar.Unit(unit), text: text})
		}
	}
	for _, d := range slices.Sorted(maps.Keys(w.Dims)) {
		for _, s := range w.Dims[d] {
			v.add(entry{code: isDimension, value: d, text: s})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(w.KPIs)) {
		for _, s := range w.KPIs[k] {
			v.add(entry{code: isKPI, value: k, text: s})
			if w.Inflected && own && !strings.Contains(s, "*") {
				v.add(entry{code: isKPI, value: k, text: stems(s)})
			}
		}
	}
}

// add compiles an entry's text and files it.
func (v *vocabulary) add(e entry) {
	e.pattern = compile(e.text, v.fold)
	if len(e.elems) == 0 {
		return
	}
	first := rune(0)
	if e.elems[0].kind == letter {
		first = e.elems[0].r
	}
	v.entries[first] = append(v.entries[first], e)
	if !strings.ContainsAny(e.text, "{*") {
		v.known = append(v.known, strings.ToLower(e.text))
	}
}

// with lays the names of a catalogue and of a company's own beside the words.
func (v *vocabulary) with(ctx Context) *vocabulary {
	out := v.catalogue(ctx).clone()
	for _, list := range []struct {
		code  code
		names []string
	}{{isTeamName, ctx.Teams}, {isAgentName, ctx.Agents}, {isCampaignName, ctx.Campaigns}, {isProductName, ctx.Products}} {
		for _, name := range list.names {
			out.add(entry{code: list.code, value: name, text: strings.NewReplacer("*", " ", "{", " ").Replace(name)})
		}
	}
	return out
}

// clone is a copy that can be added to.
func (v *vocabulary) clone() *vocabulary {
	out := *v
	out.entries, out.known = make(map[rune][]entry, len(v.entries)), slices.Clip(v.known)
	for r, list := range v.entries {
		out.entries[r] = slices.Clip(list)
	}
	return &out
}

// catalogued is a vocabulary with a catalogue's names, made once for each language.
type catalogued struct {
	catalogue *kpi.Catalogue
	*vocabulary
}

var withCatalogue = map[string]catalogued{}

// catalogue lays the names of a catalogue's KPIs and of their variants beside the words.
func (v *vocabulary) catalogue(ctx Context) *vocabulary {
	wordsMu.Lock()
	defer wordsMu.Unlock()
	if c, ok := withCatalogue[ctx.Lang]; ok && c.catalogue == ctx.Catalogue {
		return c.vocabulary
	}
	aliases := map[string][]string{}
	for _, list := range v.entries {
		for _, e := range list {
			if e.code == isKPI && !strings.ContainsAny(e.text, "*{") {
				aliases[e.value] = append(aliases[e.value], e.text)
			}
		}
	}
	out := v.clone()
	for _, d := range ctx.Catalogue.Defs() {
		out.add(entry{code: isKPI, value: d.ID, text: d.ID})
		if slices.Contains(notByName, d.ID) {
			continue
		}
		for _, lang := range slices.Compact([]string{ctx.Lang, "en"}) {
			names := namesOf(d.Name(lang))
			for _, name := range names {
				out.named(d.ID, name, lang == ctx.Lang)
			}
			out.variants(d, lang, append(names, aliases[d.ID]...))
		}
	}
	withCatalogue[ctx.Lang] = catalogued{ctx.Catalogue, out}
	return out
}

// named adds a name of a KPI, in the reader's language in other cases, too.
func (v *vocabulary) named(id, name string, own bool) {
	v.add(entry{code: isKPI, value: id, text: name})
	if own && v.inflected {
		v.add(entry{code: isKPI, value: id, text: stems(name)})
	}
}

// variants adds the names of a KPI with those of its variants: median talk
// time, talk time median, and "talk time · median" as it is told back.
func (v *vocabulary) variants(d *kpi.Def, lang string, names []string) {
	for _, id := range d.Names() {
		_, variant, ok := strings.Cut(id, ":")
		if !ok {
			continue
		}
		as := d.VariantName(lang, variant)
		for _, name := range names {
			for _, text := range []string{as + " " + name, name + " " + as, name + " · " + as} {
				v.named(id, text, true)
			}
		}
	}
}

// notByName are KPIs whose name is met in goals that mean another: "20 sales
// per agent" is a goal for each agent.
var notByName = []string{"sales_per_agent"}

// namesOf gives a name as it is, and both parts of "Average wait (ASA)".
func namesOf(name string) []string {
	out := []string{name}
	if a, b, ok := strings.Cut(strings.TrimRight(name, ")）"), "("); ok {
		out = append(out, strings.TrimSpace(a), strings.TrimSpace(b))
	} else if a, b, ok := strings.Cut(strings.TrimRight(name, ")）"), "（"); ok {
		out = append(out, strings.TrimSpace(a), strings.TrimSpace(b))
	}
	return out
}

// stems lets the words of a name end in other ways.
func stems(name string) string {
	list := strings.Fields(name)
	for i, w := range list {
		r := []rune(w)
		switch n := len(r); {
		case n <= 3 || strings.ContainsAny(w, "()0123456789"):
		case n == 4:
			list[i] = string(r[:3]) + "*"
		default:
			list[i] = string(r[:max(n-2, 4)]) + "*"
		}
	}
	return strings.Join(list, " ")
}

// Languages lists the languages in which goals can be written.
func Languages() []string {
	entries, _ := wordFiles.ReadDir("words")
	var out []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".yaml"); name != "all" {
			out = append(out, name)
		}
	}
	return out
}

// Context is what a text is read with.
type Context struct {
	Today     int64 // day number, in the organisation's zone
	Calendar  calendar.Calendar
	Catalogue *kpi.Catalogue
	Tomans    bool   // amounts without a currency are tomans, ten rials each
	Lang      string // the reader's; English is understood beside it
	Currency  string // of amounts without one
	// Names that a text may use without marks: "50 sales for Team East".
	Teams, Agents, Campaigns, Products []string
}

func fault(key string, args ...any) *callpace.Error {
	return callpace.E(callpace.Invalid, key, args...)
}
