package mapping

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/table"
)

// New gives the format "mapping".
func New() source.Format { return format{} }

type format struct{}

// Options: a mapping file says everything.
func (format) Options() []source.Option { return nil }

// Open reads the mapping and binds it to the columns of the input.
func (format) Open(spec source.Spec, head []byte) (source.Decoder, error) {
	m, err := Parse(spec.Mapping)
	if err != nil {
		return nil, err
	}
	r, err := table.Open(m.layout, head)
	if err != nil {
		return nil, err
	}
	p, err := bind(m, spec.Source, spec.Settings, r.Columns())
	if err != nil {
		return nil, err
	}
	d := &decoder{mapping: m, reader: r, plan: p}
	d.states.New = func() any { return newState(p) }
	if r.IsWhole() {
		return whole{d}, nil
	}
	return d, nil
}

type decoder struct {
	mapping *Mapping
	reader  *table.Reader
	plan    *plan
	states  sync.Pool
}

// whole is a decoder of an input that makes sense only as a whole.
type whole struct{ *decoder }

func (whole) Whole() {}

func (d *decoder) Start() (bytes, lines int64) { return d.reader.Start() }

func (d *decoder) Cut(data []byte, giveUp bool) (int, int64) { return d.reader.Cut(data, giveUp) }

func (d *decoder) Decode(c source.Chunk, out *facts.Batch) {
	s := d.states.Get().(*state)
	s.begin(out, bytes.Count(c.Data, []byte{'\n'})+1)
	d.reader.Rows(c, func(row table.Row) bool {
		s.record(&row)
		return true
	})
	s.end()
	d.states.Put(s)
}

// maxRaw is how much of a rejected record is kept.
const maxRaw = 4096

// record turns one row into a record with its facts, or skips or rejects it as a whole.
func (s *state) record(row *table.Row) {
	s.out.Read++
	bad := row.Bad
	if bad == nil {
		var skipped bool
		if skipped, bad = s.understand(row); skipped {
			s.out.Skipped++
			return
		}
	}
	if bad != nil {
		raw := row.Raw
		if len(raw) > maxRaw {
			raw = raw[:maxRaw]
		}
		s.out.Rejects = append(s.out.Rejects, facts.Reject{Line: row.Line, Reason: *bad, Raw: raw})
	}
}

// understand reads all fields before it writes any fact, so that a rejected
// row leaves nothing behind.
func (s *state) understand(row *table.Row) (skipped bool, bad *callpace.Message) {
	s.align(row)
	for _, c := range s.plan.skip {
		is, err := s.truth(c)
		if err != nil {
			return false, exprFailed(err)
		}
		if is {
			return true, nil
		}
	}
	content := s.content()
	key, bad := s.key(content)
	if bad != nil {
		return false, bad
	}
	version, bad := s.version()
	if bad != nil {
		return false, bad
	}
	active := uint64(0)
	for i, e := range s.plan.entries {
		use, bad := s.evaluate(e)
		if bad != nil {
			return false, bad
		}
		if use {
			active |= 1 << i
		}
	}
	if bad := s.checkAttributes(); bad != nil {
		return false, bad
	}
	key = source.ASCIIDigits(key)
	s.out.Records = append(s.out.Records, facts.Record{Origin: s.origin(key), Version: version, Content: content, Line: row.Line})
	for i, e := range s.plan.entries {
		if active&(1<<i) != 0 {
			s.emit(e, key)
		}
	}
	return false, nil
}

func exprFailed(err error) *callpace.Message {
	m := callpace.M("mapping.reject.condition", "detail", short(firstLine(err.Error())))
	return &m
}

// content hashes the values of the row, so that another quoting or encoding of
// them is the same content.
func (s *state) content() uint64 {
	b := s.buffer[:0]
	for _, f := range s.row {
		b = append(append(b, f...), 0x1f)
	}
	if s.plan.dynamic {
		for _, x := range s.extra {
			b = append(append(append(append(b, x.name...), '='), x.text...), 0x1f)
		}
	}
	s.buffer = b
	return xxh3.Hash(b)
}

// key gives the record's identity within its source and kind. Where it has
// several columns they are joined by |, doubled within a part.
func (s *state) key(content uint64) (string, *callpace.Message) {
	p := s.plan
	switch {
	case p.keyProgram != nil:
		k, err := s.result(p.keyProgram)
		if err != nil {
			return "", exprFailed(err)
		}
		if k == "" {
			return "", noKey()
		}
		return k, nil
	case p.key == nil:
		return strconv.FormatUint(content, 16), nil
	case len(p.key) == 1:
		if k := s.row[p.key[0]]; k != "" {
			return k, nil
		}
		return "", noKey()
	}
	b, some := s.buffer[:0], false
	for i, c := range p.key {
		if i > 0 {
			b = append(b, '|')
		}
		some = some || s.row[c] != ""
		for j := range len(s.row[c]) {
			if b = append(b, s.row[c][j]); s.row[c][j] == '|' {
				b = append(b, '|')
			}
		}
	}
	if s.buffer = b; !some {
		return "", noKey()
	}
	return string(b), nil
}

func noKey() *callpace.Message {
	m := callpace.M("mapping.reject.no_key")
	return &m
}

// origin is facts.Origin, over one buffer.
func (s *state) origin(key string) uint64 {
	b := append(append(s.buffer[:0], s.plan.source...), 0)
	b = append(append(b, s.plan.record...), 0)
	s.buffer = append(b, key...)
	return xxh3.Hash(s.buffer)
}

// version reads the row's version: a whole number, or a moment.
func (s *state) version() (int64, *callpace.Message) {
	f := s.plan.version
	if f == nil {
		return 0, nil
	}
	text, bad := s.text(f)
	if bad != nil || text == "" {
		return 0, bad
	}
	if n, err := strconv.ParseInt(source.ASCIIDigits(text), 10, 64); err == nil {
		return n, nil
	}
	m, bad := s.moment(f, text, "")
	return m.micros, bad
}

// evaluate fills the cells of an entry; use is false where its condition does
// not hold, and where there is nothing to make a row of.
func (s *state) evaluate(e *bound) (use bool, bad *callpace.Message) {
	for _, c := range e.when {
		is, err := s.truth(c)
		if err != nil {
			return false, exprFailed(err)
		}
		if !is {
			return false, nil
		}
	}
	for i, f := range e.fields {
		c := &s.cells[e.base+i]
		*c = cell{}
		if bad := s.fill(f, c); bad != nil {
			return false, bad
		}
		if !c.set && f.def.needed {
			return false, f.reject("mapping.reject.empty", "")
		}
	}
	if bad := s.money(e); bad != nil {
		return false, bad
	}
	return s.check(e)
}

// fill understands one field.
func (s *state) fill(f *field, c *cell) *callpace.Message {
	if f.value.split || f.shares != nil {
		return s.joint(f, c)
	}
	text, bad := s.text(f)
	if bad != nil {
		return bad
	}
	if f.value.mapped != nil || f.def.kind == outcomeKind || f.def.kind == wordKind || f.def.kind == currencyKind {
		m := s.meaningOf(f, text)
		if !m.known {
			if f.def.kind == currencyKind {
				return f.reject("mapping.reject.currency", text)
			}
			key := "mapping.warn.unknown_word"
			if f.def.kind == outcomeKind {
				key = "mapping.warn.unknown_outcome"
			}
			s.warn(key, f.def.name+": "+short(text))
		}
		text, c.num = m.text, m.by
	}
	if text == "" {
		return nil
	}
	return s.convert(f, c, text)
}

func (s *state) convert(f *field, c *cell, text string) (bad *callpace.Message) {
	c.set = true
	switch f.def.kind {
	case integerKind:
		c.num, bad = f.integer(text)
	case booleanKind:
		c.num, bad = f.boolean(text)
	case durationKind:
		c.num, bad = f.duration(text)
	case amountKind:
		var beside []string
		c.num, beside, bad = f.amount(text)
		c.text = strings.Join(beside, besides)
	case momentKind, dayKind:
		clock := ""
		if f.clock >= 0 {
			clock = s.row[f.clock]
		}
		var m moment
		m, bad = s.moment(f, text, clock)
		c.num, c.day, c.hour = m.micros, m.day, m.hour
	case phoneKind:
		c.text = s.phone(text)
		c.set = c.text != ""
		c.erased(text)
	case phonesKind:
		c.text = s.phoneList(text)
		c.set = c.text != ""
		c.erased(text)
	default:
		if len(text) > maxCell {
			return f.reject("mapping.reject.too_long", text)
		}
		if c.text = text; f.def.id {
			c.text = source.ASCIIDigits(text)
		}
	}
	return bad
}

// erased takes over the pseudonym that stands in the place of a number: no
// number, but the lead of the row if that has no other. The cell is not set.
func (c *cell) erased(text string) {
	if p := source.Pseudonym(text); p != "" {
		c.text, c.set = p, false
	}
}

// maxCell bounds the bytes of one text.
const maxCell = 64 << 10

func (s *state) checkAttributes() *callpace.Message {
	long := func(name, text string) *callpace.Message {
		m := callpace.M("mapping.reject.too_long", "column", name, "field", "", "value", short(text))
		return &m
	}
	for _, e := range s.plan.entries {
		for _, a := range e.attributes {
			if len(s.row[a.col]) > maxCell {
				return long(a.name, s.row[a.col])
			}
		}
	}
	for _, x := range s.extra {
		if len(x.text) > maxCell {
			return long(x.name, x.text)
		}
	}
	return nil
}
