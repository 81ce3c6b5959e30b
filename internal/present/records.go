package present

import (
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/kpi"
)

// Records are a frame for machines, a header and rows: full precision, no
// language, and empty for "none" of a dimension and "no data" of a KPI.
func Records(f *kpi.Frame, intervals bool) (head []string, rows [][]string) {
	head = slices.Clone(f.Dims)
	shrunk := Shrunk(f)
	for i, c := range f.Columns {
		head = append(head, c.Name)
		if intervals {
			head = append(head, c.Name+".low", c.Name+".high")
		}
		if shrunk[i] {
			head = append(head, c.Name+".shrunk")
		}
		if f.Compare != nil {
			head = append(head, c.Name+".before", c.Name+".difference", c.Name+".beyond_chance")
		}
	}
	for _, r := range f.Rows {
		row := slices.Clone(r.Key)
		for i, x := range r.Figures {
			row = append(row, Plain(x))
			if intervals {
				row = append(row, number(x.Interval, x.Low), number(x.Interval, x.High))
			}
			if shrunk[i] {
				row = append(row, number(x.IsShrunk, x.Shrunk))
			}
			if f.Compare != nil {
				row = append(row, comparedRecord(x.Compared)...)
			}
		}
		rows = append(rows, row)
	}
	return head, rows
}

func comparedRecord(c *kpi.Compared) []string {
	if c == nil {
		return []string{"", "", ""}
	}
	beyond := ""
	if c.Judged {
		beyond = strconv.FormatBool(c.Beyond)
	}
	return []string{Plain(c.Before), Plain(kpi.Figure{Valid: c.Valid, Number: c.Diff, Exact: c.Exact, IsExact: c.IsExact}), beyond}
}

// Plain writes a figure for machines: exactly where it is exact.
func Plain(x kpi.Figure) string {
	if x.Valid && x.IsExact {
		return x.Exact.String()
	}
	return number(x.Valid, x.Number)
}

func number(valid bool, v float64) string {
	if !valid {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
