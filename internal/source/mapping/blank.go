package mapping

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/table"
)

// treatment is what erasing a person does to a column of a record that is
// about the person.
type treatment uint8

const (
	erase   treatment = iota // emptied: nothing that facts need, or personal
	wording                  // mapped to a text that is not personal: kept, though it may mention people
	keep                     // mapped to something else that is not personal, or decides what the row is
	token                    // the id of the lead or the customer
	number                   // a phone number of the person
	friend                   // another lead, who referred this one
)

// treatments gives the treatment of every column of the plan. The strictest
// wins where a column is used twice.
func (p *plan) treatments(personal []string) []treatment {
	out := make([]treatment, len(p.columns))
	set := func(cols []int, t treatment) {
		for _, c := range cols {
			if c >= 0 {
				out[c] = max(out[c], t)
			}
		}
	}
	for _, c := range p.skip {
		set(c.reads, keep)
	}
	set(p.key, keep)
	if p.keyProgram != nil {
		set(p.keyProgram.reads, keep)
	}
	if p.version != nil {
		set(p.version.inputs(), keep)
	}
	for _, e := range p.entries {
		for _, c := range e.when {
			set(c.reads, keep)
		}
		for _, f := range e.fields {
			switch {
			case f.def.kind == phoneKind || f.def.kind == phonesKind:
				set(f.inputs(), number)
			case f.def.name == "lead" || f.def.name == "customer":
				set(f.inputs(), token)
			case f.def.name == "referred_by":
				set(f.inputs(), friend)
			case !f.def.personal && f.def.kind == textKind && f.value.mapped == nil && f.program == nil:
				set(f.inputs(), wording)
			case !f.def.personal:
				set(f.inputs(), keep)
			}
		}
	}
	for _, name := range personal {
		if c := p.index(name); c >= 0 && out[c] <= keep {
			out[c] = erase
		}
	}
	return out
}

// Blank empties what records say of a person: of records that carry the
// person's number or lead id, every column that is not mapped to a plain field;
// of leads that the person referred, only that; of others, what their free text
// says, if that is wanted. Records that the mapping skips are treated like the
// others. Records that cannot be read are emptied where a word of them is the
// person's.
func (d *decoder) Blank(c source.Chunk, match source.Person) (data []byte, records int) {
	s := d.states.Get().(*state)
	defer d.states.Put(s)
	b := &blanker{state: s, match: match, columns: d.plan.treatments(d.mapping.personal)}
	return d.reader.Rewrite(c, b.edit)
}

type blanker struct {
	*state
	match   source.Person
	columns []treatment
	places  []int // of the row's fields in the plan's columns; -1: unknown there
}

func (b *blanker) edit(row table.Row) (fields []string, changed bool) {
	if row.Bad != nil {
		return make([]string, max(1, len(b.plan.columns))), b.mentioned(row.Raw)
	}
	b.place(&row)
	b.align(&row)
	switch mine, referred := b.about(&row); {
	case mine:
		return b.empty(&row)
	case referred:
		fields = append(fields, row.Fields...)
		for i, c := range b.places {
			if c >= 0 && b.columns[c] == friend && b.match.Lead(b.row[c]) != "" {
				fields[i], changed = b.match.Lead(b.row[c]), true
			}
		}
	}
	if b.match.Text == nil {
		return fields, changed
	}
	return b.unmention(row.Fields, fields, changed)
}

// unmention takes the person out of the free text of a record of others.
func (b *blanker) unmention(old, fields []string, changed bool) ([]string, bool) {
	for i, c := range b.places {
		if c >= 0 && (b.columns[c] > wording || b.isKey(c)) {
			continue
		}
		if rest, found := b.match.Text(old[i]); found {
			if fields == nil {
				fields = append(fields, old...)
			}
			fields[i], changed = rest, true
		}
	}
	return fields, changed
}

// mentioned tells whether a word of the text is the person's id or number.
func (b *blanker) mentioned(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t,;|\"'{}[]\x00", r) }) {
		if b.match.Lead(word) != "" || b.looksLikeNumber(word) {
			return true
		}
	}
	for _, cell := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\t,;|\"'{}[]:\x00", r) }) {
		if cell = strings.TrimSpace(cell); b.match.Lead(cell) != "" || b.looksLikeNumber(cell) {
			return true
		}
	}
	return false
}

// place finds the plan's columns of the row's fields.
func (b *blanker) place(row *table.Row) {
	b.places = b.places[:0]
	for i := range row.Fields {
		c := i
		if row.Names != nil {
			c = b.plan.index(row.Names[i])
		}
		if c >= len(b.columns) {
			c = -1
		}
		b.places = append(b.places, c)
	}
}

// about tells whether the record at hand is the person's own, or that of a
// lead whom the person referred.
func (b *blanker) about(row *table.Row) (mine, referred bool) {
	for _, c := range b.places {
		if c < 0 || b.row[c] == "" {
			continue
		}
		switch b.columns[c] {
		case number:
			mine = mine || b.numberIn(b.row[c]) != ""
		case token:
			mine = mine || b.match.Lead(b.row[c]) != ""
		case friend:
			referred = referred || b.match.Lead(b.row[c]) != ""
		}
	}
	// What expressions make of the columns counts too.
	for _, e := range b.plan.entries {
		for _, f := range e.fields {
			if f.program == nil || !f.def.personal {
				continue
			}
			text, bad := b.text(f)
			switch {
			case bad != nil || text == "":
			case f.def.kind == phoneKind || f.def.kind == phonesKind:
				mine = mine || b.numberIn(text) != ""
			case f.def.name == "lead" || f.def.name == "customer":
				mine = mine || b.match.Lead(text) != ""
			}
		}
	}
	return mine, referred
}

// numberIn gives the pseudonym for a text in which one of the numbers is the
// person's; "" where none is.
func (b *blanker) numberIn(text string) string {
	if p := b.pseudonymOf(text); p != "" {
		return p
	}
	if list := splitPhones(text); len(list) > 1 {
		for _, one := range list {
			if p := b.pseudonymOf(one); p != "" {
				return p
			}
		}
	}
	return ""
}

// pseudonymOf asks for one number, as the country of the mapping reads it:
// facts hold it so, and parsing is slow enough to be done once.
func (b *blanker) pseudonymOf(text string) string {
	if p := b.phone(text); p != "" {
		return b.match.Phone(p)
	}
	return ""
}

// empty gives the fields of the person's record without the person. What it
// says of others by their ids (who referred the person, the firm that the
// person is with) stays.
func (b *blanker) empty(row *table.Row) (fields []string, changed bool) {
	fields = append(fields, row.Fields...)
	for i, c := range b.places {
		text, t := b.clean(fields[i]), erase
		if c >= 0 {
			t = b.columns[c]
		}
		if text == "" {
			continue
		}
		switch to := b.pseudonym(text, t); {
		case to != "" && b.isKey(c) && to != b.match.Lead(text):
			text = to + b.match.Tag(text) // a key must stay one of its own
		case to != "" && t != wording:
			text = to
		case to == "" && (t == keep || t == wording || t == token || t == friend):
			continue
		case b.isKey(c):
			text = b.match.Tag(text)
		default:
			text = ""
		}
		changed = changed || fields[i] != text
		fields[i] = text
	}
	return fields, changed
}

// pseudonym gives what takes the place of a value in the person's record: ""
// where it is not the person's id or number.
func (b *blanker) pseudonym(text string, t treatment) string {
	switch {
	case t == erase:
		return ""
	case b.match.Lead(text) != "":
		return b.match.Lead(text)
	case t == number || b.looksLikeNumber(text):
		return b.numberIn(text)
	}
	return ""
}

// isKey tells whether a column is part of the record's key.
func (b *blanker) isKey(c int) bool {
	return c >= 0 && (slices.Contains(b.plan.key, c) || b.plan.keyProgram != nil && slices.Contains(b.plan.keyProgram.reads, c))
}

// looksLikeNumber tells whether a field that is kept happens to hold the
// person's number (a key made of it, a campaign named after it).
func (b *blanker) looksLikeNumber(text string) bool {
	digits := 0
	for _, r := range source.ASCIIDigits(text) {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 7 && b.numberIn(text) != ""
}
