package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is what was tried and found.
type report struct {
	began time.Time
	rows  []row
}

// row is one kind of torment.
type row struct {
	Part, What string
	Cases      int
	Checked    string   // what was looked at after each case
	Seen       string   // figures that the next reader wants to know; "" for none
	Found      []string // what went wrong; none is good
}

func (r *report) add(x row) { r.rows = append(r.rows, x) }

// found counts the cases that went wrong.
func (r *report) found() (n int) {
	for _, x := range r.rows {
		n += len(x.Found)
	}
	return n
}

// mostFound is how many faults of one kind are printed.
const mostFound = 5

// table writes the report for a terminal.
func (r *report) table(seed uint64) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "part\twhat\tcases\tfound\tchecked\t")
	for _, x := range r.rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t\n", x.Part, x.What, x.Cases, len(x.Found), strings.Join(slices.DeleteFunc([]string{x.Checked, x.Seen}, func(s string) bool { return s == "" }), "; "))
	}
	_ = w.Flush()
	for _, x := range r.rows {
		for _, f := range x.Found[:min(mostFound, len(x.Found))] {
			fmt.Fprintf(&b, "\n%s, %s: %s\n", x.Part, x.What, f)
		}
	}
	fmt.Fprintf(&b, "\nseed %d, %v\n", seed, time.Since(r.began).Round(time.Second))
	return b.String()
}

// Marks of a page between which the table stands.
const (
	markBegin = "<!-- torture: written by make torture -->"
	markEnd   = "<!-- end -->"
)

// write puts the report into a page.
func (r *report) write(path string, seed uint64) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	front, rest, ok := strings.Cut(string(page), markBegin)
	_, back, closed := strings.Cut(rest, markEnd)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the table: %q and %q", path, markBegin, markEnd)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n%s, %s/%s, %d processors, seed %d, %v.\n\n", front, markBegin, r.began.UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), seed, time.Since(r.began).Round(time.Second))
	b.WriteString("| part | what | cases | found | checked after each | seen |\n|---|---|---|---|---|---|\n")
	for _, x := range r.rows {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %s | %s |\n", x.Part, x.What, x.Cases, len(x.Found), x.Checked, x.Seen)
	}
	return os.WriteFile(path, []byte(b.String()+markEnd+back), 0o644)
}
