package mapping

import (
	"strings"

	"github.com/callpace/callpace/internal/source"
)

// maxCached bounds the caches of a state: what does not fit starts them anew.
const maxCached = 1 << 15

// phone is source.Phone for the plan's country, remembered: parsing is slow.
func (s *state) phone(text string) string {
	if source.IsE164(text) {
		return text
	}
	if p, ok := s.phones[text]; ok {
		return p
	}
	if len(s.phones) >= maxCached {
		clear(s.phones)
	}
	p := source.Phone(text, s.plan.country)
	s.phones[strings.Clone(text)] = p
	return p
}

// phoneList gives several numbers, in order and each once, separated by spaces.
func (s *state) phoneList(texts string) string {
	var out []string
	for _, t := range splitPhones(texts) {
		if p := s.phone(t); p != "" && !has(out, p) {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}

func splitPhones(texts string) []string {
	list := strings.FieldsFunc(texts, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '/' || r == '\n' })
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
