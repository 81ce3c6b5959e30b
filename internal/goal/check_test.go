package goal_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
)

func said(c goal.Check) string {
	out := []string{string(c.Letter), string(c.Verdict)}
	for _, r := range c.Reasons {
		out = append(out, strings.TrimPrefix(r.Key, "goal."))
	}
	return strings.Join(out, " ")
}

func TestCheckSpecificAndTime(t *testing.T) {
	iso := calendar.New(facts.Gregorian, time.Monday)
	work, err := calendar.NewWorking(calendar.WorkRules{Country: "HR"})
	require.NoError(t, err)
	f := func(text, specific, timed string) {
		t.Helper()
		g := parse(t, text)
		require.Equal(t, specific, said(g.CheckSpecific(catalogue(t))))
		require.Equal(t, timed, said(g.CheckTime(iso, work, today)))
	}
	f("50 sales next month", "S good check.kpi_scope", "T good period.dates check.days_left")
	f("raise the average order value by 20 %", "S good check.kpi_scope", "T lacking check.no_deadline")
	f("more renewals next month", "S lacking check.kpi_scope check.no_number", "T good period.dates check.days_left")
	f("complaints +10 % next month", "S look check.kpi_scope check.against_kpi", "T good period.dates check.days_left")
	f("50 sales 2026-10", "S good check.kpi_scope", "T look period.dates check.over")
	f("50 sales 2026-11-22..2026-11-22", "S good check.kpi_scope", "T look period.dates check.days_left check.no_days_left") // a Sunday
	require.Equal(t, "22", goalArg(t, parse(t, "50 sales next month").CheckTime(iso, work, today), 1, "count"))
}

func goalArg(t *testing.T, c goal.Check, reason int, name string) string {
	t.Helper()
	type stringer interface{ String() string }
	return c.Reasons[reason].Args[name].(stringer).String()
}

func TestCheckMeasurable(t *testing.T) {
	g := parse(t, "conversion 6 % next month")
	f := func(v goal.Coverage, want string) {
		t.Helper()
		require.Equal(t, want, said(g.CheckMeasurable(v)))
	}
	f(goal.Coverage{}, "M lacking check.no_data")
	f(goal.Coverage{Periods: 6, WithData: 6, LastRow: 99, Today: 100}, "M good check.covered")
	f(goal.Coverage{Periods: 6, WithData: 3, LastRow: 99, Today: 100}, "M look check.covered check.gaps")
	f(goal.Coverage{Periods: 6, WithData: 6, LastRow: 90, Today: 100}, "M look check.covered check.stale")
	f(goal.Coverage{LastRow: 99, Today: 100}, "M unknown check.covered check.no_history")
	f(goal.Coverage{Periods: 6, WithData: 6, LastRow: 99, Today: 100, Denominator: 500, Enough: 14_000}, "M look check.covered check.too_few")
}

func TestCheckAttainable(t *testing.T) {
	p := func(v float64) *float64 { return &v }
	f := func(a goal.Attainability, want string) {
		t.Helper()
		require.Equal(t, want, said(parse(t, "25 sales a month").CheckAttainable(catalogue(t), a)))
	}
	f(goal.Attainability{}, "A unknown check.no_lifts")
	f(goal.Attainability{Already: true}, "A look check.usual_reaches")
	f(goal.Attainability{Already: true, Met: true}, "A look check.already")
	f(goal.Attainability{Chance: p(0.16), Lift: p(0.25), Percentile: p(0.8), Best: p(27), Typical: p(20)}, "A good check.chance check.past check.challenge")
	f(goal.Attainability{Lift: p(0.02), Percentile: p(0.2)}, "A good check.within_reach")
	f(goal.Attainability{Lift: p(0.4), Percentile: p(0.95)}, "A look check.hard")
	f(goal.Attainability{Lift: p(9), Percentile: p(1)}, "A lacking check.out_of_reach")
}

func TestCheckRelevant(t *testing.T) {
	f := func(text string, want string, others ...string) {
		t.Helper()
		var list []goal.Goal
		for _, o := range others {
			list = append(list, parse(t, o))
		}
		require.Equal(t, want, said(parse(t, text).CheckRelevant(list, catalogue(t))))
	}
	f("50 renewals next month objective=retention", "R good check.objective")
	f("50 renewals next month", "R look check.no_objective")
	f("talk time at most 4 min next month objective=x", "R look check.objective conflict.opposite check.unguarded", "talk time at least 3 min 2026-12")
	f("call time -10 % next month objective=x", "R look check.objective conflict.pull check.unguarded", "conversion 6 % next month")
	f("conversion 6 % next month objective=x", "R look check.objective conflict.pull", "call time -10 % next month")
	f("conversion 6 % next month objective=x", "R good check.objective", "call time -10 % next month while conversion stays")
	f("conversion 6 % next month objective=x", "R good check.objective", "call time -10 % 2027-01")                                      // other days
	f("conversion 6 % next month team=East objective=x", "R good check.objective", "call time -10 % next month team=West")               // other people
	f("conversion 6 % product=X next month objective=x", "R good check.objective", "call time -10 % product=Y next month")               // other products
	f("50 renewals next month objective=x", "R look check.objective conflict.twice", "60 renewals next month", "70 renewals in 2027-01") // the same days
	f("50 renewals next month agent=Ana objective=x", "R look check.objective check.many", "40 cross-sales next month agent=Ana", "csat 4 next month agent=Ana",
		"nps 40 next month agent=Ana", "1000 calls a week per agent", "4 complaints next month agent=Ana", "5 complaints next month agent=Ivo")
}

// What the files name exists.
func TestPullsNameKPIs(t *testing.T) {
	data, err := os.ReadFile("pulls.yaml")
	require.NoError(t, err)
	var list []map[string]string
	require.NoError(t, yaml.Unmarshal(data, &list))
	require.NotEmpty(t, list)
	for _, p := range list {
		for _, side := range []string{p["push"], p["costs"]} {
			id, better, _ := strings.Cut(side, " ")
			_, err := catalogue(t).Find(id)
			require.NoError(t, err)
			require.Contains(t, []string{"higher", "lower"}, better)
		}
	}
}

func TestWordsNameKPIsAndDimensions(t *testing.T) {
	c := catalogue(t)
	for _, lang := range append(goal.Languages(), "all") {
		data, err := os.ReadFile("words/" + lang + ".yaml")
		require.NoError(t, err)
		var w struct {
			KPIs       map[string][]string `yaml:"kpis"`
			Dimensions map[string][]string `yaml:"dimensions"`
		}
		require.NoError(t, yaml.Unmarshal(data, &w))
		for name := range w.KPIs {
			id, _, _ := strings.Cut(name, " where ")
			_, err := c.Find(id)
			require.NoError(t, err, lang)
		}
		for name := range w.Dimensions {
			require.Contains(t, c.Dimensions(), name, lang)
		}
	}
}

// Keys that are put together from parts have texts, too.
func TestComposedKeysHaveTexts(t *testing.T) {
	data, err := os.ReadFile("../i18n/messages/en/goal.yaml")
	require.NoError(t, err)
	f := func(prefix string, names ...string) {
		t.Helper()
		for _, n := range names {
			require.Regexp(t, `(?m)^`+regexp.QuoteMeta(prefix+n)+`: `, string(data))
		}
	}
	units := []string{"day", "week", "month", "quarter", "year"}
	f("goal.unit.", units...)
	f("goal.every.", units...)
	f("goal.period.rolling_", units...)
	f("goal.baseline.", "previous", "year_ago", "fixed")
	f("goal.state.", "draft", "active", "closed")
	f("goal.scope.", "each_agent", "each_team")
	f("goal.target.", "at_least", "at_most", "per", "per_last", "total_at_most")
	f("goal.guardrail.", "at_least", "at_least_baseline", "at_least_change", "at_most", "at_most_baseline", "at_most_change")
	f("goal.quantity.", "plain", "points", "minutes", "seconds", "money")
	f("goal.part.", "kpi", "scope", "target", "baseline", "period", "means", "guardrail", "objective", "owner", "weight", "state")
}
