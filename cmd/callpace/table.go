package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// grid is a table for people: a header and cells that are already in the
// reader's language.
type grid struct {
	head  []string
	right []bool // columns of numbers
	rows  [][]string
	// unfold lets a table that is wider than the terminal become a list of its
	// rows, a column a line.
	unfold bool
}

// add appends a row. Data may hold anything, so what would move the cursor or
// turn the line around is taken out.
func (g *grid) add(cells ...string) {
	for i, c := range cells {
		cells[i] = printable(c)
	}
	g.rows = append(g.rows, cells)
}

// printable takes control characters and marks of direction out of a text;
// messages may keep their line breaks.
func printable(s string, keep ...rune) string {
	return strings.Map(func(r rune) rune {
		if slices.Contains(keep, r) {
			return r
		}
		if unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s)
}

// print writes the grid with aligned columns. Nothing is drawn but one rule
// under the header.
func (g *grid) print(w io.Writer) {
	for i, h := range g.head {
		g.head[i] = printable(h)
	}
	width := make([]int, len(g.head))
	for _, row := range append([][]string{g.head}, g.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], uniseg.StringWidth(cell))
		}
	}
	if room := terminalWidth(w); g.unfold && room > 0 && sum(width)+2*(len(width)-1) > room {
		g.printUnfolded(w)
		return
	}
	line := func(cells []string) {
		var b strings.Builder
		for i, cell := range cells {
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", width[i]-uniseg.StringWidth(cell))
			if g.right != nil && i < len(g.right) && g.right[i] {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	line(g.head)
	fmt.Fprintln(w, strings.Repeat("─", sum(width)+2*(len(width)-1)))
	for _, row := range g.rows {
		line(row)
	}
}

// printUnfolded writes each row as lines of a column and its value; what is
// empty is left out.
func (g *grid) printUnfolded(w io.Writer) {
	width := 0
	for _, h := range g.head {
		width = max(width, uniseg.StringWidth(h))
	}
	for n, row := range g.rows {
		if n > 0 {
			fmt.Fprintln(w)
		}
		for i, cell := range row {
			if cell != "" {
				fmt.Fprintln(w, g.head[i]+strings.Repeat(" ", width-uniseg.StringWidth(g.head[i]))+"  "+cell)
			}
		}
	}
}

// terminalWidth gives the columns of a terminal; 0 where w is none, since what
// is piped is read by programs or wide files.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

func sum(widths []int) (total int) {
	for _, n := range widths {
		total += n
	}
	return total
}

// writeCSV writes rows for machines.
func writeCSV(w io.Writer, head []string, rows [][]string) error {
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	return out.WriteAll(rows)
}

// writeJSON writes a value for machines.
func writeJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
