package kpi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
)

// DefinitionKind is what a Definition defines.
type DefinitionKind string

// What an organisation may define.
const (
	OwnMeasure DefinitionKind = "measure"
	OwnKPI     DefinitionKind = "kpi"
)

// definitionKinds is the order in which YAML writes them.
var definitionKinds = []DefinitionKind{OwnMeasure, OwnKPI}

// defined is what a definition defines: a KPI may have the id of a measure.
type defined struct {
	kind DefinitionKind
	id   string
}

// Definition is one version of a measure or KPI of an organisation's own.
type Definition struct {
	Kind    DefinitionKind `json:"kind"`
	ID      string         `json:"id"`
	Version int            `json:"version"` // from 1 on
	Body    string         `json:"body"`    // YAML: one item of a catalogue file
	By      string         `json:"by"`      // who wrote it, by name
	At      time.Time      `json:"at"`
}

// OwnFile is what an organisation's own definitions give as their file, and so
// the family of its KPIs.
const OwnFile = "own"

// Versions lists what a KPI or measure of the organisation's own has been, the
// first one first; none for one that is not its own.
func (p Policy) Versions(kind DefinitionKind, id string) []Definition {
	var out []Definition
	for _, d := range p.Definitions {
		if d.Kind == kind && d.ID == id {
			out = append(out, d)
		}
	}
	return out
}

// Own lists the newest version of every definition, measures before KPIs, each
// in the order in which they were first written.
func (p Policy) Own() []Definition {
	var out []Definition
	for _, kind := range definitionKinds {
		at := map[string]int{}
		for _, d := range p.Definitions {
			switch i, known := at[d.ID]; {
			case d.Kind != kind:
			case known:
				out[i] = d
			default:
				at[d.ID] = len(out)
				out = append(out, d)
			}
		}
	}
	return out
}

// YAML writes definitions as a catalogue file; nothing for none.
func YAML(list []Definition) []byte {
	var b strings.Builder
	for _, kind := range definitionKinds {
		head := string(kind) + "s:\n"
		for _, d := range list {
			if d.Kind == kind {
				b.WriteString(head + "  - " + strings.ReplaceAll(strings.TrimSpace(d.Body), "\n", "\n    ") + "\n")
				head = ""
			}
		}
	}
	return []byte(b.String())
}

// itemAt tells which definition stands at a line of what YAML writes; -1: none.
func itemAt(list []Definition, line int) int {
	last, found := 0, -1
	for _, kind := range definitionKinds {
		if slices.ContainsFunc(list, func(d Definition) bool { return d.Kind == kind }) {
			last++ // the heading
		}
		for i, d := range list {
			if d.Kind == kind && last < line {
				found = i
			}
			if d.Kind == kind {
				last += 1 + strings.Count(strings.TrimSpace(d.Body), "\n")
			}
		}
	}
	return found
}

// Catalogue is the built-in one with the organisation's definitions beside it,
// and with files of a user's, which stand in for definitions of the same id.
// A kept definition that cannot be understood (a later callpace may have taken
// its id) is left out, and Fault tells why; what is wrong with files is the error.
func (p Policy) Catalogue(files ...File) (*Catalogue, error) {
	kept := p.Own()
	for _, f := range files {
		items, err := read(f)
		if err != nil {
			return nil, err
		}
		kept = slices.DeleteFunc(kept, func(d Definition) bool {
			return slices.ContainsFunc(items, func(x Definition) bool { return x.Kind == d.Kind && x.ID == d.ID })
		})
	}
	faults := map[defined]error{}
	for {
		own := files
		if len(kept) > 0 {
			own = slices.Concat([]File{{Name: OwnFile, Data: YAML(kept)}}, files)
		}
		c, err := Load(own...)
		if err == nil {
			c.faults = faults
			for _, d := range kept {
				if k := c.kpis[d.ID]; k != nil && d.Kind == OwnKPI {
					k.Version = d.Version
				}
			}
			return c, nil
		}
		file, line := placeOf(err)
		if file != OwnFile || len(kept) == 0 {
			return nil, err
		}
		i := itemAt(kept, line)
		if i < 0 {
			i = len(kept) - 1 // nothing says which: the newest goes first
		}
		faults[defined{kept[i].Kind, kept[i].ID}] = err
		kept = slices.Delete(kept, i, i+1)
	}
}

// placeOf tells which file, and which line of it, an error is about.
func placeOf(err error) (file string, line int) {
	var e *callpace.Error
	if errors.As(err, &e) {
		file, _ = e.Args["file"].(string)
		line, _ = e.Args["line"].(int)
	}
	return file, line
}

// Fault tells why a kept definition is left out; nil for one that is not.
func (c *Catalogue) Fault(kind DefinitionKind, id string) error { return c.faults[defined{kind, id}] }

// Define lays the items of a file over the definitions, each as a new version
// unless it says what the newest one does. changed lists those. What is wrong
// with an item, or would be with another that builds on it, is the error.
func (p Policy) Define(f File, by string, at time.Time) (next Policy, changed []Definition, err error) {
	items, err := read(f)
	if err != nil {
		return p, nil, err
	}
	before, err := p.Catalogue()
	if err != nil {
		return p, nil, err
	}
	after, err := p.Catalogue(f)
	if err != nil {
		return p, nil, err
	}
	for of, fault := range after.faults {
		if before.faults[of] == nil {
			return p, nil, fault
		}
	}
	next = p
	for _, d := range items {
		versions := p.Versions(d.Kind, d.ID)
		if n := len(versions); n > 0 && versions[n-1].Body == d.Body {
			continue
		}
		d.Version, d.By, d.At = len(versions)+1, by, at.UTC().Truncate(time.Second)
		next.Definitions = append(slices.Clip(next.Definitions), d)
		changed = append(changed, d)
	}
	return next, changed, nil
}

// read takes a file's items apart.
func read(f File) ([]Definition, error) {
	var content struct {
		Measures []yaml.MapSlice `yaml:"measures"`
		KPIs     []yaml.MapSlice `yaml:"kpis"`
	}
	if err := yaml.UnmarshalWithOptions(f.Data, &content, yaml.UseOrderedMap()); err != nil {
		return nil, syntax(f.Name, err)
	}
	var out []Definition
	for kind, items := range map[DefinitionKind][]yaml.MapSlice{OwnMeasure: content.Measures, OwnKPI: content.KPIs} {
		for _, item := range items {
			item = slices.DeleteFunc(item, func(x yaml.MapItem) bool { return x.Key == "version" }) // counted here
			d := Definition{Kind: kind}
			for _, x := range item {
				if x.Key == "id" {
					d.ID = fmt.Sprint(x.Value)
				}
			}
			body, err := yaml.Marshal(item)
			if err != nil {
				return nil, syntax(f.Name, err)
			}
			d.Body = string(body)
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Definition) int { return strings.Compare(string(b.Kind), string(a.Kind)) })
	return out, nil
}

// clone is a catalogue that can be added to without the other.
func (c *Catalogue) clone() *Catalogue {
	out := *c
	out.measures, out.kpis, out.order = maps.Clone(c.measures), maps.Clone(c.kpis), slices.Clip(c.order)
	return &out
}
