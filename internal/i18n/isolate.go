package i18n

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

const (
	isolateStart = "\u2068" // first strong isolate
	isolateEnd   = "\u2069"
	starters     = "\u2066\u2067\u2068"
)

// Plain writes texts without marks that keep directions apart: for terminals
// and logs, where they would be copied along with a name.
func (l Localizer) Plain() Localizer {
	l.plain = true
	return l
}

// isolated keeps what is put into a text apart from it, where it holds letters
// of the other direction: a Latin name or a phone number in Persian, a Persian
// name in English. Numbers of the language's own run as they are: a range would
// turn around.
func (l Localizer) isolated(text string) string {
	if l.plain || !l.foreign(text) || strings.ContainsAny(text[:min(3, len(text))], starters) && strings.HasSuffix(text, isolateEnd) {
		return text
	}
	return isolateStart + text + isolateEnd
}

// foreign tells whether a text holds anything that runs against the language.
func (l Localizer) foreign(text string) bool {
	if l.RightToLeft() && strings.HasPrefix(text, "+") && strings.Trim(text, "+0123456789 ()-/") == "" {
		return true // a phone number, whose sign would stand behind it
	}
	if own := strings.TrimLeft(text, "+-−±≈ "); l.RightToLeft() && own != "" && strings.ContainsRune("۰۱۲۳۴۵۶۷۸۹", []rune(own)[0]) {
		return false // an amount with its currency: what comes first stays first
	}
	for _, r := range text {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			if l.RightToLeft() {
				return true
			}
		case bidi.R, bidi.AL:
			if !l.RightToLeft() {
				return true
			}
		}
	}
	return false
}
