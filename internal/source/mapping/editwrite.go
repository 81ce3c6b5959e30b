package mapping

import (
	"strings"
	"unicode/utf8"
)

// widest is how long an object may be that is written on one line.
const widest = 100

// write writes an object as YAML, so that readNode reads the same texts.
func (n *node) write(b *strings.Builder, depth int) {
	for i, k := range n.keys {
		b.WriteString(strings.Repeat("  ", depth))
		b.WriteString(quoted(k.text) + ":")
		n.items[i].writeValue(b, depth, depth == 1 || depth == 0 && (k.text == "facts" || k.text == "shared"))
	}
}

// writeValue writes what stands behind a key; open has an object stand line by line.
func (n *node) writeValue(b *strings.Builder, depth int, open bool) {
	if line, ok := n.flow(); ok && !(open && n.shape == object && len(n.keys) > 0) {
		if line != "" {
			b.WriteString(" " + line)
		}
		b.WriteString("\n")
		return
	}
	b.WriteString("\n")
	if n.shape == object {
		n.write(b, depth+1)
		return
	}
	for _, item := range n.items {
		var inner strings.Builder
		switch item.shape {
		case object:
			item.write(&inner, depth+2)
		default:
			line, _ := item.flow()
			inner.WriteString(strings.Repeat("  ", depth+2) + line + "\n")
		}
		mark := strings.Repeat("  ", depth+1) + "- "
		b.WriteString(mark + strings.TrimPrefix(inner.String(), strings.Repeat("  ", depth+2)))
	}
}

// flow gives a node on one line; ok is false where that is too much for one.
func (n *node) flow() (line string, ok bool) {
	switch n.shape {
	case empty:
		return n.text, true
	case scalar:
		return plainScalar(n.text), true
	}
	if n.shape == object && len(n.keys) > 1 && n.get("map") != nil {
		return "", false
	}
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		text, one := item.flow()
		if !one {
			return "", false
		}
		if n.shape == object {
			text = strings.TrimSpace(quoted(n.keys[i].text) + ": " + text)
		}
		parts[i] = text
	}
	open, end := "[", "]"
	if n.shape == object {
		open, end = "{", "}"
	}
	line = open + strings.Join(parts, ", ") + end
	return line, utf8.RuneCountInString(line) <= widest || n.shape == list && allScalars(n)
}

func allScalars(n *node) bool {
	for _, item := range n.items {
		if item.shape != scalar && item.shape != empty {
			return false
		}
	}
	return true
}

// plainScalar leaves small numbers, truth values and zones without quotes: they
// are texts here all the same, and read better.
func plainScalar(s string) string {
	if area, city, ok := strings.Cut(s, "/"); ok && quoted(area) == area && quoted(city) == city {
		return s
	}
	if s == "true" || s == "false" || len(s) < 10 && s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == "" {
		return s
	}
	return quoted(s)
}
