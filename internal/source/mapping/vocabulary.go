package mapping

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/unicode/norm"
)

//go:embed words.yaml
var wordsYAML []byte

//go:embed values.yaml
var valuesYAML []byte

// headerWords are the words by which a header is taken for a field.
type headerWords struct {
	field string
	words []string
}

// vocabulary is what a guess knows of words, folded.
type vocabulary struct {
	headers []headerWords
	values  map[string]map[string]string // by section: what a word stands for
}

// vocab reads the two tables once; they are part of the program.
var vocab = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{values: map[string]map[string]string{}}
	each(wordsYAML, func(field string, list any) {
		h := headerWords{field: field}
		for _, w := range list.([]any) {
			h.words = append(h.words, foldWords(fmt.Sprint(w)))
		}
		v.headers = append(v.headers, h)
	})
	each(valuesYAML, func(section string, to any) {
		words := map[string]string{}
		for _, item := range to.(yaml.MapSlice) {
			for _, w := range item.Value.([]any) {
				words[foldWords(fmt.Sprint(w))] = fmt.Sprint(item.Key)
			}
		}
		v.values[section] = words
	})
	return v
})

func each(text []byte, do func(key string, value any)) {
	var items yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(text, &items, yaml.UseOrderedMap()); err != nil {
		panic("mapping: words of guess: " + err.Error())
	}
	for _, item := range items {
		do(fmt.Sprint(item.Key), item.Value)
	}
}

// meaning gives what a value stands for in a section, "" where nobody knows. A
// value may say more behind an entry of several words.
func (v *vocabulary) meaning(section, text string) string {
	words, text := v.values[section], foldWords(text)
	if to, ok := words[text]; ok {
		return to
	}
	for cut := strings.LastIndexByte(text, ' '); cut > 0; cut = strings.LastIndexByte(text, ' ') {
		text = text[:cut]
		if to, ok := words[text]; ok && strings.Contains(text, " ") {
			return to
		}
	}
	return ""
}

// isNothing tells whether a text stands for no value.
func (v *vocabulary) isNothing(text string) bool {
	return text == `\N` || strings.HasPrefix(text, "0000-00-00") || v.meaning("nothing", text) != "" || strings.Trim(text, "-–—?.#/* ") == ""
}

// wholeOnly are words that say too little as a part of a header.
var wholeOnly = words("from to number seconds y type total sum user day time unit service group state source date start hour code id")

// score tells how well a folded header is called by the words of a field: 2 as a
// whole, 1 in part, 0 not; and the place of the word in the list.
func (v *vocabulary) score(header, field string) (how, place int) {
	for _, h := range v.headers {
		if h.field != field {
			continue
		}
		return scoreWords(header, h.words, field == "key")
	}
	return 0, 0
}

func scoreWords(header string, words []string, isKey bool) (how, place int) {
	for i, w := range words {
		switch {
		case header == w:
			return 2, i
		case how == 0 && contains(header, w, isKey):
			how, place = 1, i
		}
	}
	return how, place
}

// contains tells whether a word is part of a header. Han is written without
// spaces between words.
func contains(header, word string, isKey bool) bool {
	if isKey && word == "id" || !has(wholeOnly, word) && utf8.RuneCountInString(word) > 2 {
		if strings.Contains(" "+header+" ", " "+word+" ") {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.Is(unicode.Han, first) && utf8.RuneCountInString(word) > 1 && strings.Contains(header, word)
}

var sameLetters = strings.NewReplacer("đ", "d", "ł", "l", "ي", "ی", "ك", "ک", "ʼ", "", "'", "", "’", "")

// foldWords brings a text to its words: lower case, no accents, one space
// between words. CallDate, call_date and "Call date:" are the same.
func foldWords(s string) string {
	var b strings.Builder
	gap, lower := false, false
	for _, r := range norm.NFD.String(sameLetters.Replace(strings.ToLower(splitCamel(s)))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && lower {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			gap, lower = false, true
		default:
			gap = true
		}
	}
	return b.String()
}

func splitCamel(s string) string {
	var b strings.Builder
	lower := false
	for _, r := range s {
		if lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return b.String()
}
