package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/ingesttest"
)

// The seeds' worked figures, from what a user types to the number on the page,
// in both scripts of digits.
func TestWorkedFigures(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	bdi := func(text string) string { return "<bdi>" + text + "</bdi>" }
	plan := func(pairs ...string) *answer {
		q := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return b.get("/plan?" + q.Encode())
	}
	speak := func(lang string) { b.post("/account/language", "language", lang, "next", "/plan") }

	// 50 sales at 5 % take 1,000 calls, 48 on each of 21 working days; 1,114 to be 80 % sure, 54 a day.
	whole := []string{"chain", "sales <- calls", "target", "50", "days", "21", "rate.sales", "5"}
	plan(whole...).has(200, ">1,000<", bdi("48"), ">1,114<", bdi("54"), "5.0%")
	// 15 % become appointments, one in three of them closes: one per 6.7 calls.
	stages := []string{"chain", "sales <- appointments <- calls", "target", "50", "days", "21", "rate.appointments", "15", "rate.sales", "1/3"}
	plan(stages...).has(200, ">1,000<", ">150<", "one for every 6.7", bdi("48"))
	// Instead of those 15 %, 20 %: 250 calls are saved.
	better := []string{"chain", "sales @ 1/3 <- appointments @ 15 % <- calls", "target", "50", "days", "21", "rate.appointments", "20"}
	plan(better...).has(200, ">750<", "from 15.0% to 20.0% saves 250 calls.")
	// 1,000 contacts at 35 % are 2,858 dials, 17.9 agent-days at 25 an hour and 6.4 hours.
	dials := []string{"chain", "contacts <- calls", "target", "1000", "days", "21", "rate.contacts", "35", "per_hour", "25", "hours", "6.4"}
	plan(dials...).has(200, ">2,858<", "18 agent-days (17.9)")

	speak("fa")
	plan(whole...).has(200, ">۱٬۰۰۰<", bdi("۴۸"), ">۱٬۱۱۴<", bdi("۵۴"))
	plan("chain", "sales <- calls", "target", "۵۰", "days", "۲۱", "rate.sales", "۵").has(200, ">۱٬۰۰۰<", bdi("۴۸"))
	plan(dials...).has(200, ">۲٬۸۵۸<", "۱۷٫۹")
	plan(better...).has(200, ">۷۵۰<", "۲۵۰")
	speak("hr")
	plan(whole...).has(200, ">1.000<", bdi("48"), ">1.114<")
}

// The Croatian seed's goals as they are typed, each told back with its dates,
// under both calendars.
func TestSeedGoalsToldBack(t *testing.T) {
	s := newSite(t)
	b := s.as(auth.Admin)
	told := func(text string, parts ...string) {
		t.Helper()
		b.get("/goals/new?text="+url.QueryEscape(text)).has(200, parts...)
	}
	b.post("/account/language", "language", "hr", "next", "/goals")
	told("Ostvariti 50 novih prodaja proizvoda X u sljedećih mjesec dana", "ukupno 50", "22. studenoga 2026. – 21. prosinca 2026.", "product = &#39;X&#39;")
	told("Povećati stopu konverzije hladnih poziva za 15% u sljedeća 3 mjeseca", "&#43;15\u00a0%", "21. veljače 2027.")
	told("Generirati 100 kvalificiranih leadova tjedno za odjel prodaje", "ukupno 100")
	told("Povećati prosječnu vrijednost narudžbe za 20%", "&#43;20\u00a0%", "Spremi kao nacrt")
	told("Smanjiti vrijeme poziva za 10% uz zadržavanje iste stope konverzije", "-10\u00a0%")
	told("Ostvariti 1000 poziva tjedno po agentu", "ukupno 1.000")
	told("trenutna stopa konverzije 5%, cilj od 6% u sljedećem kvartalu", "6\u00a0%", "1. siječnja 2027. – 31. ožujka 2027.")
	told("Ostvariti 1000 novih pretplatnika do kraja godine", "ukupno 1.000", "31. prosinca 2026.")
	told("Smanjiti vrijeme čekanja klijenata za 30% u sljedećih 60 dana", "20. siječnja 2027.")

	settings := ingesttest.Adria
	settings.Calendar, settings.Country = facts.SolarHijri, "IR"
	require.NoError(t, s.Folder.Replace(t.Context(), nil, func(f *ingest.Folder) error { return f.SetSettings(t.Context(), settings) }))
	b.post("/account/language", "language", "fa", "next", "/goals")
	told("۱٬۰۰۰ تماس در هفته به ازای هر کارشناس", "۱٬۰۰۰")
	told("۱۰۰۰ مشترک جدید تا پایان سال", "۱٬۰۰۰", "۲۹ اسفند ۱۴۰۵")
	told("کاهش ۳۰ درصد زمان انتظار مشتریان در ۶۰ روز آینده", "۱ آذر ۱۴۰۵ – ۳۰ دی ۱۴۰۵")
	told("نرخ تبدیل از ۵٪ به ۶٪ در فصل آینده", "۶٪", "۱ دی ۱۴۰۵")
}

// A slider that comes back where it stood gives no rate: what was measured
// stays as exact, and as uncertain, as it is, however small.
func TestSlidersThatWereNotMoved(t *testing.T) {
	s := newSite(t)
	calls := &strings.Builder{}
	calls.WriteString("id,started,ext,phone,campaign,disposition,talk\n")
	for i := range 3000 {
		fmt.Fprintf(calls, "m%d,2026-10-%02d 12:00:00,101,+38591222%04d,Solar,no answer,0\n", i, i%28+1, i)
	}
	s.imports("pbx", "many.csv", callsMapping, calls.String())
	s.imports("pbx", "orders.csv", ordersMapping, "id,placed,ext,amount\no1,2026-10-20 10:00:00,101,10\no2,2026-10-21 10:00:00,101,10\n")
	b := s.as(auth.Manager)
	links := regexp.MustCompile(`href="[^"]*"`) // they hold what was asked
	figures := func(page string) string {
		return links.ReplaceAllString(page[strings.Index(page, `id="planned"`):], "")
	}
	const asked = "/plan?chain=sales+%3C-+calls&target=50&days=21"
	first := b.get(asked).has(200, "0.066%")
	shown := regexp.MustCompile(`name="rate.sales" value="([0-9.]+)" min="0.001" max="1" step="0.001"`).FindStringSubmatch(first.body)
	require.NotNil(t, shown, first.body)
	require.Equal(t, figures(first.body), figures(b.get(asked+"&rate.sales="+shown[1]).has(200).body))
	moved := b.get(asked+"&rate.sales=0.08").has(200, "to 0.080%")
	require.NotEqual(t, figures(first.body), figures(moved.body))
}
