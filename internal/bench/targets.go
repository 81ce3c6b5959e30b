package main

import (
	"fmt"
	"time"
)

// target is a figure that a work has to reach, at a number of calls. Exactly
// one of its limits is set.
type target struct {
	row    string
	calls  int
	of     string        // the side that it is compared with; "": none
	atMost float64       // times the other's
	plus   time.Duration // allowed beside atMost
	faster float64       // at least so many times faster than the other
	within time.Duration // 95 of 100
	bytes  int64
	ofRow  string // compared with callpace's own figure of another row
}

const (
	m1   = 1_000_000
	gib  = 1 << 30
	mega = 1_000_000
)

var targets = []target{
	{row: "import", calls: 10 * m1, of: "bare DuckDB", atMost: 3},
	{row: "import", calls: 10 * m1, of: "PostgreSQL", faster: 2},
	{row: "import", calls: 10 * m1, of: "MariaDB InnoDB", faster: 5},
	{row: "import_memory", calls: 10 * m1, bytes: gib},
	{row: "kpis", calls: 10 * m1, of: "bare DuckDB", atMost: 1.3, plus: 10 * time.Millisecond},
	{row: "kpis", calls: 10 * m1, of: "PostgreSQL", faster: 8},
	{row: "kpis", calls: 10 * m1, of: "MariaDB InnoDB", faster: 50},
	{row: "kpis", calls: 10 * m1, of: "chDB", faster: 1},
	{row: "kpis_again", calls: 10 * m1, of: "bare DuckDB", atMost: 1.3, plus: 10 * time.Millisecond},
	{row: "kpis_again", calls: 10 * m1, of: "PostgreSQL", faster: 8},
	{row: "kpis_again", calls: 10 * m1, of: "MariaDB InnoDB", faster: 50},
	{row: "kpis_again", calls: 10 * m1, of: "chDB", faster: 1},
	{row: "trend", calls: 50 * m1, within: time.Second},
	{row: "trend_again", calls: 50 * m1, within: time.Second},
	{row: "trend", calls: 50 * m1, of: "PostgreSQL", faster: 10},
	{row: "overview", calls: 100 * m1, within: time.Second},
	{row: "funnel", calls: 10 * m1, within: time.Second},
	{row: "funnel_again", calls: 10 * m1, within: time.Second},
	{row: "report_beside", calls: 10 * m1, ofRow: "report_alone", atMost: 3},
	{row: "take_beside", calls: 10 * m1, ofRow: "take_alone", atMost: 3},
	{row: "correct", calls: 10 * m1, within: time.Second},
	{row: "find", calls: 50 * m1, within: 200 * time.Millisecond},
	{row: "start", calls: 10 * m1, within: 2 * time.Second},
	{row: "idle_memory", calls: 10 * m1, bytes: 200 * mega},
	{row: "disk", calls: 10 * m1, of: "PostgreSQL", atMost: 0.5},
	{row: "rebuild", calls: 10 * m1, ofRow: "import", atMost: 1.5},
}

// goal says what is to be reached.
func (t target) goal() string {
	of := t.of
	if t.ofRow != "" {
		of = map[string]string{"report_alone": "a report alone", "take_alone": "the import alone", "import": "the import"}[t.ofRow]
	}
	switch {
	case t.bytes > 0:
		return "< " + size64(t.bytes)
	case t.within > 0:
		return "p95 < " + seconds(t.within)
	case t.faster == 1:
		return "no slower than " + of
	case t.faster > 0:
		return fmt.Sprintf("≥ %g × faster than %s", t.faster, of)
	case t.plus > 0:
		return fmt.Sprintf("≤ %g × %s + %s", t.atMost, of, seconds(t.plus))
	}
	return fmt.Sprintf("≤ %g × %s", t.atMost, of)
}

// measured says what came out at a size; ok is false where it was not measured.
func (t target) measured(s *size) (text string, met, ok bool) {
	r := s.row(t.row)
	if r == nil {
		return "", false, false
	}
	mine := float64(r.median(us))
	if t.bytes > 0 || r.Bytes[us] > 0 {
		mine = float64(r.Bytes[us])
	}
	if mine == 0 {
		return "", false, false
	}
	switch {
	case t.bytes > 0:
		return size64(r.Bytes[us]), r.Bytes[us] < t.bytes, true
	case t.within > 0:
		p95 := quantile(r.Times[us], 0.95)
		return seconds(p95), p95 < t.within, true
	}
	other := float64(r.median(t.of))
	if r.Bytes[t.of] > 0 {
		other = float64(r.Bytes[t.of])
	}
	if t.ofRow != "" {
		if beside := s.row(t.ofRow); beside != nil {
			other = float64(beside.median(us))
		}
	}
	if other == 0 {
		return "", false, false
	}
	if t.faster > 0 {
		return fmt.Sprintf("%.1f × faster", other/mine), other/mine >= t.faster, true
	}
	return fmt.Sprintf("%.2f ×", mine/other), mine <= t.atMost*other+float64(t.plus), true
}

// onProcessors are callpace's and the other's times on processors, 0 where not measured.
func (t target) onProcessors(s *size) (mine, other float64) {
	r := s.row(t.row)
	mine, other = float64(r.processors(us)), float64(r.processors(t.of))
	if beside := s.row(t.ofRow); beside != nil {
		other = float64(beside.processors(us))
	}
	return mine, other
}

// byProcessors is the same ratio of times on processors.
func (t target) byProcessors(s *size) string {
	mine, other := t.onProcessors(s)
	switch {
	case mine == 0 || other == 0:
		return ""
	case t.faster > 0:
		return fmt.Sprintf("%.1f × less", other/mine)
	}
	return fmt.Sprintf("%.2f ×", mine/other)
}

// metByProcessors tells whether the time on processors does not speak against a
// goal: on a busy machine the time that passed can be luck.
func (t target) metByProcessors(s *size) bool {
	mine, other := t.onProcessors(s)
	switch {
	case mine == 0 || other == 0:
		return true
	case t.faster > 0:
		return other >= t.faster*mine
	}
	return mine <= t.atMost*other+float64(t.plus)
}

// at finds the size to judge by: the target's own, or else the largest below
// it, or else the smallest.
func (t target) at(r *results) (s *size, text string, met, ok bool) {
	for _, x := range r.Sizes {
		if x.Calls > t.calls && ok {
			break
		}
		if text2, met2, ok2 := t.measured(x); ok2 {
			s, text, met, ok = x, text2, met2, true
		}
	}
	return s, text, met, ok
}
