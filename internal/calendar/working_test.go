package calendar_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

func working(t *testing.T, rules calendar.WorkRules) *calendar.Working {
	t.Helper()
	w, err := calendar.NewWorking(rules)
	require.NoError(t, err)
	return w
}

func span(from, until string) calendar.Range {
	return calendar.Range{From: day(from), To: day(until) + 1}
}

// name prints a holiday's name without the prefix, with a star for a day off in place of it.
func name(h calendar.Holiday) string {
	if m, ok := h.Name.Args["name"]; ok {
		return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(m), "{holiday."), " map[]}") + "*"
	}
	return strings.TrimPrefix(h.Name.Key, "holiday.")
}

// The dates are those of official lists, entered by hand.
func TestHolidays(t *testing.T) {
	f := func(country, region string, year int, want string) {
		t.Helper()
		w := working(t, calendar.WorkRules{Country: country, Region: region})
		var got []string
		for _, h := range w.Holidays(span(fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year))) {
			got = append(got, facts.DateOf(h.Day).Format("01-02")+" "+name(h))
		}
		require.Equal(t, strings.Split(want, ", "), got)
	}
	f("HR", "", 2025, "01-01 new_year, 01-06 epiphany, 04-20 easter, 04-21 easter_monday, 05-01 labour_day, 05-30 statehood_day, 06-19 corpus_christi, 06-22 antifascist_day, 08-05 victory_day_hr, 08-15 assumption, 11-01 all_saints, 11-18 remembrance_day_hr, 12-25 christmas, 12-26 st_stephen")
	f("HR", "", 2026, "01-01 new_year, 01-06 epiphany, 04-05 easter, 04-06 easter_monday, 05-01 labour_day, 05-30 statehood_day, 06-04 corpus_christi, 06-22 antifascist_day, 08-05 victory_day_hr, 08-15 assumption, 11-01 all_saints, 11-18 remembrance_day_hr, 12-25 christmas, 12-26 st_stephen")
	f("HR", "", 2027, "01-01 new_year, 01-06 epiphany, 03-28 easter, 03-29 easter_monday, 05-01 labour_day, 05-27 corpus_christi, 05-30 statehood_day, 06-22 antifascist_day, 08-05 victory_day_hr, 08-15 assumption, 11-01 all_saints, 11-18 remembrance_day_hr, 12-25 christmas, 12-26 st_stephen")

	f("RO", "", 2025, "01-01 new_year, 01-02 new_year_second, 01-06 epiphany, 01-07 st_john, 01-24 union_day, 04-18 good_friday, 04-20 easter, 04-21 easter_monday, 05-01 labour_day, 06-01 childrens_day, 06-08 pentecost, 06-09 whit_monday, 08-15 assumption, 11-30 st_andrew, 12-01 national_day, 12-25 christmas, 12-26 christmas_second")
	f("RO", "", 2026, "01-01 new_year, 01-02 new_year_second, 01-06 epiphany, 01-07 st_john, 01-24 union_day, 04-10 good_friday, 04-12 easter, 04-13 easter_monday, 05-01 labour_day, 05-31 pentecost, 06-01 childrens_day, 08-15 assumption, 11-30 st_andrew, 12-01 national_day, 12-25 christmas, 12-26 christmas_second")
	f("RO", "", 2027, "01-01 new_year, 01-02 new_year_second, 01-06 epiphany, 01-07 st_john, 01-24 union_day, 04-30 good_friday, 05-01 labour_day, 05-02 easter, 05-03 easter_monday, 06-01 childrens_day, 06-20 pentecost, 06-21 whit_monday, 08-15 assumption, 11-30 st_andrew, 12-01 national_day, 12-25 christmas, 12-26 christmas_second")

	f("GB", "", 2025, "01-01 new_year, 04-18 good_friday, 04-21 easter_monday, 05-05 early_may, 05-26 spring_bank, 08-25 summer_bank, 12-25 christmas, 12-26 boxing_day")
	f("GB", "", 2026, "01-01 new_year, 04-03 good_friday, 04-06 easter_monday, 05-04 early_may, 05-25 spring_bank, 08-31 summer_bank, 12-25 christmas, 12-26 boxing_day, 12-28 boxing_day*")
	f("GB", "ENG", 2027, "01-01 new_year, 03-26 good_friday, 03-29 easter_monday, 05-03 early_may, 05-31 spring_bank, 08-30 summer_bank, 12-25 christmas, 12-26 boxing_day, 12-27 christmas*, 12-28 boxing_day*")
	f("GB", "SCT", 2027, "01-01 new_year, 01-02 new_year_second, 01-04 new_year_second*, 03-26 good_friday, 05-03 early_may, 05-31 spring_bank, 08-02 summer_bank, 11-30 st_andrew, 12-25 christmas, 12-26 boxing_day, 12-27 christmas*, 12-28 boxing_day*")
	f("GB", "GB-NIR", 2026, "01-01 new_year, 03-17 st_patrick, 04-03 good_friday, 04-06 easter_monday, 05-04 early_may, 05-25 spring_bank, 07-12 boyne, 07-13 boyne*, 08-31 summer_bank, 12-25 christmas, 12-26 boxing_day, 12-28 boxing_day*")
	f("GB", "", 2022, "01-01 new_year, 01-03 new_year*, 04-15 good_friday, 04-18 easter_monday, 05-02 early_may, 06-02 spring_bank, 06-03 jubilee, 08-29 summer_bank, 09-19 state_funeral, 12-25 christmas, 12-26 boxing_day, 12-27 christmas*")

	f("US", "", 2025, "01-01 new_year, 01-20 mlk_day, 02-17 presidents_day, 05-26 memorial_day, 06-19 juneteenth, 07-04 independence_day, 09-01 us_labor_day, 10-13 columbus_day, 11-11 veterans_day, 11-27 thanksgiving, 12-25 christmas")
	f("US", "", 2026, "01-01 new_year, 01-19 mlk_day, 02-16 presidents_day, 05-25 memorial_day, 06-19 juneteenth, 07-03 independence_day*, 07-04 independence_day, 09-07 us_labor_day, 10-12 columbus_day, 11-11 veterans_day, 11-26 thanksgiving, 12-25 christmas")
	f("US", "", 2027, "01-01 new_year, 01-18 mlk_day, 02-15 presidents_day, 05-31 memorial_day, 06-18 juneteenth*, 06-19 juneteenth, 07-04 independence_day, 07-05 independence_day*, 09-06 us_labor_day, 10-11 columbus_day, 11-11 veterans_day, 11-25 thanksgiving, 12-24 christmas*, 12-25 christmas, 12-31 new_year*")

	f("DE", "", 2026, "01-01 new_year, 04-03 good_friday, 04-06 easter_monday, 05-01 labour_day, 05-14 ascension, 05-25 whit_monday, 10-03 unity_day, 12-25 christmas, 12-26 christmas_second")
	f("DE", "BY", 2025, "01-01 new_year, 01-06 epiphany, 04-18 good_friday, 04-21 easter_monday, 05-01 labour_day, 05-29 ascension, 06-09 whit_monday, 06-19 corpus_christi, 10-03 unity_day, 11-01 all_saints, 12-25 christmas, 12-26 christmas_second")
	f("DE", "BE", 2025, "01-01 new_year, 03-08 womens_day, 04-18 good_friday, 04-21 easter_monday, 05-01 labour_day, 05-08 liberation_day, 05-29 ascension, 06-09 whit_monday, 10-03 unity_day, 12-25 christmas, 12-26 christmas_second")
	f("DE", "SN", 2027, "01-01 new_year, 03-26 good_friday, 03-29 easter_monday, 05-01 labour_day, 05-06 ascension, 05-17 whit_monday, 10-03 unity_day, 10-31 reformation, 11-17 repentance, 12-25 christmas, 12-26 christmas_second")

	f("CN", "", 2025, "01-01 new_year, 01-28 spring_festival, 01-29 spring_festival, 01-30 spring_festival, 01-31 spring_festival, 02-01 spring_festival, 02-02 spring_festival, 02-03 spring_festival, 02-04 spring_festival, 04-04 qingming, 04-05 qingming, 04-06 qingming, 05-01 labour_day, 05-02 labour_day, 05-03 labour_day, 05-04 labour_day, 05-05 labour_day, 05-31 dragon_boat, 06-01 dragon_boat, 06-02 dragon_boat, 10-01 national_day, 10-02 national_day, 10-03 national_day, 10-04 national_day, 10-05 national_day, 10-06 national_day, 10-07 national_day, 10-08 national_day")
	f("CN", "", 2027, "01-01 new_year, 02-05 spring_festival, 02-06 spring_festival, 02-07 spring_festival, 02-08 spring_festival, 04-05 qingming, 05-01 labour_day, 05-02 labour_day, 06-09 dragon_boat, 09-15 mid_autumn, 10-01 national_day, 10-02 national_day, 10-03 national_day")

	f("IR", "", 2025, "01-14 ali_birthday, 01-28 mabath, 02-10 revolution_day, 02-14 mahdi_birthday, 03-19 oil_day, 03-20 last_day_of_year, 03-21 nowruz, 03-22 nowruz, 03-23 nowruz, 03-24 nowruz, 03-31 eid_al_fitr, 04-01 islamic_republic_day, 04-02 nature_day, 04-24 sadiq_death, 06-04 khomeini_death, 06-05 khordad_uprising, 06-06 eid_al_adha, 06-14 eid_al_ghadir, 07-05 tasua, 07-06 ashura, 08-14 arbaeen, 08-22 prophet_death, 08-24 reza_death, 09-01 askari_death, 09-10 prophet_birthday, 11-24 fatima_death")
	f("IR", "", 2026, "01-03 ali_birthday, 01-17 mabath, 02-04 mahdi_birthday, 02-11 revolution_day, 03-11 ali_death, 03-20 oil_day, 03-21 nowruz, 03-22 nowruz, 03-23 nowruz, 03-24 nowruz, 04-01 islamic_republic_day, 04-02 nature_day, 04-14 sadiq_death, 05-27 eid_al_adha, 06-04 khomeini_death, 06-05 khordad_uprising, 06-24 tasua, 06-25 ashura, 08-04 arbaeen, 08-12 prophet_death, 08-13 reza_death, 08-21 askari_death, 08-30 prophet_birthday, 11-13 fatima_death, 12-23 ali_birthday")
	f("IR", "", 2027, "01-06 mabath, 01-24 mahdi_birthday, 02-11 revolution_day, 02-28 ali_death, 03-10 eid_al_fitr, 03-11 eid_al_fitr, 03-20 oil_day, 03-21 nowruz, 03-22 nowruz, 03-23 nowruz, 03-24 nowruz, 04-01 islamic_republic_day, 04-02 nature_day, 04-03 sadiq_death, 05-17 eid_al_adha, 05-25 eid_al_ghadir, 06-04 khomeini_death, 06-05 khordad_uprising, 06-14 tasua, 06-15 ashura, 07-25 arbaeen, 08-02 prophet_death, 08-03 reza_death, 08-11 askari_death, 08-20 prophet_birthday, 11-03 fatima_death, 12-12 ali_birthday, 12-26 mabath")
	f("IR", "", 2028, "01-12 mahdi_birthday, 02-11 revolution_day, 02-17 ali_death, 02-27 eid_al_fitr, 02-28 eid_al_fitr, 03-19 oil_day, 03-20 nowruz, 03-21 nowruz, 03-22 nowruz, 03-23 nowruz, 03-31 islamic_republic_day, 04-01 nature_day, 05-05 eid_al_adha, 05-13 eid_al_ghadir, 06-03 khomeini_death, 06-04 khordad_uprising, 07-13 arbaeen, 07-21 prophet_death, 07-23 reza_death, 07-31 askari_death, 08-09 prophet_birthday, 10-22 fatima_death, 11-30 ali_birthday, 12-14 mabath")

	f("UA", "", 2021, "01-01 new_year, 01-07 christmas_julian, 03-08 womens_day, 05-01 labour_day, 05-02 easter, 05-03 labour_day*, 05-04 easter*, 05-09 victory_day_ua, 05-10 victory_day_ua*, 06-20 trinity, 06-21 trinity*, 06-28 constitution_day, 08-24 independence_day, 10-14 defenders_day, 12-25 christmas, 12-27 christmas*")
}

// Under martial law Ukraine's holidays are worked; an organisation that gives
// them all the same says so.
func TestUkraine(t *testing.T) {
	require.Empty(t, working(t, calendar.WorkRules{Country: "UA"}).Holidays(span("2025-01-01", "2027-12-31")))
	f := func(year int, want string) {
		t.Helper()
		w := working(t, calendar.WorkRules{Country: "UA", Settings: map[string]bool{"martial_law": false}})
		var got []string
		for _, h := range w.Holidays(span(fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year))) {
			got = append(got, facts.DateOf(h.Day).Format("01-02")+" "+name(h))
		}
		require.Equal(t, strings.Split(want, ", "), got)
	}
	f(2025, "01-01 new_year, 03-08 womens_day, 03-10 womens_day*, 04-20 easter, 04-21 easter*, 05-01 labour_day, 05-08 victory_day_ua, 06-08 trinity, 06-09 trinity*, 06-28 constitution_day, 06-30 constitution_day*, 07-15 statehood_day, 08-24 independence_day, 08-25 independence_day*, 10-01 defenders_day, 12-25 christmas")
	f(2026, "01-01 new_year, 03-08 womens_day, 03-09 womens_day*, 04-12 easter, 04-13 easter*, 05-01 labour_day, 05-08 victory_day_ua, 05-31 trinity, 06-01 trinity*, 06-28 constitution_day, 06-29 constitution_day*, 07-15 statehood_day, 08-24 independence_day, 10-01 defenders_day, 12-25 christmas")
	f(2027, "01-01 new_year, 03-08 womens_day, 05-01 labour_day, 05-02 easter, 05-03 labour_day*, 05-04 easter*, 05-08 victory_day_ua, 05-10 victory_day_ua*, 06-20 trinity, 06-21 trinity*, 06-28 constitution_day, 07-15 statehood_day, 08-24 independence_day, 10-01 defenders_day, 12-25 christmas, 12-27 christmas*")
}

func TestEaster(t *testing.T) {
	f := func(year int, western, orthodox string) {
		t.Helper()
		require.Equal(t, western, facts.DateOf(calendar.Easter(year)).Format("01-02"))
		require.Equal(t, orthodox, facts.DateOf(calendar.OrthodoxEaster(year)).Format("01-02"))
	}
	f(2000, "04-23", "04-30")
	f(2008, "03-23", "04-27")
	f(2019, "04-21", "04-28")
	f(2024, "03-31", "05-05")
	f(2025, "04-20", "04-20")
	f(2026, "04-05", "04-12")
	f(2027, "03-28", "05-02")
	f(2038, "04-25", "04-25")
}

func TestWorkingDays(t *testing.T) {
	f := func(rules calendar.WorkRules, from, until string, want float64) {
		t.Helper()
		require.InDelta(t, want, working(t, rules).Days(span(from, until)), 1e-9)
	}
	f(calendar.WorkRules{}, "2026-11-01", "2026-11-30", 30)
	f(calendar.WorkRules{Country: "HR"}, "2026-11-01", "2026-11-30", 20) // 21 weekdays, 18 November off
	f(calendar.WorkRules{Country: "HR"}, "2026-12-01", "2026-12-31", 22) // 23, Christmas
	f(calendar.WorkRules{Country: "UA"}, "2026-08-01", "2026-08-31", 21) // martial law
	f(calendar.WorkRules{Country: "UA", Settings: map[string]bool{"martial_law": false}}, "2026-08-01", "2026-08-31", 20)
	f(calendar.WorkRules{Country: "CN"}, "2026-02-01", "2026-02-28", 16) // 20 weekdays, 6 off (16–20, 23), Saturdays 14 and 28 worked
	f(calendar.WorkRules{Country: "CN"}, "2026-10-01", "2026-10-31", 18) // 22 weekdays, 5 off, Saturday 10 worked
	f(calendar.WorkRules{Country: "IR"}, "2026-11-22", "2026-12-21", 24) // Azar 1405: 30 days, 4 Fridays off, 4 Thursdays half
	f(calendar.WorkRules{Country: "IR", Week: map[string]float64{"thursday": 1}}, "2026-11-22", "2026-12-21", 26)
	// Esfand of a leap year has 30 days, the last one off: 1403.
	f(calendar.WorkRules{Country: "IR"}, "2025-03-19", "2025-03-20", 0)
	f(calendar.WorkRules{Country: "IR"}, "2026-03-19", "2026-03-20", 0.5) // 1404 is no leap year: 28 Esfand is a Thursday, 29 off
	// 2026 has 53 weeks, 365 days, 104 of them at weekends.
	f(calendar.WorkRules{Country: "GB"}, "2025-12-29", "2027-01-03", 53*5-9) // New Year twice, Boxing Day by its substitute
}

func TestDay(t *testing.T) {
	f := func(rules calendar.WorkRules, date string, share float64, key string) {
		t.Helper()
		got, name := working(t, rules).Day(day(date))
		require.Equal(t, share, got)
		require.Equal(t, key, name.Key)
	}
	hr := calendar.WorkRules{Country: "hr"}
	f(hr, "2026-11-17", 1, "")
	f(hr, "2026-11-18", 0, "holiday.remembrance_day_hr")
	f(hr, "2026-11-21", 0, "workdays.free")
	f(calendar.WorkRules{Country: "HR", Worked: []string{"remembrance_day_hr"}}, "2026-11-18", 1, "")
	f(calendar.WorkRules{Country: "IR"}, "2026-11-19", 0.5, "")
	f(calendar.WorkRules{Country: "IR"}, "2026-11-20", 0, "workdays.free")
	f(calendar.WorkRules{Country: "CN"}, "2026-10-10", 1, "workdays.moved")
	f(calendar.WorkRules{Country: "CN"}, "2027-10-09", 0, "workdays.free")

	// The company closes over Christmas and works one Saturday; a team works
	// Saturdays; a person works three days a week, or every other Friday.
	company := calendar.WorkRules{Country: "HR", Days: []calendar.SpecialDays{
		{From: "2026-12-28", Until: "2026-12-31", Name: "closed"}, {From: "2026-12-05", Share: 1}, {From: "2026-12-24", Share: 0.5}}}
	team := calendar.WorkRules{Week: map[string]float64{"saturday": 0.5}}
	full := map[string]float64{"monday": 1, "tuesday": 1, "wednesday": 1, "thursday": 1, "friday": 1}
	person := calendar.WorkRules{PartTime: []calendar.PartTime{
		{Weeks: []map[string]float64{{"monday": 1, "tuesday": 1, "saturday": 1}}},
		{From: "2026-12-01", Weeks: []map[string]float64{full, {"monday": 1}}}}}
	f(company, "2026-12-30", 0, "workdays.special")
	f(company, "2026-12-24", 0.5, "workdays.special_unnamed")
	f(company, "2026-12-05", 1, "workdays.special_unnamed")
	f(team.Under(company), "2026-11-28", 0.5, "")
	f(team.Under(company), "2026-12-30", 0, "workdays.special")
	f(team.Under(company), "2026-12-25", 0, "holiday.christmas")
	both := person.Under(team.Under(company))
	f(both, "2026-11-23", 1, "")
	f(both, "2026-11-25", 0, "workdays.free")
	f(both, "2026-11-28", 1, "")
	f(both, "2026-12-04", 1, "")              // first week
	f(both, "2026-12-11", 0, "workdays.free") // second
	f(both, "2026-12-18", 1, "")
	f(both, "2026-12-25", 0, "holiday.christmas")
	leave := calendar.WorkRules{Days: []calendar.SpecialDays{{From: "1405-09-01", Until: "1405-09-03", Name: "leave"}}}
	f(leave.Under(company), "2026-11-24", 0, "workdays.special")
	f(leave.Under(company), "2026-11-25", 1, "")
}

func TestWorkRulesRefuse(t *testing.T) {
	f := func(rules calendar.WorkRules, want string) {
		t.Helper()
		_, err := calendar.NewWorking(rules)
		require.ErrorContains(t, err, want)
	}
	f(calendar.WorkRules{Country: "ZZ"}, "workdays.unknown_country")
	f(calendar.WorkRules{Country: "DE", Region: "XX"}, "workdays.unknown_region")
	f(calendar.WorkRules{Country: "HR", Region: "ZG"}, "workdays.unknown_region")
	f(calendar.WorkRules{Country: "HR", Worked: []string{"thanksgiving"}}, "workdays.unknown_holiday")
	f(calendar.WorkRules{Country: "HR", Settings: map[string]bool{"martial_law": true}}, "workdays.unknown_setting")
	f(calendar.WorkRules{Week: map[string]float64{"someday": 1}}, "workdays.unknown_weekday")
	f(calendar.WorkRules{Week: map[string]float64{"monday": 1.5}}, "workdays.bad_share")
	f(calendar.WorkRules{Days: []calendar.SpecialDays{{From: "2026-13-01"}}}, "period.none")
	f(calendar.WorkRules{Days: []calendar.SpecialDays{{From: "2026-12-02", Until: "2026-12-01"}}}, "period.backwards")
	f(calendar.WorkRules{PartTime: []calendar.PartTime{{}}}, "workdays.no_weeks")
}

func TestNotes(t *testing.T) {
	f := func(country, from, until string, want ...string) {
		t.Helper()
		var got []string
		for _, n := range working(t, calendar.WorkRules{Country: country}).Notes(span(from, until)) {
			got = append(got, strings.TrimSpace(fmt.Sprint(n.Key, " ", n.Args["year"])))
		}
		require.Equal(t, want, got)
	}
	f("HR", "2026-01-01", "2030-01-01")
	f("CN", "2026-01-01", "2026-12-31")
	f("CN", "2026-12-01", "2027-02-28", "workdays.not_announced 2027")
	f("CN", "2031-01-01", "2031-02-28", "workdays.not_entered 2031")
	f("CN", "2022-06-01", "2022-06-30", "workdays.not_entered 2022")
	f("IR", "2026-03-21", "2027-03-20")
	f("IR", "2027-03-01", "2027-03-31", "workdays.estimated <nil>")
	f("IR", "2029-03-01", "2029-03-31", "workdays.not_entered 2029")
	f("UA", "2026-03-01", "2026-03-31", "workdays.suspended <nil>")
	f("UA", "2021-03-01", "2021-03-31")
}

// Pro-rating: the parts of a range sum to the whole, whatever the calendar.
func TestPartsSumToTheWhole(t *testing.T) {
	var all []*calendar.Working
	for _, c := range calendar.Countries() {
		all = append(all, working(t, calendar.WorkRules{Country: c}))
	}
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SampledFrom(all).Draw(t, "country")
		from := rapid.Int64Range(day("2000-01-01"), day("2035-01-01")).Draw(t, "from")
		whole := calendar.Range{From: from, To: from + rapid.Int64Range(1, 400).Draw(t, "days")}
		sum := 0.0
		for _, b := range iso.Buckets(rapid.SampledFrom(units).Draw(t, "unit"), whole) {
			sum += w.Part(whole, b.Range)
		}
		require.InDelta(t, 1, sum, 1e-9)
		days := w.Days(whole)
		if days > 0 {
			last, ok := w.After(whole.From, days)
			require.True(t, ok)
			require.True(t, whole.Has(last))
		}
	})
}

// Every name of a holiday has a text.
func TestHolidaysHaveNames(t *testing.T) {
	texts, err := os.ReadFile("../i18n/messages/en/workdays.yaml")
	require.NoError(t, err)
	for _, c := range calendar.Countries() {
		data, err := os.ReadFile("countries/" + strings.ToLower(c) + ".yaml")
		require.NoError(t, err)
		found := regexp.MustCompile(`\{name: (\w+)`).FindAllStringSubmatch(string(data), -1)
		require.NotEmpty(t, found)
		for _, m := range found {
			require.Contains(t, string(texts), "\nholiday."+m[1]+": ", c)
		}
	}
}

// A leap year of the Solar Hijri calendar is laid out to its last day.
func TestHijriLeapYearIsWhole(t *testing.T) {
	w := working(t, calendar.WorkRules{Country: "IR"})
	year := iran.Span(calendar.Year, day("2024-06-01"))
	require.EqualValues(t, 366, year.Days())
	share, name := w.Day(year.To - 1)
	require.Zero(t, share)
	require.Equal(t, "holiday.last_day_of_year", name.Key)
	require.Equal(t, time.Thursday, facts.DateOf(year.To-1).Weekday())
}

func TestAdd(t *testing.T) {
	f := func(c calendar.Calendar, u calendar.Unit, from string, n int64, want string) {
		t.Helper()
		require.Equal(t, want, calendar.Date(c.Add(u, day(from), n)).String())
	}
	f(iso, calendar.Month, "2026-11-22", 1, "2026-12-22")
	f(iso, calendar.Month, "2027-01-31", 1, "2027-02-28")
	f(iso, calendar.Month, "2026-11-22", 3, "2027-02-22")
	f(iso, calendar.Quarter, "2026-11-22", 1, "2027-02-22")
	f(iso, calendar.Year, "2028-02-29", -1, "2027-02-28")
	f(iso, calendar.Week, "2026-11-22", 2, "2026-12-06")
	f(iso, calendar.Day, "2026-11-22", 60, "2027-01-21")
	f(iran, calendar.Month, "2026-09-22", 1, "2026-10-22") // 31 Shahrivar, 30 Mehr
	f(iran, calendar.Year, "2025-03-20", 1, "2026-03-20")  // 30 Esfand 1403, 29 Esfand 1404
}

// Working days of whole years: weekdays (261 or 262, of 2024 262) less the
// holidays that fall on one, by hand from the official lists.
func TestWorkingDaysOfYears(t *testing.T) {
	f := func(country string, rules calendar.WorkRules, want ...float64) {
		t.Helper()
		rules.Country = country
		w := working(t, rules)
		for i, n := range want {
			year := fmt.Sprint(2024 + i)
			require.InDelta(t, n, w.Days(span(year+"-01-01", year+"-12-31")), 1e-9, "%s %s", country, year)
		}
	}
	for year, days := range map[string]float64{"2024": 262, "2025": 261, "2026": 261, "2027": 261, "2028": 260} {
		require.InDelta(t, days, working(t, calendar.WorkRules{Week: map[string]float64{"saturday": 0, "sunday": 0}}).Days(span(year+"-01-01", year+"-12-31")), 1e-9, year)
	}
	//                              2024 2025 2026 2027 2028
	f("HR", calendar.WorkRules{}, 252, 250, 252, 253, 250) // 10, 11, 9, 8, 10: Corpus Christi of 2024 is Statehood Day, too
	f("DE", calendar.WorkRules{}, 253, 252, 254, 256, 252) // 9, 9, 7, 5, 8 nationwide
	f("RO", calendar.WorkRules{}, 252, 248, 250, 252, 247) // 10, 13, 11 (1 June 2026 is Whit Monday), 9, 13
	f("UA", calendar.WorkRules{}, 262, 261, 261, 261, 260) // martial law: every weekday
	f("CN", calendar.WorkRules{}, 251, 248, 248)           // as the State Council's arrangements of these years come out
	f("GB", calendar.WorkRules{}, 254, 253, 253, 253, 252) // eight bank holidays a year, all on weekdays or given on one; those of 2028 on time
	f("US", calendar.WorkRules{}, 251, 250, 250, 249, 250) // eleven; New Year of 2028 is given on 31 December 2027
	// Six days from Saturday to Thursday, which counts half: 288, 287, 286.5, 286, 288 less 22, 20, 19, 23.5, 17.5.
	f("IR", calendar.WorkRules{}, 266, 267, 267.5, 262.5, 270.5)
}

// What is not announced is said, and the year counts as the plain week less the days that the law gives.
func TestChinaBeyondTheAnnouncement(t *testing.T) {
	w := working(t, calendar.WorkRules{Country: "CN"})
	for _, y := range []string{"2027", "2028", "2029", "2030"} {
		notes := w.Notes(span(y+"-01-01", y+"-12-31"))
		require.Len(t, notes, 1)
		require.Equal(t, "workdays.not_announced", notes[0].Key)
		require.False(t, w.Announced(span(y+"-03-01", y+"-03-31")))
		moved := 0
		for day := span(y+"-01-01", y+"-12-31"); day.From < day.To; day.From++ {
			if _, name := w.Day(day.From); name.Key == "workdays.moved" {
				moved++
			}
		}
		require.Zero(t, moved, y)
	}
	require.True(t, w.Announced(span("2026-01-01", "2026-12-31")))
	require.True(t, working(t, calendar.WorkRules{Country: "HR"}).Announced(span("2028-01-01", "2028-12-31")))
}

// The lunar holidays of Iran lie within two days of the arithmetic Islamic
// calendar (30 years of which 11 are leap); more the sighting of the moon never moves them.
func TestLunarHolidaysOfIran(t *testing.T) {
	lunar := map[string][2]int64{"tasua": {1, 9}, "ashura": {1, 10}, "arbaeen": {2, 20}, "prophet_death": {2, 28}, "reza_death": {2, 30}, "askari_death": {3, 8}, "prophet_birthday": {3, 17},
		"fatima_death": {6, 3}, "ali_birthday": {7, 13}, "mabath": {7, 27}, "mahdi_birthday": {8, 15}, "ali_death": {9, 21}, "eid_al_fitr": {10, 1}, "sadiq_death": {10, 25}, "eid_al_adha": {12, 10}, "eid_al_ghadir": {12, 18}}
	dayOf := func(year, month, of int64) int64 { // 1 Muharram 1 is 16 July 622, Julian
		return of + (59*(month-1)+1)/2 + (year-1)*354 + (3+11*year)/30 + 1948439 - 2440588
	}
	seen := 0
	for _, h := range working(t, calendar.WorkRules{Country: "IR"}).Holidays(span("2024-01-01", "2028-12-31")) {
		at, ok := lunar[name(h)]
		if !ok {
			continue
		}
		seen++
		nearest := int64(99)
		for year := int64(1445); year <= 1451; year++ {
			for extra := range int64(2) { // Eid al-Fitr has two days
				if extra > 0 && name(h) != "eid_al_fitr" {
					continue
				}
				nearest = min(nearest, max(h.Day-dayOf(year, at[0], at[1]+extra), dayOf(year, at[0], at[1]+extra)-h.Day))
			}
		}
		require.LessOrEqual(t, nearest, int64(2), "%s %s", name(h), calendar.Date(h.Day))
	}
	require.Greater(t, seen, 77)
}
