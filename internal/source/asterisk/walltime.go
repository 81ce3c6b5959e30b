package asterisk

import "time"

// doubt says what is odd about a wall-clock time in its zone.
type doubt uint8

const (
	sure    doubt = iota
	gap           // clocks jumped over it
	overlap       // clocks showed it twice
)

// parseWall reads "2013-03-04 13:11:18", with or without a fraction. The
// result carries the wall clock's fields in UTC. Nothing else is accepted: a
// date that is not written as Asterisk writes it was damaged on its way.
func parseWall(s string) (wall time.Time, ok bool) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	var nanos int
	if frac := s[19:]; frac != "" {
		if frac[0] != '.' || len(frac) < 2 || len(frac) > 10 {
			return time.Time{}, false
		}
		n, ok := digits(frac[1:])
		if !ok {
			return time.Time{}, false
		}
		for range 10 - len(frac) {
			n *= 10
		}
		nanos = n
	}
	var f [6]int
	for i, span := range [6][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		n, ok := digits(s[span[0]:span[1]])
		if !ok {
			return time.Time{}, false
		}
		f[i] = n
	}
	wall = time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], nanos, time.UTC)
	// time.Date carries 31 February into March; such a date is none.
	if f[0] == 0 || wall.Day() != f[2] || wall.Hour() != f[3] || wall.Minute() != f[4] || wall.Second() != f[5] {
		return time.Time{}, false
	}
	return wall, true
}

// digits reads a number of up to nine digits.
func digits(s string) (n int, ok bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	return n, true
}

// resolve gives the instant of a wall clock in a zone. Of the two instants of
// an overlap it takes the one nearer to hint, and then there is no doubt; a
// zero hint takes the earlier one.
func resolve(wall time.Time, zone *time.Location, hint time.Time) (time.Time, doubt) {
	if zone == time.UTC {
		return wall, sure
	}
	y, m, d := wall.Date()
	at := time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	if !shows(at, wall) {
		return at, gap
	}
	other, twice := twin(at, wall)
	if !twice {
		return at, sure
	}
	if other.Before(at) {
		at, other = other, at
	}
	if hint.IsZero() {
		return at, overlap
	}
	if hint.Sub(at).Abs() > other.Sub(hint).Abs() {
		at = other
	}
	return at, sure
}

// twin gives the other instant at which the clocks of at's zone show wall.
func twin(at, wall time.Time) (other time.Time, ok bool) {
	from, to := at.ZoneBounds()
	if !to.IsZero() {
		_, offset := to.Zone()
		if other = wall.Add(-time.Duration(offset) * time.Second).In(at.Location()); !other.Before(to) && shows(other, wall) {
			return other, true
		}
	}
	if !from.IsZero() {
		_, offset := from.Add(-time.Nanosecond).Zone()
		if other = wall.Add(-time.Duration(offset) * time.Second).In(at.Location()); other.Before(from) && shows(other, wall) {
			return other, true
		}
	}
	return time.Time{}, false
}

// shows tells whether the clocks of at's zone read wall at that instant.
func shows(at, wall time.Time) bool {
	_, offset := at.Zone()
	return at.Unix()+int64(offset) == wall.Unix()
}
