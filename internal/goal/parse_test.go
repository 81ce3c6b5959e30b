package goal_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/kpi"
)

func catalogue(t testing.TB) *kpi.Catalogue {
	t.Helper()
	c, err := loaded()
	require.NoError(t, err)
	return c
}

var loaded = sync.OnceValues(func() (*kpi.Catalogue, error) { return kpi.Load() })

// today is a Sunday.
var today = facts.DayOf(2026, time.November, 22)

func context(t testing.TB, lang string) goal.Context {
	return goal.Context{Today: today, Calendar: calendar.New(facts.Gregorian, time.Monday), Catalogue: catalogue(t),
		Lang: lang, Currency: "EUR", Teams: []string{"Team East"}, Agents: []string{"Ana Horvat"}}
}

// tell writes a goal in one line that a person can check.
func tell(g goal.Goal) string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	add("%s", g.KPI)
	switch t := g.Target; t.Kind {
	case goal.None:
		add("?")
	case goal.Band:
		add("band %s..%s", t.Low, t.High)
	default:
		add("%s %s", t.Kind, t.Value)
	}
	if g.Target.Currency != "" {
		add("%s", g.Target.Currency)
	}
	if g.Target.Per != "" {
		add("per %s%s", g.Target.Per, map[bool]string{true: " last"}[g.Target.Judge == goal.Last])
	}
	if b := g.Target.Baseline; b.Kind == goal.Fixed {
		add("now %s", b.Value)
	} else if b.Kind != "" {
		add("vs %s", strings.TrimSpace(string(b.Kind)+" "+string(b.Unit)))
	}
	add("%s", g.Better)
	p := g.Period
	switch p.Kind {
	case goal.NoPeriod:
	case goal.Rolling:
		add("%d %s %s..%s", p.Count, p.Unit, p.From, p.Until)
	case goal.Recurring:
		add("every %s from %s", p.Unit, p.From)
		if p.Until != 0 {
			add("until %s", p.Until)
		}
	default:
		add("%s%s %s..%s", map[bool]string{true: "in "}[p.Unit != ""], map[bool]string{true: "dates"}[p.Unit == ""]+string(p.Unit), p.From, p.Until)
	}
	if s := g.Scope; s.Team+s.Agent+string(s.Each) != "" {
		add("for %s", strings.Join(strings.Fields(s.Team+" "+s.Agent+" "+map[bool]string{true: "each "}[s.Each != ""]+string(s.Each)), " "))
	}
	for _, w := range g.Scope.Where {
		add("where %s", w)
	}
	if g.Means != "" {
		add("by %s", g.Means)
	}
	for _, r := range g.Guardrails {
		add("guard %s %s %s %s", r.KPI, r.Bound, r.Kind, r.Value)
	}
	if g.Objective != "" {
		add("for objective %s", g.Objective)
	}
	if g.State != goal.Active {
		add("%s", g.State)
	}
	return strings.Join(out, " | ")
}

// The seeds' example goals, in English and in the language of the seed.
func TestSeeds(t *testing.T) {
	f := func(want string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			lang, text, _ := strings.Cut(text, ": ")
			g, err := goal.Parse(text, context(t, lang))
			if !assert.NoError(t, err, text) {
				continue
			}
			assert.Equal(t, want, tell(g), text)
		}
	}
	// 1: "the next month" rolls from today.
	f("sales | total 50 | higher | 1 month 2026-11-22..2026-12-21 | where product = 'X'",
		"en: 50 new sales of product X in the next month",
		"hr: Ostvariti 50 novih prodaja proizvoda X u sljedećih mjesec dana",
		"hr: ostvariti 50 novih prodaja proizvoda X u sljedecih mjesec dana",
		"uk: 50 нових продажів продукту X за найближчий місяць",
		"ro: 50 de vânzări noi produsul X în următoarea lună de zile")
	// 2: relative, since points are not asked for.
	f("conversion_rate | change 0.15 | vs previous | higher | 3 month 2026-11-22..2027-02-21 | where kind = 'cold'",
		"en: raise the conversion rate of cold calls by 15 % in the next 3 months",
		"hr: Povećati stopu konverzije hladnih poziva za 15% u sljedeća 3 mjeseca",
		"zh: 未来3个月陌生电话转化率提升15%",
		"fa: افزایش ۱۵٪ نرخ تبدیل تماس‌های سرد در ۳ ماه آینده",
		"uk: підвищити конверсію холодних дзвінків на 15 % за наступні 3 місяці",
		"ro: creșterea ratei de conversie a apelurilor la rece cu 15 % în următoarele 3 luni")
	// 3
	f("qualified_leads | total 100 | higher | every week from 2026-11-22",
		"en: 100 qualified leads a week for the sales department",
		"hr: Generirati 100 kvalificiranih leadova tjedno za odjel prodaje",
		"zh: 每周为销售部获得100条有效线索",
		"uk: 100 кваліфікованих лідів щотижня для відділу продажів",
		"ro: 100 de lead-uri calificate pe săptămână pentru departamentul de vânzări",
		"fa: ۱۰۰ سرنخ واجد شرایط در هفته برای واحد فروش")
	// 4: a draft until it has a deadline.
	f("average_order_value | change 0.2 | vs previous | higher | draft",
		"en: raise the average order value by 20 %",
		"hr: Povećati prosječnu vrijednost narudžbe za 20%",
		"zh: 平均订单价值提升20%",
		"uk: збільшити середній чек на 20 %",
		"ro: creșterea valorii medii a comenzii cu 20%")
	// 5: with a guardrail.
	f("talk_time | change -0.1 | vs previous | lower | guard conversion_rate at_least change 0 | draft",
		"en: cut call time by 10 % while keeping the same conversion rate",
		"en: call time -10 % while conversion_rate stays",
		"hr: Smanjiti vrijeme poziva za 10% uz zadržavanje iste stope konverzije",
		"zh: 通话时长缩短10%，同时保持转化率不变",
		"uk: скоротити тривалість дзвінка на 10 %, зберігаючи конверсію",
		"fa: کاهش ۱۰٪ مدت تماس با حفظ نرخ تبدیل",
		"ro: reducerea duratei apelurilor cu 10%, păstrând aceeași rată de conversie")
	// 6
	f("calls | total 1000 | higher | every week from 2026-11-22 | for each agent",
		"en: 1,000 calls a week per agent",
		"hr: Ostvariti 1000 poziva tjedno po agentu",
		"hr: 1.000 poziva tjedno po agentu",
		"zh: 每个座席每周1000通电话",
		"uk: 1 000 дзвінків щотижня на оператора",
		"fa: ۱٬۰۰۰ تماس در هفته به ازای هر کارشناس")
	// 7: "the next quarter" is the calendar's.
	f("conversion_rate | level 0.06 | now 0.05 | higher | in quarter 2027-01-01..2027-03-31",
		"en: conversion is 5 % now; 6 % in the next quarter",
		"en: conversion rate from 5 % to 6 % next quarter",
		"hr: trenutna stopa konverzije 5%, cilj od 6% u sljedećem kvartalu",
		"hr: stopa konverzije s 5 % na 6 % u sljedećem kvartalu",
		"zh: 转化率从5%提高到6%，下个季度",
		"uk: конверсія з 5 % до 6 % у наступному кварталі",
		"ro: rata de conversie de la 5 % la 6 % în trimestrul viitor",
		"fa: نرخ تبدیل از ۵٪ به ۶٪ در فصل آینده")
	// 8
	f("sales | total 25 | now 20 | higher | every month from 2026-11-22 | for each agent",
		"en: an agent makes 20 sales a month now, 25 sales a month",
		"en: 25 sales a month per agent (now 20)",
		"hr: agent trenutno ostvaruje 20 prodaja mjesečno, cilj od 25 prodaja",
		"zh: 每个座席目前每月20笔成交，目标25笔")
	// 9: no number in the seed: a draft, until it has one.
	f("sales | ? | higher | where kind in ('renewal', 'cross_sell') | for objective retention | draft",
		"en: more renewals and cross-selling, objective retention")
	f("sales | ? | higher | where kind in ('renewal', 'cross_sell') | for objective zadržavanje klijenata | draft",
		"hr: povećati obnovu pretplata i cross-selling postojećim klijentima, fokus tvrtke: zadržavanje klijenata")
	f("renewal_sales | total 40 | higher | in month 2026-12-01..2026-12-31 | for objective retention",
		"en: 40 subscription renewals next month, objective retention")
	f("cross_sell_sales | total 25 | higher | every month from 2026-11-22",
		"en: 25 cross-sales a month", "hr: 25 cross-selling prodaja mjesečno")
	// 10
	f("new_customer_sales | total 30 | higher | in quarter 2026-10-01..2026-12-31 | where segment = 'SMB' | for objective new market",
		"en: 30 new customers in segment SMB this quarter, objective new market",
		"en: 30 new customers segment=SMB this quarter objective='new market'")
	f("new_customer_sales | ? | higher | where segment = 'SMB' | draft",
		"en: more new customers in segment SMB", "hr: akvizicija novih klijenata u segmentu SMB")
	// 11: the second quarter of 2026 is over.
	f("conversion_rate | change 0.1 | vs previous | higher | dates 2026-11-22..2027-06-30",
		"en: conversion up 10 % by the end of the second quarter",
		"hr: Povećati stopu konverzije za 10% do kraja drugog kvartala",
		"zh: 第二季度末前转化率提升10%",
		"uk: підвищити конверсію на 10 % до кінця другого кварталу")
	// 12
	f("new_customer_sales | total 1000 | higher | dates 2026-11-22..2026-12-31",
		"en: 1,000 new subscribers by the end of the year",
		"hr: Ostvariti 1000 novih pretplatnika do kraja godine",
		"zh: 年底前1000名新订户",
		"uk: 1000 нових передплатників до кінця року",
		"ro: 1.000 de abonați noi până la sfârșitul anului",
		"fa: ۱۰۰۰ مشترک جدید تا پایان سال")
	// 13
	f("average_wait | change -0.3 | vs previous | lower | 60 day 2026-11-22..2027-01-20",
		"en: customers' waiting time down 30 % in the next 60 days",
		"hr: Smanjiti vrijeme čekanja klijenata za 30% u sljedećih 60 dana",
		"zh: 未来60天客户等待时间缩短30%",
		"uk: скоротити час очікування клієнтів на 30 % за наступні 60 днів",
		"ro: reducerea timpului de așteptare cu 30 % în următoarele 60 de zile",
		"fa: کاهش ۳۰ درصد زمان انتظار مشتریان در ۶۰ روز آینده")
	// The Chinese seed's: the month's amount, by then.
	f("revenue | change 0.2 | per month last | vs previous | higher | 3 month 2026-11-22..2027-02-21 | by improving the script",
		"en: by improving the script, monthly sales amount +20 % within three months")
	f("revenue | change 0.2 | per month last | vs previous | higher | 3 month 2026-11-22..2027-02-21 | by 优化外呼话术",
		"zh: 在接下来三个月内，通过优化外呼话术，使团队月销售额提升 20%")
	f("revenue | change 0.2 | per month last | vs previous | higher | 3 month 2026-11-22..2027-02-21 | by 優化外呼話術",
		"zh: 在接下來三個月內，通過優化外呼話術，使團隊月銷售額提升 20%")
}

func TestParse(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		lang, text, _ := strings.Cut(text, ": ")
		g, err := goal.Parse(text, context(t, lang))
		if !assert.NoError(t, err, text) {
			return
		}
		assert.Equal(t, want, tell(g), text)
	}
	f("en: 50 sales of product=X next month", "sales | total 50 | higher | in month 2026-12-01..2026-12-31 | where product = 'X'")
	f("en: 50 sales of product=GTX Pro next month", "sales | total 50 | higher | in month 2026-12-01..2026-12-31 | where product = 'GTX Pro'")
	f("hr: 50 prodaja proizvod=X sljedeći mjesec", "sales | total 50 | higher | in month 2026-12-01..2026-12-31 | where product = 'X'")
	f("en: 50 sales product in ('X', 'Y') this month", "sales | total 50 | higher | in month 2026-11-01..2026-11-30 | where product in ('X', 'Y')")
	f("en: conversion rate 6 % this quarter by improving the script", "conversion_rate | level 0.06 | higher | in quarter 2026-10-01..2026-12-31 | by improving the script")
	f("en: +15 % calls per day vs previous month", "calls | change 0.15 | per day | vs previous month | higher | draft")
	f("en: +15 % calls per day vs previous month this month", "calls | change 0.15 | per day | vs previous month | higher | in month 2026-11-01..2026-11-30")
	f("en: call time between 3 and 6 minutes", "talk_time | band 180..360 | inside | draft")
	f("en: call time between 3:00 and 6:30 this month", "talk_time | band 180..390 | inside | in month 2026-11-01..2026-11-30")
	f("en: talk time 3-6 min every week", "talk_time | band 180..360 | inside | every week from 2026-11-22")
	f("en: between 3k and 5k calls this month", "calls | band 3000..5000 | inside | in month 2026-11-01..2026-11-30")
	f("en: call time at most 4 minutes this month", "talk_time | level 240 | lower | in month 2026-11-01..2026-11-30")
	f("en: call time <= 180 s this month", "talk_time | level 180 | lower | in month 2026-11-01..2026-11-30")
	f("en: talk_time:median at least 3 min 2026-12", "talk_time:median | level 180 | higher | in month 2026-12-01..2026-12-31")
	f("en: conversion >= 6 % 2026-12-01..2026-12-15", "conversion_rate | level 0.06 | higher | dates 2026-12-01..2026-12-15")
	f("en: conversion rate +2 points this quarter", "conversion_rate | points 0.02 | vs previous | higher | in quarter 2026-10-01..2026-12-31")
	f("en: conversion rate +2 pp vs the same period a year ago this quarter", "conversion_rate | points 0.02 | vs year_ago | higher | in quarter 2026-10-01..2026-12-31")
	f("hr: stopa konverzije +2 postotna boda ovaj kvartal", "conversion_rate | points 0.02 | vs previous | higher | in quarter 2026-10-01..2026-12-31")
	f("hr: stopa konverzije 5,75 % ovaj mjesec", "conversion_rate | level 0.0575 | higher | in month 2026-11-01..2026-11-30")
	f("hr: prihod 1.250.000,50 eura ove godine", "revenue | total 1250000.5 | EUR | higher | in year 2026-01-01..2026-12-31")
	f("en: revenue €20k this month", "revenue | total 20000 | EUR | higher | in month 2026-11-01..2026-11-30")
	f("en: revenue 1.5M USD this year", "revenue | total 1500000 | USD | higher | in year 2026-01-01..2026-12-31")
	f("en: revenue 20 000 by 2026-12-31", "revenue | total 20000 | EUR | higher | dates 2026-11-22..2026-12-31")
	f("zh: 本月销售额20万元", "revenue | total 200000 | CNY | higher | in month 2026-11-01..2026-11-30")
	f("fa: مبلغ فروش ۵ میلیون تومان این ماه", "revenue | total 50000000 | IRR | higher | in month 2026-11-01..2026-11-30")
	f("uk: сума продажів 300 тис. грн цього місяця", "revenue | total 300000 | UAH | higher | in month 2026-11-01..2026-11-30")
	f("ro: venituri 200 mii lei luna aceasta", "revenue | total 200000 | RON | higher | in month 2026-11-01..2026-11-30")
	f("en: 20 sales a week for Team East this quarter", "sales | total 20 | higher | every week from 2026-10-01 | until 2026-12-31 | for Team East")
	f("en: 20 sales Ana Horvat this month", "sales | total 20 | higher | in month 2026-11-01..2026-11-30 | for Ana Horvat")
	f("en: 20 sales team West Coast this month", "sales | total 20 | higher | in month 2026-11-01..2026-11-30 | for West Coast")
	f("en: 20 sales per agent team='Night shift' monthly", "sales | total 20 | higher | every month from 2026-11-22 | for Night shift each agent")
	f("en: reduce complaints to 5 this month", "complaints | total 5 | lower | in month 2026-11-01..2026-11-30")
	f("en: calls 1000 daily while conversion rate at least 5 % and csat at least 4", "calls | total 1000 | higher | every day from 2026-11-22 | guard conversion_rate at_least level 0.05 | guard csat at_least level 4")
	f("en: call time -10 % this month while conversion rate -2 %", "talk_time | change -0.1 | vs previous | lower | in month 2026-11-01..2026-11-30 | guard conversion_rate at_least change -0.02")
	f("en: call time -10 % vs last quarter, conversion rate stays the same, this month", "talk_time | change -0.1 | vs previous quarter | lower | in month 2026-11-01..2026-11-30 | guard conversion_rate at_least change 0")
	f("en: +5 sales vs last month this month", "sales | points 5 | vs previous month | higher | in month 2026-11-01..2026-11-30")
	f("en: conversion +15 % vs 5 % in Q1", "conversion_rate | change 0.15 | now 0.05 | higher | in quarter 2027-01-01..2027-03-31")
	f("en: csat at least 4.5 this year weight=2 owner=Ana", "csat | level 4.5 | higher | in year 2026-01-01..2026-12-31")
}

func TestParseInHijri(t *testing.T) {
	f := func(text string, on int64, want string) {
		t.Helper()
		ctx := context(t, "fa")
		ctx.Calendar, ctx.Today = calendar.New(facts.SolarHijri, time.Saturday), on
		g, err := goal.Parse(text, ctx)
		require.NoError(t, err)
		require.Equal(t, want, tell(g))
	}
	f("۵۰ فروش این ماه", today, "sales | total 50 | higher | in month 2026-11-22..2026-12-21") // Azar 1405
	f("۵۰ فروش در ۲ ماه آینده", today, "sales | total 50 | higher | 2 month 2026-11-22..2027-01-20")
	f("۵۰ فروش تا پایان سال", today, "sales | total 50 | higher | dates 2026-11-22..2027-03-20")
	// 1403 is a leap year: Esfand has 30 days.
	f("۵۰ فروش این ماه", facts.DayOf(2025, 3, 10), "sales | total 50 | higher | in month 2025-02-19..2025-03-20")
	f("۵۰ فروش در 1405-10", today, "sales | total 50 | higher | in month 2026-12-22..2027-01-20")
}

func TestParseRefuses(t *testing.T) {
	f := func(text, key string, args ...any) {
		t.Helper()
		lang, text, _ := strings.Cut(text, ": ")
		_, err := goal.Parse(text, context(t, lang))
		var e *callpace.Error
		require.True(t, errors.As(err, &e), "%s: %v", text, err)
		require.Equal(t, key, e.Key, text)
		for i := 0; i < len(args); i += 2 {
			require.Equal(t, args[i+1], e.Args[args[i].(string)], "%s: %s", text, args[i])
		}
	}
	f("en: 50 saless next month", "goal.unknown_word_near", "word", "saless", "column", 4, "nearest", "sales")
	f("en: 50 sales next month xyzzyplugh", "goal.unknown_word", "word", "xyzzyplugh", "column", 21)
	f("hr: 50 prodaja kvartlano", "goal.unknown_word_near", "word", "kvartlano", "column", 12, "nearest", "kvartalno")
	f("en: 50 next month", "goal.no_kpi")
	f("en: 50 sales and calls next month", "goal.two_kpis", "kpi", "sales", "other", "calls")
	f("en: 50 60 sales next month", "goal.two_numbers", "column", 4)
	f("en: 50 sales this month next month", "goal.two_periods", "column", 21)
	f("en: 50 sales a week a month", "goal.two_units", "column", 17)
	f("en: sales 20 % next month", "goal.percent_of_what", "kpi", "sales")
	f("en: conversion rate 6 next month", "goal.percent_missing")
	f("en: conversion rate +2 next month", "goal.percent_or_points", "column", 17)
	f("en: sales 3 min next month", "goal.wrong_unit")
	f("en: talk time 4 min next month", "goal.no_direction", "kpi", "talk_time")
	f("en: sales -100 % next month", "goal.below_nothing")
	f("en: 0 sales next month", "goal.not_positive")
	f("en: call time between 6 and 3 minutes", "goal.empty_band")
	f("en: roi +15 % from -10 % next month", "goal.change_of_nothing")
	f("en: calls 100 a day while calls stays", "goal.guards_itself")
	f("en: 50 sales product next month", "goal.no_name_after", "word", "product")
	f("en: 50 sales by the end of 2019", "goal.bad_period")
	f("en: 50 sales 2026-13", "goal.bad_period")
	f("en: cut sales by +10 % next month", "goal.up_and_down")
	f("en: "+strings.Repeat("sales ", 500), "goal.too_long")
	f("en: sales:nonsense 5", "kpi.no_variants")
}

// Durations as people type them, one after the other as minutes and seconds;
// seconds alone are seconds.
func TestSeconds(t *testing.T) {
	f := func(lang, text, want string) {
		t.Helper()
		got := "bad"
		if n, err := goal.Seconds(lang, text); err == nil {
			got = n.String()
		}
		require.Equal(t, want, got, text)
	}
	f("en", "90", "90")
	f("en", "1:30", "90")
	f("en", "1:02:30", "3750")
	f("en", "90 s", "90")
	f("en", "1.5 min", "90")
	f("en", "1 min 30 s", "90")
	f("en", "1h 2m 30s", "bad") // m alone is a million
	f("en", "1 h 2 min 30 s", "3750")
	f("en", "1 min 90 s", "bad") // two durations
	f("hr", "2 minute 5 sekundi", "125")
	f("uk", "1 хв 30 с", "90")
	f("fa", "۱:۳۰", "90")
	f("fa", "۱ دقیقه ۳۰ ثانیه", "90")
	f("ro", "2 minute", "120")
	f("zh", "1分30秒", "90")
	f("en", "5 %", "bad")
	f("en", "+5", "bad")
	f("en", "soon", "bad")
}
