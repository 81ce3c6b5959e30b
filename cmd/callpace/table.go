package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// grid is a table for people: a header and cells that are already in the
// reader's language.
type grid struct {
	head  []string
	right []bool // columns of numbers
	rows  [][]string
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
	total := 2 * (len(width) - 1)
	for _, n := range width {
		total += n
	}
	fmt.Fprintln(w, strings.Repeat("─", total))
	for _, row := range g.rows {
		line(row)
	}
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
