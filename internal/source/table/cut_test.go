package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/source"
)

// chunks cuts data as an import does: size bytes are read at a time, and what
// cannot be cut is read on; with record bytes and no cut it gives up.
func chunks(r *Reader, data []byte, line int64, size, record int) (out []source.Chunk) {
	from, to := 0, 0
	for to < len(data) {
		to = min(to+size, len(data))
		for {
			view := data[from:min(to, from+record)]
			if len(view) == 0 {
				break
			}
			n, lines := r.Cut(view, len(view) == record)
			if n == 0 {
				break
			}
			out = append(out, source.Chunk{Data: data[from : from+n : from+n], Line: line})
			from += n
			line += lines
		}
	}
	if from < len(data) {
		out = append(out, source.Chunk{Data: data[from:], Line: line, Tail: true})
	}
	return out
}

// checkCuts compares reading in pieces with reading at once, and asks Rewrite
// to give the same bytes back.
func checkCuts(t require.TestingT, l Layout, data []byte, size int, limit limits) {
	one, err := open(l, data, limit)
	if err != nil {
		return
	}
	start, lines := one.Start()
	require.LessOrEqual(t, start, int64(len(data)))
	read := func(r *Reader, cs []source.Chunk) (rows []string) {
		torn := int64(0)
		for _, c := range cs {
			r.Rows(c, func(row Row) bool {
				if row.Bad != nil && row.Bad.Key == "reject.record_too_long" {
					row.Raw = ""
					if torn == row.Line {
						return true // a further piece of the same line
					}
					torn = row.Line
				}
				rows = append(rows, show(r.Columns(), row)+" <"+row.Raw+">")
				return true
			})
			same, n := r.Rewrite(c, func(Row) ([]string, bool) { return nil, false })
			require.Zero(t, n)
			require.Equal(t, c.Data, same)
		}
		return rows
	}
	want := read(one, []source.Chunk{{Data: data[start:], Line: lines + 1, Tail: true}})
	cut, err := open(l, data, limit)
	require.NoError(t, err)
	// The smallest limit for giving up that Cut is made for.
	require.Equal(t, want, read(cut, chunks(cut, data[start:], lines+1, size, limit.record)))
}

var smallLimits = limits{record: 60, span: 30, spanLines: 4, columns: 5}

func TestCutsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{
			"a", "bb", "č", "喂", ",", ",", "\n", "\n", "\r\n", "\r", `"`, `""`, `"x`, `y"`, `\`, `\"`, "#", " ", "\t", "\x00", "\xff", "long enough to matter",
		}), 0, 60).Draw(t, "parts")
		text := strings.Join(parts, "")
		l := Layout{
			Encoding:  rapid.SampledFrom([]string{"utf-8", "windows-1250", "utf-16le", "utf-16be", "gb18030"}).Draw(t, "encoding"),
			Delimiter: rapid.SampledFrom([]string{",", "spaces", "\t", ""}).Draw(t, "delimiter"),
			Escape:    rapid.SampledFrom([]string{"", `\`}).Draw(t, "escape"),
			Comment:   rapid.SampledFrom([]string{"", "#"}).Draw(t, "comment"),
		}
		c, err := findCharset(l.Encoding)
		require.NoError(t, err)
		data := []byte(text)
		if rapid.Bool().Draw(t, "encoded") {
			data = c.encode(text)
		}
		size := rapid.IntRange(1, 80).Draw(t, "size")
		checkCuts(t, l, data, size, smallLimits)
	})
}

func TestLongLine(t *testing.T) {
	long := strings.Repeat("x", source.MaxRecord+source.MaxRecord/2)
	data := "a,b\n1,2\n" + long + ",3\n\"4\",5\n"
	r, err := Open(Layout{}, []byte(data)[:source.HeadSize])
	require.NoError(t, err)
	start, lines := r.Start()
	var got []string
	for _, c := range chunks(r, []byte(data)[start:], lines+1, 1<<20, source.MaxRecord) {
		r.Rows(c, func(row Row) bool {
			require.Less(t, len(row.Raw), 5000)
			got = append(got, show(r.Columns(), row))
			return true
		})
	}
	require.Equal(t, []string{"2: 1|2", "3: record_too_long limit=8", "4: 4|5"}, got)
}
