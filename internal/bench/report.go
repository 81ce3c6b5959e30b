package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report collects the figures.
type report struct {
	options
	engine   string // DuckDB's version
	csvBytes int64
	peak     int64 // of the import, in bytes
	rows     []comparison
}

type comparison struct {
	what         string
	ours, theirs time.Duration // medians
	goal         string
}

func (r *report) add(what string, ours, theirs []time.Duration, goal string) {
	r.rows = append(r.rows, comparison{what, median(ours), median(theirs), goal})
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func (r *report) describe(ctx context.Context, w work) error {
	info, err := os.Stat(w.csv)
	if err != nil {
		return err
	}
	r.csvBytes = info.Size()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	return db.QueryRowContext(ctx, "SELECT version()").Scan(&r.engine)
}

func (r *report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d calls of 24 columns (%d MB), %d processors, %s/%s, %s, DuckDB %s, medians\n\n", r.calls, r.csvBytes/1_000_000,
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), r.engine)
	b.WriteString("| | callpace | bare DuckDB | ratio | goal |\n|---|---|---|---|---|\n")
	for _, c := range r.rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f × | %s |\n", c.what, seconds(c.ours), seconds(c.theirs), float64(c.ours)/float64(c.theirs), c.goal)
	}
	if r.peak > 0 {
		fmt.Fprintf(&b, "| largest memory of the import | %d MiB | | | < 1024 MiB |\n", r.peak>>20)
	}
	return b.String()
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func (r *report) page() string {
	return `# Benchmarks

` + "`make bench`" + ` measures callpace beside bare DuckDB, in turn, on the same generated call log. The times are of one machine; what
can be compared is the ratios.

` + r.table() + `
- **Import** is the whole command on a fresh data folder: bytes journalled and synced, rows decoded and checked, late corrections of
  earlier calls resolved, identity, lead stories and days derived. Bare DuckDB reads the same file into one table of 24 typed
  columns with ` + "`read_csv`" + `: no journal, no keys, no second look at a row.
- 15 % of the rows correct an earlier call, two thirds of them one of the latest 50,000 calls and the others any.
- **The command** is ` + "`callpace kpi … -o csv`" + ` from its start to its end, beside a program that opens the same file and puts one statement to it;
  as JSON it also gives the intervals of means, for which it asks by day and agent. **In the process** both sides have the file open.
- The SQL by hand is one scan with twelve filtered aggregates over the fact table (internal/bench/kpis.go). Both sides have to agree on every
  number, or the bench fails.
`
}
