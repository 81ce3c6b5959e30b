package api

import (
	"context"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// KPIEntry is a KPI of the catalogue.
type KPIEntry struct {
	ID          string   `json:"id"`
	Version     int      `json:"version"`
	Name        string   `json:"name" doc:"In the reader's language"`
	Description string   `json:"description"`
	Unit        kpi.Unit `json:"unit"`
	Kind        kpi.Kind `json:"kind"`
	Better      string   `json:"better"`
	Variants    []string `json:"variants" doc:"As they are asked for, the default first"`
}

type catalogueOutput struct {
	Body struct {
		KPIs       []KPIEntry       `json:"kpis"`
		Dimensions []dimensionEntry `json:"dimensions"`
	}
}

type dimensionEntry struct {
	ID   string `json:"id"`
	Name string `json:"name" doc:"In the reader's language"`
}

type explainInput struct {
	KPI string `path:"kpi" maxLength:"200" doc:"id or id:variant"`
}

// definition is what a KPI means and where its data comes from.
type definition struct {
	KPIEntry
	Variant  string              `json:"variant"`
	Formula  string              `json:"formula"`
	Measures []measure           `json:"measures"`
	Settings map[string]string   `json:"settings" doc:"In force now"`
	Changes  []kpi.SettingChange `json:"setting_changes"`
	Facts    []string            `json:"facts"`
	Sources  []string            `json:"sources" doc:"Sources that have brought such facts"`
}

type measure struct {
	ID    string  `json:"id"`
	Fact  string  `json:"fact"`
	Date  string  `json:"date" doc:"By what rows fall into periods"`
	As    kpi.Agg `json:"aggregate"`
	Value string  `json:"value,omitempty"`
	Where string  `json:"where,omitempty"`
}

type explainOutput struct{ Body definition }

func (a *API) catalogue() {
	add(a, huma.Operation{OperationID: "listKPIs", Method: "GET", Path: "/catalogue", Summary: "List KPIs and dimensions."}, auth.ViewOwn, a.listKPIs)
	add(a, huma.Operation{OperationID: "explainKPI", Method: "GET", Path: "/catalogue/{kpi}", Summary: "Explain a KPI: formula, measures, settings, sources.", Errors: []int{404}}, auth.ViewOwn, a.explainKPI)
}

func (c *caller) entry(d *kpi.Def) KPIEntry {
	return KPIEntry{d.ID, d.Version, c.reader.Name(d.ID), d.Description(c.reader.Lang()), d.Unit, d.Kind, d.Better, d.Names()}
}

func (a *API) listKPIs(_ context.Context, c *caller, _ *struct{}) (*catalogueOutput, error) {
	out := &catalogueOutput{}
	for _, d := range c.defs.Defs() {
		out.Body.KPIs = append(out.Body.KPIs, c.entry(d))
	}
	for _, d := range c.defs.Dimensions() {
		out.Body.Dimensions = append(out.Body.Dimensions, dimensionEntry{d, c.reader.Dimension(d)})
	}
	return out, nil
}

func (a *API) explainKPI(ctx context.Context, c *caller, in *explainInput) (*explainOutput, error) {
	q, _, err := c.asker().Query(About{}.words(in.KPI))
	if err != nil {
		return nil, err
	}
	e, err := c.defs.ExplainFor(in.KPI, q)
	if err != nil {
		return nil, err
	}
	out := definition{KPIEntry: c.entry(e.Def), Variant: e.Variant, Formula: e.Formula, Measures: []measure{},
		Settings: present.Settings(e.Settings), Changes: slices.Concat([]kpi.SettingChange{}, e.History), Facts: e.Facts, Sources: []string{}}
	out.Unit, out.Kind = e.Unit, e.Kind
	for _, m := range e.Measures {
		out.Measures = append(out.Measures, measure{m.ID, m.Fact, m.Date, m.As, m.Value, strings.Join(strings.Fields(m.Where), " ")})
	}
	err = a.Folder.Read(func(f *ingest.Folder) error {
		sources, err := f.SourcesOf(ctx, e.Facts)
		out.Sources = append(out.Sources, sources...)
		return err
	})
	return &explainOutput{out}, err
}
