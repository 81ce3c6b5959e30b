package facts

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What is decoded in pieces and appended equals what is decoded at once.
func TestAppendEqualsOneBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 140), 1, 4).Draw(t, "sizes")
		density := rapid.IntRange(1, 4).Draw(t, "density")
		whole, joined, record := &Batch{}, &Batch{}, 0
		if rapid.Bool().Draw(t, "used") {
			for i := range 200 {
				add(joined, i, 1)
			}
			joined.Reset()
		}
		piece := &Batch{}
		for _, n := range sizes {
			piece.Reset()
			for range n {
				add(whole, record, density)
				add(piece, record, density)
				record++
			}
			joined.Append(piece)
		}
		require.Equal(t, render(whole), render(joined))
	})
}

// add makes a record with a call, an attribute and a part, of which some are empty.
func add(b *Batch, i, density int) {
	b.Read++
	b.Records = append(b.Records, Record{Origin: uint64(i)})
	rows := b.Rows(Calls)
	row := rows.Add(len(b.Records) - 1)
	if i%density == 0 {
		rows.SetInt(row, Calls.Col("attempt"), int64(i))
		rows.SetText(row, Calls.Col("queue"), fmt.Sprint("q", i))
	}
	if i%(3*density) == 1 {
		rows.SetAttr(row, "region", fmt.Sprint("r", i))
		b.Parts = append(b.Parts, Part{Record: int32(len(b.Records) - 1), Group: fmt.Sprint("g", i)})
	}
	if i%7 == 0 {
		b.Rejects = append(b.Rejects, Reject{Line: int64(i)})
	}
}

// render writes a batch row by row.
func render(b *Batch) (lines []string) {
	lines = append(lines, fmt.Sprint(b.Read, b.Records, b.Rejects, b.Parts))
	for _, rows := range b.Tables {
		if rows == nil {
			continue
		}
		for i := range rows.N {
			line := fmt.Sprint(rows.Table.Name, " ", rows.Record[i])
			for c := range rows.Cols {
				line += fmt.Sprint(" ", rows.Cols[c].Has(i), rows.Cols[c].Int(i), rows.Cols[c].Text(i))
			}
			if v := rows.Attrs["region"]; v != nil && v.Has(i) {
				line += fmt.Sprint(" ", v.Text(i))
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func BenchmarkAppend(b *testing.B) {
	piece, joined := &Batch{}, &Batch{}
	for i := range 10_000 {
		add(piece, i, 1)
	}
	b.ReportAllocs()
	for range b.N {
		joined.Reset()
		for range 10 {
			joined.Append(piece)
		}
	}
	b.ReportMetric(float64(100_000*b.N)/b.Elapsed().Seconds(), "rows/s")
}
