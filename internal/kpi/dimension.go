package kpi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// dimension is one row of catalog/dimensions.yaml, where the fields are told.
type dimension struct {
	Name   string            `yaml:"name"`
	Texts  map[string]string `yaml:"facts"`
	Maybe  bool              `yaml:"maybe"`
	Local  bool              `yaml:"local"`
	Number bool              `yaml:"number"`
	Whose  bool              `yaml:"whose"`
	facts  map[*facts.Table]typed
}

// buckets are the dimensions of time, which every dated fact has.
var buckets = map[string]Bucket{"day": BucketDay, "week": BucketWeek, "month": BucketMonth,
	"quarter": BucketQuarter, "year": BucketYear, "hour": BucketHour, "weekday": BucketWeekday}

var bucketOrder = []string{"day", "week", "month", "quarter", "year", "hour", "weekday"}

func (c *Catalogue) loadDimensions() error {
	data, err := builtin.ReadFile("catalog/dimensions.yaml")
	if err != nil {
		return err
	}
	var dims []*dimension
	if err := yaml.UnmarshalWithOptions(data, &dims, yaml.Strict()); err != nil {
		return syntax("dimensions.yaml", err)
	}
	for _, d := range dims {
		if err := d.compile(); err != nil {
			return fmt.Errorf("dimension %s: %w", d.Name, err)
		}
		c.dims[d.Name] = d
		c.dimOrder = append(c.dimOrder, d.Name)
	}
	return nil
}

func (d *dimension) compile() error {
	d.facts = map[*facts.Table]typed{}
	for _, t := range facts.Tables {
		text, ok := d.Texts[t.Name]
		if general := d.Texts["*"]; !ok && t.Has(general) {
			text, ok = general, true
		}
		if !ok {
			continue
		}
		var err error
		if d.facts[t], err = (checker{text: text, fact: t}).typed(""); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	for name := range d.Texts {
		if name != "*" && facts.TableByName(name) == nil {
			return fmt.Errorf("no fact %s", name)
		}
	}
	return nil
}

func (c *Catalogue) dimNames() []string { return slices.Concat(bucketOrder, c.dimOrder) }

// Dimensions lists the built-in dimensions, those of time first.
func (c *Catalogue) Dimensions() []string { return c.dimNames() }

// DimensionFacts tells by which facts a dimension can be had: nil for one of
// time, which all dated facts have.
func (c *Catalogue) DimensionFacts(name string) []string {
	var out []string
	if d := c.dims[name]; d != nil {
		for _, t := range facts.Tables {
			if _, ok := d.facts[t]; ok {
				out = append(out, t.Name)
			}
		}
	}
	return out
}

// dim gives a dimension of a fact for a measure of the KPI named.
func (p *planner) dim(kpi, name string, u *use) (Dim, error) {
	if b, ok := buckets[name]; ok {
		if u.def.Span && (b == BucketHour || b == BucketWeekday) {
			return Dim{}, notJoinable(kpi, name, u.fact)
		}
		return Dim{Name: name, Bucket: b}, nil
	}
	if text, ok := u.def.Dims[name]; ok {
		e, err := checker{text: text, fact: u.fact}.compile("")
		return Dim{Name: name, Expr: e}, err
	}
	if attr, ok := strings.CutPrefix(name, "attr."); ok {
		a, ok := p.attrs.resolve(u.fact, attr)
		switch {
		case ok:
			return Dim{Name: name, Expr: a}, nil
		case slices.Contains(p.attrs.names(), attr):
			return Dim{}, notJoinable(kpi, name, u.fact)
		}
		return Dim{}, p.unknownDimension(name)
	}
	for _, owner := range []string{"agent", "lead"} {
		if attr, ok := strings.CutPrefix(name, owner+"."); ok {
			if !u.fact.Has(owner) {
				return Dim{}, notJoinable(kpi, name, u.fact)
			}
			return Dim{Name: name, Expr: Attr{owner, attr}}, nil
		}
	}
	if d := p.catalogue.dims[name]; d != nil {
		t, ok := d.facts[u.fact]
		if !ok {
			return Dim{}, notJoinable(kpi, name, u.fact)
		}
		return Dim{Name: name, Expr: t.Expr}, nil
	}
	if a, ok := p.attrs.resolve(u.fact, name); ok {
		return Dim{Name: name, Expr: a}, nil
	}
	if i := u.fact.Col(name); i >= 0 && u.fact.Columns[i].Kind == facts.Text {
		return Dim{Name: name, Expr: Field{Name: name, Kind: facts.Text}}, nil
	}
	if slices.Contains(p.attrs.names(), name) {
		return Dim{}, notJoinable(kpi, name, u.fact)
	}
	return Dim{}, p.unknownDimension(name)
}

// NotJoinable tells whether a query failed because a KPI has not the dimension
// that it is asked by, or no row here has it.
func NotJoinable(err error) bool {
	var e *callpace.Error
	return errors.As(err, &e) && e.Key == "kpi.dimension_not_joinable"
}

func notJoinable(kpi, dimension string, fact *facts.Table) error {
	return callpace.E(callpace.Invalid, "kpi.dimension_not_joinable", "kpi", kpi, "dimension", dimension, "fact", fact.Name)
}

func (p *planner) unknownDimension(name string) error {
	known := slices.Concat(p.catalogue.dimNames(), p.attrs.names())
	if near := nearest(name, known); near != "" {
		return callpace.E(callpace.NotFound, "kpi.unknown_dimension_near", "name", name, "nearest", near)
	}
	return callpace.E(callpace.NotFound, "kpi.unknown_dimension", "name", name, "known", strings.Join(known, ", "))
}
