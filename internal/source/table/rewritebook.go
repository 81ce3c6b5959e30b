package table

import (
	"bytes"

	"github.com/xuri/excelize/v2"

	"github.com/callpace/callpace/internal/source"
)

// rewriteWorkbook is Rewrite for workbooks.
func (r *Reader) rewriteWorkbook(c source.Chunk, edit func(Row) (fields []string, changed bool)) ([]byte, int) {
	b, err := openBook(c.Data, r.layout.Sheet)
	if err != nil {
		return c.Data, 0
	}
	f := excelize.NewFile()
	defer f.Close()
	name := f.GetSheetName(0)
	if r.layout.Sheet != "" {
		if err := f.SetSheetName(name, r.layout.Sheet); err != nil {
			return c.Data, 0
		}
		name = r.layout.Sheet
	}
	sheet, err := f.NewStreamWriter(name)
	if err != nil {
		return c.Data, 0
	}
	h := header{layout: r.layout}
	changes := 0
	// A workbook damaged further down is rewritten up to there: these are the
	// rows that were read from it.
	_ = b.rows(func(number int64, cells []string) bool {
		record, more := h.data(number, cells)
		if record {
			if fields, changed := edit(h.row(number, cells)); changed {
				changes++
				cells = fields
			}
		}
		at, _ := excelize.CoordinatesToCellName(1, int(number))
		err = sheet.SetRow(at, cellValues(cells))
		return more && err == nil
	})
	var out bytes.Buffer
	if changes == 0 || err != nil || sheet.Flush() != nil || f.Write(&out) != nil {
		return c.Data, 0
	}
	return out.Bytes(), changes
}

// cellValues gives the cells to be written; a row must not become blank, since
// that would be no record.
func cellValues(cells []string) []any {
	values := make([]any, max(len(cells), 1))
	blank := true
	for i, v := range cells {
		if v != "" {
			values[i], blank = v, false
		}
	}
	if blank {
		values[0] = "-"
	}
	return values
}
