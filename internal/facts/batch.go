package facts

import (
	"math/bits"
	"strings"

	"github.com/callpace/callpace"
)

// Batch is what a decoder makes of a run of input records: their identity, the
// fact rows they yield, the parts of calls that span several records, and what
// was skipped or rejected. Strings may point into the decoder's input buffer,
// which therefore must not be reused while the batch lives.
type Batch struct {
	Read     int // input records seen; = len(Records) + Skipped + Rejected
	Skipped  int
	Records  []Record
	Rejects  []Reject
	Warnings []Warning
	Tables   []*Rows // by Table.ID, nil where there are none
	Parts    []Part
}

// Record is one accepted input record.
type Record struct {
	Origin  uint64 // hash of source and record key: two records of one origin are versions of one thing
	Version int64  // highest wins; 0 where the source has none, and then the latest input wins
	Content uint64 // hash of the record's content: equal content is "unchanged"
	Line    int64  // first line (or row) in the input, from 1
}

// Reject is a record that could not be understood. Raw is cut at 4 KiB.
type Reject struct {
	Line   int64
	Reason callpace.Message
	Raw    string
}

// Warning is something odd about a record that was kept.
type Warning struct {
	Line   int64
	Reason callpace.Message
}

// Part is one record of a thing that several records make up together: a leg
// of a call, an event of a queue. All parts of a group go to the Assembler.
type Part struct {
	Record int32  // index in Records
	Group  string // the thing's id within the source
	// Link names a meeting point with parts of other groups (a seat's
	// conversation, say). A part that offers is also handed to the groups
	// whose parts seek the same link.
	Link   string
	Offers bool
	Data   string // the record as the assembler wants it back
}

// Group is what an Assembler gets: everything known about one thing.
type Group struct {
	Source string
	Name   string
	Origin uint64
	Parts  []string // own parts, ordered by record origin
	Linked []string // offering parts of other groups that meet one of ours
}

// Assembler makes fact rows of a group. It must be a pure function of the
// group. The rows it appends belong to record 0 of the batch it is given.
type Assembler interface {
	Assemble(g Group, out *Batch)
}

// Rows are the rows of one table, by column. Record says which record of the
// batch made each row. Attrs holds the source's other columns by name.
type Rows struct {
	Table  *Table
	N      int
	Record []int32
	Cols   []Vector
	Attrs  map[string]*Vector
}

// Vector is one column. Text columns use Strs, all others Ints; both are as
// long as the rows that set them, and bit i of Set tells whether row i has a
// value.
type Vector struct {
	Ints []int64
	Strs []string
	set  []uint64
}

// Rows gives the batch's rows of a table, making them if there are none yet.
func (b *Batch) Rows(t *Table) *Rows {
	if b.Tables == nil {
		b.Tables = make([]*Rows, len(Tables))
	}
	r := b.Tables[t.ID]
	if r == nil {
		r = &Rows{Table: t, Cols: make([]Vector, len(t.Columns))}
		b.Tables[t.ID] = r
	}
	return r
}

// Add appends an empty row made by record (an index in Batch.Records) and
// gives its number.
func (r *Rows) Add(record int) int {
	r.Record = append(r.Record, int32(record))
	r.N++
	return r.N - 1
}

// SetInt sets a value of any kind but Text. col is an index in Table.Columns.
func (r *Rows) SetInt(row, col int, v int64) { r.Cols[col].SetInt(row, v) }

// SetText sets a text; the empty text is no value and leaves null.
func (r *Rows) SetText(row, col int, s string) { r.Cols[col].SetText(row, s) }

// SetAttr keeps one of the source's own columns; the empty text is no value.
func (r *Rows) SetAttr(row int, name, s string) {
	if s == "" {
		return
	}
	r.attr(name).SetText(row, s)
}

func (r *Rows) attr(name string) *Vector {
	v := r.Attrs[name]
	if v == nil {
		if r.Attrs == nil {
			r.Attrs = map[string]*Vector{}
		}
		v = &Vector{}
		r.Attrs[strings.Clone(name)] = v // names live longer than the input's bytes
	}
	return v
}

// SetMoment sets the three columns of a moment; first is the index of M_at.
func (r *Rows) SetMoment(row, first int, m Moment) {
	if !m.Known {
		return
	}
	r.Cols[first].SetInt(row, m.At.UnixMicro())
	r.Cols[first+1].SetInt(row, m.Day)
	if m.Hour >= 0 {
		r.Cols[first+2].SetInt(row, m.Hour)
	}
}

// SetInt sets element i, growing the vector with nulls.
func (v *Vector) SetInt(i int, x int64) {
	for len(v.Ints) <= i {
		v.Ints = append(v.Ints, 0)
	}
	v.Ints[i] = x
	v.mark(i)
}

// SetText sets element i, growing the vector with nulls; "" leaves null.
func (v *Vector) SetText(i int, s string) {
	if s == "" {
		return
	}
	for len(v.Strs) <= i {
		v.Strs = append(v.Strs, "")
	}
	v.Strs[i] = s
	v.mark(i)
}

// Has tells whether element i is not null.
func (v *Vector) Has(i int) bool {
	w := i / 64
	return w < len(v.set) && v.set[w]&(1<<(i%64)) != 0
}

// Int gives element i, 0 where null.
func (v *Vector) Int(i int) int64 {
	if i < len(v.Ints) {
		return v.Ints[i]
	}
	return 0
}

// Text gives element i, "" where null.
func (v *Vector) Text(i int) string {
	if i < len(v.Strs) {
		return v.Strs[i]
	}
	return ""
}

// Count gives the number of elements that are not null.
func (v *Vector) Count() int {
	n := 0
	for _, w := range v.set {
		n += bits.OnesCount64(w)
	}
	return n
}

func (v *Vector) mark(i int) {
	for len(v.set) <= i/64 {
		v.set = append(v.set, 0)
	}
	v.set[i/64] |= 1 << (i % 64)
}
