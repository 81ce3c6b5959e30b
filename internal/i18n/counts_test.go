package i18n

import (
	"regexp"
	"strings"
	"testing"
)

// words is a set of the words of a text.
func words(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// numbers are arguments that hold how many there are of something.
var numbers = words(`agents all available bytes calls count cases days entries files hours leads left limit lines max mib minutes missing months most
	n needed new number open points read records rejected rows sales saves seconds shown skipped size total unchanged updated used weeks x`)

// noNoun are words behind a number that do not change with it.
var noNoun = map[string]map[string]bool{
	"en": words("at in of on or per and are not is more today deep MiB KiB GiB s h d over B"),
	"hr": words("na od prema po i ili do dnevno MiB KiB GiB s h d p B više"),
	"uk": words("на за із з до по і й або в МіБ КіБ ГіБ МБ КБ ГБ Б МіБ с год дн хв більше проти"),
	"ro": words("din în la pe sau și de h d s p MiB KiB GiB B z o"),
}

// plain are the texts that count without forms, and why that is right.
var plain = map[string]string{
	"input.sum":            "a sum: the words name its parts",
	"kpi.points":           "a change with its sign and decimals",
	"kpi.formula.argument": "the number of an argument, no count",
	"upload.hint":          "a size with its unit",
	"upload.too_large":     "a size with its unit",
}

// Where a word follows a number it has a form for that number in most
// languages: such a text has them all.
func TestNumbersHaveForms(t *testing.T) {
	behind := regexp.MustCompile(`\{(\w+)\} (\p{L}+)`)
	all := catalogues(t)
	used := map[string]bool{}
	for _, lang := range sorted(noNoun) {
		for _, key := range sorted(all[lang]) {
			m := all[lang][key]
			if len(forms(m)) > 1 {
				continue
			}
			for _, found := range behind.FindAllStringSubmatch(m.Other, -1) {
				switch {
				case !numbers[found[1]] || noNoun[lang][found[2]]:
				case plain[key] != "":
					used[key] = true
				default:
					t.Errorf("%s: %s counts %q without the forms of the plural: %s", lang, key, found[0], m.Other)
				}
			}
		}
	}
	for key := range plain {
		if !used[key] {
			t.Errorf("%s needs no exception any more", key)
		}
	}
}
