// Package kpitest proves KPIs by rows: tiny tables of facts, a question, the
// answer that a person can check by eye (cases/*.txt). Every engine runs the
// same cases.
package kpitest

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

//go:embed cases/*.txt
var files embed.FS

// Currency is the organisation's currency in all cases.
const Currency = "EUR"

// Now is when all questions are asked.
var Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Calendar is the organisation's calendar in all cases that say no other: in
// UTC, with weeks that begin on Monday.
var Calendar = calendar.New(facts.Gregorian, time.Monday)

// Run runs every case on the engine that holds the rows of its batch. Derived
// columns and tables are filled as the case says them.
func Run(t *testing.T, engine func(t *testing.T, c Case) kpi.Engine) {
	catalogue, err := kpi.Load()
	require.NoError(t, err)
	for _, c := range Cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			e := engine(t, c)
			for _, q := range c.Questions {
				t.Run(q.text, func(t *testing.T) { q.check(t, catalogue, e) })
			}
		})
	}
}

// Case is one set of rows and what is asked of it.
type Case struct {
	Name      string
	Rows      *facts.Batch
	Questions []Question
	Calendar  calendar.Calendar
	clock     *facts.Clock
}

// Question is a query with the answer wanted.
type Question struct {
	Query kpi.Query
	text  string
	fails string // key of the error wanted
	head  []string
	want  [][]string
}

// Asked lists the KPIs and variants that some case asks for.
func Asked(t *testing.T) map[string]bool {
	out := map[string]bool{}
	for _, c := range Cases(t) {
		for _, q := range c.Questions {
			for _, name := range q.Query.KPIs {
				out[name] = true
			}
		}
	}
	return out
}

// Cases reads all cases.
func Cases(t *testing.T) []Case {
	names, err := fs.Glob(files, "cases/*.txt")
	require.NoError(t, err)
	var out []Case
	for _, name := range names {
		data, err := files.ReadFile(name)
		require.NoError(t, err)
		for _, text := range strings.Split("\n"+string(data), "\n== ")[1:] {
			title, body, _ := strings.Cut(text, "\n")
			c, err := read(body)
			require.NoError(t, err, "%s: %s", name, title)
			c.Name = strings.TrimSuffix(path.Base(name), ".txt") + ": " + title
			out = append(out, c)
		}
	}
	return out
}

func (q Question) check(t *testing.T, c *kpi.Catalogue, e kpi.Engine) {
	f, err := c.Run(context.Background(), e, q.Query)
	if q.fails != "" {
		var ce *callpace.Error
		require.ErrorAs(t, err, &ce)
		require.Equal(t, q.fails, ce.Key)
		return
	}
	require.NoError(t, err)
	var got [][]string
	for _, r := range f.Rows {
		cells := append([]string{}, r.Key...)
		for _, x := range r.Figures {
			cells = append(cells, show(x))
		}
		got = append(got, cells)
	}
	require.Equal(t, len(q.want), len(got), "rows: %v", got)
	for i, want := range q.want {
		for j, w := range want {
			require.True(t, same(w, got[i][j]), "row %d, %s: want %s, got %s\nall: %v", i+1, q.head[j], w, got[i][j], got)
		}
	}
}

func show(x kpi.Figure) string {
	if !x.Valid {
		return "-"
	}
	return strings.TrimSpace(fmt.Sprint(x.Number) + " " + x.Currency)
}

// same compares a cell: texts as such, numbers to 1e-6. 2/3 is a number, and
// so is "12 EUR" where the currencies are equal.
func same(want, got string) bool {
	if want == got || want == "." && got == "" {
		return true
	}
	a, ac, ok := number(want)
	b, bc, ok2 := number(got)
	return ok && ok2 && (ac == bc || ac == "" && bc == Currency) && math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(a))
}

func number(s string) (v float64, currency string, ok bool) {
	s, currency, _ = strings.Cut(s, " ")
	num, den, fraction := strings.Cut(s, "/")
	if n, err := fmt.Sscan(num, &v); n != 1 || err != nil {
		return 0, "", false
	}
	if fraction {
		var d float64
		if n, err := fmt.Sscan(den, &d); n != 1 || err != nil || d == 0 {
			return 0, "", false
		}
		v /= d
	}
	return v, currency, true
}
