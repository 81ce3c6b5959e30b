package table

import (
	"errors"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// openWorkbook sees what it can from head: of a workbook that is all there, its
// faults and columns at once.
func (r *Reader) openWorkbook(head []byte) error {
	if len(head) == source.HeadSize { // the beginning of a larger one
		return checkMagic(head)
	}
	b, err := openBook(head, r.layout.Sheet)
	if err != nil {
		return err
	}
	h := header{layout: r.layout}
	err = b.rows(func(number int64, cells []string) bool {
		_, more := h.data(number, cells)
		return more && h.columns == nil
	})
	if err == nil {
		err = h.err()
	}
	if err != nil {
		return bookError(err)
	}
	r.columns = h.columns
	return nil
}

// header finds the columns of a sheet and tells its records from the rest.
type header struct {
	layout  Layout
	columns []string
	fault   *callpace.Error
}

// data tells whether a row is a record; more is false where there can be none.
func (h *header) data(number int64, cells []string) (record, more bool) {
	switch l := h.layout; {
	case number <= int64(l.skip()):
		return false, true
	case h.columns != nil:
		return true, true
	case !l.hasHeader() && len(l.Columns) > 0:
		h.columns = uniqueNames(l.Columns)
		return true, true
	case len(cells) > source.MaxColumns:
		h.fault = callpace.E(callpace.Limit, "reject.too_many_columns", "limit", source.MaxColumns)
		return false, false
	case !l.hasHeader():
		h.columns = uniqueNames(make([]string, len(cells)))
		return true, true
	case len(l.Columns) > len(cells):
		h.fault = callpace.E(callpace.Invalid, "table.more_columns_than_header", "columns", len(l.Columns), "header", len(cells))
		return false, false
	default:
		names := append([]string(nil), cells...)
		copy(names, l.Columns)
		h.columns = uniqueNames(names)
		return false, true
	}
}

// err is the fault of a sheet in which no columns were found.
func (h *header) err() error {
	switch {
	case h.fault != nil:
		return h.fault
	case h.columns == nil && (h.layout.hasHeader() || len(h.layout.Columns) == 0):
		return callpace.E(callpace.Invalid, "table.empty")
	}
	return nil
}

// workbookRows reads a workbook. What makes the workbook unreadable, from the
// beginning or from some row on, is one bad row.
func (r *Reader) workbookRows(c source.Chunk, yield func(Row) bool) {
	h := header{layout: r.layout}
	last, more := int64(0), true
	b, err := openBook(c.Data, r.layout.Sheet)
	if err == nil {
		err = b.rows(func(number int64, cells []string) bool {
			record, on := h.data(number, cells)
			if last = number; record {
				on = yield(h.row(number, cells))
			}
			more = on
			return on
		})
		if err == nil {
			err = h.err()
		}
	}
	if err != nil && (more || h.fault != nil) {
		var e *callpace.Error
		errors.As(bookError(err), &e)
		yield(Row{Line: last + 1, Bad: &callpace.Message{Key: e.Key, Args: e.Args}})
	}
}

// row makes the Row of a record. Empty cells at the end of a row are not in the
// file, so a row shorter than the header is whole.
func (h *header) row(number int64, cells []string) Row {
	row := Row{Line: number, Names: h.columns, Raw: strings.Join(cells, "\t")}
	switch {
	case len(cells) > source.MaxColumns:
		row.Bad = message("reject.too_many_columns", "limit", source.MaxColumns)
	case len(cells) > len(h.columns):
		row.Bad = message("reject.field_count", "found", len(cells), "expected", len(h.columns))
	case strings.IndexByte(row.Raw, 0) >= 0:
		row.Bad = message("reject.nul_byte")
	default:
		for len(cells) < len(h.columns) {
			cells = append(cells, "")
		}
		row.Fields = cells
	}
	return row
}
