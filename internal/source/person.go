package source

import "strings"

// Person says whether values belong to the person to be erased, and what takes
// their place: pseudonyms, so that rows of one person still hang together and
// counts stay. A pseudonym is random; nothing leads from it to the value.
type Person struct {
	Phone func(raw string) string // the pseudonym for a number as the source wrote it; "" where it is not the person's
	Lead  func(id string) string  // the same for the id of a lead or a customer, in whichever digits
	// Tag tells values apart of which one pseudonym takes the place, where they
	// are keys of records: random too, and the same for the same text.
	Tag func(text string) string
	// Text takes the person out of free text of other people's records. Nil:
	// such text stays as it is.
	Text func(text string) (rest string, found bool)
}

// Tracer is implemented by decoders whose records say which numbers and ids
// belong to one person. Trace tells of every record that names the person of
// match, those included that are skipped or rejected as facts.
type Tracer interface {
	Trace(c Chunk, match Person, found func(Sighting))
}

// Sighting is what one record says of who somebody is.
type Sighting struct {
	Leads, Customers []string
	Phones           []string // as facts hold them
	Own              bool     // the record describes the lead, so that its numbers are the lead's own
}

// Pseudonyms begin with a word and go on in consonants, so that they are no
// number, no word of anybody's, and survive what expressions do to numbers.
const (
	pseudonymBegin = "erased"
	pseudonymSigns = "bcdfghjklmnpqrstvwxz"
	pseudonymSize  = 16
)

// NewPseudonym makes a pseudonym of random bytes, at least 16 of them.
func NewPseudonym(random []byte) string { return pseudonymBegin + NewTag(random[:pseudonymSize]) }

// NewTag writes random bytes as signs of pseudonyms.
func NewTag(random []byte) string {
	b := make([]byte, len(random))
	for i, r := range random {
		b[i] = pseudonymSigns[int(r)%len(pseudonymSigns)]
	}
	return string(b)
}

// Pseudonym finds the pseudonym in a text that stands where a number stood; ""
// where there is none.
func Pseudonym(text string) string {
	at := strings.Index(text, pseudonymBegin)
	if at < 0 || len(text) < at+len(pseudonymBegin)+pseudonymSize {
		return ""
	}
	name := text[at : at+len(pseudonymBegin)+pseudonymSize]
	if strings.Trim(name[len(pseudonymBegin):], pseudonymSigns) != "" {
		return ""
	}
	return name
}
