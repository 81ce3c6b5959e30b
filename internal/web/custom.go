package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present/export"
)

func customRoutes() []route {
	return []route{
		{pattern: "GET /catalogue/own", needs: auth.DefineKPIs, handle: (*request).customKPIs},
		{pattern: "GET /catalogue/new", needs: auth.DefineKPIs, handle: (*request).customKPI},
		{pattern: "POST /catalogue/new", needs: auth.DefineKPIs, handle: (*request).takeCustomKPI},
		{pattern: "GET /catalogue/own/{kpi}", needs: auth.DefineKPIs, handle: (*request).customKPI},
		{pattern: "POST /catalogue/own/{kpi}", needs: auth.DefineKPIs, handle: (*request).takeCustomKPI},
		{pattern: "POST /catalogue/own/{kpi}/retire", needs: auth.DefineKPIs, handle: (*request).retireCustomKPI},
		{pattern: "GET " + kpiSettingsPath + "{kpi}", needs: auth.DefineKPIs, handle: (*request).kpiSettings},
		{pattern: "POST " + kpiSettingsPath + "{kpi}", needs: auth.DefineKPIs, handle: (*request).takeKPISetting},
		{pattern: "POST /catalogue/own/{kpi}/restore", needs: auth.DefineKPIs, handle: (*request).retireCustomKPI},
	}
}

const (
	customPath    = "/catalogue/own"
	customNewPath = "/catalogue/new"
)

// customKPIsPage lists the KPIs and measures of the organisation's own.
type customKPIsPage struct {
	shell
	KPIs     []customRow
	Files    grid // of these
	Measures []customRow
	Empty    *empty
}

// customRow is a definition: its newest version.
type customRow struct {
	Name, ID, URL, Formula string
	Version                string
	Written                string // when and by whom
	Retired                bool
	Fault                  string // why it cannot be asked for
}

func (r *request) customKPIs() error {
	page := customKPIsPage{shell: r.shell("custom.title", "catalogue")}
	for _, d := range r.policy.Own() {
		row := customRow{Name: r.reader.Name(d.ID), ID: d.ID, Version: r.reader.Int(int64(d.Version)), Written: r.customWritten(d)}
		if err := r.defs.Fault(d.Kind, d.ID); err != nil {
			row.Fault = r.reader.Error(err)
		}
		if d.Kind == kpi.OwnMeasure {
			row.Name, row.Formula = d.ID, d.Body
			page.Measures = append(page.Measures, row)
			continue
		}
		row.URL = customPath + "/" + d.ID
		x, _ := d.Draft()
		row.Formula, row.Retired = x.Formula, x.Retired
		page.KPIs = append(page.KPIs, row)
	}
	page.Files = r.namedGrid("own", "custom.kpis")
	columns := r.fileColumns("file.id", "column.name", "custom.formula", "custom.version", "file.written", "custom.retired", "custom.faulty")
	page.Files.Files = offerList(r, r.view(), page.Files.ID, page.Files.Caption, page.KPIs, columns, func(x customRow) []export.Cell {
		out := texts(x.ID, x.Name, x.Formula, x.Version, x.Written, "", x.Fault)
		out[5] = export.Cell{Kind: export.Truth, True: x.Retired}
		return out
	})
	if len(page.KPIs)+len(page.Measures) == 0 {
		page.Empty = &empty{Icon: "calculator", Title: r.reader.Text("custom.none"), Text: r.reader.Text("custom.none_hint"), Action: r.reader.Text("custom.new"), URL: customNewPath}
	}
	return r.page("custom", page)
}

// customWritten says when a version was written, and by whom.
func (r *request) customWritten(d kpi.Definition) string {
	return r.reader.T("custom.written", map[string]any{"when": r.instant(d.At), "who": d.By})
}

// customPage is where a KPI of one's own is written, changed and retired.
type customPage struct {
	shell
	ID       string // "" for a new one
	Action   string
	Basics   []formField
	Formula  formField
	Words    []formField // in the reader's language
	Others   []formField // in the other languages
	Known    string      // the version that is changed
	Fault    string
	Preview  customPreview
	Versions []customVersion
	Retired  bool
	Retire   *act
	ByHand   string // the definition, where no form can hold it
	Measures []measureText
	KPI      string // address of its page; "" for a new one
}

// customVersion is what a KPI has been.
type customVersion struct{ Version, Written, Formula, Body string }

// customOf is the definition that the address names: its versions, none for a new one.
func (r *request) customOf() (versions []kpi.Definition, err error) {
	id := r.PathValue("kpi")
	if id == "" {
		return nil, nil
	}
	if versions = r.policy.Versions(kpi.OwnKPI, id); len(versions) == 0 {
		_, err := r.defs.Find(id)
		if err == nil {
			err = callpace.E(callpace.NotFound, "custom.not_own", "name", id)
		}
		return nil, err
	}
	return versions, nil
}

func (r *request) customKPI() error {
	versions, err := r.customOf()
	if err != nil {
		return err
	}
	return r.showCustom(http.StatusOK, r.filled(), versions, nil)
}

// showCustom shows the form as it is filled in; failed is why it could not be kept.
func (r *request) showCustom(status int, f *filled, versions []kpi.Definition, failed error) error {
	page := customPage{shell: r.shell("custom.new", "catalogue"), Action: customNewPath}
	page.Notices = r.done("custom")
	x, now := kpi.Draft{Unit: kpi.UnitPercent, Better: "higher", Kind: kpi.KindFormula}, kpi.Definition{}
	if n := len(versions); n > 0 {
		now = versions[n-1]
		var editable bool
		x, editable = now.Draft()
		page.ID, page.Action, page.Title, page.Known, page.Retired = now.ID, customPath+"/"+now.ID, r.reader.Name(now.ID), itoa(now.Version), x.Retired
		page.KPI = "/kpi/" + now.ID
		if !editable {
			page.ByHand = now.Body
		}
		page.Versions = r.customVersions(versions)
		page.Retire = r.customRetire(now.ID, x.Retired)
	}
	if f.values != nil {
		x = r.customDraft(f, x)
	}
	r.customFields(&page, f, x)
	if page.ByHand == "" {
		page.Preview = r.customPreview(x, now)
	}
	if failed != nil {
		page.Fault = r.customFault(failed).Text
	}
	for _, m := range r.defs.Measures() {
		page.Measures = append(page.Measures, measureText{ID: m.ID, How: strings.TrimSpace(string(m.Agg) + "(" + strings.TrimSpace(m.Fact+" "+m.Value) + ") " + strings.Join(strings.Fields(m.Where), " "))})
	}
	return r.pageStatus(status, "custom_kpi", page)
}

// customDraft reads the form over the draft before.
func (r *request) customDraft(f *filled, before kpi.Draft) kpi.Draft {
	x := kpi.Draft{ID: before.ID, Unit: kpi.Unit(f.get("unit")), Better: f.get("better"), Kind: kpi.Kind(f.get("kind")), Retired: before.Retired,
		Formula: plainDigits(strings.Join(strings.Fields(f.get("formula")), " ")), Names: map[string]string{}, Texts: map[string]string{}}
	if x.ID == "" {
		x.ID = f.get("id")
	}
	for _, lang := range i18n.Languages() {
		x.Names[lang], x.Texts[lang] = cleanText(f.get("name."+lang)), cleanText(f.get("text."+lang))
	}
	return x
}

func (r *request) customFields(page *customPage, f *filled, x kpi.Draft) {
	text := r.reader.Text
	options := func(selected string, values []string, name func(string) string) []formGroup {
		var pairs []string
		for _, v := range values {
			pairs = append(pairs, v, name(v))
		}
		return choices(selected, pairs...)
	}
	kinds := []string{}
	for _, k := range kpi.DraftKinds() {
		kinds = append(kinds, string(k))
	}
	var fields []formField
	if page.ID == "" {
		fields = append(fields, formField{Kind: "text", Name: "id", Label: text("custom.id"), Hint: text("custom.id_hint"), Value: x.ID, LTR: true})
	}
	fields = append(fields,
		formField{Kind: "select", Name: "unit", Label: text("catalogue.unit"), Groups: options(string(x.Unit), kpi.DraftUnits(), func(u string) string { return r.defs.Word(r.reader.Lang(), "unit."+u) })},
		formField{Kind: "select", Name: "kind", Label: text("custom.kind"), Groups: options(string(x.Kind), kinds, func(k string) string { return text("custom.kind." + k) })},
		formField{Kind: "select", Name: "better", Label: text("custom.better"), Groups: options(x.Better, kpi.DraftBetters(), func(b string) string { return text("custom.better." + b) })})
	page.Basics = f.view(page.Action, "form.save", fields...).Fields
	page.Formula = f.view(page.Action, "form.save", formField{Name: "formula", Label: text("custom.formula"), Hint: text("custom.formula_hint"), Value: x.Formula}).Fields[0]
	for _, lang := range i18n.Languages() {
		self := r.s.Texts.Localizer(lang, r.calendar()).T("language.self", nil)
		pair := f.view(page.Action, "form.save",
			formField{Kind: "text", Name: "name." + lang, Label: r.reader.T("custom.name_in", map[string]any{"language": self}), Value: x.Names[lang], Optional: true},
			formField{Kind: "text", Name: "text." + lang, Label: r.reader.T("custom.text_in", map[string]any{"language": self}), Value: x.Texts[lang], Optional: true}).Fields
		if lang == r.reader.Lang() {
			page.Words = pair
		} else {
			page.Others = append(page.Others, pair...)
		}
	}
}

func (r *request) customVersions(versions []kpi.Definition) (out []customVersion) {
	for i := len(versions) - 1; i >= 0; i-- {
		d := versions[i]
		x, _ := d.Draft()
		out = append(out, customVersion{r.reader.T("explain.version", map[string]any{"version": d.Version}), r.customWritten(d), x.Formula, d.Body})
	}
	return out
}

func (r *request) customRetire(id string, retired bool) *act {
	a := r.act(customPath+"/"+id+"/retire", "custom.retire", "pause", false)
	a.Ask = r.reader.Text("custom.retire_ask")
	if retired {
		a = r.act(customPath+"/"+id+"/restore", "custom.restore", "undo-2", false)
	}
	return &a
}

// takeCustomKPI shows what the form would give, or keeps it as a new version.
func (r *request) takeCustomKPI() error {
	versions, err := r.customOf()
	if err != nil {
		return err
	}
	f := r.filled()
	if f.get("do") != "save" {
		return r.showCustom(http.StatusOK, f, versions, nil)
	}
	before := kpi.Definition{}
	if n := len(versions); n > 0 {
		before = versions[n-1]
	}
	was, editable := before.Draft()
	if before.ID != "" && !editable {
		return callpace.E(callpace.Invalid, "custom.by_hand")
	}
	x := r.customDraft(f, was)
	if !slices.ContainsFunc(i18n.Languages(), func(lang string) bool { return x.Names[lang] != "" }) {
		f.wrong("name."+r.reader.Lang(), "custom.no_name")
		return r.showCustom(f.status(nil), f, versions, nil)
	}
	if f.get("known") != "" && f.get("known") != itoa(before.Version) {
		return r.showCustom(http.StatusConflict, f, versions, callpace.E(callpace.Conflict, "custom.changed_meanwhile"))
	}
	file, err := x.File(before)
	if err == nil {
		err = r.defineKPI(x.ID, file, before, auth.KPIDefined)
	}
	if err != nil {
		if callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		return r.showCustom(r.status(err), f, versions, err)
	}
	return r.redirect(customPath + "/" + x.ID + "?done=saved")
}

// retireCustomKPI takes a KPI out of all lists, or puts it back.
func (r *request) retireCustomKPI() error {
	versions, err := r.customOf()
	if err != nil {
		return err
	}
	now := versions[len(versions)-1]
	does, done := auth.KPIRetired, "retired"
	retire := strings.HasSuffix(r.Pattern, "/retire")
	if !retire {
		does, done = auth.KPIDefined, "restored"
	}
	file, err := now.Retire(retire)
	if err == nil {
		err = r.defineKPI(now.ID, file, now, does)
	}
	if err != nil {
		return err
	}
	return r.redirect(customPath + "/" + now.ID + "?done=" + done)
}

// defineKPI keeps a definition as the version after another, beside the others
// as they are now.
func (r *request) defineKPI(id string, file kpi.File, before kpi.Definition, does auth.Action) error {
	return r.s.Folder.Replace(r.Context(), nil, func(f *ingest.Folder) error {
		next, changed, err := f.Policy().Define(file, r.who.Account.Name, r.now)
		if err != nil || len(changed) == 0 {
			return err
		}
		if len(f.Policy().Versions(kpi.OwnKPI, id)) != before.Version {
			return callpace.E(callpace.Conflict, "custom.changed_meanwhile")
		}
		if err := r.s.Auth.Audit(r.Context(), r.who.Entry(does, id, map[string]any{"version": changed[0].Version})); err != nil {
			return err
		}
		return f.SetPolicy(context.WithoutCancel(r.Context()), next)
	})
}

// customFault says what is wrong with a definition, and where in its formula.
func (r *request) customFault(err error) customFault {
	var e *callpace.Error
	if !errors.As(err, &e) || e.Code == callpace.Internal {
		return customFault{Text: r.reader.Error(err)}
	}
	m, text, column := kpi.FaultOf(e)
	f := customFault{Text: r.reader.Message(m)}
	if runes := []rune(text); column > 0 && len(runes) > 0 {
		from := min(column, len(runes)) - 1
		to := from + 1
		for isWordRune(runes[from]) && to < len(runes) && isWordRune(runes[to]) {
			to++
		}
		f.Before, f.At, f.After = string(runes[:from]), string(runes[from:to]), string(runes[to:])
	}
	return f
}

func isWordRune(c rune) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
