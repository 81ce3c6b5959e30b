package kpi

import (
	"fmt"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// locale holds names and descriptions by language, then by id: of KPIs and
// variants (id:variant; *:variant where every KPI calls it so), of dimensions
// (dim.agent) and of units (unit.money).
// A language is read when it is first asked for.
type locale struct {
	mu    sync.Mutex
	words map[string]map[string]words
}

type words struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

func newLocale() *locale { return &locale{words: map[string]map[string]words{}} }

// of gives the words of a language, none for one that is not there. What
// stands in the files is checked by a test.
func (l *locale) of(lang string) map[string]words {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, ok := l.words[lang]
	if !ok {
		m = map[string]words{}
		if data, err := builtin.ReadFile("catalog/locale/" + lang + ".yaml"); err == nil && yaml.Unmarshal(data, &m) != nil {
			m = nil
		}
		l.words[lang] = m
	}
	return m
}

// find looks ids up in turn, in the language and then in English.
func (l *locale) find(lang string, ids ...string) (w words, ok bool) {
	for _, lang := range []string{lang, "en"} {
		m := l.of(lang)
		for _, id := range ids {
			if w, ok := m[id]; ok {
				return w, true
			}
		}
	}
	return words{}, false
}

// Name gives the KPI's name in a language, else in English, else its id.
func (d *Def) Name(lang string) string {
	if s := own(d.Titles, lang); s != "" {
		return s
	}
	if w, ok := d.locale.find(lang, d.ID); ok && w.Name != "" {
		return w.Name
	}
	return d.ID
}

// Description says what the KPI means in a language, else in English.
func (d *Def) Description(lang string) string {
	if s := own(d.Texts, lang); s != "" {
		return s
	}
	w, _ := d.locale.find(lang, d.ID)
	return w.Description
}

// VariantName gives the name of a variant, with the value of its setting.
func (d *Def) VariantName(lang, variant string) string {
	if variant == "" {
		variant = d.Default
	}
	if i := strings.LastIndex(variant, ":"); i >= 0 { // a quantile of another mean
		return d.VariantName(lang, variant[:i]) + ", " + d.VariantName(lang, variant[i+1:])
	}
	w, fill := d.variantWords(lang, variant)
	if w.Name == "" {
		return variant
	}
	return fill(w.Name)
}

// VariantDescription says what a variant means in a language, else in English;
// "" where its name says it all.
func (d *Def) VariantDescription(lang, variant string) string {
	w, fill := d.variantWords(lang, variant)
	return fill(w.Description)
}

// variantWords finds a variant's words, and puts the value of its setting into them.
func (d *Def) variantWords(lang, variant string) (w words, fill func(string) string) {
	ids := []string{d.ID + ":" + variant, "*:" + variant}
	name, value := "", ""
	for _, v := range d.Variants {
		if _, amount, ok := v.match(variant); ok && v.Name != variant {
			ids = append(ids, d.ID+":"+v.Name)
			name, value = settingInName.FindStringSubmatch(v.Name)[2], fmt.Sprint(amount)
		}
	}
	w, _ = d.locale.find(lang, ids...)
	return w, func(text string) string { return strings.ReplaceAll(text, "{"+name+"}", value) }
}

// Word gives the name of a dimension ("dim.agent") or a unit ("unit.money") in
// a language, else in English, else the part after the point.
func (c *Catalogue) Word(lang, id string) string {
	if w, ok := c.locale.find(lang, id); ok && w.Name != "" {
		return w.Name
	}
	_, last, _ := strings.Cut(id, ".")
	return last
}

// own gives a user's text in a language, else in English, else in the first that there is.
func own(texts map[string]string, lang string) string {
	for _, l := range append([]string{lang, "en"}, keys(texts)...) {
		if s := texts[l]; s != "" {
			return s
		}
	}
	return ""
}
