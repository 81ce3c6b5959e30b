package web

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/mapping"
)

// mappingPage is the editor: the columns of a file, what each becomes, and the
// first rows as they are understood.
type mappingPage struct {
	shell
	Draft     *draft
	Action    string // of the form
	ByHand    bool   // the text is shown instead of the columns
	Told      string
	Fault     string // of the text: nothing else can be shown then
	Line      int    // on which the fault stands; 0: not known
	Text      string
	Columns   []columnView
	Shown     int // of the columns
	Facts     []factChoice
	MoreFacts []pick
	Constants []constantView
	Fields    []pickGroup   // that a constant can be given
	Options   []optionView  // of a format without a mapping
	Whole     []settingView // zone, currency, country
	Preview   *previewView
	Inputs    []pick   // from which on the history is read anew
	Lines     []string // of the text, numbered where it is wrong
}

// pick is one choice of a select.
type pick struct {
	Value, Label string
	Selected     bool
}

type pickGroup struct {
	Label   string
	Options []pick
}

// columnView is a column of the file in the form.
type columnView struct {
	ID      string // of its fields
	Name    string
	Samples []string
	Groups  []pickGroup
	Mapped  bool // as a field
	State   []pick
	Others  []string
	Key     bool
	Also    bool
	Offers  []optionView
	Values  []valueView
	Open    bool // a value has no word yet
}

// optionView is a setting with a few values to choose from, or free text.
type optionView struct {
	ID, Name, Label, Hint string
	Value                 string
	Values                []pick
	Free                  bool
	Usual                 []string
}

type valueView struct {
	Text  string
	Shown string
	Count string
	Words []pick
}

type constantView struct {
	Target, Label string
	Value         string
	Words         []pick
	Missing       bool
}

type factChoice struct {
	Name, Label string
	Only        bool // the last one: it cannot go
}

type settingView struct{ Name, Label, Value, Hint string }

// maxColumns bounds the columns of the form; the text holds them all.
const maxColumns = 300

func (r *request) draft() (*draft, error) {
	return r.s.drafts.find(r.PathValue("id"), r.who.Account.ID)
}

// editMapping shows the editor of a draft.
func (r *request) editMapping() error {
	d, err := r.draft()
	if err != nil {
		return err
	}
	p := mappingPage{shell: r.shell("editor.title", "imports"), Draft: d, Action: "/imports/draft/" + d.ID, Text: d.Mapping,
		ByHand: r.URL.Query().Get("tab") == "text", Told: r.reader.T("upload.told."+d.Told, map[string]any{"source": d.Source})}
	p.Preview = r.previewDraft(d)
	if d.Again() {
		if p.Inputs, err = r.inputChoices(d); err != nil {
			return err
		}
	}
	if d.Format != "mapping" {
		p.Options = r.formatOptions(d)
		return r.page("mapping", p)
	}
	e, err := r.editor(d)
	if err == nil {
		err = r.showEditor(&p, e)
	}
	switch callpace.CodeOf(err) {
	case "", callpace.Internal:
		if err != nil {
			return err
		}
	default:
		p.Fault = r.reader.Error(err)
		p.Line, _ = lineOf(err)
		p.ByHand = true
	}
	if p.Preview.Fault != "" && p.Line == 0 {
		p.Line = 0
		if _, bad := mapping.Parse(d.Mapping); bad != nil {
			p.Line, _ = lineOf(bad)
		}
	}
	if p.Line > 0 {
		p.Lines = strings.Split(strings.TrimRight(d.Mapping, "\n"), "\n")
	}
	return r.page("mapping", p)
}

func lineOf(err error) (line int, ok bool) {
	var e *callpace.Error
	if errors.As(err, &e) {
		line, ok = e.Args["line"].(int)
	}
	return line, ok
}

// editor opens the mapping of a draft with the beginning of its file.
func (r *request) editor(d *draft) (*mapping.Editor, error) {
	var head []byte
	err := r.s.Folder.Look(func(f *ingest.Folder) error {
		delivery, err := r.sampleOf(f, d)
		if err != nil {
			return err
		}
		if d.Again() {
			head, err = readWhole(delivery.Open)
			return err
		}
		head, err = sampleOfFile(r.Context(), d.Files[0])
		return err
	})
	if err != nil {
		return nil, err
	}
	return mapping.Edit(d.Mapping, head)
}

func opened(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func readWhole(open func() (io.ReadCloser, error)) ([]byte, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	return data, errors.Join(err, f.Close())
}

// showEditor fills the form.
func (r *request) showEditor(p *mappingPage, e *mapping.Editor) error {
	facts := e.Facts()
	for i, c := range e.Columns() {
		if i == maxColumns {
			break
		}
		p.Columns = append(p.Columns, r.columnView(i, c, facts))
	}
	p.Shown = len(p.Columns)
	for _, name := range []string{"zone", "currency", "country"} {
		hint := map[string]string{"zone": r.settings.Zone, "currency": r.settings.Currency, "country": r.settings.Country}[name]
		p.Whole = append(p.Whole, settingView{name, r.reader.Text("editor." + name), e.Get(name), hint})
	}
	names := map[string]bool{}
	for _, f := range facts {
		names[f.Name] = true
		if f.Name != "shared" {
			p.Facts = append(p.Facts, factChoice{f.Name, r.fact(f.Name), false})
		}
		group := pickGroup{Label: r.fact(f.Name)}
		for _, field := range f.Fields {
			group.Options = append(group.Options, pick{Value: f.Name + "." + field.Name, Label: r.field(field.Name)})
		}
		p.Fields = append(p.Fields, group)
	}
	if len(p.Facts) == 1 {
		p.Facts[0].Only = true
	}
	for _, name := range mapping.FactNames() {
		if !names[name] {
			p.MoreFacts = append(p.MoreFacts, pick{Value: name, Label: r.fact(name)})
		}
	}
	for _, c := range e.Constants() {
		p.Constants = append(p.Constants, constantView{Target: c.Target, Label: r.target(c.Target, len(p.Facts) > 1), Value: c.Value, Missing: c.Missing, Words: wordOptions(c.Words, c.Value)})
	}
	return nil
}

// target names a field; with its fact, where there are several.
func (r *request) target(target string, several bool) string {
	fact, field, ok := strings.Cut(target, ".")
	switch {
	case !ok:
		return target
	case several:
		return r.fact(fact) + ": " + r.field(field)
	}
	return r.field(field)
}

// field names a field, by its name in the documentation where no word is better.
func (r *request) field(name string) string {
	for _, key := range []string{"field." + name, "field." + name + "_seconds"} {
		if r.reader.Has(key) {
			return r.reader.Text(key)
		}
	}
	return r.reader.Dimension(name)
}

func (r *request) columnView(i int, c mapping.Column, facts []mapping.Fact) columnView {
	id := "c" + strconv.Itoa(i)
	v := columnView{ID: id, Name: c.Name, Samples: c.Samples, Key: c.Key, Also: c.Also}
	now := ""
	if c.Use != nil {
		now, v.Mapped = c.Use.Target, true
	}
	for _, f := range facts {
		g := pickGroup{Label: r.fact(f.Name)}
		for _, field := range f.Fields {
			o := pick{Value: f.Name + "." + field.Name, Label: r.field(field.Name)}
			if field.Required {
				o.Label += " *"
			}
			o.Selected = o.Value == now
			g.Options = append(g.Options, o)
		}
		v.Groups = append(v.Groups, g)
	}
	for _, o := range c.Others {
		v.Others = append(v.Others, r.target(o, len(facts) > 1))
	}
	v.State = []pick{{mapping.Attribute, r.reader.Text("editor.attribute"), c.Use == nil && !c.Left}, {mapping.LeftOut, r.reader.Text("editor.left_out"), c.Left && c.Use == nil}}
	if len(c.Others) > 0 && c.Use == nil && !c.Left {
		v.State[0].Selected = false
		v.State = append([]pick{{written, r.reader.Text("editor.as_written"), true}}, v.State...)
	}
	if c.Use == nil {
		return v
	}
	for _, o := range c.Use.Offers {
		v.Offers = append(v.Offers, r.offerView(id, o, c.Use.Options[o.Name]))
	}
	for j, value := range c.Use.Values {
		shown := value.Text
		if shown == "" {
			shown = r.reader.Text("editor.nothing")
		}
		v.Values = append(v.Values, valueView{value.Text, shown, r.reader.Int(int64(value.Count)), wordOptions(c.Use.Words, value.To)})
		v.Open = v.Open || value.To == "" && j < 50
	}
	return v
}

func (r *request) offerView(id string, o mapping.Offer, value string) optionView {
	v := optionView{ID: id + "." + o.Name, Name: id + "." + o.Name, Label: r.reader.Text("editor." + o.Name), Value: value, Free: o.Free}
	if o.Free {
		v.Usual = o.Values
		return v
	}
	v.Values = wordOptions(o.Values, value)
	return v
}

// wordOptions are the words of a select; one that is not among them stays.
func wordOptions(words []string, now string) []pick {
	if len(words) == 0 {
		return nil
	}
	out := []pick{{"", "–", now == ""}}
	for _, w := range words {
		out = append(out, pick{w, w, w == now})
	}
	if now != "" && !slices.Contains(words, now) {
		out = append(out, pick{now, now, true})
	}
	return out
}

// formatOptions are the settings of a format that reads without a mapping.
func (r *request) formatOptions(d *draft) (out []optionView) {
	format, ok := r.s.Formats.Find(d.Format)
	if !ok {
		return nil
	}
	for _, o := range format.Options() {
		v := optionView{ID: "o." + o.Name, Name: "o." + o.Name, Label: o.Name, Hint: r.reader.Text("option." + d.Format + "." + o.Name), Value: d.Options[o.Name], Free: len(o.Values) == 0}
		if v.Value == "" {
			v.Value = o.Default
		}
		if !v.Free {
			v.Values = wordOptions(o.Values, v.Value)[1:]
		}
		out = append(out, v)
	}
	return out
}

// takeMapping takes the form of the editor: it is kept, and what the button
// says is done.
func (r *request) takeMapping() error {
	d, err := r.draft()
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return callpace.E(callpace.Invalid, "upload.no_form").Because(err)
	}
	do := r.PostForm.Get("do")
	if do == "discard" {
		if err := r.s.drafts.remove(d.ID); err != nil {
			return err
		}
		return r.redirect("/imports")
	}
	if err := r.keepForm(d, r.PostForm); err != nil {
		return err
	}
	switch do {
	case "import":
		return r.startImport(d)
	case "compare":
		return r.startApply(d, true)
	case "apply":
		return r.startApply(d, false)
	}
	to := "/imports/draft/" + d.ID
	if r.PostForm.Has("text") {
		to += "?tab=text"
	}
	return r.redirect(to)
}

// maxSource bounds a source's name.
const maxSource = 60

// keepForm puts what the form says into the draft.
func (r *request) keepForm(d *draft, form url.Values) error {
	if name := strings.TrimSpace(form.Get("source")); name != "" && !d.Again() {
		d.Source = string([]rune(name)[:min(len([]rune(name)), maxSource)])
	}
	if n, err := strconv.Atoi(form.Get("from")); err == nil && n >= 0 {
		d.From = n
	}
	switch {
	case d.Format != "mapping":
		if format, ok := r.s.Formats.Find(d.Format); ok {
			applyOptions(d, format.Options(), form)
		}
	case form.Has("text"):
		d.Mapping = strings.ReplaceAll(form.Get("text"), "\r\n", "\n")
	default:
		e, err := r.editor(d)
		if err == nil {
			applyForm(e, form)
			d.Mapping = e.Text()
		}
	}
	return r.s.drafts.save(d)
}

// inputChoices are the inputs from which on a source can be read anew.
func (r *request) inputChoices(d *draft) (out []pick, err error) {
	out = []pick{{"0", r.reader.Text("editor.all_inputs"), d.From == 0}}
	inputs, err := r.inputsOf(d.Source)
	for _, in := range slices.Backward(inputs) {
		if len(out) > 100 {
			break
		}
		out = append(out, pick{strconv.Itoa(in.Input), r.reader.T("editor.from_input", map[string]any{"input": in.Input, "file": in.Name}), d.From == in.Input})
	}
	return out, err
}

// remapSource makes a draft that reads a source's history anew.
func (r *request) remapSource() error {
	name := r.PathValue("source")
	inputs, err := r.inputsOf(name)
	if err != nil {
		return err
	}
	if len(inputs) == 0 {
		return callpace.E(callpace.NotFound, "upload.no_source", "source", name)
	}
	last := inputs[len(inputs)-1].Input
	var spec source.Spec
	if err := r.s.Folder.Look(func(f *ingest.Folder) (err error) { spec, err = f.SpecOf(r.Context(), last); return err }); err != nil {
		return err
	}
	d, err := r.s.drafts.create(r.who.Account.ID, r.now)
	if err != nil {
		return err
	}
	d.Source, d.Format, d.Mapping, d.Options, d.Input, d.Told = name, spec.Format, spec.Mapping, spec.Options, last, "again"
	if err := r.s.drafts.save(d); err != nil {
		return err
	}
	return r.redirect("/imports/draft/" + d.ID)
}

// Size writes the size of a file.
func (p mappingPage) Size(n int64) string { return byteSize(p.reader, n) }

// LineNo numbers the lines of the text from 1.
func (p mappingPage) LineNo(i int) int { return i + 1 }

// IsLine tells the line that is wrong.
func (p mappingPage) IsLine(i int) bool { return i+1 == p.Line }

// ValueField names the field of the form for one of a column's values.
func (c columnView) ValueField(kind string, j int) string {
	return kind + strings.TrimPrefix(c.ID, "c") + "." + strconv.Itoa(j)
}
