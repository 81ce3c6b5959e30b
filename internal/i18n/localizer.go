package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// Localizer speaks to one reader: in a language, with dates in the calendar of
// the organisation. It is safe for concurrent use.
type Localizer struct {
	lang   string
	tag    language.Tag
	texts  *goi18n.Localizer
	cal    calendar.Calendar
	tomans bool // amounts in rials are shown in tomans
	plain  bool // no marks that keep directions apart
	latin  bool // digits are 0 to 9 even where the language has its own
}

// InTomans gives a Localizer that shows amounts in rials as tomans: for an
// organisation whose currency is the rial, and that says so.
func (l Localizer) InTomans() Localizer {
	l.tomans = true
	return l
}

// Money says how amounts in a currency are shown: by what they are divided, and
// under which name. "" is the organisation's own currency, left unnamed.
func (l Localizer) Money(currency string) (by int64, name string) {
	switch {
	case !l.tomans || currency != "" && currency != Rial:
		return 1, currency
	case currency == "":
		return 10, ""
	}
	return 10, l.T("money.toman", nil)
}

// Rial is the currency of which ten are a toman.
const Rial = "IRR"

// LatinDigits gives a Localizer that writes 0 to 9, whatever its language's own digits are.
func (l Localizer) LatinDigits() Localizer {
	l.latin = true
	if tag, err := l.tag.SetTypeForKey("nu", "latn"); err == nil {
		l.tag = tag
	}
	return l
}

// Lang gives the language, such as "uk".
func (l Localizer) Lang() string { return l.lang }

// Calendar gives the organisation's calendar, in which dates are written.
func (l Localizer) Calendar() calendar.Calendar { return l.cal }

// RightToLeft tells the direction of the script.
func (l Localizer) RightToLeft() bool { return l.lang == "fa" }

// T gives the text of a key. Numbers among the arguments are written the
// language's way, messages and errors as their texts, lists with the language's
// comma; what runs in the other direction is kept apart. The first of counts
// selects the plural form. A key without a text (a fault that the
// tests look for) gives the key and its arguments.
func (l Localizer) T(key string, args map[string]any) string {
	values := make(map[string]string, len(args))
	for name, v := range args {
		values[name] = l.value(name, v)
	}
	config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: values, TemplateParser: braces{}}
	for _, name := range counts {
		if n, ok := args[name]; ok {
			config.PluralCount = plural(n)
			break
		}
	}
	// An error beside a text says that it is English's or not in that form: good enough.
	if s, _ := l.texts.Localize(config); s != "" {
		return s
	}
	return (&callpace.Error{Key: key, Args: args}).Error()
}

// counts are the arguments that can select the plural form: what is counted, or
// the limit that it should keep.
var counts = []string{"count", "limit", "max", "most"}

// Has tells whether there is a text for a key.
func (l Localizer) Has(key string) bool {
	_, err := l.texts.Localize(&goi18n.LocalizeConfig{MessageID: key, TemplateData: map[string]string{}, TemplateParser: braces{}})
	return err == nil
}

// Sentences puts sentences behind one another, as the language parts them.
func (l Localizer) Sentences(texts ...string) string {
	between := " "
	if l.lang == "zh" {
		between = ""
	}
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), between)
}

// Message gives the text of a message.
func (l Localizer) Message(m callpace.Message) string { return l.T(m.Key, m.Args) }

// Error gives the text of an error for the user, and in brackets the cause that
// it carries. What is no *callpace.Error is a fault of ours, and said so.
func (l Localizer) Error(err error) string {
	var e *callpace.Error
	if !errors.As(err, &e) {
		return l.T("error.internal", map[string]any{"cause": err.Error()})
	}
	text := l.T(e.Key, e.Args)
	if e.Err == nil {
		return text
	}
	var cause any = e.Err.Error()
	if inner := new(callpace.Error); errors.As(e.Err, &inner) {
		cause = inner
	}
	return l.T("error.because", map[string]any{"text": text, "cause": cause})
}

// names are arguments whose numbers name a thing instead of counting some:
// line 10344 can be searched for, line 10,344 cannot.
var names = map[string]bool{"line": true, "column": true, "row": true, "input": true, "pid": true, "port": true, "year": true,
	"version": true, "status": true, "id": true}

func (l Localizer) value(name string, v any) string {
	switch v := v.(type) {
	case string:
		return l.isolated(v)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		if names[name] {
			return l.Digits(fmt.Sprint(v))
		}
		return l.decimal(v)
	case float32, float64:
		return l.decimal(v)
	case callpace.Amount:
		return l.Amount(v, 0)
	case callpace.Message:
		return l.Message(v)
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = l.isolated(s)
		}
		return strings.Join(list, l.T("core.list_comma", nil))
	case *callpace.Error:
		return l.Error(v)
	case error:
		return l.isolated(v.Error())
	}
	return fmt.Sprint(v)
}

// plural gives a count in a form that the plural rules take: 1.5 has another
// form than 1 in most languages.
func plural(n any) any {
	switch n := n.(type) {
	case int, int8, int16, int32, int64:
		return n
	case callpace.Amount:
		return n.String()
	}
	s := fmt.Sprint(n)
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return nil // a text has no plural
	}
	return s
}
