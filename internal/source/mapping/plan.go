package mapping

import (
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

// maxAttributes bounds the columns that a record may keep as attributes.
const maxAttributes = 500

// plan is a mapping bound to the columns of one input.
type plan struct {
	source, record    string
	columns           []string
	at                map[string]int
	dynamic           bool // rows bring their own names
	null              []string
	key               []int
	keyProgram        *program
	version           *field
	skip              []*program
	entries           []*bound
	zones             []*time.Location // the first is the organisation's
	cells, fields     int
	country, currency string
	dispositions      bool
	answeredMillis    int64
}

// bound is an entry whose fields know their columns.
type bound struct {
	entry
	index      int
	when       []*program
	fields     []*field
	money      []moneyField
	base       int            // of its cells
	at         map[string]int // cell of a field
	attributes []attribute
	keep       *attributes // for columns that are not known beforehand
	// Cells of calls; -1 where not mapped.
	outcome, direction, talk int
	lead, phone, phones      int // likewise
}

// attribute is a column that is kept under a name.
type attribute struct {
	col  int
	name string
}

// field is an assignment that knows its columns.
type field struct {
	id      int // its place among the hints; the next is its clock's
	def     *fieldDef
	value   *value
	cols    []int
	clock   int // column of the time of day, or -1
	shares  [][2]int
	program *program
	zone    int
}

// label names in messages what a value is made of.
func (v *value) label() string {
	switch {
	case len(v.columns) > 0:
		return strings.Join(v.columns, ", ")
	case v.expr != "":
		return v.expr
	}
	return v.constant
}

func (f *field) reject(key, text string) *callpace.Message {
	m := callpace.M(key, "column", f.value.label(), "field", f.def.name, "value", short(text))
	return &m
}

// short cuts a value for a message.
func short(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}

// binder finds the columns that a mapping names.
type binder struct {
	reader
	*plan
	used map[int]bool // by a field
}

func bind(m *Mapping, source string, settings facts.Settings, columns []string) (*plan, error) {
	p := &plan{source: source, record: m.record, columns: append([]string(nil), columns...), at: map[string]int{}, dynamic: columns == nil, null: m.null,
		country: settings.Country, currency: settings.Currency, answeredMillis: int64(settings.AnsweredSeconds * 1000)}
	if m.country != "" {
		p.country = strings.ToUpper(m.country)
	}
	if m.currency != "" {
		p.currency = m.currency
	}
	for i, c := range p.columns {
		p.at[c] = i
	}
	org, err := time.LoadLocation(settings.Zone)
	if err != nil {
		return nil, callpace.E(callpace.Invalid, "mapping.bad_zone", "line", 0, "zone", settings.Zone).Because(err)
	}
	p.zones = []*time.Location{org}
	b := &binder{plan: p, used: map[int]bool{}}
	b.bind(m)
	return p, b.err
}

func (b *binder) bind(m *Mapping) {
	top := &node{line: 1}
	if len(m.key) == 1 {
		b.used[b.column(top, m.key[0], false)] = true // it is the source_id
	}
	for _, c := range m.key {
		b.key = append(b.key, b.column(top, c, false))
	}
	if m.keyExpr != nil {
		f := b.field(m, &fieldDef{name: "key"}, m.keyExpr)
		b.key, b.keyProgram = f.cols, f.program
	}
	if m.version != nil {
		b.version = b.field(m, &fieldDef{name: "row_version", kind: momentKind}, m.version)
	}
	b.skip = b.programs(m.skip, m.formats)
	for i := range m.facts {
		b.entry(m, &m.facts[i], i, m.formats)
	}
	for i, e := range b.entries {
		b.keepAttributes(m, e, i)
	}
	for _, c := range m.personal {
		b.column(top, c, true)
	}
	b.dispositions = m.dispositions == "yes" || m.dispositions == "auto" && b.hasDispositions()
}

func (b *binder) programs(clauses []clause, defaults *formats) []*program {
	var out []*program
	for _, c := range clauses {
		out = append(out, b.compileExpr(c.line, c.text, true, defaults))
	}
	return out
}

func (b *binder) entry(m *Mapping, e *entry, i int, defaults *formats) {
	x := &bound{entry: *e, index: i, base: b.cells, at: map[string]int{}}
	x.when = b.programs(e.when, defaults)
	for _, a := range e.fields {
		def := e.def.find(a.name)
		if (a.value.split || a.value.shares != nil) && e.def.table != facts.Orders {
			b.fail(&node{line: a.value.line}, "mapping.shares_of_agent")
		}
		f := b.field(m, def, a.value)
		for _, c := range f.inputs() {
			b.used[c] = true
		}
		x.at[a.name] = b.cells
		x.fields = append(x.fields, f)
		b.cells++
	}
	for i, f := range x.fields {
		if f.def.currency != "" {
			x.money = append(x.money, moneyField{f, x.base + i, x.cell(f.def.currency)})
		}
	}
	x.outcome, x.direction, x.talk = x.cell("outcome"), x.cell("direction"), x.cell("talk")
	x.lead, x.phone, x.phones = x.cell("lead"), x.cell("phone"), x.cell("phones")
	b.entries = append(b.entries, x)
}

func (x *bound) cell(name string) int {
	if i, ok := x.at[name]; ok {
		return i
	}
	return -1
}

// inputs are the columns a field reads.
func (f *field) inputs() []int {
	out := append([]int(nil), f.cols...)
	if f.clock >= 0 {
		out = append(out, f.clock)
	}
	for _, s := range f.shares {
		out = append(out, s[0], s[1])
	}
	if f.program != nil {
		out = append(out, f.program.reads...)
	}
	return out
}

func (b *binder) field(m *Mapping, def *fieldDef, v *value) *field {
	f := &field{id: b.plan.fields * 2, def: def, value: v, clock: -1}
	b.plan.fields++
	at := &node{line: v.line}
	for _, c := range v.columns {
		f.cols = append(f.cols, b.column(at, c, v.optional))
	}
	if v.time != "" {
		f.clock = b.column(at, v.time, v.optional)
	}
	for _, s := range v.shares {
		weight := -1
		if s.weight != "" {
			weight = b.column(at, s.weight, v.optional)
		}
		f.shares = append(f.shares, [2]int{b.column(at, s.agent, v.optional), weight})
	}
	if v.expr != "" {
		f.program = b.compileExpr(v.line, v.expr, false, &v.formats)
	}
	zone := v.zone
	if zone == "" {
		zone = m.zone
	}
	f.zone = b.zoneIndex(zone)
	return f
}

// zoneIndex gives the place of a zone in the plan; "" is the organisation's.
func (b *binder) zoneIndex(name string) int {
	if name == "" {
		return 0
	}
	for i, z := range b.zones {
		if z.String() == name {
			return i
		}
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		b.fail(&node{}, "mapping.bad_zone", "zone", name)
		return 0
	}
	b.zones = append(b.zones, z)
	return len(b.zones) - 1
}

// index gives the place of a column, or -1.
func (p *plan) index(name string) int {
	if i, ok := p.at[name]; ok {
		return i
	}
	return -1
}

// column gives the place of a column that the mapping names. Where rows bring
// their own names, every name may come.
func (b *binder) column(at *node, name string, optional bool) int {
	if i := b.index(name); i >= 0 {
		return i
	}
	if b.dynamic {
		b.at[name] = len(b.columns)
		b.columns = append(b.columns, name)
		return len(b.columns) - 1
	}
	if optional {
		return -1
	}
	if near := nearest(name, b.columns); near != "" {
		b.fail(at, "mapping.no_column_near", "column", name, "near", near)
	} else {
		b.fail(at, "mapping.no_column", "column", name, "known", short(strings.Join(b.columns, ", ")))
	}
	return -1
}

// keepAttributes lists the columns that the rows of an entry keep.
func (b *binder) keepAttributes(m *Mapping, e *bound, i int) {
	a := &m.attributes
	if e.entry.attributes != nil {
		a = e.entry.attributes
	}
	e.keep = a
	for _, list := range [][]string{a.names, a.except, a.also} {
		for _, c := range list {
			b.column(&node{line: e.line}, c, false)
		}
	}
	for c, name := range b.columns {
		if !b.dynamic && a.keeps(name, b.used[c]) || b.dynamic && b.at[name] == c && a.keeps(name, b.used[c]) {
			e.attributes = append(e.attributes, attribute{c, a.rename1(name)})
		}
	}
	if len(e.attributes) > maxAttributes {
		b.fail(&node{line: e.line}, "mapping.too_many_attributes", "count", len(e.attributes), "limit", maxAttributes)
	}
}

func (a *attributes) keeps(name string, used bool) bool {
	if has(a.also, name) {
		return true
	}
	if has(a.except, name) {
		return false
	}
	switch a.mode {
	case "all":
		return true
	case "none":
		return false
	case "only":
		return has(a.names, name)
	}
	return !used
}

func (a *attributes) rename1(name string) string {
	if to := a.rename[name]; to != "" {
		return to
	}
	return name
}

// hasDispositions tells whether any outcome of the mapping is one that only a
// person can have chosen. Of a column that is taken as it is, nobody knows, so
// it counts as one that has.
func (b *binder) hasDispositions() bool {
	for _, e := range b.entries {
		for _, f := range e.fields {
			if f.def.kind == outcomeKind && f.choosesOutcomes() {
				return true
			}
		}
	}
	return false
}

func (f *field) choosesOutcomes() bool {
	var possible []string
	switch {
	case f.value.mapped != nil:
		for _, to := range f.value.mapped {
			possible = append(possible, to)
		}
	case f.program != nil:
		possible = f.program.texts
	case !f.value.fixed:
		return true
	}
	for _, o := range append(possible, f.value.fallback, f.value.constant) {
		if flags, _ := callpace.FlagsOf(callpace.Outcome(o)); flags.Disposition {
			return true
		}
	}
	return false
}
