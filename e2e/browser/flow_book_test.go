package browser

import (
	"bytes"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// compareBook holds the workbook of a KPI against its page and against what
// others computed: numbers are numbers there, as exact as they are known.
func (f *flow) compareBook() {
	for _, of := range []struct{ kpi, column string }{{"calls", "calls"}, {"conversion_rate:of_calls", "conversion_rate_of_calls"}} {
		f.visit("/kpi/" + of.kpi + "?all=1&by=attr.job&" + allDays)
		shown := f.table("#parts-card table")
		want := f.expected("by-job", "job", of.column)
		name, file := f.download(`.toolbar a[href*="format=xlsx"]`)
		require.Regexp(f.t, `\.xlsx$`, name)
		book, err := excelize.OpenReader(bytes.NewReader(file))
		require.NoError(f.t, err)
		sheet := book.GetSheetList()[0]
		raw, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		require.NoError(f.t, err)
		require.Len(f.t, raw, len(shown)+1, "%s: a head, and the rows of the page: %v", of.kpi, raw[0])
		const column = 1 // after the name
		for i, row := range raw[1:] {
			cell, err := excelize.CoordinatesToCellName(column+1, i+2)
			require.NoError(f.t, err)
			kind, err := book.GetCellType(sheet, cell)
			require.NoError(f.t, err)
			require.Contains(f.t, []excelize.CellType{excelize.CellTypeUnset, excelize.CellTypeNumber}, kind, "%s is a number", cell)
			f.equal(of.kpi+" of "+row[0], want[row[0]], row[column], 1e-6)
		}
		f.sameFigures(of.kpi+" of the page", want, shown, func(name string) string { return name })
		require.NoError(f.t, book.Close())
		f.quiet("workbook")
	}
}
