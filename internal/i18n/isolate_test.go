package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/i18n"
)

// What runs against the language stands apart in a text; numbers, which have no
// direction of their own, and names of the language stay as they are.
func TestInsertedTextsAreIsolated(t *testing.T) {
	const key = "people.unknown" // has {name}
	say := func(lang string) i18n.Localizer {
		c, err := i18n.Open(lang)
		require.NoError(t, err)
		return c.Localizer(lang, calendar.Calendar{})
	}
	f := func(lang, name string, apart bool) {
		t.Helper()
		l := say(lang)
		text, want := l.T(key, map[string]any{"name": name}), "\u2068"+name+"\u2069"
		if apart {
			require.Contains(t, text, want)
		} else {
			require.Contains(t, text, name)
			require.NotContains(t, text, "\u2068")
		}
		require.NotContains(t, l.Plain().T(key, map[string]any{"name": name}), "\u2068")
	}
	f("fa", "Ana Kovač", true)
	f("fa", "علی Kovač 12", true)
	f("fa", "calls (2).csv", true)
	f("fa", "+385911234567", true)
	f("fa", "علی رضایی", false)
	f("fa", "۴٫۱٪ – ۵٫۶٪", false)
	f("fa", "−۵", false)
	f("fa", "۱٬۲۰۰ EUR", false)
	f("en", "علی رضایی", true)
	f("uk", "תל אביב", true)
	f("en", "Ana Kovač", false)
	f("en", "+385911234567", false)
	f("zh", "李雷", false)
	f("hr", "4,1 % – 5,6 %", false)

	fa := say("fa")
	once := fa.T(key, map[string]any{"name": "\u2068Ana\u2069"})
	require.Contains(t, once, "\u2068Ana\u2069")
	require.NotContains(t, once, "\u2068\u2068", "isolated already")
	require.Contains(t, fa.T(key, map[string]any{"name": []string{"Ana", "علی"}}), "\u2068Ana\u2069")
	require.Contains(t, fa.Error(callpace.E(callpace.NotFound, key, "name", "Ana")), "\u2068Ana\u2069")
}
