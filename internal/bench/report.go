package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// seconds writes a time with three digits or so.
func seconds(d time.Duration) string {
	switch {
	case d >= 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
}

func size64(n int64) string {
	if n >= 10*1_000_000_000 {
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

// short writes a number of calls: 1 M.
func short(n int) string {
	switch {
	case n%1_000_000 == 0:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n%1000 == 0:
		return fmt.Sprintf("%d k", n/1000)
	}
	return fmt.Sprint(n)
}

// page writes all that was ever measured, as tables.
func (r *results) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Machine: %s.\n\n", r.Machine)
	var versions []string
	for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
		versions = append(versions, name+" "+r.Versions[name])
	}
	fmt.Fprintf(&b, "Versions: %s.\n", strings.Join(versions, ", "))
	for _, name := range slices.Sorted(maps.Keys(r.Missing)) {
		fmt.Fprintf(&b, "\n**%s was not measured**: %s.\n", name, r.Missing[name])
	}
	r.goals(&b)
	for _, s := range r.Sizes {
		s.table(&b)
		s.processors(&b)
	}
	r.growth(&b)
	return b.String()
}

func (r *results) goals(b *strings.Builder) {
	b.WriteString("\n## Goals\n\n| work | calls | goal | measured | | by time on processors |\n|---|---|---|---|---|---|\n")
	for _, t := range targets {
		s, text, met, ok := t.at(r)
		if !ok {
			fmt.Fprintf(b, "| %s | %s | %s | not measured | | |\n", t.row, short(t.calls), t.goal())
			continue
		}
		judged := "missed"
		if met && t.metByProcessors(s) {
			judged = "reached"
		}
		at := short(t.calls)
		if s.Calls != t.calls {
			at += ", here " + short(s.Calls)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", t.row, at, t.goal(), text, judged, t.byProcessors(s))
	}
}

// sides are those of a size's rows, callpace first.
func (s *size) sides() []string {
	names := map[string]bool{}
	for _, r := range s.Rows {
		for name := range r.Times {
			names[name] = true
		}
		for name := range r.Bytes {
			names[name] = true
		}
	}
	delete(names, us)
	return append([]string{us}, slices.Sorted(maps.Keys(names))...)
}

// rounds says how often callpace was measured at each work.
func (s *size) rounds() string {
	var list []string
	for _, r := range s.Rows {
		if n := len(r.Times[us]); n > 0 {
			list = append(list, fmt.Sprintf("%s %d", r.ID, n))
		}
	}
	return strings.Join(list, ", ")
}

func (s *size) table(b *strings.Builder) {
	sides := s.sides()
	fmt.Fprintf(b, "\n## %s calls\n\n%s of CSV, %s. Medians of rounds in turn: %s. In brackets the first time in a fresh process; behind it how many times callpace's figure it is. Load of the machine %s.\n\n| |",
		short(s.Calls), size64(s.Bytes), s.When, s.rounds(), s.Load)
	for _, side := range sides {
		fmt.Fprintf(b, " %s |", side)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(sides)) + "|\n")
	for _, r := range s.Rows {
		fmt.Fprintf(b, "| **%s**: %s |", r.ID, r.Title)
		for _, side := range sides {
			fmt.Fprintf(b, " %s |", r.cell(side))
		}
		b.WriteString("\n")
	}
}

func (r *row) cell(side string) string {
	ratio := func(mine, other float64) string {
		if side == us || mine == 0 {
			return ""
		}
		return fmt.Sprintf(" · %.3g ×", other/mine)
	}
	if n := r.Bytes[side]; n > 0 {
		return size64(n) + ratio(float64(r.Bytes[us]), float64(n))
	}
	if len(r.Times[side]) == 0 {
		return ""
	}
	median := r.median(side)
	text := seconds(median)
	if cold := r.Cold[side]; cold > 0 {
		text += " (" + seconds(cold) + ")"
	}
	return text + ratio(float64(r.median(us)), float64(median))
}

// processors is a table of the time on processors, where it was measured.
func (s *size) processors(b *strings.Builder) {
	sides := s.sides()
	fmt.Fprintf(b, "\n### Time on processors, %s calls\n\nOf the same rounds, all threads and processes of a side together.\n\n| |", short(s.Calls))
	for _, side := range sides {
		fmt.Fprintf(b, " %s |", side)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(sides)) + "|\n")
	for _, r := range s.Rows {
		if len(r.Spent) == 0 {
			continue
		}
		fmt.Fprintf(b, "| %s |", r.ID)
		mine := r.processors(us)
		for _, side := range sides {
			n, text := r.processors(side), ""
			if n > 0 {
				text = seconds(n)
			}
			if n > 0 && mine > 0 && side != us {
				text += fmt.Sprintf(" · %.3g ×", float64(n)/float64(mine))
			}
			fmt.Fprintf(b, " %s |", text)
		}
		b.WriteString("\n")
	}
}

// growth shows how callpace's costs grow with the number of calls.
func (r *results) growth(b *strings.Builder) {
	if len(r.Sizes) < 2 {
		return
	}
	b.WriteString("\n## Growth\n\n| callpace |")
	for _, s := range r.Sizes {
		fmt.Fprintf(b, " %s |", short(s.Calls))
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(r.Sizes)) + "|\n")
	for _, first := range r.Sizes[0].Rows {
		fmt.Fprintf(b, "| %s |", first.ID)
		for _, s := range r.Sizes {
			cell := ""
			if x := s.row(first.ID); x != nil {
				if x.Bytes[us] > 0 {
					cell = size64(x.Bytes[us])
				} else if x.median(us) > 0 {
					cell = seconds(x.median(us))
				}
			}
			fmt.Fprintf(b, " %s |", cell)
		}
		b.WriteString("\n")
	}
}

// The marks between which the tables stand in a page; what stands around them is written by hand.
const beginMark, closeMark = "<!-- measured -->\n", "<!-- end of measured -->"

func (r *results) writeInto(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), beginMark)
	_, after, ok2 := strings.Cut(rest, closeMark)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no %q and %q", path, strings.TrimSpace(beginMark), closeMark)
	}
	return os.WriteFile(path, []byte(before+beginMark+r.page()+closeMark+after), 0o644)
}
