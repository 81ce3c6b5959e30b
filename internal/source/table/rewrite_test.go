package table

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/source"
)

// blank empties every value "Ana".
func blank(row Row) ([]string, bool) {
	if row.Bad != nil {
		return []string{"erased"}, strings.Contains(row.Raw, "Ana")
	}
	changed := false
	for i, v := range row.Fields {
		if strings.Contains(v, "Ana") {
			row.Fields[i], changed = "", true
		}
	}
	return row.Fields, changed
}

func TestRewrite(t *testing.T) {
	f := func(l Layout, data, want string, changes int) {
		t.Helper()
		c := utf8Charset
		if l.Encoding != "" {
			c, _ = findCharset(l.Encoding)
		}
		in := c.encode(data)
		r, err := Open(l, in)
		require.NoError(t, err)
		start, lines := r.Start()
		got, n := r.Rewrite(source.Chunk{Data: in[start:], Line: lines + 1, Tail: true}, blank)
		require.Equal(t, want, string(append(in[:start:start], got...)))
		require.Equal(t, changes, n)
		again, n := r.Rewrite(source.Chunk{Data: got, Line: lines + 1, Tail: true}, blank)
		require.Zero(t, n)
		require.Equal(t, got, again)
	}
	g := func(l Layout, data, value, want string) {
		t.Helper()
		r, err := Open(l, []byte(data))
		require.NoError(t, err)
		start, _ := r.Start()
		got, _ := r.Rewrite(source.Chunk{Data: []byte(data)[start:]}, func(row Row) ([]string, bool) {
			return []string{value, row.Fields[1]}, true
		})
		require.Equal(t, want, string(got))
	}
	g(Layout{}, "a,b\n1,2\n", "x,\"y\"\n", "x_\"y\" ,2\n")
	g(Layout{}, "a,b\n1,2\n", "\"y\"", "_y\",2\n")
	g(Layout{}, "a,b\n\"1\",2\n", "x,\"y\"", "\"x,\"\"y\"\"\",2\n")
	g(Layout{}, "a,b\n\"\",2\n", "x", "x,2\n")
	g(Layout{Comment: "#"}, "a,b\n1,2\n", "#1", "_1,2\n")
	g(Layout{Escape: `\`}, "a,b\n\"1\",2\n", `x"\`, `"x\"\\",2`+"\n")
	g(Layout{Delimiter: "spaces"}, "a b\n1 2\n", "x y", "x_y 2\n")

	u16 := func(s string) string { c, _ := findCharset("utf-16le"); return string(c.encode(s)) }

	f(Layout{}, "n,b\nAna,2\nIvo , 3\r\n\"Ana\",\"x, \"\"y\"\"\"\n", "n,b\n,2\nIvo , 3\r\n\"\",\"x, \"\"y\"\"\"\n", 2)
	f(Layout{}, "n,b\n1,\"Ana\nAna\"\r\n\n3,4", "n,b\n1,\"\"\r\n\n\n3,4", 1) // line 5 stays line 5
	f(Layout{Delimiter: ","}, "n\nAna\nIvo\n", "n\n\"\"\nIvo\n", 1)
	f(Layout{Quote: "none", Delimiter: ","}, "n\nAna\nIvo\n", "n\n-\nIvo\n", 1)
	f(Layout{Delimiter: "spaces"}, "n  b\nAna   2\n", "n  b\n\"\"   2\n", 1)
	f(Layout{}, "n,b\n1,\"Ana\n3,4\n", "n,b\nerased\n3,4\n", 1)
	f(Layout{Encoding: "windows-1250"}, "n;b\nAna;Šć\n\"Č\";Ana\n", "n;b\n;\x8a\xe6\n\"\xc8\";\n", 2)
	f(Layout{Encoding: "utf-16le"}, "n;b\nAna;\"Šć\n\"\nČ;Ana", u16("n;b\n;\"Šć\n\"\nČ;"), 2)
	f(Layout{Kind: JSONL}, `{"n":"Ana", "t":{"x": [ "Ana" ]}, "k":1.50}`+"\n{}\nAna\n",
		`{"n":"", "t":{"x": ""}, "k":1.50}`+"\n{}\n\"erased\"\n", 2)
}

// TestRewriteReads says that what Rewrite writes reads as what edit gave, and
// that every other row stays where and what it was.
func TestRewriteReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "a,b\n" + strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"x", "č", ",", "\n", "\r\n", `"`, `""`, "1,2\n", "\"p\nq\",r\n", "#", " ", "3,4\n", `"\",`}), 0, 40).Draw(t, "parts"), "")
		l := Layout{
			Encoding:  rapid.SampledFrom([]string{"utf-8", "windows-1250", "utf-16be", "gb18030"}).Draw(t, "encoding"),
			Quote:     rapid.SampledFrom([]string{"", "'"}).Draw(t, "quote"),
			Escape:    rapid.SampledFrom([]string{"", `\`}).Draw(t, "escape"),
			Comment:   rapid.SampledFrom([]string{"", "#"}).Draw(t, "comment"),
			Delimiter: ",",
		}
		value := rapid.SampledFrom([]string{"", "new", "-", `x'y`, `x\`, "č", " "}).Draw(t, "value")
		pick := rapid.IntRange(0, 5).Draw(t, "pick")
		c, _ := findCharset(l.Encoding)
		data := c.encode(text)
		r, err := Open(l, data)
		require.NoError(t, err)
		start, lines := r.Start()
		rows := func(data []byte) (out []string) {
			r.Rows(source.Chunk{Data: data, Line: lines + 1, Tail: true}, func(row Row) bool {
				out = append(out, show(r.Columns(), row))
				return true
			})
			return out
		}
		var want []string
		n := 0
		got, _ := r.Rewrite(source.Chunk{Data: data[start:], Line: lines + 1, Tail: true}, func(row Row) ([]string, bool) {
			n++
			if row.Bad != nil || n%6 != pick {
				want = append(want, show(r.Columns(), row))
				return nil, false
			}
			row.Fields[0] = value
			want = append(want, show(r.Columns(), row))
			return row.Fields, true
		})
		require.Equal(t, want, rows(got))
	})
}

func TestRewriteWorkbook(t *testing.T) {
	data := workbook(t, false, [][]any{{"n", "b"}, {"Ana", 1.5}, nil, {"Ivo", 2}, {"", "Ana"}})
	r, err := Open(Layout{Kind: XLSX}, data)
	require.NoError(t, err)
	c := source.Chunk{Data: data, Line: 1}
	same, n := r.Rewrite(c, func(Row) ([]string, bool) { return nil, false })
	require.Zero(t, n)
	require.True(t, bytes.Equal(data, same))
	got, n := r.Rewrite(c, blank)
	require.Equal(t, 2, n)
	require.Equal(t, []string{"n|b", "2: |1.5", "4: Ivo|2", "5: -|"}, readAll(t, Layout{Kind: XLSX}, string(got)))
	require.NotContains(t, unzipped(t, got), "Ana")
	require.Contains(t, unzipped(t, data), "Ana")
}
