package i18n

import (
	"testing"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// The forms that counts take, on made-up texts: this is about the engine, not
// the catalogues.
func TestPlurals(t *testing.T) {
	f := func(lang string, count any, want string) {
		t.Helper()
		c := &Catalogue{bundle: goi18n.NewBundle(language.English)}
		require.NoError(t, c.bundle.AddMessages(language.Make(lang), &goi18n.Message{
			ID: "calls", One: "{count} one", Few: "{count} few", Many: "{count} many", Other: "{count} other"}))
		require.Equal(t, want, c.Localizer(lang, calendar.Calendar{}).T("calls", map[string]any{"count": count}))
	}
	f("en", 1, "1 one")
	f("en", 1000, "1,000 other")
	f("en", 1.5, "1.5 other")
	f("hr", int64(1), "1 one")
	f("hr", 21, "21 one")
	f("hr", 3, "3 few")
	f("hr", 12, "12 other")
	f("uk", 1, "1 one")
	f("uk", 22, "22 few")
	f("uk", 11, "11 many")
	f("uk", callpace.Amount(1_500_000), "1,5 other")
	f("fa", 0, "۰ one")
	f("fa", 12, "۱۲ other")
	f("ro", 1, "1 one")
	f("ro", 19, "19 few")
	f("ro", 20, "20 other")
	f("ro", 101, "101 few")
	f("ro", 120, "120 other")
	f("zh", 1, "1 other")
	f("en", "several", "several other")
}

func TestValues(t *testing.T) {
	c := &Catalogue{bundle: goi18n.NewBundle(language.English)}
	require.NoError(t, c.bundle.AddMessages(language.English,
		&goi18n.Message{ID: "at", Other: "line {line} of {n}: {why} {not an arg} {missing}"}, &goi18n.Message{ID: "why", Other: "bad {v}"}))
	got := c.Localizer("en", calendar.Calendar{}).T("at", map[string]any{"line": 10344, "n": 10344, "why": callpace.M("why", "v", "{line}")})
	require.Equal(t, "line 10344 of 10,344: bad {line} {not an arg} {missing}", got)
}
