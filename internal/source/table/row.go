package table

import "github.com/callpace/callpace"

// Row is one record. Its strings may point into the chunk's data.
type Row struct {
	Line int64 // of its beginning, from 1; in a workbook the number of the row
	// Fields are the values, aligned with Names where these are given, else with
	// Reader.Columns. The slice is valid until the next row, the strings as
	// long as the chunk's data. In a workbook dates are 2006-01-02T15:04:05
	// (or only the day, or only the time, where the other is not there) and
	// numbers have all their digits. Empty when Bad.
	Fields []string
	// Names are the names of this row's own fields: set in JSON lines (nested
	// names joined by dots) and workbooks (where all rows share one slice).
	Names []string
	Raw   string            // the text of the record, without its line end
	Bad   *callpace.Message // why the row cannot be read; nil for a good one
}
