package table

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// Rows reads the records of a chunk that Cut has cut (a workbook: of the whole
// input) in their order, until yield returns false.
func (r *Reader) Rows(c source.Chunk, yield func(Row) bool) {
	if r.IsWhole() {
		r.workbookRows(c, yield)
		return
	}
	v := r.view(c)
	if v.lost {
		m := tooLong.message(nil, &r.shape, c.Line)
		yield(Row{Line: c.Line, Raw: excerpt(v.text), Bad: m})
		return
	}
	for v.scan.next() {
		if row := v.row(); !yield(row) {
			return
		}
	}
}

// view is a chunk as text, while it is read. Its strings point into the chunk
// or into copies of their own that are never written again.
type view struct {
	r      *Reader
	text   []byte
	plain  plain // of encodings that are not scanned directly
	scan   scanner
	line   int64 // number of the first line
	lost   bool  // the chunk is a piece of a line too long
	sure   bool  // no record needs to be searched for bytes that must not be
	ascii  bool
	values []string
	arena  []byte
	json   flattener
}

func (r *Reader) view(c source.Chunk) *view {
	v := &view{r: r, text: c.Data, line: c.Line}
	if !r.charset.direct() {
		v.plain = r.charset.plain(c.Data, r.shape.newline, true)
		v.text = v.plain.text
	}
	quote := r.shape.quote
	v.scan = scanner{shape: &r.shape, data: v.text, final: true, split: true,
		clean: quote == 0 || bytes.IndexByte(v.text, quote) < 0}
	if r.torn.has(c.Line) {
		first := v.scan.line(0)
		v.lost = !c.Tail && r.charset.lineEnd(c.Data, r.shape.newline) == 0
		v.scan.skip(first)
	}
	v.sure = bytes.IndexByte(v.text, 0) < 0 && v.valid(v.text)
	v.ascii = r.charset.single != nil && isASCII(v.text)
	return v
}

// valid tells whether text is made of characters of the encoding.
func (v *view) valid(text []byte) bool {
	switch c := &v.r.charset; {
	case c.single != nil:
		for _, b := range text {
			if b >= utf8.RuneSelf && c.single[b] == "\ufffd" {
				return false
			}
		}
		return true
	case c.enc != nil:
		return !bytes.Contains(text, []byte("\ufffd"))
	}
	return utf8.Valid(text)
}

// row makes the Row of the scanner's record.
func (v *view) row() Row {
	rec := &v.scan.rec
	text := v.text[rec.from:v.scan.trim(rec.from, rec.to)]
	row := Row{Line: v.line + int64(rec.line)}
	switch {
	case rec.fault == tooLong:
		row.Raw, row.Bad = excerpt(text), rec.fault.message(rec, &v.r.shape, row.Line)
		return row
	case rec.fault != sound:
		row.Bad = rec.fault.message(rec, &v.r.shape, row.Line)
	case !v.sure:
		row.Bad = v.suspect(text)
	}
	row.Raw = v.string(text)
	if row.Bad != nil {
		return row
	}
	if v.r.layout.Kind == JSONL {
		row.Names, row.Fields, row.Bad = v.json.flatten(row.Raw)
		return row
	}
	if got, want := len(rec.fields), len(v.r.columns); got != want {
		m := callpace.M("reject.field_count", "found", got, "expected", want)
		row.Bad = &m
		return row
	}
	v.values = v.fields(v.values[:0], rec)
	row.Fields = v.values
	return row
}

// suspect looks for bytes that no text has.
func (v *view) suspect(text []byte) *callpace.Message {
	var m callpace.Message
	switch {
	case bytes.IndexByte(text, 0) >= 0:
		m = callpace.M("reject.nul_byte")
	case !v.valid(text):
		m = callpace.M("reject.invalid_encoding", "encoding", v.r.charset.name)
	default:
		return nil
	}
	return &m
}

// fields appends the values of a record.
func (v *view) fields(out []string, rec *record) []string {
	for _, f := range rec.fields {
		text := v.text[f.from:f.to]
		if f.escapes {
			text = v.unescape(text)
		}
		out = append(out, v.string(text))
	}
	return out
}

// string gives text as a string in UTF-8, without a copy where it can.
func (v *view) string(text []byte) string {
	if v.r.charset.single != nil && !v.ascii && !isASCII(text) {
		v.grow(len(text) * utf8.UTFMax)
		n := len(v.arena)
		v.arena = v.r.charset.decode(v.arena, text)
		text = v.arena[n:]
	}
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// unescape takes the doubling or the escapes out of a quoted text.
func (v *view) unescape(text []byte) []byte {
	sh := &v.r.shape
	v.grow(len(text))
	n := len(v.arena)
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+1 < len(text) && (sh.escape == 0 && c == sh.quote ||
			sh.escape != 0 && c == sh.escape && (text[i+1] == sh.quote || text[i+1] == sh.escape)) {
			i++
			c = text[i]
		}
		v.arena = append(v.arena, c)
	}
	return v.arena[n:]
}

// grow makes room for n bytes in the arena; what strings point to stays where
// it is.
func (v *view) grow(n int) {
	if cap(v.arena)-len(v.arena) < n {
		v.arena = make([]byte, 0, max(n, 1<<16))
	}
}

// excerpt is the beginning of a record that is too long to be shown.
func excerpt(text []byte) string {
	const most = 4096
	return strings.ToValidUTF8(string(text[:min(len(text), most)]), "\ufffd")
}

func isASCII(text []byte) bool {
	for ; len(text) >= 8; text = text[8:] {
		if binary.NativeEndian.Uint64(text)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
