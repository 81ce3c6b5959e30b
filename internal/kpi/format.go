package kpi

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/callpace/callpace"
)

// position is where an item of a catalogue file stands.
type position struct {
	file  string
	line  int
	lines map[string]int // by field
}

// fault wraps what is wrong with a field of an item, saying where; the
// innermost place stands. The reason is part of the text, so it is no cause too.
func (p position) fault(item, field string, err error) error {
	line := p.line
	if n := p.lines[field]; n > 0 {
		line = n
	}
	var e *callpace.Error
	if !errors.As(err, &e) || e.Key == "kpi.in_file" {
		return err
	}
	return callpace.E(callpace.Invalid, "kpi.in_file", "file", p.file, "line", line, "item", item,
		"reason", callpace.Message{Key: e.Key, Args: e.Args})
}

// add reads a file's measures and KPIs. Ids must be new; what they say is
// checked once all files are read.
func (c *Catalogue) add(f File) error {
	var content struct {
		Measures []*MeasureDef `yaml:"measures"`
		KPIs     []*Def        `yaml:"kpis"`
		Goals    any           `yaml:"goals"` // of a configuration, for others to read
		Chains   any           `yaml:"chains"`
	}
	tree, err := parser.ParseBytes(f.Data, 0)
	if err == nil && len(tree.Docs) > 0 && tree.Docs[0].Body != nil {
		err = yaml.NodeToValue(tree.Docs[0].Body, &content, yaml.Strict())
	}
	if err != nil {
		return syntax(f.Name, err)
	}
	measures, kpis := places(tree, f.Name, "measures"), places(tree, f.Name, "kpis")
	for i, m := range content.Measures {
		m.where = measures[i]
		if err := c.fresh(m.ID, c.measures[m.ID] != nil); err != nil {
			return m.where.fault(m.ID, "id", err)
		}
		c.measures[m.ID] = m
	}
	for i, d := range content.KPIs {
		d.where, d.locale = kpis[i], c.locale
		if err := c.fresh(d.ID, c.kpis[d.ID] != nil); err != nil {
			return d.where.fault(d.ID, "id", err)
		}
		c.kpis[d.ID] = d
		c.order = append(c.order, d.ID)
	}
	return nil
}

func (c *Catalogue) fresh(id string, taken bool) error {
	for i, r := range id {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return callpace.E(callpace.Invalid, "kpi.bad_id", "name", id)
		}
	}
	switch {
	case id == "":
		return callpace.E(callpace.Invalid, "kpi.bad_id", "name", id)
	case taken:
		return callpace.E(callpace.Invalid, "kpi.id_taken", "name", id)
	}
	return nil
}

func syntax(file string, err error) error {
	line := 0
	var e yaml.Error
	message := err.Error()
	if errors.As(err, &e) {
		message = e.GetMessage()
		if t := e.GetToken(); t != nil {
			line = t.Position.Line
		}
	}
	return callpace.E(callpace.Invalid, "kpi.bad_yaml", "file", file, "line", line, "detail", message).Because(err)
}

// places finds the lines of the items in a list at the top of a file.
func places(tree *ast.File, file, list string) []position {
	path, err := yaml.PathString("$." + list)
	if err != nil {
		return nil
	}
	node, err := path.FilterFile(tree)
	if err != nil {
		return nil
	}
	items, ok := node.(*ast.SequenceNode)
	if !ok {
		return nil
	}
	out := make([]position, len(items.Values))
	for i, item := range items.Values {
		p := position{file: file, line: item.GetToken().Position.Line, lines: map[string]int{}}
		if m, ok := item.(ast.MapNode); ok {
			for it := m.MapRange(); it.Next(); {
				p.lines[strings.TrimSpace(it.Key().String())] = it.Key().GetToken().Position.Line
			}
		}
		if n := p.lines["id"]; n > 0 {
			p.line = n
		}
		out[i] = p
	}
	return out
}
