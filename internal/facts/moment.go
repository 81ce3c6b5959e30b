package facts

import "time"

// Moment is when something happened: an instant, or a day of which no time is
// known. The zero Moment is unknown.
type Moment struct {
	At    time.Time // for a day without a time: noon of that day in the organisation's zone
	Day   int64     // days since 1970-01-01 in the organisation's zone
	Hour  int64     // 0 to 23, or -1 where no time of day is known
	Known bool
}

// Clock turns times into moments of the organisation's zone. It is safe for
// concurrent use.
type Clock struct{ zone *time.Location }

// NewClock makes the clock of a zone.
func NewClock(zone *time.Location) *Clock { return &Clock{zone: zone} }

// Zone gives the organisation's zone.
func (c *Clock) Zone() *time.Location { return c.zone }

// Moment gives the moment of an instant.
func (c *Clock) Moment(at time.Time) Moment {
	local := at.In(c.zone)
	// Days are counted on the wall clock, so 23- and 25-hour days need no care.
	_, offset := local.Zone()
	day := floorDiv(at.Unix()+int64(offset), 86400)
	return Moment{At: at.UTC(), Day: day, Hour: int64(local.Hour()), Known: true}
}

// DayMoment gives the moment of a date of which no time of day is known.
func (c *Clock) DayMoment(year int, month time.Month, day int) Moment {
	noon := time.Date(year, month, day, 12, 0, 0, 0, c.zone)
	return Moment{At: noon.UTC(), Day: DayOf(year, month, day), Hour: -1, Known: true}
}

// DateOf gives the civil date of a day number.
func DateOf(day int64) time.Time { return time.Unix(day*86400, 0).UTC() }

// DayOf gives the day number of a civil date.
func DayOf(year int, month time.Month, day int) int64 {
	return floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 86400)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
