// Package table reads tabular inputs (delimited text, JSON lines, workbooks) as
// rows of named fields, and writes rows back in the same layout. It knows
// nothing of what the fields mean.
package table

// Reader reads one input. Cut is called by one goroutine; Rows and Rewrite by
// several at once, on different chunks.
type Reader struct {
	layout  Layout
	charset charset
	shape   shape
	columns []string
	start   struct{ bytes, lines int64 }
	torn    torn
}

// Columns gives the names of the columns: trimmed, none empty, none twice. It is
// nil where rows bring their own names: JSON lines, and workbooks too large to
// be seen in whole by Open.
func (r *Reader) Columns() []string { return r.columns }

// Start tells how many bytes and lines at the front are no records: byte order
// mark, skipped lines, comments, the header.
func (r *Reader) Start() (bytes, lines int64) { return r.start.bytes, r.start.lines }

// IsWhole tells whether the input can only be read as a whole (workbooks).
func (r *Reader) IsWhole() bool { return r.layout.Kind == XLSX }
