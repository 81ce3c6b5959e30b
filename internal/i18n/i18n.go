// Package i18n turns message keys into sentences, and numbers and dates into
// what a reader expects, in six languages. Its catalogues are the only place
// with text for a user. It holds no language of its own: each reader gets a
// Localizer, which is a value.
package i18n

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"

	"github.com/callpace/callpace/internal/calendar"
)

//go:embed messages
var files embed.FS

// Languages lists the languages, English first.
func Languages() []string { return []string{"en", "hr", "uk", "fa", "ro", "zh"} }

// Catalogue holds the messages of some languages. It is safe for concurrent use.
type Catalogue struct{ bundle *goi18n.Bundle }

// Open loads the catalogues of some languages and of English, which stands in
// for what they lack; without any named, all. The files are part of the
// program, so an error is a fault of ours: a key given twice, a form unknown.
func Open(languages ...string) (*Catalogue, error) {
	if len(languages) == 0 {
		languages = Languages()
	}
	if !slices.Contains(languages, "en") {
		languages = append([]string{"en"}, languages...)
	}
	c := &Catalogue{bundle: goi18n.NewBundle(language.English)}
	for _, lang := range languages {
		messages, err := load(lang)
		if err != nil {
			return nil, fmt.Errorf("load messages of %s: %w", lang, err)
		}
		if err := c.bundle.AddMessages(language.Make(lang), messages...); err != nil {
			return nil, fmt.Errorf("load messages of %s: %w", lang, err)
		}
	}
	return c, nil
}

// Localizer speaks one of the catalogue's languages, with dates in an
// organisation's calendar.
func (c *Catalogue) Localizer(lang string, cal calendar.Calendar) Localizer {
	return Localizer{lang: lang, tag: language.Make(lang), texts: goi18n.NewLocalizer(c.bundle, lang), cal: cal}
}

// load reads all files of a language. Each is a map of keys to a text, or to
// the texts of CLDR's plural categories.
func load(lang string) ([]*goi18n.Message, error) {
	dir := path.Join("messages", lang)
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*goi18n.Message
	from := map[string]string{}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		var texts yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(data, &texts, yaml.UseOrderedMap()); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		for _, item := range texts {
			m, err := entry(item)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", e.Name(), err)
			}
			if other, ok := from[m.ID]; ok {
				return nil, fmt.Errorf("%s: key %s is also in %s", e.Name(), m.ID, other)
			}
			from[m.ID] = e.Name()
			out = append(out, m)
		}
	}
	return out, nil
}

func entry(item yaml.MapItem) (*goi18n.Message, error) {
	m := &goi18n.Message{ID: fmt.Sprint(item.Key)}
	if text, ok := item.Value.(string); ok {
		m.Other = text
		return m, nil
	}
	forms, ok := item.Value.(yaml.MapSlice)
	if !ok {
		return nil, fmt.Errorf("key %s: neither a text nor plural forms", m.ID)
	}
	places := map[string]*string{"zero": &m.Zero, "one": &m.One, "two": &m.Two, "few": &m.Few, "many": &m.Many, "other": &m.Other}
	for _, f := range forms {
		place, known := places[fmt.Sprint(f.Key)]
		text, isText := f.Value.(string)
		if !known || !isText {
			return nil, fmt.Errorf("key %s: %v is no plural form with a text", m.ID, f.Key)
		}
		*place = text
	}
	return m, nil
}

// placeholder is {name}; any other brace is text.
var placeholder = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// braces fills placeholders for go-i18n, whose own templates are a programming
// language that translators need not know.
type braces struct{}

type text string

// Parse takes a text as it is.
func (braces) Parse(src, _, _ string) (template.ParsedTemplate, error) { return text(src), nil }

// Cacheable tells go-i18n that parsing depends on nothing else.
func (braces) Cacheable() bool { return true }

// Execute fills in the values. A value that is missing leaves its name standing.
func (t text) Execute(data any) (string, error) {
	values := data.(map[string]string)
	return placeholder.ReplaceAllStringFunc(string(t), func(name string) string {
		if v, ok := values[name[1:len(name)-1]]; ok {
			return v
		}
		return name
	}), nil
}
