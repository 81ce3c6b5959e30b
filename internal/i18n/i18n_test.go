package i18n_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/i18n"
)

var (
	gregorian = calendar.New(facts.Gregorian, time.Monday)
	hijri     = calendar.New(facts.SolarHijri, time.Saturday)
)

func speak(t *testing.T, lang string, cal calendar.Calendar) i18n.Localizer {
	c, err := i18n.Open(lang)
	require.NoError(t, err)
	return c.Localizer(lang, cal)
}

func TestNumbers(t *testing.T) {
	f := func(lang, whole, number, percent, amount, negative string) {
		t.Helper()
		l := speak(t, lang, gregorian)
		require.Equal(t, whole, l.Int(1234567))
		require.Equal(t, number, l.Number(1234.5, 2))
		require.Equal(t, percent, l.Percent(0.1256, 1))
		require.Equal(t, amount, l.Amount(999_999_999_999_123_456, 2))
		require.Equal(t, negative, l.Amount(-500_000, 2))
	}
	f("en", "1,234,567", "1,234.50", "12.6%", "999,999,999,999.123456", "-0.50")
	f("hr", "1.234.567", "1.234,50", "12,6\u00a0%", "999.999.999.999,123456", "-0,50")
	f("uk", "1\u00a0234\u00a0567", "1\u00a0234,50", "12,6%", "999\u00a0999\u00a0999\u00a0999,123456", "-0,50")
	f("fa", "۱٬۲۳۴٬۵۶۷", "۱٬۲۳۴٫۵۰", "۱۲٫۶٪", "۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٫۱۲۳۴۵۶", "\u200e−۰٫۵۰")
	f("ro", "1.234.567", "1.234,50", "12,6\u00a0%", "999.999.999.999,123456", "-0,50")
	f("zh", "1,234,567", "1,234.50", "12.6%", "999,999,999,999.123456", "-0.50")

	l := speak(t, "en", gregorian)
	require.Equal(t, "12", l.Amount(12_000_000, 0))
	large := func(text string) callpace.Total {
		n, ok := callpace.ParseTotal(text)
		require.True(t, ok)
		return n
	}
	require.Equal(t, "-1,500,000,000,000,000.5", l.Total(large("-1500000000000000.5"), 0))
	require.Equal(t, "12,345,000,000,000,000,000,678.00", l.Total(large("12345000000000000000678"), 2))
	require.Equal(t, "12.00", l.Amount(12_000_000, 2))
	require.Equal(t, "-1,000", l.Amount(-1_000_000_000, 0))
}

// Texts put the sign of per cent where numbers have it.
func TestPercentInTexts(t *testing.T) {
	for _, lang := range []string{"en", "uk", "fa", "zh"} {
		files, err := filepath.Glob("messages/" + lang + "/*.yaml")
		require.NoError(t, err)
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NotRegexp(t, `[0-9}][ \x{a0}][%٪]`, string(text), name)
		}
	}
}

func TestDates(t *testing.T) {
	day := facts.DayOf(2026, 11, 22)
	f := func(lang, inGregorian, inHijri string) {
		t.Helper()
		require.Equal(t, inGregorian, speak(t, lang, gregorian).Date(day))
		require.Equal(t, inHijri, speak(t, lang, hijri).Date(day))
	}
	f("en", "22 November 2026", "1 Azar 1405")
	f("hr", "22. studenoga 2026.", "1. azara 1405.")
	f("uk", "22 листопада 2026 р.", "1 азара 1405 р.")
	f("fa", "۲۲ نوامبر ۲۰۲۶", "۱ آذر ۱۴۰۵")
	f("ro", "22 noiembrie 2026", "1 azar 1405")
	f("zh", "2026年11月22日", "1405年阿扎尔月1日")
}

func TestSentences(t *testing.T) {
	require.Equal(t, "One. Two.", speak(t, "en", gregorian).Sentences("One.", "", "Two."))
	require.Equal(t, "一。二。", speak(t, "zh", gregorian).Sentences("一。", "二。"))
}

func TestErrors(t *testing.T) {
	l := speak(t, "en", gregorian)
	f := func(want string, err error) {
		t.Helper()
		require.Equal(t, want, l.Error(err))
	}
	bad := callpace.E(callpace.Invalid, "period.backwards", "text", "b..a")
	f("The period “b..a” ends before it begins: write the earlier date first.", bad)
	f("The period “b..a” ends before it begins: write the earlier date first.", fmt.Errorf("reading the query: %w", bad))
	f("There is no language \"xx\". Choose one of: en, hr. (disk full)",
		callpace.E(callpace.Invalid, "language.unknown", "name", "xx", "known", []string{"en", "hr"}).Because(errors.New("disk full")))
	f("Something in callpace itself failed: disk full. Please report it with this text.", errors.New("disk full"))
	f("no.such_key a=1", callpace.E(callpace.Invalid, "no.such_key", "a", 1))
	require.Equal(t, "زبان «\u2068xx\u2069» وجود ندارد. یکی از این‌ها را برگزینید: \u2068en\u2069، \u2068hr\u2069.",
		speak(t, "fa", gregorian).Error(callpace.E(callpace.Invalid, "language.unknown", "name", "xx", "known", []string{"en", "hr"})))
	require.True(t, l.Has("error.internal"))
	require.False(t, l.Has("error.nothing"))
}

func TestChoose(t *testing.T) {
	f := func(want, asked string, env ...string) {
		t.Helper()
		got, err := i18n.Choose(asked, func(name string) string {
			for i := 0; i < len(env); i += 2 {
				if env[i] == name {
					return env[i+1]
				}
			}
			return ""
		})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	f("en", "")
	f("hr", "hr", "LANG", "uk_UA.UTF-8")
	f("zh", "zh-Hans")
	f("uk", "", "LANG", "uk_UA.UTF-8")
	f("ro", "", "LANG", "uk_UA.UTF-8", "LC_ALL", "ro_RO.UTF-8@euro")
	f("fa", "", "LC_ALL", "ro_RO", "CALLPACE_LANG", "fa")
	f("en", "", "LC_ALL", "C.UTF-8", "LANG", "uk_UA.UTF-8")
	f("en", "", "LANG", "de_DE.UTF-8")
	_, err := i18n.Choose("tlh", func(string) string { return "" })
	require.Equal(t, callpace.Invalid, callpace.CodeOf(err))
}
