package asterisk

import (
	"bytes"
	"strings"

	"github.com/callpace/callpace/internal/source"
)

// Blank takes a person out of call detail records: their number gives way to
// a withheld one that carries the pseudonym, names and recordings go, and what
// identifies the row stays, so that calls keep their count and shape.
func (d *cdrDecoder) Blank(c source.Chunk, match source.Person) (data []byte, records int) {
	return blankLines(c.Data, func(line string) (string, bool) {
		row, ok := splitCSV(line, d.comma, nil)
		found := d.layouts.of(row)
		if !ok || found == nil {
			return blankText(line, match)
		}
		hit := false
		for i, f := range found {
			switch f {
			case src, dst, cnum, outboundNumber, clid, channel, dstChannel, lastData, recording:
				hit = hit || names(row[i], match)
			case accountCode, userField, peerAccount:
				hit = hit || row[i] != "" && match.Lead(row[i]) != ""
			}
		}
		for i, f := range found {
			switch {
			case hit:
				row[i] = blankField(f, row[i], match)
			case f == userField && match.Text != nil:
				if rest, mentioned := match.Text(row[i]); mentioned {
					row[i] = rest
					return joinCSV(row, d.comma), true
				}
			}
		}
		if !hit {
			return line, false
		}
		return joinCSV(row, d.comma), true
	})
}

// blankField gives what remains of a field in a row of the person.
func blankField(f field, v string, match source.Person) string {
	switch f {
	case clid, cnam, outboundName, dstName, recording:
		return ""
	case src, dst, cnum, outboundNumber, channel, dstChannel, lastData, accountCode, userField, peerAccount:
		if v != "" && match.Lead(v) != "" {
			return match.Lead(v)
		}
		v, _ = blankText(v, match)
	}
	return v
}

// Blank takes a person out of queue events: their number gives way to a
// withheld one that carries the pseudonym, and the name beside it goes.
func (d *queueDecoder) Blank(c source.Chunk, match source.Person) (data []byte, records int) {
	return blankLines(c.Data, func(line string) (string, bool) {
		if d.columns != nil {
			return d.blankRow(line, match)
		}
		fields := strings.Split(line, "|")
		if len(fields) < 5 {
			return line, false
		}
		hit := false
		for i := 5; i < len(fields); i++ {
			v, found := blankText(fields[i], match)
			fields[i], hit = v, hit || found
		}
		if hit && fields[4] == "ENTERQUEUE" && len(fields) > callerName {
			fields = append(fields[:callerName], "") // whatever signs the name holds
		}
		return strings.Join(fields, "|"), hit
	})
}

// callerName is the place of the caller's name in ENTERQUEUE.
const callerName = 8

// blankRow handles the rows of an export.
func (d *queueDecoder) blankRow(line string, match source.Person) (string, bool) {
	row, ok := splitCSV(line, d.comma, nil)
	if !ok || len(row) != len(d.columns) {
		return line, false
	}
	hit, enters := false, false
	for i, to := range d.columns {
		if to == 4 {
			enters = row[i] == "ENTERQUEUE"
		}
		if to >= 5 {
			v, found := blankText(row[i], match)
			row[i], hit = v, hit || found
		}
	}
	for i, to := range d.columns {
		if hit && enters && to >= callerName {
			row[i] = ""
		}
	}
	return joinCSV(row, d.comma), hit
}

// blankLines rewrites the lines that one changes; all others and every line
// end stay byte by byte.
func blankLines(data []byte, one func(line string) (string, bool)) ([]byte, int) {
	var out []byte
	changed, copied := 0, 0
	for at := 0; at < len(data); {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			end = len(data) - at
		}
		line := bytes.TrimSuffix(data[at:at+end], []byte{'\r'})
		if s, hit := one(string(line)); hit {
			out = append(append(out, data[copied:at]...), s...)
			copied = at + len(line)
			changed++
		}
		at += end + 1
	}
	if changed == 0 {
		return data, 0
	}
	return append(out, data[copied:]...), changed
}

// names tells whether a text holds a number of the person.
func names(text string, match source.Person) bool {
	_, hit := blankText(text, match)
	return hit
}

// blankText replaces every run of digits that is the person's number. A text
// that is a number as a whole may have ornaments in it.
func blankText(text string, match source.Person) (string, bool) {
	if n := bare(text); n != "" && isNumber(n) && match.Phone(text) != "" {
		return erased + match.Phone(text), true
	}
	var b strings.Builder
	hit, copied := false, 0
	for i := 0; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		from, to := i, i
		for to < len(text) && isDigit(text[to]) {
			to++
		}
		if from > 0 && text[from-1] == '+' {
			from--
		}
		if to-from >= 5 {
			if p := match.Phone(text[from:to]); p != "" {
				b.WriteString(text[copied:from])
				b.WriteString(erased + p)
				copied, hit = to, true
			}
		}
		i = to
	}
	b.WriteString(text[copied:])
	return b.String(), hit
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// joinCSV writes a row as Asterisk does: everything quoted.
func joinCSV(row []string, comma byte) string {
	var b strings.Builder
	for i, v := range row {
		if i > 0 {
			b.WriteByte(comma)
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(v, `"`, `""`))
		b.WriteByte('"')
	}
	return b.String()
}
