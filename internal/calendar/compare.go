package calendar

// Comparisons. A period in which today lies is not over: its days up to and
// including today are compared with as many days of the other.

// ToDate gives the days of a period that have begun: all of it once it is
// over, and all of one that lies ahead.
func (p Period) ToDate(today int64) Range {
	if p.Has(today) {
		return Range{From: p.From, To: today + 1}
	}
	return p.Range
}

// Previous gives the days to compare a period with: as many units right before
// it (the month before a month, three weeks before three weeks, as many days
// before a range of days).
func (p Period) Previous(today int64) Range {
	n := int64(0)
	for at := p.From; at < p.To; n++ {
		at = p.cal.shift(p.Unit, at, 1)
	}
	return p.sameWay(Range{From: p.cal.shift(p.Unit, p.From, -n), To: p.From}, today)
}

// YearAgo gives the same months, quarters or weeks by number, or the same
// dates, a year before. Where that year has no such date or week (29 February,
// week 53), it is the last one before.
func (p Period) YearAgo(today int64) Range {
	return p.sameWay(Range{From: p.yearBefore(p.From), To: p.endYearBefore()}, today)
}

// SameWeekdays gives as many days, moved back by the fewest whole weeks that
// keep them clear of the period: Mondays are compared with Mondays.
func (p Period) SameWeekdays(today int64) Range {
	now := p.ToDate(today)
	back := (now.Days() + 6) / 7 * 7
	return Range{From: now.From - back, To: now.To - back}
}

// sameWay shortens the other range as far as the period has gone.
func (p Period) sameWay(other Range, today int64) Range {
	if now := p.ToDate(today); now != p.Range {
		other.To = min(other.To, other.From+now.Days())
	}
	return other
}

// endYearBefore moves the last unit, so that a period ends as it did.
func (p Period) endYearBefore() int64 {
	last := p.cal.first(p.Unit, p.To-1)
	return p.cal.shift(p.Unit, p.yearBefore(last), 1)
}

// yearBefore gives the first day of the unit that stands a year before the one
// beginning on a day.
func (p Period) yearBefore(first int64) int64 {
	switch p.Unit {
	case Month, Quarter, Year:
		return p.cal.shift(p.Unit, first, -int64(12/monthsOf(p.Unit)))
	case Week:
		year, n := p.cal.week(first)
		for ; ; n-- {
			if w, ok := p.cal.weekOf(int(year-1), int(n)); ok {
				return w.From
			}
		}
	}
	y, m, d := p.cal.years().date(first)
	month := p.cal.years().day(y-1, m)
	return min(month+int64(d)-1, p.cal.shift(Month, month, 1)-1)
}
