package mapping

import (
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/table"
)

// Trace tells of the records that name a person, whatever conditions they meet:
// a skipped or rejected record says as well whose number it is.
func (d *decoder) Trace(c source.Chunk, match source.Person, found func(source.Sighting)) {
	s := d.states.Get().(*state)
	defer d.states.Put(s)
	d.reader.Rows(c, func(row table.Row) bool {
		if row.Bad != nil {
			return true
		}
		s.align(&row)
		if x, named := s.sighting(match); named {
			found(x)
		}
		return true
	})
}

// sighting gives what the row at hand says of people, and whether it names the
// person.
func (s *state) sighting(match source.Person) (x source.Sighting, named bool) {
	id := func(list []string, text string) []string {
		id := source.ASCIIDigits(text)
		named = named || match.Lead(id) != ""
		return append(list, id)
	}
	for _, e := range s.plan.entries {
		for _, f := range e.fields {
			isNumber := f.def.kind == phoneKind || f.def.kind == phonesKind
			if !isNumber && f.def.name != "lead" && f.def.name != "customer" {
				continue
			}
			text, bad := s.text(f)
			switch {
			case bad != nil || text == "":
			case isNumber:
				for _, one := range splitPhones(text) {
					if p := s.phone(one); p != "" {
						named = named || match.Phone(p) != ""
						x.Phones = append(x.Phones, p)
					}
				}
			case f.def.name == "lead":
				x.Leads = id(x.Leads, text)
			default:
				x.Customers = id(x.Customers, text)
			}
		}
		x.Own = x.Own || e.def.table == facts.Leads
	}
	return x, named
}
