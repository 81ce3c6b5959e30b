package goal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
)

// Months by their names, in the calendar that a name belongs to. Today is 22
// November 2026, 1 Azar 1405.
func TestMonthsByName(t *testing.T) {
	f := func(lang, text, days string) {
		t.Helper()
		g, err := goal.Parse(text, context(t, lang))
		require.NoError(t, err, text)
		require.Equal(t, "sales", g.KPI, text)
		require.Equal(t, days, g.Period.From.String()+".."+g.Period.Until.String(), text)
	}
	f("en", "50 sales in December", "2026-12-01..2026-12-31")
	f("en", "50 sales in December 2027", "2027-12-01..2027-12-31")
	f("en", "50 sales this November", "2026-11-01..2026-11-30")
	f("en", "50 sales in October", "2027-10-01..2027-10-31") // this year's is over
	f("en", "in may 50 sales", "2027-05-01..2027-05-31")
	f("en", "in december 2000 sales", "2026-12-01..2026-12-31") // no year
	f("en", "50 sales by the end of March", "2026-11-22..2027-03-31")
	f("en", "50 sales until February 2028", "2026-11-22..2028-02-29")
	f("en", "50 sales from December until February 2027", "2026-12-01..2027-02-28")
	f("en", "50 sales in Dey", "2026-12-22..2027-01-20")
	f("hr", "50 prodaja u prosincu", "2026-12-01..2026-12-31")
	f("hr", "50 prodaja do kraja ožujka 2027.", "2026-11-22..2027-03-31")
	f("hr", "u studenom 50 prodaja", "2026-11-01..2026-11-30")
	f("hr", "50 prodaja za sijecanj", "2027-01-01..2027-01-31")
	f("uk", "50 продажів у грудні", "2026-12-01..2026-12-31")
	f("uk", "50 продажів до кінця лютого 2027 року", "2026-11-22..2027-02-28")
	f("ro", "50 de vânzări în decembrie", "2026-12-01..2026-12-31")
	f("ro", "50 de vânzări în luna mai 2027", "2027-05-01..2027-05-31")
	f("ro", "50 de vânzări până la sfârșitul lui martie", "2026-11-22..2027-03-31")
	f("fa", "۵۰ فروش در آذر", "2026-11-22..2026-12-21")
	f("fa", "۵۰ فروش در دی ماه ۱۴۰۵", "2026-12-22..2027-01-20")
	f("fa", "۵۰ فروش تا پایان اسفند", "2026-11-22..2027-03-20")
	f("fa", "۵۰ فروش در دسامبر", "2026-12-01..2026-12-31")
	f("zh", "12月50笔成交", "2026-12-01..2026-12-31")
	f("zh", "2027年3月成交50笔", "2027-03-01..2027-03-31")
	f("zh", "三月底前50笔成交", "2026-11-22..2027-03-31")
	f("zh", "3个月内50笔成交", "2026-11-22..2027-02-21") // a length, no month

	_, err := goal.Parse("50 sales in December 1405", context(t, "en"))
	require.ErrorContains(t, err, "goal.bad_period")
	_, err = goal.Parse("50 sales by the end of March 2026", context(t, "en"))
	require.ErrorContains(t, err, "goal.bad_period")

	// A Hijri organisation's own month is a unit of its calendar, another's are dates.
	ctx := context(t, "fa")
	ctx.Calendar = calendar.New(facts.SolarHijri, time.Saturday)
	for text, kind := range map[string]goal.PeriodKind{"۵۰ فروش در دی": goal.InUnit, "۵۰ فروش در دسامبر": goal.Dates} {
		g, err := goal.Parse(text, ctx)
		require.NoError(t, err)
		require.Equal(t, kind, g.Period.Kind, text)
	}
}

func TestVariantsByName(t *testing.T) {
	f := func(lang, text, kpi string) {
		t.Helper()
		g, err := goal.Parse(text, context(t, lang))
		require.NoError(t, err, text)
		require.Equal(t, kpi, g.KPI, text)
	}
	f("en", "median talk time at most 4 min this month", "talk_time:median")
	f("en", "call time median at most 4 min this month", "talk_time:median")
	f("en", "Talk time · median at most 4 min this month", "talk_time:median")
	f("en", "talk time at most 4 min this month", "talk_time")
	f("en", "20 calls this month while median handle time stays", "calls")
	f("hr", "medijan vremena razgovora najviše 4 min ovaj mjesec", "talk_time:median")
	f("uk", "медіана тривалості розмови щонайбільше 4 хв цього місяця", "talk_time:median")
	f("zh", "本月通话时长中位数不超过4分钟", "talk_time:median")
	f("fa", "میانه مدت مکالمه حداکثر ۴ دقیقه این ماه", "talk_time:median")
	// What is told back is read again.
	for _, lang := range []string{"en", "hr", "uk", "ro", "fa", "zh"} {
		for _, d := range catalogue(t).Defs() {
			if d.ID == "sales_per_agent" {
				continue // "20 sales per agent" is a goal for each agent
			}
			for _, id := range d.Names() {
				g := goal.Goal{KPI: id}
				parts, err := g.Describe(catalogue(t), context(t, lang).Calendar)
				require.NoError(t, err)
				name := parts[0].Text.Args["kpi"].(goal.Named).Name(lang)
				got, err := goal.Fields{KPI: name}.Goal(context(t, lang))
				assert.NoError(t, err, "%s %s", lang, name)
				assert.Equal(t, id, got.KPI, "%s %s", lang, name)
			}
		}
	}
}
