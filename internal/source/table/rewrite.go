package table

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/callpace/callpace/internal/source"
)

// Rewrite returns the chunk with the rows that edit changes written anew, in
// the same layout and encoding, and says how many these are. All else comes
// back byte by byte, and every record stays on its line. edit gets bad rows too
// (for their Raw); such a row becomes the fields given.
//
// A workbook with a changed row becomes a new one that holds the text of the
// sheet and nothing else: what is to be gone must not live on in other sheets,
// comments or shared strings.
func (r *Reader) Rewrite(c source.Chunk, edit func(Row) (fields []string, changed bool)) ([]byte, int) {
	if r.IsWhole() {
		return r.rewriteWorkbook(c, edit)
	}
	v := r.view(c)
	if v.lost {
		return c.Data, 0
	}
	var out []byte
	var old []string
	changes, copied := 0, 0
	for v.scan.next() {
		row := v.row()
		old = append(old[:0], row.Fields...)
		fields, changed := edit(row)
		if !changed {
			continue
		}
		changes++
		from, to := v.place()
		out = append(out, c.Data[copied:from]...)
		out = append(out, v.rewritten(row, old, fields)...)
		copied = to
	}
	if changes == 0 {
		return c.Data, 0
	}
	return append(out, c.Data[copied:]...), changes
}

// place gives where the scanner's record lies in the chunk.
func (v *view) place() (from, to int) {
	rec := &v.scan.rec
	if v.r.charset.direct() {
		return rec.from, rec.to
	}
	last := rec.line + rec.lines - 1
	if v.text[rec.to-1] != v.r.shape.newline {
		last++ // a line without an end is one too
	}
	return v.plain.offset(rec.line), v.plain.ends[last]
}

// rewritten gives the bytes of the scanner's record with other values. Values
// that did not change keep their bytes. Where it had more lines than now, blank
// ones follow, so that later records stay where they are.
func (v *view) rewritten(row Row, old, fields []string) []byte {
	rec, sh := &v.scan.rec, &v.r.shape
	stop := v.scan.trim(rec.from, rec.to)
	ending := v.text[stop:rec.to]
	var text []byte // as it is scanned
	switch {
	case row.Bad != nil || len(fields) != len(old):
		text = v.join(fields)
	case v.r.layout.Kind == JSONL:
		text = v.rewriteObject(old, fields)
	default:
		text = v.rewriteFields(stop, old, fields)
	}
	if len(bytes.Trim(text, " ")) == 0 { // a blank line would be no record
		text = v.nothing()
	}
	gone := rec.lines - bytes.Count(append(text[:len(text):len(text)], ending...), []byte{sh.newline})
	text = append(text, ending...)
	for ; gone > 0; gone-- {
		text = append(text, sh.newline)
	}
	if v.r.charset.direct() {
		return text
	}
	return v.r.charset.encode(string(text))
}

// rewriteFields puts other values in the place of those that changed.
func (v *view) rewriteFields(stop int, old, fields []string) []byte {
	rec := &v.scan.rec
	var text []byte
	pos := rec.from
	for i, f := range rec.fields {
		if fields[i] == old[i] {
			continue
		}
		from, to := f.from, f.to
		if f.quoted {
			from, to = from-1, to+1
		}
		text = append(text, v.text[pos:from]...)
		text = v.appendField(text, fields[i], f.quoted && f.from < f.to)
		pos = to
	}
	return append(text, v.text[pos:stop]...)
}

// rewriteObject does the same in a JSON object.
func (v *view) rewriteObject(old, fields []string) []byte {
	rec := &v.scan.rec
	line := v.text[rec.from:v.scan.trim(rec.from, rec.to)]
	if v.r.charset.single != nil {
		line = v.r.charset.decode(nil, line)
	}
	var text []byte
	pos := 0
	for i, span := range v.json.spans {
		if fields[i] == old[i] {
			continue
		}
		value, _ := json.Marshal(fields[i]) // a string always can
		text = append(append(text, line[pos:span[0]]...), value...)
		pos = span[1]
	}
	text = append(text, line[pos:]...)
	if v.r.charset.single != nil {
		return v.r.charset.encode(string(text))
	}
	return text
}

// join writes fields as a record.
func (v *view) join(fields []string) []byte {
	if v.r.layout.Kind == JSONL {
		value, _ := json.Marshal(strings.Join(fields, " "))
		return value
	}
	var text []byte
	for i, f := range fields {
		switch {
		case i == 0:
		case v.r.shape.spaces:
			text = append(text, ' ')
		default:
			text = append(text, v.r.shape.delimiter...)
		}
		text = v.appendField(text, f, false)
	}
	return text
}

// nothing is an empty value that shows.
func (v *view) nothing() []byte {
	if sh := &v.r.shape; sh.quote != 0 && sh.escape == 0 {
		return []byte{sh.quote, sh.quote}
	}
	return []byte{'-'}
}

var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")

// appendField appends a value so that it is read as one field.
//
// TRICKY: it never adds quotes where none were: they could close a stray quote
// further up and so change how all rows from there on are read. What would need
// them becomes an underscore.
func (v *view) appendField(dst []byte, value string, quoted bool) []byte {
	sh := &v.r.shape
	value = oneLine.Replace(value)
	text := []byte(value)
	if v.r.charset.single != nil {
		text = v.r.charset.encode(value)
	}
	if quoted {
		return sh.appendQuoted(dst, text)
	}
	switch {
	case sh.spaces && len(text) == 0:
		return append(dst, v.nothing()...)
	case sh.spaces:
		text = bytes.Join(bytes.Fields(text), []byte("_"))
	case len(sh.delimiter) > 0:
		text = bytes.ReplaceAll(text, sh.delimiter, []byte("_"))
	}
	if len(text) > 0 && (text[0] == sh.quote || len(sh.comment) > 0 && bytes.HasPrefix(text, sh.comment)) {
		dst, text = append(dst, '_'), text[1:]
	}
	return append(dst, text...)
}

func (sh *shape) appendQuoted(dst, text []byte) []byte {
	escape := sh.quote
	if sh.escape != 0 {
		escape = sh.escape
	}
	dst = append(dst, sh.quote)
	for _, c := range text {
		if c == sh.quote || c == escape {
			dst = append(dst, escape)
		}
		dst = append(dst, c)
	}
	return append(dst, sh.quote)
}
