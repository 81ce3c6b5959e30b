package ingest

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/callpace/callpace/internal/source"
)

// mentions finds a person's numbers and ids in free text of other people's
// records, and takes them out.
type mentions struct {
	country string
	phones  map[string]bool
	ends    []string // the last signs of the numbers: a quick look before the slow one
	ids     *regexp.Regexp
	mu      sync.Mutex
	count   int
	samples []string
}

const (
	mentionEnd   = 6   // digits of a number that a text is first searched for
	mentionID    = 4   // signs that an id must have, a letter among them, to be looked for in text
	maxSamples   = 5   // that are shown
	sampleLength = 120 // bytes
	maxNumber    = 24  // bytes of a number with its ornaments
	mentionGone  = "***"
)

func newMentions(who Traced, country string) *mentions {
	m := &mentions{country: country, phones: map[string]bool{}}
	for _, p := range who.Phones {
		m.phones[p] = true
		m.ends = append(m.ends, p[max(0, len(p)-mentionEnd):])
	}
	var ids []string
	for _, id := range slices.Concat(who.Leads, who.Customers) {
		if len(id) >= mentionID && strings.ContainsFunc(id, unicode.IsLetter) {
			ids = append(ids, regexp.QuoteMeta(id))
		}
	}
	if ids != nil {
		m.ids = regexp.MustCompile(`(^|[^\pL\pN_-])(` + strings.Join(ids, "|") + `)($|[^\pL\pN_-])`)
	}
	return m
}

// take is source.Person.Text.
func (m *mentions) take(text string) (rest string, found bool) {
	plain := source.ASCIIDigits(text)
	rest = m.withoutIds(m.withoutNumbers(plain))
	if rest == plain {
		return text, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	if len(m.samples) < maxSamples {
		m.samples = append(m.samples, strings.ToValidUTF8(text[:min(len(text), sampleLength)], ""))
	}
	return rest, true
}

func (m *mentions) withoutIds(text string) string {
	if m.ids == nil {
		return text
	}
	for { // two that stand beside each other share the space between them
		next := m.ids.ReplaceAllString(text, "${1}"+mentionGone+"${3}")
		if next == text {
			return text
		}
		text = next
	}
}

// numberLike is digits with what people write between them.
var numberLike = regexp.MustCompile(`\+?\(?[0-9][0-9 ()./\x{a0}-]*[0-9]`)

// digitRun is a part of a number between its ornaments.
var digitRun = regexp.MustCompile(`\+?\(?[0-9]+`)

func (m *mentions) withoutNumbers(text string) string {
	if !m.mayHold(text) {
		return text
	}
	return numberLike.ReplaceAllStringFunc(text, m.withoutNumber)
}

// mayHold tells whether the digits of a text hold the end of a number.
func (m *mentions) mayHold(text string) bool {
	if !strings.ContainsAny(text, "0123456789") {
		return false
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	return slices.ContainsFunc(m.ends, func(end string) bool { return strings.Contains(digits, end) })
}

// withoutNumber takes the longest parts that are the person's number out of a
// run of digits, in which a time or an amount may stand beside it.
func (m *mentions) withoutNumber(run string) string {
	parts := digitRun.FindAllStringIndex(run, -1)
	var out strings.Builder
	copied := 0
	for i := 0; i < len(parts); i++ {
		for k := len(parts) - 1; k >= i; k-- {
			from, to := parts[i][0], parts[k][1]
			if to-from > maxNumber || !m.phones[source.Phone(run[from:to], m.country)] {
				continue
			}
			out.WriteString(run[copied:from] + mentionGone)
			copied, i = to, k
			break
		}
	}
	return out.String() + run[copied:]
}
