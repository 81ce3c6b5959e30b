package web

import (
	"html/template"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/fold"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present/export"
	"github.com/callpace/callpace/internal/web/design"
)

func catalogueRoutes() []route {
	return []route{
		{pattern: "GET /catalogue", needs: auth.ViewOwn, handle: (*request).catalogue},
		{pattern: "GET /design", needs: auth.ViewOwn, handle: (*request).design},
	}
}

// cataloguePage lists every KPI with what it means.
type cataloguePage struct {
	shell
	Search   string
	Count    string
	Own      string // address of the organisation's own; "" for who may not define any
	Families []catalogueFamily
	Files    grid // of all that are listed
	Empty    *empty
}

type catalogueFamily struct {
	Name string
	KPIs []catalogueEntry
}

// catalogueEntry is a KPI as the catalogue tells of it.
type catalogueEntry struct {
	ID, Name, Text, Formula, URL string
	Unit                         string
	Variants                     []choice
	Settings                     string // where they are changed; "" where there are none, or for who may not
}

func (r *request) catalogue() error {
	search := strings.TrimSpace(r.URL.Query().Get("q"))
	page := cataloguePage{shell: r.shell("nav.catalogue", "catalogue"), Search: search}
	if r.who.May(auth.DefineKPIs) {
		page.Own = customPath
	}
	names, defs := r.defs.Families()
	count := 0
	for _, n := range names {
		f := catalogueFamily{Name: n}
		if r.reader.Has("family." + n) {
			f.Name = r.reader.Text("family." + n)
		}
		for _, d := range defs[n] {
			if e, ok := r.catalogueEntry(d, search); ok {
				f.KPIs = append(f.KPIs, e)
				count++
			}
		}
		if len(f.KPIs) > 0 {
			page.Families = append(page.Families, f)
		}
	}
	page.Files = r.catalogueFiles(page.Families)
	page.Count = r.reader.T("catalogue.count", map[string]any{"count": count})
	if count == 0 {
		page.Empty = &empty{Icon: "search", Title: r.reader.Text("catalogue.none"), Text: r.reader.Text("catalogue.none_hint"), Action: r.reader.Text("catalogue.all"), URL: "/catalogue"}
	}
	return r.page("catalogue", page)
}

// catalogueFiles offers the catalogue in files, as far as it is listed.
func (r *request) catalogueFiles(families []catalogueFamily) grid {
	type entry struct {
		catalogueEntry
		family string
	}
	var all []entry
	for _, f := range families {
		for _, e := range f.KPIs {
			all = append(all, entry{e, f.Name})
		}
	}
	g := r.namedGrid("kpis", "nav.catalogue")
	columns := r.fileColumns("file.id", "column.name", "file.family", "catalogue.meaning", "custom.formula", "catalogue.unit")
	g.Files = offerList(r, r.view(), g.ID, g.Caption, all, columns, func(e entry) []export.Cell { return texts(e.ID, e.Name, e.family, e.Text, e.Formula, e.Unit) })
	return g
}

// catalogueEntry tells of a KPI; ok is false where a search does not find it.
func (r *request) catalogueEntry(d *kpi.Def, search string) (e catalogueEntry, ok bool) {
	lang := r.reader.Lang()
	e = catalogueEntry{ID: d.ID, Name: d.Name(lang), Text: d.Description(lang), URL: "/kpi/" + d.ID, Unit: r.defs.Word(lang, "unit."+string(d.Unit))}
	if search != "" && !fold.Has(e.ID+" "+e.Name+" "+e.Text, search) {
		return e, false
	}
	if r.who.May(auth.DefineKPIs) && len(r.defs.SettingsOf(d)) > 0 {
		e.Settings = kpiSettingsPath + pathEscape(d.ID)
	}
	if x, err := r.defs.Explain(d.ID); err == nil {
		e.Formula = x.Formula
	}
	if names := d.Names(); len(names) > 1 {
		for _, n := range names {
			_, variant, _ := strings.Cut(n, ":")
			e.Variants = append(e.Variants, choice{Label: d.VariantName(lang, variant), URL: "/kpi/" + n, Selected: variant == ""})
		}
	}
	return e, true
}

// designPage shows every component of the design system.
type designPage struct {
	shell
	Body template.HTML
}

func (r *request) design() error {
	body, err := design.Body(r.reader.Lang())
	if err != nil {
		return err
	}
	return r.page("design", designPage{r.shell("web.design", ""), body})
}
