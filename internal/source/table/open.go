package table

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// Open prepares to read one input of a layout. head is its beginning, up to
// source.HeadSize bytes; encoding, line ends, delimiter and header are seen
// from it alone. The error is for the user.
func Open(l Layout, head []byte) (*Reader, error) { return open(l, head, defaultLimits) }

func open(l Layout, head []byte, limit limits) (*Reader, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	if l.Kind == "" {
		l.Kind = Delimited
	}
	r := &Reader{layout: l}
	if l.Kind == XLSX {
		return r, r.openWorkbook(head)
	}
	whole := len(head) < source.HeadSize
	var mark int
	var err error
	encoding := l.Encoding
	if l.Kind == JSONL && encoding == "" {
		encoding = utf8Charset.name // as JSON is (RFC 8259): a line that is not is rejected, and the others stay
	}
	if r.charset, mark, err = detectCharset(encoding, head, whole); err != nil {
		return nil, err
	}
	p := plain{text: head[mark:]}
	if !r.charset.direct() {
		p = r.charset.plain(head[mark:], '\n', true)
		limit.record /= 2 // no encoding has more than two bytes where UTF-8 has one
	}
	r.shape = shape{newline: '\n', limit: limit}
	if bytes.IndexByte(p.text, '\n') < 0 && bytes.IndexByte(p.text, '\r') >= 0 {
		r.shape.newline = '\r'
		if !r.charset.direct() {
			p = r.charset.plain(head[mark:], '\r', true)
		}
	}
	if err := r.setShape(p.text); err != nil {
		return nil, err
	}
	bytes, lines, err := r.readHeader(p.text, whole)
	if err != nil {
		return nil, err
	}
	switch {
	case r.charset.direct():
	case bytes == len(p.text):
		bytes = len(head) - mark
	default:
		bytes = p.offset(lines)
	}
	r.start.bytes, r.start.lines = int64(mark+bytes), int64(lines)
	r.torn.next = r.start.lines + 1
	return r, nil
}

// setShape sets what the layout says of quotes and delimiters.
func (r *Reader) setShape(text []byte) error {
	l, sh := r.layout, &r.shape
	var ok bool
	if sh.comment, ok = r.charset.exact(l.Comment); !ok {
		return callpace.E(callpace.Invalid, "table.bad_option", "option", "comment", "value", l.Comment)
	}
	if l.Kind == JSONL {
		return nil
	}
	switch l.Quote {
	case None:
	case "":
		sh.quote = '"'
	default:
		sh.quote = l.Quote[0]
	}
	if l.Escape != "" && l.Escape[0] != sh.quote {
		sh.escape = l.Escape[0]
	}
	switch l.Delimiter {
	case "":
		sh.delimiter = detectDelimiter(*sh, text, l.skip())
	case Spaces:
		sh.spaces = true
	default:
		if sh.delimiter, ok = r.charset.exact(l.Delimiter); !ok {
			return callpace.E(callpace.Invalid, "table.bad_option", "option", "delimiter", "value", l.Delimiter)
		}
	}
	return nil
}

// readHeader finds the columns, and how much of text is no records.
func (r *Reader) readHeader(text []byte, whole bool) (bytes, lines int, err error) {
	s := scanner{shape: &r.shape, data: text, final: whole, split: true}
	for i := 0; i < r.layout.skip(); i++ {
		end := s.line(s.pos)
		if end < 0 {
			return 0, 0, callpace.E(callpace.Limit, "table.header_too_far")
		}
		s.skip(end)
	}
	if r.layout.Kind == JSONL {
		return s.pos, s.lines, nil
	}
	bytes, lines = s.pos, s.lines
	v := view{r: r, text: text}
	named := r.layout.Columns
	if !r.layout.hasHeader() && len(named) > 0 {
		r.columns = uniqueNames(named)
		return bytes, lines, nil
	}
	switch {
	case !s.next() && !whole:
		return 0, 0, callpace.E(callpace.Limit, "table.header_too_far")
	case s.rec.from == s.rec.to:
		return 0, 0, callpace.E(callpace.Invalid, "table.empty")
	case s.rec.fault != sound || v.suspect(text[s.rec.from:s.rec.to]) != nil:
		return 0, 0, callpace.E(callpace.Invalid, "table.bad_header", "line", s.rec.line+1)
	}
	header := v.fields(nil, &s.rec)
	if !r.layout.hasHeader() {
		r.columns = uniqueNames(make([]string, len(header)))
		return bytes, lines, nil
	}
	if len(named) > len(header) {
		return 0, 0, callpace.E(callpace.Invalid, "table.more_columns_than_header", "columns", len(named), "header", len(header))
	}
	copy(header, named)
	r.columns = uniqueNames(header)
	return s.pos, s.lines, nil
}

// uniqueNames trims names, gives one to columns without (column_3), and makes a
// second "phone" phone_2.
func uniqueNames(names []string) []string {
	out := make([]string, len(names))
	taken := make(map[string]bool, len(names))
	for i, n := range names {
		out[i] = strings.Clone(strings.TrimSpace(strings.Trim(n, "\ufeff")))
		taken[out[i]] = true
	}
	seen := make(map[string]bool, len(names))
	for i, n := range out {
		if n == "" {
			n = fmt.Sprintf("column_%d", i+1)
		}
		unique := n
		for k := 2; seen[unique] || unique != out[i] && taken[unique]; k++ {
			unique = fmt.Sprintf("%s_%d", n, k)
		}
		out[i], seen[unique] = unique, true
	}
	return out
}

// detectDelimiter gives the delimiter that splits the first records best: most
// of them into as many fields as the first of them, and into more than one.
func detectDelimiter(sh shape, text []byte, skip int) []byte {
	best, most := ",", 0
	for _, d := range []string{",", ";", "\t", "|"} {
		sh.delimiter = []byte(d)
		s := scanner{shape: &sh, data: text, final: true, split: true}
		for i := 0; i < skip; i++ {
			s.skip(s.line(s.pos))
		}
		first, same := 0, 0
		for n := 0; n < 100 && s.next(); n++ {
			if first == 0 {
				first = len(s.rec.fields)
			}
			if len(s.rec.fields) == first {
				same++
			}
		}
		if score := same * (first - 1) * 1000; first > 1 && score > most {
			best, most = d, score
		}
	}
	return []byte(best)
}
