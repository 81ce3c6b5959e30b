package present

import (
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
)

// Place writes a dimension's value for people in full: days as dates, months by
// their names, hours as hours, weekdays by their names. Keys of other
// dimensions are names already. None is a dash.
func (r Reader) Place(dimension, key string) string {
	if key == "" {
		return NoData
	}
	switch dimension {
	case "weekday":
		return r.Key(dimension, key)
	case "hour":
		if h, err := strconv.Atoi(key); err == nil {
			return r.T("place.hour", map[string]any{"from": r.Digits(strconv.Itoa(h) + ":00"), "to": r.Digits(strconv.Itoa(h+1) + ":00")})
		}
		return key
	}
	days, ok := r.days(dimension, key)
	if !ok {
		return key
	}
	cal := r.Calendar()
	switch dimension {
	case "day":
		return r.T("place.weekday_date", map[string]any{"weekday": r.Text("weekday." + strconv.FormatInt(calendar.Weekday(days.From), 10)), "date": r.Date(days.From)})
	case "week":
		return r.T("place.week", map[string]any{"number": r.Digits(key[len(key)-2:]), "year": r.Digits(key[:4]), "from": r.DayMonth(days.From), "to": r.DayMonth(days.To - 1)})
	case "month":
		_, month, _ := cal.Date(days.From)
		return r.T("place.month", map[string]any{"month": r.month(month), "year": r.Digits(key[:4])})
	case "quarter":
		return r.T("place.quarter", map[string]any{"number": r.Digits(key[len(key)-1:]), "year": r.Digits(key[:4])})
	}
	return r.Digits(key)
}

// PlaceShort writes a dimension's value as it stands at an axis.
func (r Reader) PlaceShort(dimension, key string) string {
	switch dimension {
	case "hour":
		return r.Digits(key)
	case "weekday":
		if name := "weekday.short." + key; r.Has(name) {
			return r.Text(name)
		}
	case "day", "week", "month":
		days, ok := r.days(dimension, key)
		if !ok {
			return key
		}
		if dimension == "month" {
			_, month, _ := r.Calendar().Date(days.From)
			return r.month(month)
		}
		return r.DayMonth(days.From)
	}
	return r.Place(dimension, key)
}

// DayMonth writes a day without its year, as short as at an axis.
func (r Reader) DayMonth(day int64) string {
	_, month, d := r.Calendar().Date(day)
	name := r.months() + "short." + strconv.Itoa(month)
	if r.Calendar().Hijri() { // they are not cut short
		name = r.months() + "of." + strconv.Itoa(month)
	}
	return r.T("place.day_month", map[string]any{"day": d, "month": r.Text(name)})
}

func (r Reader) month(n int) string { return r.Text(r.months() + strconv.Itoa(n)) }

func (r Reader) months() string {
	if r.Calendar().Hijri() {
		return "calendar.hijri."
	}
	return "calendar.gregorian."
}

// days are those of the key of a period; ok is false for what is none.
func (r Reader) days(dimension, key string) (calendar.Range, bool) {
	switch dimension {
	case "day", "week", "month", "quarter", "year":
		p, err := r.Calendar().Parse(key, 0)
		return p.Range, err == nil && len(key) >= 4
	}
	return calendar.Range{}, false
}
