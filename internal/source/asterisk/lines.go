package asterisk

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// lined is the cutting that both formats share: a record is a line. Asterisk
// never writes a line break inside a field, and so a quote left open damages
// its own line only.
type lined struct {
	start      int64 // bytes at the front that are no records
	startLines int64
}

// Start gives the byte order mark and the header, where there are any.
func (d lined) Start() (size, lines int64) { return d.start, d.startLines }

// Cut cuts behind the last line end.
func (d lined) Cut(data []byte, giveUp bool) (size int, lines int64) {
	end := bytes.LastIndexByte(data, '\n') + 1
	if end == 0 && giveUp {
		return len(data), 0
	}
	return end, int64(bytes.Count(data[:end], []byte{'\n'}))
}

// first tells whether a chunk is the first of its input, where remarks about
// the input as a whole are made.
func (d lined) first(c source.Chunk) bool { return c.Line == d.startLines+1 }

// eachLine calls do for every line that is not blank, without its line end.
// Lines that are too long are rejected here.
func eachLine(c source.Chunk, out *facts.Batch, do func(line string, number int64)) {
	number := c.Line
	for rest := c.Data; len(rest) > 0; number++ {
		raw, after, _ := bytes.Cut(rest, []byte{'\n'})
		rest = after
		raw = bytes.TrimSuffix(raw, []byte{'\r'})
		switch {
		case len(bytes.TrimSpace(raw)) == 0:
		case len(raw) >= source.MaxRecord:
			out.Read++
			reject(out, number, string(raw[:rawLimit]), callpace.M("asterisk.reject.too_long", "limit", source.MaxRecord))
		default:
			out.Read++
			do(string(raw), number)
		}
	}
}

const rawLimit = 4 << 10 // bytes of a rejected record that are kept

func reject(out *facts.Batch, line int64, raw string, reason callpace.Message) {
	if len(raw) > rawLimit {
		raw = raw[:rawLimit]
	}
	out.Rejects = append(out.Rejects, facts.Reject{Line: line, Reason: reason, Raw: raw})
}

func warn(out *facts.Batch, line int64, reason callpace.Message) {
	out.Warnings = append(out.Warnings, facts.Warning{Line: line, Reason: reason})
}

// header gives the first line of an input and how many bytes it spans, behind
// a byte order mark of the given size.
func header(head []byte) (line string, mark, size int) {
	rest := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	mark = len(head) - len(rest)
	raw, _, ended := bytes.Cut(rest, []byte{'\n'})
	size = len(raw)
	if ended {
		size++
	}
	return string(bytes.TrimSuffix(raw, []byte{'\r'})), mark, size
}

// clean makes a field fit for storing: Latin-1 where it is not UTF-8 (caller
// names come as the phone sent them), and without the signs that parts use as
// separators.
func clean(s string) string {
	if !utf8.ValidString(s) {
		var b strings.Builder
		for i := range len(s) {
			b.WriteRune(rune(s[i]))
		}
		s = b.String()
	}
	if strings.IndexByte(s, separator) >= 0 || strings.IndexByte(s, 0) >= 0 {
		s = strings.NewReplacer(string(rune(separator)), " ", "\x00", " ").Replace(s)
	}
	return s
}

// separator stands between the fields of a part.
const separator = 0x1f

func join(fields ...string) string { return strings.Join(fields, string(rune(separator))) }

func split(data string) []string { return strings.Split(data, string(rune(separator))) }

// splitCSV cuts a line into fields, appending to fields[:0]. Quotes inside a
// quoted field are doubled. ok is false where a quote is left open, or followed
// by something other than a comma.
func splitCSV(line string, comma byte, fields []string) (_ []string, ok bool) {
	fields = fields[:0]
	for {
		if !strings.HasPrefix(line, `"`) {
			end := strings.IndexByte(line, comma)
			if end < 0 {
				return append(fields, line), true
			}
			fields, line = append(fields, line[:end]), line[end+1:]
			continue
		}
		field, rest, closed := quoted(line[1:])
		if !closed || rest != "" && rest[0] != comma {
			return fields, false
		}
		fields = append(fields, field)
		if rest == "" {
			return fields, true
		}
		line = rest[1:]
	}
}

// quoted reads up to the closing quote; the opening one is already gone.
func quoted(s string) (field, rest string, closed bool) {
	doubled := false
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		field = s[:i]
		if doubled {
			field = strings.ReplaceAll(field, `""`, `"`)
		}
		return field, s[i+1:], true
	}
	return "", "", false
}
