package table

import (
	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// shape is how records and fields stand in text. Every character in it is in
// the encoding in which the text is scanned.
type shape struct {
	newline   byte   // '\n', which may follow a '\r', or '\r'
	delimiter []byte // empty: the whole line is one field
	spaces    bool   // runs of spaces and tabs are the delimiter
	quote     byte   // 0: none
	escape    byte   // 0: a quote in quotes is doubled
	comment   []byte
	limit     limits
}

// limits are fields only so that tests can have small ones.
type limits struct {
	record    int // bytes of one record with its line end
	span      int // bytes of a record that goes over line ends
	spanLines int // lines of such a record
	columns   int
}

var defaultLimits = limits{record: source.MaxRecord, span: 1 << 20, spanLines: 1000, columns: source.MaxColumns}

// field is where a field stands: data[from:to] is its text, without quotes.
type field struct {
	from, to int
	quoted   bool
	escapes  bool // holds doubled or escaped quotes
}

// record is where a record stands: data[from:to], with its line end.
type record struct {
	line     int // line ends before it
	from, to int
	lines    int // line ends in it
	fields   []field
	fault    fault
	at       int // number of the field of an afterQuote, from 1
}

// fault is why a record cannot be read.
type fault uint8

const (
	sound fault = iota
	unclosed
	afterQuote
	tooLong
	tooMany
)

func (f fault) message(r *record, sh *shape, line int64) *callpace.Message {
	var m callpace.Message
	switch f {
	case unclosed:
		m = callpace.M("reject.quote_not_closed", "line", line)
	case afterQuote:
		m = callpace.M("reject.text_after_quote", "field", r.at)
	case tooLong:
		m = callpace.M("reject.record_too_long", "limit", sh.limit.record>>20)
	case tooMany:
		m = callpace.M("reject.too_many_columns", "limit", sh.limit.columns)
	}
	return &m
}
