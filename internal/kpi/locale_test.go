package kpi

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var languages = []string{"en", "hr", "uk", "fa", "ro", "zh"}

// ids lists what wants words: KPIs (which want a description, too), variants,
// dimensions and units. A variant may go by the name that all KPIs call it.
func (c *Catalogue) ids() (kpis, others []string) {
	for _, d := range c.Defs() {
		kpis = append(kpis, d.ID)
		for _, v := range d.all() {
			if v.Name != "" {
				others = append(others, d.ID+":"+v.Name)
			}
		}
	}
	for _, dim := range c.Dimensions() {
		others = append(others, "dim."+dim)
	}
	for _, u := range units {
		others = append(others, "unit."+u)
	}
	return kpis, others
}

// nameOf gives a name in one language only, unlike locale.find.
func (c *Catalogue) nameOf(lang, id string) string {
	if n := c.locale.of(lang)[id].Name; n != "" {
		return n
	}
	if def, variant, ok := strings.Cut(id, ":"); ok {
		if n := c.locale.of(lang)["*:"+variant].Name; n != "" {
			return n
		}
		// service_level's default 20s goes by {threshold}s.
		for _, v := range c.kpis[def].Variants {
			if _, _, ok := v.match(variant); ok {
				return c.locale.of(lang)[def+":"+v.Name].Name
			}
		}
	}
	return ""
}

func TestLocalesAreComplete(t *testing.T) {
	c := load(t)
	kpis, others := c.ids()
	for _, lang := range languages {
		for _, id := range slices.Concat(kpis, others) {
			if c.nameOf(lang, id) == "" {
				t.Errorf("%s: no name of %s", lang, id)
			}
		}
		for _, id := range kpis {
			if c.locale.of(lang)[id].Description == "" {
				t.Errorf("%s: no description of %s", lang, id)
			}
		}
	}
}

// A language says neither more nor less than English, and of nothing that is
// not in the catalogue.
func TestLocalesSayTheSame(t *testing.T) {
	c := load(t)
	kpis, others := c.ids()
	known := map[string]bool{}
	for _, id := range slices.Concat(kpis, others) {
		known[id] = true
		if _, variant, ok := strings.Cut(id, ":"); ok {
			known["*:"+variant] = true
		}
	}
	placeholders := func(text string) []string {
		names := regexp.MustCompile(`\{\w+\}`).FindAllString(text, -1)
		slices.Sort(names)
		return names
	}
	for _, lang := range languages {
		for id, w := range c.locale.of(lang) {
			en, ok := c.locale.of("en")[id]
			require.True(t, ok && known[id], "%s: %s is not in English, or not in the catalogue", lang, id)
			require.Equal(t, en.Description == "", w.Description == "", "%s: description of %s", lang, id)
			require.Equal(t, placeholders(en.Name), placeholders(w.Name), "%s: name of %s", lang, id)
			require.Equal(t, placeholders(en.Description), placeholders(w.Description), "%s: description of %s", lang, id)
		}
		require.Len(t, c.locale.of(lang), len(c.locale.of("en")), lang)
	}
}

// Two columns with one head could not be told apart.
func TestLocaleNamesDiffer(t *testing.T) {
	c := load(t)
	for _, lang := range languages {
		seen := map[string]string{}
		for _, d := range c.Defs() {
			for _, v := range d.all() {
				name := c.nameOf(lang, d.ID)
				if v.Name != d.Default {
					name += " · " + c.nameOf(lang, d.ID+":"+v.Name)
				}
				require.Empty(t, seen[name], "%s: %s and %s:%s are both called %s", lang, seen[name], d.ID, v.Name, name)
				seen[name] = d.ID + ":" + v.Name
			}
		}
	}
}

// Names that are the same in another language: of products and authorities,
// and words that the trade took over.
var sameInAll = []string{"Asterisk 1", "Asterisk 2", "Vonage", "XCALLY", "Genesys", "GOautodial", "Ofcom (GB)",
	"Agent", "Segment", "total", "Script"}

func TestLocalesAreTranslated(t *testing.T) {
	c := load(t)
	script := map[string]*unicode.RangeTable{"uk": unicode.Cyrillic, "fa": unicode.Arabic, "zh": unicode.Han}
	for _, lang := range languages[1:] {
		for id, w := range c.locale.of(lang) {
			if en := c.locale.of("en")[id]; !slices.Contains(sameInAll, w.Name) && !strings.HasPrefix(w.Name, "{") {
				require.NotEqual(t, strings.ToLower(en.Name), strings.ToLower(w.Name), "%s: %s", lang, id)
				require.True(t, script[lang] == nil || strings.IndexFunc(w.Name, func(r rune) bool { return unicode.Is(script[lang], r) }) >= 0,
					"%s: %s is called %s", lang, id, w.Name)
			}
			require.True(t, w.Description == "" || w.Description != c.locale.of("en")[id].Description, "%s: %s", lang, id)
		}
	}
}

// Letters and words that a reader would stumble over; the glossary tells why.
func TestLocaleTraps(t *testing.T) {
	traps := map[string]string{
		"hr": `prigovor|\bmeta\b|\bvod\b`,
		"uk": `призначенн|трубопров|конвеєр|перспектив|[ыэъё]|(?i)агент|угод|менеджер`,
		"fa": `[يكى]|[0-9]|تماس موفق|بیش‌فروشی|نماینده|مخاطب|ها(ی)? ?می[^‌]ش|(^|\s)(می|ها|های)\s`,
		"ro": `[şţŞŢ]|(?i)convocare`,
		"zh": `客单价|回访|[^效人听]接通率|[現數據電話時]`,
	}
	latin := regexp.MustCompile(`Asterisk \d`)
	c := load(t)
	for lang, trap := range traps {
		for id, w := range c.locale.of(lang) {
			text := latin.ReplaceAllString(w.Name, "") + "\n" + w.Description
			require.NotRegexp(t, trap, text, "%s: %s", lang, id)
			require.Equal(t, strings.TrimSpace(w.Name), w.Name, "%s: %s", lang, id)
		}
	}
}

// What a user asks for by a name with a setting, or by no name, is called as it is reckoned.
func TestVariantNames(t *testing.T) {
	c := load(t)
	f := func(lang, id, variant, want string) {
		t.Helper()
		d, err := c.Find(id)
		require.NoError(t, err)
		require.Equal(t, want, d.VariantName(lang, variant))
	}
	f("en", "service_level", "", "20 s")
	f("uk", "service_level", "7.5s", "7.5 с")
	f("zh", "conversion_rate", "cohort_14d", "14 天内")
	f("hr", "conversion_rate", "cohort_30d", "u roku od 30 dana")
	f("ro", "talk_time", "", "medie")
	f("fa", "talk_time", "median", "میانه")
	f("ro", "service_level", "vicidial", "vicidial") // an alias is a product's name
	f("hr", "logged_in_time", "productive", "produktivna stanja")
	f("hr", "calls_per_hour", "productive", "po produktivnom satu")
	f("de", "calls_per_hour", "", "per hour logged in")
	f("en", "calls", "", "")
}

func TestWords(t *testing.T) {
	c := load(t)
	require.Equal(t, "座席", c.Word("zh", "dim.agent"))
	require.Equal(t, "Agent", c.Word("de", "dim.agent"))
	require.Equal(t, "shoe", c.Word("fa", "unit.shoe")) // a word without a name
}
