package table

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/callpace/callpace/internal/source"
)

// benchFile is a call log of 24 columns.
func benchFile(quoted bool, text string) []byte {
	var b bytes.Buffer
	for c := range 24 {
		fmt.Fprintf(&b, "column%d,", c)
	}
	b.Truncate(b.Len() - 1)
	b.WriteByte('\n')
	for i := range 20_000 {
		if quoted {
			text = fmt.Sprintf(`"Kovač, %d ""x"""`, i)
		}
		fmt.Fprintf(&b, "%d,2026-03-%02dT10:20:30Z,outbound,+38591%07d,agent%d,team%d,sale,%d,%d,%d,,,,campaign %d,%s,a,b,c,d,e,12.50,EUR,x,y\n",
			i, i%28+1, i, i%40, i%5, i%300, i%7, i%90, i%4, text)
	}
	return b.Bytes()
}

func benchRows(b *testing.B, l Layout, data []byte) {
	r, err := Open(l, data)
	if err != nil {
		b.Fatal(err)
	}
	start, lines := r.Start()
	c := source.Chunk{Data: data[start:], Line: lines + 1}
	b.SetBytes(int64(len(c.Data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		r.Rows(c, func(row Row) bool {
			if row.Bad != nil {
				b.Fatal(row.Bad)
			}
			n++
			return true
		})
		if n != 20_000 {
			b.Fatal(n)
		}
	}
}

func benchCut(b *testing.B, l Layout, data []byte) {
	r, err := Open(l, data)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if n, _ := r.Cut(data, false); n != len(data) {
			b.Fatal(n)
		}
	}
}

func BenchmarkRowsPlain(b *testing.B)  { benchRows(b, Layout{}, benchFile(false, "note")) }
func BenchmarkRowsQuoted(b *testing.B) { benchRows(b, Layout{}, benchFile(true, "")) }
func BenchmarkRowsText(b *testing.B)   { benchRows(b, Layout{}, benchFile(false, "Čović")) }
func BenchmarkRows1250(b *testing.B) {
	benchRows(b, Layout{Encoding: "windows-1250"}, benchFile(false, "\xc8ovi\xe6"))
}
func BenchmarkRowsUTF16(b *testing.B) {
	c, _ := findCharset("utf-16le")
	benchRows(b, Layout{Encoding: "utf-16le"}, c.encode(string(benchFile(false, "Čović"))))
}
func BenchmarkCutPlain(b *testing.B)  { benchCut(b, Layout{}, benchFile(false, "note")) }
func BenchmarkCutQuoted(b *testing.B) { benchCut(b, Layout{}, benchFile(true, "")) }
func BenchmarkRowsJSONL(b *testing.B) {
	var j bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&j, `{"id":%d,"at":"2026-03-01T10:20:30Z","agent":{"name":"Ana","team":"East"},"tags":["a","b"],"talk":%d,"note":"a \"b\""}`+"\n", i, i%300)
	}
	benchRows(b, Layout{Kind: JSONL}, j.Bytes())
}
