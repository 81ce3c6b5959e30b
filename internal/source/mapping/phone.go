package mapping

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxCached bounds the caches of a state: what does not fit starts them anew.
const maxCached = 1 << 15

// phone gives a number in E.164 where it can be one in the country; else its
// bare digits, which at least meet their like (an extension, say); "" where
// there are fewer than three.
func (s *state) phone(text string) string {
	if isE164(text) {
		return text
	}
	if p, ok := s.phones[text]; ok {
		return p
	}
	if len(s.phones) >= maxCached {
		clear(s.phones)
	}
	p := normalPhone(text, s.plan.country)
	s.phones[strings.Clone(text)] = p
	return p
}

// isE164 tells whether s is +, and 8 to 15 digits that begin with no zero.
func isE164(s string) bool {
	if len(s) < 9 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

func normalPhone(text, country string) string {
	text = asciiDigits(text)
	if len(text) > 100 {
		return ""
	}
	parse := text
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), "00"); ok && country == "" {
		parse = "+" + rest
	}
	if n, err := phonenumbers.Parse(parse, country); err == nil && phonenumbers.IsPossibleNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	if len(digits) < 3 {
		return ""
	}
	return digits
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
