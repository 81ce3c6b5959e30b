package mapping

import (
	"strconv"
	"strings"
)

// reader takes values out of nodes and keeps the first problem it meets.
type reader struct{ err error }

func (r *reader) fail(n *node, key string, args ...any) {
	if r.err == nil {
		r.err = problem(n, key, args...)
	}
}

// object tells whether n is an object whose keys are all known.
func (r *reader) object(n *node, known []string) bool {
	if n.shape != object {
		r.fail(n, "mapping.want_object", "known", strings.Join(known, ", "))
		return false
	}
	for _, k := range n.keys {
		if has(known, k.text) {
			continue
		}
		if near := nearest(k.text, known); near != "" {
			r.fail(k, "mapping.unknown_key_near", "key", k.text, "near", near)
		} else {
			r.fail(k, "mapping.unknown_key", "key", k.text, "known", strings.Join(known, ", "))
		}
		return false
	}
	return true
}

// text gives a scalar's text, "" where n is nil.
func (r *reader) text(n *node) string {
	if n == nil {
		return ""
	}
	if n.shape != scalar {
		r.fail(n, "mapping.want_text")
	}
	return n.text
}

// texts gives the texts of a scalar or a list of scalars.
func (r *reader) texts(n *node) []string {
	switch {
	case n == nil || n.shape == empty:
		return nil
	case n.shape == scalar:
		return []string{n.text}
	case n.shape == object:
		r.fail(n, "mapping.want_text")
	}
	var out []string
	for _, item := range n.items {
		if item.shape == empty && item.text != "" {
			out = append(out, item.text)
			continue
		}
		out = append(out, r.text(item))
	}
	return out
}

// pairs gives an object of scalars, in order.
func (r *reader) pairs(n *node) (keys, values []string) {
	if n == nil {
		return nil, nil
	}
	if n.shape != object {
		r.fail(n, "mapping.want_object", "known", "…")
		return nil, nil
	}
	for i, k := range n.keys {
		keys, values = append(keys, k.text), append(values, r.text(n.items[i]))
	}
	return keys, values
}

// oneOf gives a scalar that must be one of the known words, "" where n is nil.
func (r *reader) oneOf(n *node, known []string) string {
	s := r.text(n)
	if n == nil || has(known, s) {
		return s
	}
	if near := nearest(s, known); near != "" {
		r.fail(n, "mapping.unknown_word_near", "word", s, "near", near)
	} else {
		r.fail(n, "mapping.unknown_word", "word", s, "known", strings.Join(known, ", "))
	}
	return ""
}

func (r *reader) truth(n *node) bool { return r.oneOf(n, []string{"true", "false"}) == "true" }

func (r *reader) count(n *node) int {
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(r.text(n))
	if err != nil || i < 0 || i > 1_000_000 {
		r.fail(n, "mapping.want_count", "value", n.text)
	}
	return i
}
