package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
)

const good = "id,when,agent,result,talk\n1,2026-03-02 09:00:00,Ana,sold,61\n2,2026-03-02 09:05:00,Ivo,none,0\n"

// shapes are files whose form is off.
func shapes() []file {
	head, a, b := "id,when,agent,result,talk\n", "1,2026-03-02 09:00:00,Ana,sold,61\n", "2,2026-03-02 09:05:00,Ivo,none,0\n"
	wide := func(n int) string { return strings.Repeat(",x", n) }
	const family = "form of the file"
	list := []file{
		{name: "empty.csv", data: text(""), refused: "table.empty"},
		{name: "blank lines.csv", data: text("\n\n\n"), refused: "table.empty"},
		{name: "byte order mark alone.csv", data: text("\xef\xbb\xbf"), refused: "table.empty"},
		{name: "header alone.csv", data: text(head)},
		{name: "header without an end.csv", data: text(strings.TrimSpace(head))},
		{name: "blank lines between.csv", data: text(head + "\n" + a + "\n\n" + b), new: 2, calls: 2},
		{name: "no end of the last line.csv", data: text(strings.TrimSpace(good)), new: 2, calls: 2},
		{name: "mixed line ends.csv", data: text(head + strings.Replace(a, "\n", "\r\n", 1) + b), new: 2, calls: 2},
		{name: "too few fields.csv", data: text(head + a + "3,2026-03-02\n" + b), new: 2, calls: 2, rejected: 1, keys: []string{"reject.field_count"}},
		{name: "too many fields.csv", data: text(head + a + strings.TrimSpace(b) + ",1,2\n"), new: 1, calls: 1, rejected: 1, keys: []string{"reject.field_count"}},
		{name: "cut in a record.csv", data: text(head + a + "2,2026-03-0"), new: 1, calls: 1, rejected: 1, keys: []string{"reject.field_count"}},
		{name: "mixed delimiters.csv", data: text(head + a + strings.ReplaceAll(b, ",", ";")), new: 1, calls: 1, rejected: 1, keys: []string{"reject.field_count"}},
		{name: "NUL in a row.csv", data: text(head + a + "2,2026-03-02 09:05:00,I\x00o,none,0\n"), new: 1, calls: 1, rejected: 1, keys: []string{"reject.nul_byte"}},
		{name: "text after a quote.csv", data: text(head + a + "2,2026-03-02 09:05:00,\"Ivo\"x,none,0\n"), new: 1, calls: 1, rejected: 1, keys: []string{"reject.text_after_quote"}},
		{name: "quote in the middle.csv", data: text(head + "1,2026-03-02 09:00:00,A\"n\"a,sold,61\n" + b), new: 2, calls: 2},
		{name: "line end in quotes.csv", data: text(head + "1,2026-03-02 09:00:00,\"A\nna\",sold,61\n" + b), new: 2, calls: 2},
		{name: "doubled quotes.csv", data: text(head + "1,2026-03-02 09:00:00,\"A\"\"n\"\"a\",sold,61\n" + b), new: 2, calls: 2},
		{name: "the same id.csv", data: text(head + a + a), new: 1, calls: 1},
		{name: "no id.csv", data: text(head + a + ",2026-03-02 09:05:00,Ivo,none,0\n"), new: 1, calls: 1, rejected: 1, keys: []string{"mapping.reject.no_key"}},
		{name: "damaged encoding.csv", mapping: plain + "layout: {encoding: utf-8}\n", data: text(head + a + "2,2026-03-02 09:05:00,I\xff\xfeo,none,0\n"), new: 1, calls: 1, rejected: 1, keys: []string{"reject.invalid_encoding"}},
		{name: "a missing column.csv", data: text("id,when\n1,2026-03-02\n"), refused: "mapping.no_column"},
		{name: "10,000 columns.csv", data: text(strings.TrimSpace(head) + wideHead(9_995) + "\n" + strings.TrimSpace(a) + wide(9_995) + "\n"), refused: "mapping.too_many_attributes"},
		{name: "a million columns.csv", data: text(head + a + strings.TrimSpace(b) + wide(1_000_000) + "\n"), new: 1, calls: 1, rejected: 1, keys: []string{"reject.too_many_columns"}},
	}
	for i, name := range []string{"program.csv", "picture.csv", "document.csv", "page.csv", "archive.csv"} {
		magic := []string{"\x7fELF\x02\x01\x01\x00", "\x89PNG\r\n\x1a\n", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "<!DOCTYPE html><html><body>no</body></html>\n", "Rar!\x1a\x07\x00"}[i]
		list = append(list, file{name: name, data: text(magic + strings.Repeat("\x00\x01\xff", 300)), refused: "?"})
	}
	for i := range list {
		list[i].family = family
	}
	return list
}

func wideHead(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",c%d", i)
	}
	return b.String()
}

// records are lines of JSON.
func records() (list []file) {
	mapping := strings.Replace(plain, "key: id\n", "key: id\nlayout: {kind: jsonl}\n", 1)
	const first = `{"id":"1","when":"2026-03-02 09:00:00","agent":"Ana","result":"sold","talk":61}` + "\n"
	for _, x := range []struct {
		line, key string
		taken     bool
	}{
		{`{"id":"2","when":"2026-03-02","agent":"Ivo","result":"none","talk":0}`, "", true}, {`{"id":2,"when":"2026-03-02","agent":null,"result":"none","talk":1.5}`, "", true},
		{`{"id":"2","when":"2026-03-02","agent":"Ivo","result":"none","talk":1e2}`, "mapping.reject.duration", false}, {`{"id":"2","when":"2026-03-02","agent":{"name":"Ivo"},"result":"none","talk":0}`, "", true},
		{`{"id":"2","when":"2026-03-02","agent":["Ivo"],"result":"none","talk":0}`, "", true}, {`[1,2]`, "reject.not_an_object", false}, {`"text"`, "reject.not_an_object", false}, {`42`, "reject.not_an_object", false}, {`null`, "reject.not_an_object", false},
		{`{"id":"2"`, "reject.not_json", false}, {`{"id":"2",}`, "reject.not_json", false}, {`{'id':'2'}`, "reject.not_json", false}, {`{"id":"2"} {"id":"3"}`, "reject.not_json", false}, {`{"id":NaN}`, "reject.not_json", false}, {`{"id":"\ud800","when":"2026-03-02","result":"none"}`, "", true},
		{`{"id":"2","id":"3","when":"2026-03-02","agent":"","result":"","talk":0}`, "reject.name_twice", false}, {strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000), "reject.nested_too_deep", false},
		{strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "reject.not_json", false}, {`{"id":"2","when":"2026-03-02","result":"none","talk":-5}`, "mapping.reject.negative", false}, {`{"id":"2","when":"never","result":"none"}`, "mapping.reject.date", false}, {`{"when":"2026-03-02","result":"none"}`, "mapping.reject.no_key", false},
		{`{"id":"2","when":"2026-03-02","result":"none","talk":123456789012345678901234567890}`, "mapping.reject.duration", false}, {`{"id":"2","when":20260302,"result":"none"}`, "", true}, {`{"id":"2","when":true,"result":"none"}`, "mapping.reject.date", false},
		{`{"__proto__":{"x":1},"id":"2","when":"2026-03-02","result":"none"}`, "", true}, {`{"result":"none"}`, "mapping.reject.no_key", false}, {"\x00", "reject.nul_byte", false}, {"{\"id\":\"2\xff\",\"when\":\"2026-03-02\"}", "reject.invalid_encoding", false},
	} {
		f := file{family: "lines of JSON", name: fmt.Sprintf("%.40q.jsonl", x.line), mapping: mapping, data: text(first + x.line + "\n"), new: 2, calls: 2}
		if x.key != "" {
			f.keys = []string{x.key}
		}
		if !x.taken {
			f.new, f.calls, f.rejected = 1, 1, 1
		}
		list = append(list, f)
	}
	return list
}

// book makes a workbook: cells by row, each as excelize takes it.
func book(change func(*excelize.File), rows ...[]any) []byte {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			panic(err)
		}
	}
	if change != nil {
		change(f)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// workbooks are spreadsheets.
func workbooks() (list []file) {
	head, a, b := []any{"id", "when", "agent", "result", "talk"}, []any{"1", "2026-03-02 09:00:00", "Ana", "sold", 61}, []any{"2", "2026-03-02 09:05:00", "Ivo", "none", 0}
	sound := book(nil, head, a, b)
	serial := strings.Replace(plain, "started: when", "started: {column: when, format: excel}", 1)
	add := func(name string, data []byte, x file) {
		x.family, x.name, x.data = "workbooks", name, raw(data)
		if x.mapping == "" {
			x.mapping = plain
		}
		x.mapping += "layout: {kind: xlsx}\n"
		list = append(list, x)
	}
	two := file{new: 2, calls: 2}
	add("sound.xlsx", sound, two)
	add("serials.xlsx", book(nil, head, []any{"1", 46083.375, "Ana", "sold", 61}, []any{"2", 60, "Ivo", "none", 0}), file{mapping: serial, new: 2, calls: 2})
	add("merged.xlsx", book(func(f *excelize.File) { _ = f.MergeCell("Sheet1", "C2", "C3") }, head, a, []any{"2", "2026-03-02 09:05:00", nil, "none", 0}), two)
	add("formula.xlsx", book(func(f *excelize.File) {
		_ = f.SetCellFormula("Sheet1", "C2", "HYPERLINK(\"http://evil.example\",\"x\")")
	}, head, a, b), two)
	add("merged ids.xlsx", book(func(f *excelize.File) { _ = f.MergeCell("Sheet1", "A2", "A3") }, head, a, []any{nil, "2026-03-02 09:05:00", "Ivo", "none", 0}),
		file{new: 1, calls: 1, rejected: 1, keys: []string{"mapping.reject.no_key"}})
	add("a title merged over the header.xlsx", book(func(f *excelize.File) { _ = f.MergeCell("Sheet1", "A1", "E1") }, []any{"Calls of March"}, head, a, b), file{refused: "mapping.no_column"})
	year := true
	add("years from 1904.xlsx", book(func(f *excelize.File) { _ = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &year}) }, head, []any{"1", 44621.375, "Ana", "sold", 61}), file{mapping: serial, new: 1, calls: 1})
	add("dates as dates.xlsx", book(func(f *excelize.File) {
		style, _ := f.NewStyle(&excelize.Style{NumFmt: 22})
		_ = f.SetCellStyle("Sheet1", "B2", "B3", style)
	}, head, []any{"1", 46083.375, "Ana", "sold", 61}, []any{"2", 60, "Ivo", "none", 0}), two)
	add("errors of formulas.xlsx", book(nil, head, a, []any{"2", "#REF!", "Ivo", "none", "#DIV/0!"}), file{new: 1, calls: 1, rejected: 1, keys: []string{"mapping.reject.duration"}})
	add("truth for a number.xlsx", book(nil, head, a, []any{"2", "2026-03-02 09:05:00", "Ivo", "none", true}), file{new: 1, calls: 1, rejected: 1, keys: []string{"mapping.reject.duration"}})
	add("a second sheet.xlsx", book(func(f *excelize.File) { _, _ = f.NewSheet("Other") }, head, a, b), two)
	add("hidden rows.xlsx", book(func(f *excelize.File) { _ = f.SetRowVisible("Sheet1", 3, false) }, head, a, b), two)
	add("empty rows.xlsx", book(nil, head, a, nil, nil, b), two)
	add("empty.xlsx", book(nil), file{refused: "table.empty"})
	add("header alone.xlsx", book(nil, head), file{})
	add("negative talk.xlsx", book(nil, head, a, []any{"2", "2026-03-02 09:05:00", "Ivo", "none", -5}), file{new: 1, calls: 1, rejected: 1, keys: []string{"mapping.reject.negative"}})
	add("csv in disguise.xlsx", []byte(good), file{refused: "table.not_a_workbook"})
	add("old.xlsx", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...), file{refused: "table.workbook_old_or_locked"})
	for i := range 20 { // cut off at every twentieth
		add(fmt.Sprintf("cut off at %d of 20.xlsx", i), sound[:len(sound)*i/20], file{refused: "?"})
	}
	list = append(list, file{family: "workbooks", name: "unpacks to a gigabyte.xlsx", mapping: plain + "layout: {kind: xlsx}\n", data: raw(bomb(1 << 30)), refused: "table.workbook_unpacks_too_large"})
	return list
}

func gz(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// packings are files in gzip and zstd, whole and cut.
func packings() (list []file) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	for _, p := range []struct {
		name string
		data []byte
	}{{"gz", gz([]byte(good))}, {"zst", enc.EncodeAll([]byte(good), nil)}} {
		add := func(name string, data []byte, x file) {
			x.family, x.name, x.data = "packed files", name+"."+p.name, raw(data)
			list = append(list, x)
		}
		add("whole.csv", p.data, file{new: 2, calls: 2})
		for i := 1; i < 20; i++ {
			if n := len(p.data) * i / 20; n > 4 {
				add(fmt.Sprintf("cut off at %d of 20.csv", i), p.data[:n], file{refused: "journal.unpack_failed"})
			}
		}
		broken := bytes.Clone(p.data)
		broken[len(broken)/2] ^= 0x55
		add("a flipped byte.csv", broken, file{refused: "journal.unpack_failed"})
	}
	list = append(list, file{family: "packed files", name: "two parts.csv.gz", data: raw(append(gz([]byte(good)), gz([]byte("3,2026-03-02,Eva,none,0\n"))...)), new: 3, calls: 3},
		file{family: "packed files", name: "packed twice.csv.gz", data: raw(gz(gz([]byte(good)))), refused: "?"})
	return list
}

// repeated gives a text n times, without holding it.
func repeated(front, text string, n int, back string) func() io.Reader {
	return func() io.Reader {
		return io.MultiReader(strings.NewReader(front), io.LimitReader(&again{text: text}, int64(n)*int64(len(text))), strings.NewReader(back))
	}
}

type again struct {
	text string
	at   int
}

// Read gives the text on and on.
func (a *again) Read(b []byte) (n int, err error) {
	for n < len(b) {
		c := copy(b[n:], a.text[a.at:])
		n, a.at = n+c, (a.at+c)%len(a.text)
	}
	return n, nil
}

// giants are files that take much of a machine that is not careful.
func giants() []file {
	head, a := "id,when,agent,result,talk\n", "1,2026-03-02 09:00:00,Ana,sold,61\n"
	long := strings.Repeat("x", 1000)
	list := []file{
		{name: "a line of 100 MB.csv", data: repeated(head+a, long, 100_000, "\n2,2026-03-02,Ivo,none,0\n"), new: 2, calls: 2, rejected: 11, keys: []string{"reject.record_too_long"}},
		{name: "a quote that is never closed, 100 MB.csv", data: repeated(head+a+"2,2026-03-02,\"Ivo,none,0\n", long+"\n", 100_000, "3,2026-03-02,Ivo,none,0\n"), new: 2, calls: 2, rejected: 100_001, keys: []string{"reject.field_count", "reject.quote_not_closed"}},
		{name: "100 MB of NUL.csv", data: repeated(head+a, strings.Repeat("\x00", 1000), 100_000, ""), refused: "table.maybe_utf16"},
		{name: "a header of 2 MB.csv", data: text("id" + strings.Repeat("x", 2<<20) + ",when\n1,2\n"), refused: "table.header_too_far"},
		{name: "a gzip of a gigabyte of one letter.csv.gz", data: raw(gzipBomb(head+a, 1<<30)), new: 1, calls: 1, rejected: 127, keys: []string{"reject.record_too_long"}},
	}
	for i := range list {
		list[i].family = "giants"
	}
	return list
}

func gzipBomb(front string, n int) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, front)
	block := bytes.Repeat([]byte("x"), 1<<20)
	for range n >> 20 {
		_, _ = w.Write(block)
	}
	_ = w.Close()
	return out.Bytes()
}
