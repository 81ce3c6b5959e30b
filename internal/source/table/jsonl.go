package table

import (
	"encoding/json"
	"strings"
	"unsafe"

	"github.com/callpace/callpace"
)

// flattener turns JSON objects into named fields. It keeps its slices from one
// row to the next.
type flattener struct {
	names, fields []string
	spans         [][2]int // of each field's value in the line
	line          string
	pos           int
	bad           *callpace.Message
}

// maxDepth is how deep objects may stand in each other.
const maxDepth = 64

// flatten reads one object. Nested objects become fields with dotted names,
// arrays of plain values their values with spaces between; other arrays stay
// JSON. Numbers keep the digits they have, null is empty.
func (f *flattener) flatten(line string) (names, fields []string, bad *callpace.Message) {
	*f = flattener{names: f.names[:0], fields: f.fields[:0], spans: f.spans[:0], line: line}
	if !json.Valid(unsafe.Slice(unsafe.StringData(line), len(line))) {
		return nil, nil, message("reject.not_json")
	}
	if f.space(); f.line[f.pos] != '{' {
		return nil, nil, message("reject.not_an_object")
	}
	f.object("", 1)
	if f.bad == nil {
		f.bad = f.twice()
	}
	if f.bad != nil {
		return nil, nil, f.bad
	}
	return f.names, f.fields, nil
}

func message(key string, args ...any) *callpace.Message {
	m := callpace.M(key, args...)
	return &m
}

// space skips blanks; what stands there is known to be valid JSON.
func (f *flattener) space() {
	for f.pos < len(f.line) && strings.IndexByte(" \t\r\n", f.line[f.pos]) >= 0 {
		f.pos++
	}
}

// object reads the object at pos, whose name is prefix.
func (f *flattener) object(prefix string, depth int) {
	if depth > maxDepth {
		f.bad = message("reject.nested_too_deep", "limit", maxDepth)
	}
	f.pos++ // {
	for f.bad == nil {
		if f.space(); f.line[f.pos] == '}' {
			f.pos++
			return
		}
		if f.line[f.pos] == ',' {
			f.pos++
			f.space()
		}
		name := f.text()
		if prefix != "" {
			name = prefix + "." + name
		}
		f.space()
		f.pos++ // :
		f.space()
		if f.line[f.pos] == '{' {
			f.object(name, depth+1)
			continue
		}
		from := f.pos
		value := f.value()
		if strings.IndexByte(value, 0) >= 0 || strings.IndexByte(name, 0) >= 0 {
			f.bad = message("reject.nul_byte")
			return
		}
		f.names, f.fields = append(f.names, name), append(f.fields, value)
		f.spans = append(f.spans, [2]int{from, f.pos})
	}
}

// value reads a value that is no object.
func (f *flattener) value() string {
	switch f.line[f.pos] {
	case '"':
		return f.text()
	case '[':
		return f.array()
	}
	token := f.token()
	if token == "null" {
		return ""
	}
	return token
}

// text reads the string at pos.
func (f *flattener) text() string {
	from := f.pos + 1
	escaped := false
	for f.pos = from; f.line[f.pos] != '"'; f.pos++ {
		if f.line[f.pos] == '\\' {
			escaped = true
			f.pos++
		}
	}
	f.pos++
	if !escaped {
		return f.line[from : f.pos-1]
	}
	var s string
	if err := json.Unmarshal([]byte(f.line[from-1:f.pos]), &s); err != nil {
		f.bad = message("reject.not_json")
	}
	return s
}

// token reads a number or a word.
func (f *flattener) token() string {
	from := f.pos
	for f.pos < len(f.line) && strings.IndexByte(",]} \t\r\n", f.line[f.pos]) < 0 {
		f.pos++
	}
	return f.line[from:f.pos]
}

// array reads an array: its values joined by spaces where all are plain, else
// its JSON.
func (f *flattener) array() string {
	from := f.pos
	var values []string
	plain := true
	for depth := 0; ; {
		switch f.line[f.pos] {
		case '[', '{':
			plain = plain && depth == 0 // one array, no object in it
			depth++
			f.pos++
		case ']', '}':
			depth--
			f.pos++
			if depth == 0 {
				if plain {
					return strings.Join(values, " ")
				}
				return f.line[from:f.pos]
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			f.pos++
		case '"':
			values = append(values, f.text())
		default:
			if t := f.token(); t != "null" {
				values = append(values, t)
			}
		}
	}
}

// twice looks for a name that stands twice: which of the values was meant
// nobody can tell.
func (f *flattener) twice() *callpace.Message {
	if len(f.names) > 32 {
		seen := make(map[string]bool, len(f.names))
		for _, n := range f.names {
			if seen[n] {
				return message("reject.name_twice", "name", n)
			}
			seen[n] = true
		}
		return nil
	}
	for i, n := range f.names {
		for _, m := range f.names[:i] {
			if n == m {
				return message("reject.name_twice", "name", n)
			}
		}
	}
	return nil
}
