package kpi

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/callpace/callpace"
)

//go:embed catalog
var builtin embed.FS

// Unit is what a KPI is counted in.
type Unit string

// The units. A percent is held as a fraction, seconds as seconds.
const (
	UnitCount   Unit = "count"
	UnitMoney   Unit = "money"
	UnitPercent Unit = "percent"
	UnitSeconds Unit = "seconds"
	UnitScore   Unit = "score"
	UnitRatio   Unit = "ratio"
)

// Kind says how a KPI comes about, and so what can be said of its error.
type Kind string

// The kinds.
const (
	KindCount      Kind = "count"      // a number of things
	KindSum        Kind = "sum"        // a total
	KindProportion Kind = "proportion" // the numerator is part of the denominator: Wilson interval
	KindRatio      Kind = "ratio"      // two different sums: interval by the delta method
	KindMean       Kind = "mean"       // of a value per row; has :median and :p90
	KindShare      Kind = "share"      // of the whole shown
	KindFormula    Kind = "formula"    // anything else; no interval
	KindQuantile   Kind = "quantile"   // a median or p90 variant
)

// MeasureDef is one aggregate over one fact, as written in a catalogue file.
type MeasureDef struct {
	ID     string            `yaml:"id"`
	Fact   string            `yaml:"fact"`
	Date   string            `yaml:"date"` // moment of the fact; its main one if empty
	Agg    Agg               `yaml:"agg"`
	Value  string            `yaml:"value"`
	Where  string            `yaml:"where"`
	Came   string            `yaml:"came"`   // the moment of an outcome that comes later than the row's date: see delayed.go
	Shared bool              `yaml:"shared"` // joint sales count by their shares
	Span   bool              `yaml:"span"`   // rows that last: see Select.Span
	Scoped bool              `yaml:"scoped"` // costs: no data below the level at which they are known
	Dims   map[string]string `yaml:"dims"`   // dimensions that this measure takes from elsewhere
	where  position
}

// Rule is what the rules of a country say of a KPI, with their dates.
type Rule struct {
	Country string  `yaml:"country"` // ISO 3166-1 alpha-2
	From    string  `yaml:"from"`
	Until   string  `yaml:"until"`
	Limit   float64 `yaml:"limit"`
	Window  string  `yaml:"window"`
	Source  string  `yaml:"source"`
}

// Variant is one way to reckon a KPI. What it leaves empty is as in the KPI.
type Variant struct {
	Name        string         `yaml:"name"` // may hold one setting in braces: {threshold}s
	Aliases     []string       `yaml:"aliases"`
	Example     string         `yaml:"example"` // of a name with a setting
	Kind        Kind           `yaml:"kind"`
	Unit        Unit           `yaml:"unit"`
	Numerator   string         `yaml:"numerator"`
	Denominator string         `yaml:"denominator"`
	Formula     string         `yaml:"formula"`
	Mean        string         `yaml:"mean"`
	Immature    string         `yaml:"immature"` // counts the part of the denominator that it is too early to judge
	Settings    map[string]any `yaml:"settings"`
	quantile    float64
}

// Def is a KPI as written in a catalogue file.
type Def struct {
	ID          string         `yaml:"id"`
	Version     int            `yaml:"version"`
	Unit        Unit           `yaml:"unit"`
	Better      string         `yaml:"better"` // higher, lower, target
	Kind        Kind           `yaml:"kind"`
	Default     string         `yaml:"default"` // name of the default variant; empty where there is but one
	Numerator   string         `yaml:"numerator"`
	Denominator string         `yaml:"denominator"`
	Formula     string         `yaml:"formula"`
	Mean        string         `yaml:"mean"` // a sum measure: its sum by the number of its values
	Settings    map[string]any `yaml:"settings"`
	Target      *float64       `yaml:"target"`
	Sources     []string       `yaml:"sources"`
	Rules       []Rule         `yaml:"rules"`
	Variants    []Variant      `yaml:"variants"`
	// Retired is set for one that is offered no more, and still answers where it was asked for.
	Retired bool `yaml:"retired"`
	// Titles and Texts are a user's own name and description by language.
	Titles map[string]string `yaml:"name"`
	Texts  map[string]string `yaml:"description"`
	where  position
	locale *locale
}

// Catalogue holds measures, KPIs and dimensions. It is read-only once loaded.
type Catalogue struct {
	measures map[string]*MeasureDef
	kpis     map[string]*Def
	order    []string // KPI ids as written
	dims     map[string]*dimension
	dimOrder []string
	settings map[string]settingRule
	locale   *locale
	faults   map[defined]error // of kept definitions that are left out
}

// File is a catalogue file of a user's.
type File struct {
	Name string
	Data []byte
}

// Builtin is the catalogue that callpace ships.
func Builtin() *Catalogue {
	c, err := shipped()
	if err != nil {
		panic(err) // its files are part of the program
	}
	return c
}

// shipped reads the built-in files once: that takes longer than most questions.
var shipped = sync.OnceValues(func() (*Catalogue, error) {
	c := &Catalogue{measures: map[string]*MeasureDef{}, kpis: map[string]*Def{}, dims: map[string]*dimension{}}
	c.locale = newLocale()
	if err := errors.Join(c.loadDimensions(), c.loadSettings()); err != nil {
		return nil, err
	}
	names, _ := fs.Glob(builtin, "catalog/*.yaml")
	for _, name := range names {
		if base := path.Base(name); base == "dimensions.yaml" || base == "settings.yaml" {
			continue
		}
		data, _ := builtin.ReadFile(name)
		if err := c.add(File{Name: path.Base(name), Data: data}); err != nil {
			return nil, err
		}
	}
	return c, nil
})

// Load gives the built-in catalogue with the users' files laid beside it. A
// file that cannot be understood, or that says nonsense, gives an Invalid
// error with file and line.
func Load(files ...File) (*Catalogue, error) {
	c, err := shipped()
	if err != nil || len(files) == 0 {
		return c, err
	}
	known := len(c.order)
	c = c.clone()
	for _, f := range files {
		if err := c.add(f); err != nil {
			return nil, err
		}
	}
	// What is built in is checked by a test, not at every start.
	return c, c.check(c.order[known:], func(m *MeasureDef) bool {
		return slices.ContainsFunc(files, func(f File) bool { return f.Name == m.where.file })
	})
}

// Defs lists the KPIs that are not retired, in the order in which they are written.
func (c *Catalogue) Defs() []*Def {
	out := make([]*Def, 0, len(c.order))
	for _, id := range c.order {
		if d := c.kpis[id]; !d.Retired {
			out = append(out, d)
		}
	}
	return out
}

// Measures lists the measures by id.
func (c *Catalogue) Measures() []*MeasureDef {
	out := make([]*MeasureDef, 0, len(c.measures))
	for _, m := range c.measures {
		out = append(out, m)
	}
	sort.Slice(out, func(a, b int) bool { return out[a].ID < out[b].ID })
	return out
}

// Find gives a KPI by its id, with or without a variant. An unknown id gives a
// NotFound error that names the nearest.
func (c *Catalogue) Find(name string) (*Def, error) {
	id, _, _ := strings.Cut(name, ":")
	if d := c.kpis[id]; d != nil {
		return d, nil
	}
	near := nearest(id, c.order)
	if near == "" {
		return nil, callpace.E(callpace.NotFound, "kpi.unknown", "name", id)
	}
	return nil, callpace.E(callpace.NotFound, "kpi.unknown_near", "name", id, "nearest", near)
}

// Names lists the variants of a KPI as they are asked for, the default first:
// id alone where there is but one.
func (d *Def) Names() []string {
	out := []string{d.ID}
	for _, v := range d.all() {
		if v.Name == d.Default {
			continue
		}
		out = append(out, d.ID+":"+v.shown())
	}
	return out
}

func (v Variant) shown() string {
	if v.Example != "" {
		return v.Example
	}
	return v.Name
}

// all gives every variant, those that come with the kind included.
func (d *Def) all() []Variant {
	out := []Variant{{Name: d.Default}}
	out = append(out, d.Variants...)
	if d.Kind == KindMean {
		out = append(out, quantiles...)
	}
	return out
}

// quantiles are the variants that every mean has.
var quantiles = []Variant{{Name: "median", Kind: KindQuantile, quantile: 0.5}, {Name: "p90", Kind: KindQuantile, quantile: 0.9}}

// fill gives a variant with all that it leaves to the KPI.
func (d *Def) fill(v Variant) Variant {
	pick := func(a *string, b string) {
		if *a == "" {
			*a = b
		}
	}
	if v.Kind == "" {
		v.Kind = d.Kind
	}
	if v.Unit == "" {
		v.Unit = d.Unit
	}
	own := v.Mean != ""
	pick(&v.Mean, d.Mean)
	if !own { // a mean of something else has its own parts
		pick(&v.Numerator, d.Numerator)
		pick(&v.Denominator, d.Denominator)
	}
	pick(&v.Formula, d.Formula)
	settings := map[string]any{}
	for k, s := range d.Settings {
		settings[k] = s
	}
	for k, s := range v.Settings {
		settings[k] = s
	}
	v.Settings = settings
	return v
}
