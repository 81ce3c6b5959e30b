package i18n

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/callpace/callpace"
)

// Choose gives the language to speak: the one asked for by name, else that of
// the environment (CALLPACE_LANG, then LC_ALL, LC_MESSAGES, LANG, such as
// hr_HR.UTF-8), else English. Only a name that was asked for can be wrong.
func Choose(asked string, getenv func(string) string) (string, error) {
	if asked != "" {
		if lang, ok := match(asked); ok {
			return lang, nil
		}
		return "en", callpace.E(callpace.Invalid, "language.unknown", "name", asked, "known", Languages())
	}
	for _, name := range []string{"CALLPACE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			lang, _ := match(v)
			return lang, nil // the first one set decides, as in any program
		}
	}
	return "en", nil
}

// match finds the language that a locale's name begins with.
func match(locale string) (lang string, ok bool) {
	name, _, _ := strings.Cut(locale, ".")
	name, _, _ = strings.Cut(name, "@")
	tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if err != nil {
		return "en", false
	}
	base, _ := tag.Base()
	if slices.Contains(Languages(), base.String()) {
		return base.String(), true
	}
	return "en", false
}

// Prefer gives the language of a visitor: the first that we speak of what was
// asked for by name, what the browser accepts (Accept-Language), and the
// organisation's; else English.
func Prefer(asked, accepted, organisation string) string {
	if lang, ok := match(asked); ok {
		return lang
	}
	if tags, _, err := language.ParseAcceptLanguage(accepted); err == nil {
		for _, tag := range tags {
			if base, _ := tag.Base(); slices.Contains(Languages(), base.String()) {
				return base.String()
			}
		}
	}
	lang, _ := match(organisation)
	return lang
}
