package table

import (
	"testing"

	"github.com/callpace/callpace/internal/source"
)

func FuzzDelimited(f *testing.F) {
	f.Add([]byte("a,b\n\"1\n2\",x\n3,4\n"), uint16(0), uint8(5))
	f.Add([]byte("a;b\r\n\"1;2\n\r\n3;4"), uint16(0x15), uint8(3))
	f.Add([]byte("a\x00,\x00b\x00\n\x00\"\x00\n\x00\"\x00,\x00"), uint16(0x42), uint8(7))
	f.Fuzz(func(t *testing.T, data []byte, options uint16, size uint8) {
		if len(data) > 1<<12 {
			return
		}
		pick := func(shift int, of ...string) string { return of[int(options>>shift&7)%len(of)] }
		yes := options&0x8000 == 0
		l := Layout{
			Encoding:  pick(0, "", "utf-8", "utf-16le", "windows-1250", "gb18030", "utf-16be", "shift_jis"),
			Delimiter: pick(3, "", ",", "spaces", "\t", "§", " "),
			Quote:     pick(6, "", "none", "'"),
			Escape:    pick(9, "", `\`),
			Comment:   pick(12, "", "#", "\""),
			Header:    &yes,
		}
		checkCuts(t, l, data, int(size)%90+1, smallLimits)
	})
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,"x",null]},"c":"\u010d"}`+"\n{}\n[1]\n"), uint8(9))
	f.Add([]byte("\xef\xbb\xbf{\"a\":1.5e3}\r{\"a\":\"\\\"\"}"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		if len(data) < 1<<12 {
			checkCuts(t, Layout{Kind: JSONL, Encoding: "utf-8"}, data, int(size)%90+1, smallLimits)
			checkCuts(t, Layout{Kind: JSONL, Encoding: "windows-1250"}, data, int(size)%90+1, defaultLimits)
		}
	})
}

func FuzzXLSX(f *testing.F) {
	sheet := `<worksheet><sheetData><row r="3"><c t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c></row>` +
		`<row><c t="inlineStr"><is><t>x</t></is></c><c s="1"><v>4.6e4</v></c></row></sheetData></worksheet>`
	styles := `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="d/m [h]"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>`
	f.Add(sheet, styles, "<sst><si><t>a</t></si><si><r><t>b</t></r><rPh><t>c</t></rPh></si></sst>")
	f.Fuzz(func(t *testing.T, sheet, styles, strings string) {
		data := zipped(t, map[string]string{"xl/s.xml": sheet, "xl/y.xml": styles, "xl/t.xml": strings})
		r := &Reader{layout: Layout{Kind: XLSX}}
		c := source.Chunk{Data: data, Line: 1}
		good, last := 0, int64(0)
		r.Rows(c, func(row Row) bool {
			if row.Line <= last || row.Bad == nil && len(row.Fields) != len(row.Names) {
				t.Fatal(row)
			}
			last = row.Line
			if row.Bad == nil {
				good++
			}
			return true
		})
		changed := 0
		out, _ := r.Rewrite(c, func(row Row) ([]string, bool) {
			changed++
			return row.Fields, row.Bad == nil
		})
		if good == 0 {
			return
		}
		again := 0
		r.Rows(source.Chunk{Data: out, Line: 1}, func(row Row) bool {
			again++
			return true
		})
		if again < good {
			t.Fatal(good, again)
		}
	})
}
