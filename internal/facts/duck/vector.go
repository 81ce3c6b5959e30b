package duck

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/callpace/callpace/internal/facts"
)

// column is what one column of an appended table is filled from: a vector of
// a batch, or plain values without nulls, or one value for every row.
// The zero column is null in every row.
type column struct {
	kind facts.Kind
	vec  *facts.Vector
	ints []int64
	strs []string // "" is null
	one  string   // the same text in every row
}

// empty tells that the column is null in every row.
func (c *column) empty() bool { return c.one == "" && c.strs == nil && c.ints == nil }

func textColumn(strs []string) column             { return column{kind: facts.Text, strs: strs} }
func sameText(s string) column                    { return column{kind: facts.Text, one: s} }
func intColumn(k facts.Kind, ints []int64) column { return column{kind: k, ints: ints} }

func vectorColumn(k facts.Kind, v *facts.Vector) column {
	if v == nil || v.Count() == 0 {
		return column{}
	}
	if k == facts.Text {
		return column{kind: k, strs: v.Strs}
	}
	return column{kind: k, vec: v, ints: v.Ints}
}

// flat is the memory of a DuckDB vector: values, and one bit a row that tells
// whether it is not null.
type flat struct {
	data  unsafe.Pointer
	valid []uint64
}

func openVector(v mapping.Vector) flat {
	mapping.VectorEnsureValidityWritable(v)
	words := int(mapping.VectorSize()) / 64
	return flat{
		data:  mapping.VectorGetData(v),
		valid: unsafe.Slice((*uint64)(mapping.VectorGetValidity(v)), words),
	}
}

func (f flat) null(i int) { f.valid[i/64] &^= 1 << (i % 64) }

// fill writes rows lo … hi-1 (of sel, where given) to the front of f.
func (c *column) fill(f flat, long *arena, lo, hi int, sel []int32) {
	switch {
	case c.one != "":
		c.fillSame(f, long, hi-lo)
	case c.strs != nil:
		c.fillText(f, long, lo, hi, sel)
	default:
		c.fillInts(f, lo, hi, sel)
	}
}

func (c *column) fillInts(f flat, lo, hi int, sel []int32) {
	n := hi - lo
	switch c.kind {
	case facts.Day:
		fillFixed(unsafe.Slice((*int32)(f.data), n), f, c, lo, sel)
	case facts.Hour:
		fillFixed(unsafe.Slice((*int8)(f.data), n), f, c, lo, sel)
	case facts.Bool:
		fillFixed(unsafe.Slice((*uint8)(f.data), n), f, c, lo, sel)
	default:
		fillFixed(unsafe.Slice((*int64)(f.data), n), f, c, lo, sel)
	}
}

func fillFixed[T int64 | int32 | int8 | uint8](out []T, f flat, c *column, lo int, sel []int32) {
	for i := range out {
		row := lo + i
		if sel != nil {
			row = int(sel[row])
		}
		if c.vec != nil && !c.vec.Has(row) {
			f.null(i)
			continue
		}
		out[i] = T(c.ints[row])
	}
}

func (c *column) fillText(f flat, long *arena, lo, hi int, sel []int32) {
	out := unsafe.Slice((*stringT)(f.data), hi-lo)
	for i := range out {
		row := lo + i
		if sel != nil {
			row = int(sel[row])
		}
		if row >= len(c.strs) || c.strs[row] == "" {
			f.null(i)
			continue
		}
		out[i].set(c.strs[row], long)
	}
}

func (c *column) fillSame(f flat, long *arena, n int) {
	out := unsafe.Slice((*stringT)(f.data), n)
	out[0].set(c.one, long)
	for i := 1; i < n; i++ {
		out[i] = out[0]
	}
}

// inlineLength is the longest string that DuckDB keeps inside its string_t.
const inlineLength = 12

// replacement stands for bytes that are no text.
const replacement = "\uFFFD"

// stringT is DuckDB's string_t: the length, then the bytes of a short string
// padded with zeros, or the first four bytes of a long one and its address.
type stringT struct {
	length uint32
	bytes  [inlineLength]byte
}

func (t *stringT) set(s string, long *arena) {
	if !utf8.ValidString(s) { // DuckDB trusts what stands in a vector
		s = strings.ToValidUTF8(s, replacement)
	}
	*t = stringT{length: uint32(len(s))}
	if len(s) <= inlineLength {
		copy(t.bytes[:], s)
		return
	}
	copy(t.bytes[:4], s)
	*(*uintptr)(unsafe.Pointer(&t.bytes[4])) = uintptr(long.put(s))
}
