package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
)

type kpiCommand struct {
	Query   kpiQueryCommand   `cmd:"" default:"withargs"`
	List    kpiListCommand    `cmd:""`
	Explain kpiExplainCommand `cmd:""`
}

type kpiQueryCommand struct {
	asked
	Compare   string `placeholder:"WITH" enum:",previous,year-ago,same-weekdays" default:""`
	Sort      sortBy `placeholder:"COLUMN"`
	Limit     int    `placeholder:"N"`
	Shrink    bool   ``
	CostsBy   string `placeholder:"WAY"`
	Intervals bool   ``
	Kpis      string `arg:"" name:"kpis" placeholder:"KPI,…"`
}

// sortBy is a column to sort by, the largest first after a minus; the parser
// by itself would take that for a flag.
type sortBy string

// Decode takes the next word of the command line.
func (s *sortBy) Decode(c *kong.DecodeContext) error {
	if next := c.Scan.Peek(); !next.IsEOL() && !strings.HasPrefix(next.String(), "--") {
		*s = sortBy(c.Scan.Pop().String())
		return nil
	}
	_, err := c.Scan.PopValue("column")
	return err
}

// Run computes KPIs.
func (c *kpiQueryCommand) Run(ctx context.Context, a *app) error {
	return a.with(ctx, func(f *ingest.Folder) error {
		defs, err := catalogue(f, c.Definitions)
		if err != nil {
			return err
		}
		w := c.words(question.List(c.Kpis)...)
		w.Compare, w.Sort, w.Limit, w.Shrink = c.Compare, string(c.Sort), c.Limit, c.Shrink
		w.Costs = c.CostsBy
		w.Intervals = c.Intervals || a.Output == "json" || c.Compare != ""
		q, _, err := a.query(f, w)
		if err != nil {
			return err
		}
		frame, err := defs.Run(ctx, f.Store().Engine(), q)
		if err != nil {
			return err
		}
		a.endProgress()
		return a.printFrame(defs, frame, c.Intervals)
	})
}

type kpiListCommand struct {
	Definitions []string `placeholder:"FILE" type:"existingfile" sep:"none"`
}

// Run lists the KPIs: of the data folder, where there is one.
func (c *kpiListCommand) Run(ctx context.Context, a *app) error {
	return a.perhaps(ctx, func(f *ingest.Folder) error {
		defs, err := catalogue(f, c.Definitions)
		if err != nil {
			return err
		}
		return a.listKPIs(defs)
	})
}

func (a *app) listKPIs(defs *kpi.Catalogue) error {
	var rows [][]string
	for _, d := range defs.Defs() {
		names := slices.DeleteFunc(d.Names(), func(n string) bool { return n == d.ID })
		rows = append(rows, []string{d.ID, d.Name(a.lang), string(d.Unit), strings.Join(names, " "), d.Description(a.lang)})
	}
	head := []string{"kpi", "name", "unit", "variants", "description"}
	switch a.Output {
	case "csv":
		return writeCSV(a.stdout, head, rows)
	case "json":
		var list []map[string]any
		for _, r := range rows {
			list = append(list, map[string]any{"id": r[0], "name": r[1], "unit": r[2], "variants": strings.Fields(r[3]), "description": r[4]})
		}
		return writeJSON(a.stdout, list)
	}
	g := grid{head: []string{a.text("column.kpi"), a.text("column.name"), a.text("column.variants")}}
	for _, r := range rows {
		lines := wrap(r[3], 60)
		g.add(r[0], r[1], lines[0])
		for _, more := range lines[1:] {
			g.add("", "", more)
		}
	}
	g.print(a.stdout)
	return nil
}

type kpiExplainCommand struct {
	Definitions []string `placeholder:"FILE" type:"existingfile" sep:"none"`
	ID          string   `arg:"" name:"id" placeholder:"KPI"`
}

// Run explains a KPI. In a data folder it also shows the query and the sources
// that feed it; without one, the definition alone.
func (c *kpiExplainCommand) Run(ctx context.Context, a *app) error {
	var defs *kpi.Catalogue
	var e *kpi.Explanation
	var statements, sources []string
	allocation := kpi.NoAllocation
	err := a.perhaps(ctx, func(f *ingest.Folder) (err error) {
		if defs, err = catalogue(f, c.Definitions); err != nil {
			return err
		}
		if e, err = defs.Explain(c.ID); err != nil || f == nil {
			return err
		}
		q, _, err := a.query(f, asked{}.words(c.ID))
		if err != nil {
			return err
		}
		if e, err = defs.ExplainFor(c.ID, q); err != nil {
			return err
		}
		allocation = q.Allocation
		plan, err := defs.Plan(ctx, f.Store().Engine(), q)
		if err != nil {
			return err
		}
		for _, s := range plan.Selects() {
			text, err := f.Store().Engine().SQL(ctx, s)
			if err != nil {
				return err
			}
			statements = append(statements, text)
		}
		sources, err = f.SourcesOf(ctx, e.Facts)
		return err
	})
	if err != nil {
		return err
	}
	if a.Output == "json" {
		out := explained(e, a.lang, statements, sources)
		if ofCosts(e) {
			out["cost_allocation"] = allocation.String()
		}
		return writeJSON(a.stdout, out)
	}
	a.printDefinition(defs, e)
	if ofCosts(e) {
		fmt.Fprintf(a.stdout, "\n%s\n", a.text("explain.costs_by."+allocation.String()))
	}
	a.printOrigin(statements, sources)
	return nil
}

func explained(e *kpi.Explanation, lang string, statements, sources []string) map[string]any {
	var measures []map[string]any
	for _, m := range e.Measures {
		measures = append(measures, map[string]any{"id": m.ID, "fact": m.Fact, "date": m.Date, "aggregate": m.As, "value": m.Value, "where": m.Where})
	}
	return map[string]any{"id": e.Def.ID, "version": e.Def.Version, "name": e.Def.Name(lang), "description": e.Def.Description(lang), "variant": e.Variant,
		"kind": e.Kind, "unit": e.Unit, "better": e.Def.Better, "formula": e.Formula, "measures": measures, "settings": present.Settings(e.Settings),
		"setting_changes": e.History, "variants": e.Variants, "variant_descriptions": variantTexts(e, lang), "facts": e.Facts, "sources": sources, "sql": statements}
}

func (a *app) printDefinition(defs *kpi.Catalogue, e *kpi.Explanation) {
	title := e.Def.Name(a.lang)
	if e.Variant != "" {
		title += " · " + e.Def.VariantName(a.lang, e.Variant)
	}
	fmt.Fprintf(a.stdout, "%s (%s, %s)\n", title, e.Name, a.say.T("explain.version", map[string]any{"version": e.Def.Version}))
	for _, line := range wrap(e.Def.Description(a.lang), 100) {
		fmt.Fprintln(a.stdout, line)
	}
	fmt.Fprintf(a.stdout, "\n%s  %s\n", a.text("explain.formula"), e.Formula)
	var rows [][2]string
	for _, m := range e.Measures {
		text := m.Fact + ", " + string(m.As)
		if m.Value != "" {
			text += "(" + m.Value + ")"
		}
		if m.Date != "" {
			text += " · " + a.say.T("explain.by_date", map[string]any{"date": m.Date})
		}
		if m.Where != "" {
			text += " · " + strings.Join(strings.Fields(m.Where), " ")
		}
		rows = append(rows, [2]string{m.ID, text})
	}
	a.section("explain.measures", rows)
	var settings [][2]string
	for _, k := range slices.Sorted(maps.Keys(e.Settings)) {
		settings = append(settings, [2]string{k, kpi.SettingText(e.Settings[k])})
	}
	a.section("explain.settings", settings)
	for _, line := range a.reader(defs).SettingChanges(e.History) {
		fmt.Fprintln(a.stdout, "  "+line)
	}
	if len(e.Variants) > 1 {
		var list [][2]string
		for _, v := range e.Variants {
			_, variant, _ := strings.Cut(v, ":")
			text := e.Def.VariantName(a.lang, variant)
			if d := e.Def.VariantDescription(a.lang, variant); d != "" {
				text += " – " + d
			}
			list = append(list, [2]string{v, text})
		}
		a.section("explain.variants", list)
	}
}

// printOrigin shows the query of a KPI and the sources that feed it.
func (a *app) printOrigin(statements, sources []string) {
	if len(statements) > 0 {
		fmt.Fprintf(a.stdout, "\n%s\n", a.text("explain.sources"))
		from := a.text("explain.no_sources")
		if len(sources) > 0 {
			from = strings.Join(sources, a.text("core.list_comma"))
		}
		fmt.Fprintf(a.stdout, "  %s\n\n%s\n", from, a.text("explain.sql"))
		for _, s := range statements {
			fmt.Fprintf(a.stdout, "  %s\n", strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  "))
		}
	}
}

func variantTexts(e *kpi.Explanation, lang string) map[string]string {
	out := map[string]string{}
	for _, name := range e.Variants {
		_, variant, _ := strings.Cut(name, ":")
		if text := e.Def.VariantDescription(lang, variant); text != "" {
			out[name] = text
		}
	}
	return out
}

// ofCosts tells whether costs are part of a KPI, so that it matters how they are shared.
func ofCosts(e *kpi.Explanation) bool {
	return slices.ContainsFunc(e.Measures, func(m kpi.ExplainedMeasure) bool { return m.Scoped })
}
