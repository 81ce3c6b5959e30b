package factsql

import (
	"fmt"
	"slices"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// periods are the buckets that bound a period, finest first. Hours and
// weekdays come again and bound none.
var periods = []kpi.Bucket{kpi.BucketDay, kpi.BucketWeek, kpi.BucketMonth, kpi.BucketQuarter, kpi.BucketYear}

// finest gives the finest period among the dimensions; ok is false without any.
func finest(dims []kpi.Dim) (b kpi.Bucket, ok bool) {
	for _, b := range periods {
		if slices.ContainsFunc(dims, func(d kpi.Dim) bool { return d.Bucket == b }) {
			return b, true
		}
	}
	return "", false
}

// edges are the first day of a bucket of the calendar and the day after its
// last, for the row d of the days table.
func (p *printer) edges(b kpi.Bucket) (from, to string) {
	if b == kpi.BucketDay {
		return "d.day", p.d.AddDays("d.day", "1", facts.Day)
	}
	return "d." + string(b) + "_start", "d." + string(b) + "_end"
}

// bound prints PeriodStart or PeriodEnd; "" is a null known beforehand.
func (p *printer) bound(start bool) string {
	if p.s.Span {
		if _, ok := finest(p.s.Dims); ok {
			return map[bool]string{true: "p.from_day", false: "p.to_day"}[start]
		}
	} else if b, ok := finest(p.s.Dims); ok {
		var from, to string
		if b == kpi.BucketDay {
			from = p.day()
			to = p.d.AddDays(from, "1", facts.Day)
		} else {
			p.days = true
			from, to = p.edges(b)
		}
		return p.clip(from, to, start)
	}
	switch {
	case p.s.Undated:
		return ""
	case start:
		return p.d.Date(p.s.From)
	}
	return p.d.Date(p.s.To)
}

func (p *printer) clip(from, to string, start bool) string {
	switch {
	case p.s.Undated && start:
		return from
	case p.s.Undated:
		return to
	case start:
		return fmt.Sprintf("greatest(%s, %s)", from, p.d.Date(p.s.From))
	}
	return fmt.Sprintf("least(%s, %s)", to, p.d.Date(p.s.To))
}

// day is the column that says in which period a row happened.
func (p *printer) day() string {
	if !p.s.Fact.HasMoment(p.s.Date) {
		p.fail("no date %q", p.s.Date)
	}
	return "f." + p.s.Date + "_day"
}

// bucket prints a time dimension; labelled tells that it is a day, whose key
// has yet to be looked up in the calendar.
func (p *printer) bucket(b kpi.Bucket) (sql string, labelled bool) {
	if p.s.Span {
		return p.spanBucket(b), false
	}
	switch b {
	case kpi.BucketDay:
		return p.day(), true
	case kpi.BucketHour:
		p.day()
		return "f." + p.s.Date + "_hour", false
	case kpi.BucketWeekday:
		return p.d.Weekday(p.day()), false
	}
	if !slices.Contains(periods, b) {
		p.fail("no bucket %q", b)
	}
	p.days = true
	return "d." + string(b), false
}

// bucketKey prints the key of a row's bucket as a text.
func (p *printer) bucketKey(b kpi.Bucket) term {
	if p.s.Span && !slices.ContainsFunc(p.s.Dims, func(d kpi.Dim) bool { return d.Bucket == b }) {
		return p.fail("what lasts has no %q", b)
	}
	x, labelled := p.bucket(b)
	switch {
	case labelled:
		p.days = true
		x = p.dayKey("d")
	case b == kpi.BucketHour, b == kpi.BucketWeekday:
		x = "CAST(" + x + " AS VARCHAR)"
	}
	return term{kind: text, sql: x}
}

// dayKey prints the key of a row of the days table: that of its month and the
// number of the day in it, in either calendar.
func (p *printer) dayKey(alias string) string {
	number := p.d.DateNumber(alias+".day") + " - " + p.d.DateNumber(alias+".month_start") + " + 1"
	return fmt.Sprintf("(%s.month || '-' || lpad(CAST(%s AS VARCHAR), 2, '0'))", alias, number)
}

func (p *printer) spanBucket(b kpi.Bucket) string {
	f, _ := finest(p.s.Dims)
	if !slices.Contains(periods, b) && !(b == kpi.BucketWeekday && f == kpi.BucketDay) {
		p.fail("what lasts has no %q", b)
	}
	return "p." + string(b) + "_key"
}

// spans prints the periods of the answer, or "" where there is but one and its
// bounds are literals. Without a period asked for they run from the fact's
// first date to today.
func (p *printer) spans() string {
	b, ok := finest(p.s.Dims)
	if !p.s.Span || !ok {
		return ""
	}
	sql := "SELECT DISTINCT "
	for _, dim := range p.s.Dims {
		switch dim.Bucket {
		case "":
		case kpi.BucketDay:
			sql += p.dayKey("d") + " AS day_key, "
		default:
			sql += fmt.Sprintf("d.%[1]s AS %[1]s_key, ", dim.Bucket)
		}
	}
	from, to := p.edges(b)
	sql += fmt.Sprintf("%s AS from_day, %s AS to_day\n    FROM days d\n    WHERE ", p.clip(from, to, true), p.clip(from, to, false))
	if !p.s.Undated {
		return sql + fmt.Sprintf("d.day >= %s AND d.day < %s", p.d.Date(p.s.From), p.d.Date(p.s.To))
	}
	first := ""
	for i, m := range p.s.Fact.Moments {
		if i > 0 {
			first += ", "
		}
		first += fmt.Sprintf("min(%s_day)", m)
	}
	return sql + fmt.Sprintf("d.day >= (SELECT least(%s) FROM %s) AND d.day <= %s", first, p.s.Fact.Name, p.d.Date(p.now.Day))
}
