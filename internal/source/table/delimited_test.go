package table

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// show writes a row so that a person can read it: line: field|field, or the
// key of its fault with its arguments.
func show(columns []string, row Row) string {
	var b strings.Builder
	b.WriteString(strconv.FormatInt(row.Line, 10) + ": ")
	if row.Bad != nil {
		return b.String() + strings.TrimPrefix((&callpace.Error{Key: row.Bad.Key, Args: row.Bad.Args}).Error(), "reject.")
	}
	if columns != nil || row.Names == nil {
		return b.String() + strings.Join(row.Fields, "|")
	}
	for i, n := range row.Names {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(n + "=" + row.Fields[i])
	}
	return b.String()
}

// readAll reads an input in one chunk; the first line are the columns.
func readAll(t testing.TB, l Layout, data string) []string {
	t.Helper()
	r, err := Open(l, []byte(data)[:min(len(data), source.HeadSize)])
	if err != nil {
		return []string{err.Error()}
	}
	out := []string{strings.Join(r.Columns(), "|")}
	start, lines := r.Start()
	r.Rows(source.Chunk{Data: []byte(data)[start:], Line: lines + 1, Tail: true}, func(row Row) bool {
		out = append(out, show(r.Columns(), row))
		return true
	})
	return out
}

func TestDelimited(t *testing.T) {
	f := func(name string, l Layout, data string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) { t.Helper(); require.Equal(t, want, readAll(t, l, data)) })
	}
	no := false

	f("comma", Layout{}, "a,b\n1,2\n3,4\n", "a|b", "2: 1|2", "3: 3|4")
	f("semicolon", Layout{}, "a;b\n1,5;2\n", "a|b", "2: 1,5|2")
	f("tab", Layout{}, "a\tb\n1\t2, x\n", "a|b", "2: 1|2, x")
	f("bar", Layout{}, "a|b\n1|2\n", "a|b", "2: 1|2")
	f("rows decide, not the header's comma", Layout{}, "a,x;b;c\n1;2;3\n4;5;6\n", "a,x|b|c", "2: 1|2|3", "3: 4|5|6")
	f("wide delimiter", Layout{Delimiter: "¦"}, "a¦b\n1¦\"2¦3\"\n", "a|b", "2: 1|2¦3")
	f("spaces", Layout{Delimiter: "spaces"}, "a  b\n 1 \t 2 \n\"3 4\" 5\n", "a|b", "2: 1|2", "3: 3 4|5")
	f("one column", Layout{}, "a\n1\n\n2\n", "a", "2: 1", "4: 2")

	f("no last line end", Layout{}, "a,b\n1,2", "a|b", "2: 1|2")
	f("crlf", Layout{}, "a,b\r\n1,2\r\n\r\n3,\r\n", "a|b", "2: 1|2", "4: 3|")
	f("cr", Layout{}, "a,b\r1,2\r\r3,4", "a|b", "2: 1|2", "4: 3|4")
	f("mixed ends", Layout{}, "a,b\n1,2\r\n3,4\n", "a|b", "2: 1|2", "3: 3|4")
	f("blank lines", Layout{}, "\n  \na,b\n\n1,2\n   \n3,4\n\n", "a|b", "5: 1|2", "7: 3|4")

	f("quotes", Layout{}, "a,b\n\"x, y\",\"\"\n\"say \"\"hi\"\"\",2\n", "a|b", "2: x, y|", `3: say "hi"|2`)
	f("quote within a field", Layout{}, "a,b\n5\" disk,x\n", "a|b", `2: 5" disk|x`)
	f("record over lines", Layout{}, "a,b\n\"1\n2\r\n3\",x\n4,5\n", "a|b", "2: 1\n2\r\n3|x", "5: 4|5")
	f("quoted header", Layout{}, "\"a\",\"b\nc\"\n1,2\n", "a|b\nc", "3: 1|2")
	f("text after quote", Layout{}, "a,b\n\"1\"x,2\n\"1\" ,2\n", "a|b", "2: text_after_quote field=1", "3: 1|2")
	f("quote not closed", Layout{}, "a,b\n1,\"2\n3,4\n5,6\n", "a|b", "2: quote_not_closed line=2", "3: 3|4", "4: 5|6")
	f("quote not closed, last line", Layout{}, "a,b\n1,\"2", "a|b", "2: quote_not_closed line=2")
	f("quote none", Layout{Quote: "none"}, "a,b\n\"1,2\n", "a|b", `2: "1|2`)
	f("other quote", Layout{Quote: "'"}, "a,b\n'1,''2',\"\n", "a|b", `2: 1,'2|"`)
	f("escape", Layout{Escape: `\`}, "a,b\n\"1\\\",2\",\"c\\\\\"\n\"\\n\",1\n", "a|b", `2: 1",2|c\`, `3: \n|1`)

	f("comment", Layout{Comment: "#"}, "# \"open\na,b\n#x\n1,#2\n", "a|b", "4: 1|#2")
	f("skip lines", Layout{SkipLines: 2}, "Report \"x\n\na,b\n1,2\n", "a|b", "4: 1|2")
	f("header row", Layout{HeaderRow: 3}, "x\ny\na,b\n1,2\n", "a|b", "4: 1|2")
	f("no header", Layout{Header: &no}, "1,2\n3,4\n", "column_1|column_2", "1: 1|2", "2: 3|4")
	f("no header, names", Layout{Header: &no, Columns: []string{"a", "b"}}, "1,2\n", "a|b", "1: 1|2")
	f("names instead of the header's", Layout{Columns: []string{"x"}}, "a,b\n1,2\n", "x|b", "2: 1|2")
	f("too many names", Layout{Columns: []string{"x", "y", "z"}}, "a,b\n", "table.more_columns_than_header columns=3 header=2")
	f("names trimmed and made unique", Layout{}, "\xef\xbb\xbf a ,b,a,,a_2\n1,2,3,4,5\n", "a|b|a_3|column_4|a_2", "2: 1|2|3|4|5")

	f("fields", Layout{}, "a,b\n1\n1,2,3\n1,\n", "a|b",
		"2: field_count expected=2 found=1", "3: field_count expected=2 found=3", "4: 1|")
	f("nul", Layout{}, "a,b\n1,\x002\n3,4\n", "a|b", "2: nul_byte", "3: 3|4")
	f("empty", Layout{}, "", "table.empty")
	f("only a mark", Layout{}, "\xef\xbb\xbf", "table.empty")
	f("only a header", Layout{}, "a,b", "a|b")
	f("bad option", Layout{Delimiter: "ab"}, "a", "table.bad_option option=delimiter value=ab")
	f("bad kind", Layout{Kind: "xml"}, "a", "table.bad_option option=kind value=xml")
}

// TestSpan says how far a stray quote reaches.
func TestSpan(t *testing.T) {
	f := func(name, data string, want ...string) {
		t.Helper()
		r, err := open(Layout{Delimiter: ","}, []byte("a,b\n"+data), limits{record: 60, span: 40, spanLines: 4, columns: 3})
		require.NoError(t, err)
		var got []string
		r.Rows(source.Chunk{Data: []byte(data), Line: 2, Tail: true}, func(row Row) bool {
			got = append(got, show(r.Columns(), row))
			return true
		})
		require.Equal(t, want, got, name)
	}
	f("four lines", "\"1\n2\n3\n4\",x\n", "2: 1\n2\n3\n4|x")
	f("five lines", "\"1\n2\n3\n4\n5\",x\n", "2: quote_not_closed line=2", "3: field_count expected=2 found=1",
		"4: field_count expected=2 found=1", "5: field_count expected=2 found=1", `6: 5"|x`)
	f("bytes", "\"1\n"+strings.Repeat("x", 40)+"\",x\n", "2: quote_not_closed line=2", "3: "+strings.Repeat("x", 40)+`"|x`)
	f("too long", strings.Repeat("x", 60)+"\n1,2\n", "2: record_too_long limit=0", "3: 1|2")
	f("too many", "1,2,3,4\n1,2\n", "2: too_many_columns limit=3", "3: 1|2")
}

func TestRealFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the shared data is not here: ", err)
	}
	f := func(name string, columns, want int) {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		r, err := Open(Layout{}, data[:min(len(data), source.HeadSize)])
		require.NoError(t, err)
		require.Len(t, r.Columns(), columns, name)
		start, lines := r.Start()
		n := 0
		for _, c := range chunks(r, data[start:], lines+1, 1<<16, source.MaxRecord) {
			r.Rows(c, func(row Row) bool {
				require.Nil(t, row.Bad, "%s line %d", name, row.Line)
				n++
				return true
			})
		}
		require.Equal(t, want, n, name)
	}
	f("anonymous-bank/january.txt", 17, 31599)
	f("anonymous-bank/february.txt", 17, 33344)
	f("anonymous-bank/march.txt", 17, 38801)
	f("uci-bank/calls.csv", 19, 45211)
	f("crm/accounts.csv", 7, 85)
	f("crm/products.csv", 3, 7)
	f("crm/sales_pipeline.csv", 8, 8800)
	f("crm/sales_teams.csv", 3, 35)
}
