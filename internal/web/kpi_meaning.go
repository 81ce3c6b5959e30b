package web

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

// meaning says beside a number what it is.
type meaning struct {
	Text, VariantText string
	ID, Version       string
	Formula           string
	Measures          []measureText
	Settings          []settingText
	SettingsURL       string   // where they are changed; "" where there are none, or for who may not
	OwnURL            string   // where the definition is changed; "" for a built-in one, or for who may not
	Changes           []string // of settings, with their dates
	Sources           []string // whose data it comes from
	Variants          []variantText
}

// measureText is a measure of the formula, as its author wrote it.
type measureText struct{ ID, How, Date string }

type settingText struct{ Name, Value string }

type variantText struct {
	choice
	Text string
}

func (r *request) meaning(v view, name string, q kpi.Query) (*meaning, error) {
	e, err := r.defs.ExplainFor(name, q)
	if err != nil {
		return nil, err
	}
	lang := r.reader.Lang()
	m := &meaning{ID: e.Name, Text: e.Def.Description(lang), VariantText: e.Def.VariantDescription(lang, e.Variant), Formula: e.Formula,
		Version: r.reader.T("explain.version", map[string]any{"version": e.Def.Version}), Changes: r.reader.SettingChanges(e.History)}
	m.Measures = r.measureTexts(e)
	for _, s := range slices.Sorted(maps.Keys(e.Settings)) {
		m.Settings = append(m.Settings, settingText{r.settingTitle(s), r.settingValue(s, kpi.SettingText(e.Settings[s]))})
	}
	if len(e.Variants) > 1 {
		for _, n := range e.Variants {
			variant := e.Def.Default
			if len(n) > len(e.Def.ID) {
				variant = n[len(e.Def.ID)+1:]
			}
			same := view{"/kpi/" + url.PathEscape(n), v.values}
			m.Variants = append(m.Variants, variantText{choice{e.Def.VariantName(lang, variant), same.with("sort", ""), n == name}, e.Def.VariantDescription(lang, variant)})
		}
	}
	if r.who.May(auth.DefineKPIs) {
		if len(r.defs.SettingsOf(e.Def)) > 0 {
			m.SettingsURL = kpiSettingsPath + pathEscape(e.Def.ID)
		}
		if len(r.policy.Versions(kpi.OwnKPI, e.Def.ID)) > 0 {
			m.OwnURL = customPath + "/" + e.Def.ID
		}
	}
	m.Sources, err = r.sourcesOf(e.Facts)
	return m, err
}

// measureTexts are the measures of a KPI, as their authors wrote them.
func (r *request) measureTexts(e *kpi.Explanation) (out []measureText) {
	for _, x := range e.Measures {
		how := []string{string(x.As) + "(" + strings.TrimSpace(x.Fact+" "+x.Value) + ")"}
		if x.Where != "" {
			how = append(how, "where "+x.Where)
		}
		out = append(out, measureText{x.ID, strings.Join(how, " "), r.reader.T("explain.by_date", map[string]any{"date": x.Date})})
	}
	return out
}

// sourcesOf lists the sources that feed some facts.
func (r *request) sourcesOf(of []string) ([]string, error) {
	known := r.known()
	v, err := r.s.memo.recall(known, fmt.Sprintf("sources %q", of), func() (found any, err error) {
		err = r.readFolder(func(ctx context.Context, f *ingest.Folder) (err error) {
			found, err = f.SourcesOf(context.WithoutCancel(ctx), of)
			return err
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	return v.([]string), nil
}
