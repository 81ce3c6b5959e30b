package export

import (
	"bytes"
	"encoding/csv"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
)

var iso = calendar.New(facts.Gregorian, time.Monday)

func sheet(rows ...[]Cell) Sheet {
	s := Sheet{Title: "Calls: a/b?", Rows: each(rows)}
	for i := range rows[0] {
		name := string(rune('a' + i))
		s.Columns = append(s.Columns, Column{Name: name, Title: strings.ToUpper(name)})
	}
	return s
}

func each(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func written(t *testing.T, f Format, s Sheet, m Manner) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, f, s, m))
	return b.String()
}

func TestNeutral(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		require.Equal(t, want, Neutral(text))
	}
	f("Ana", "Ana")
	f("", "")
	f("3-4", "3-4")
	f("a=b", "a=b")
	f("=1+1", "'=1+1")
	f("+385911234567", "'+385911234567")
	f("-2", "'-2")
	f("@SUM(A1)", "'@SUM(A1)")
	f("\t=1", "'\t'=1")
	f("\r=1", "'\r'=1")
	f("\nx", "'\nx")
	f("  =1", "  '=1")
	f("＝1", "'＝1")
	f("＋1", "'＋1")
	f("－1", "'－1")
	f("＠x", "'＠x")
	f("\u200f=1", "\u200f'=1") // behind a mark of direction
	f("\ufeff=1", "\ufeff'=1")
	f(`"=1`, `"'=1`)
	f("\"\tx", "\"'\tx") // some programs drop the quote
	f("x;=1", "x;'=1")   // for a program that splits at semicolons
	f("x,\u00a0=1", "x,\u00a0'=1")
	f("سلام", "سلام")
	f("=سلام", "'=سلام")
}

// begins tells whether a program would take a field for a formula.
func begins(field string) bool {
	field = strings.TrimLeft(field, " \u00a0\u200e\u200f\ufeff\"")
	return field != "" && strings.ContainsAny(field[:1], "=+-@\t\r") || strings.HasPrefix(field, "＝") || strings.HasPrefix(field, "＋") ||
		strings.HasPrefix(field, "－") || strings.HasPrefix(field, "＠")
}

// No text is a formula in any language's file, whatever a program takes for
// the border of a cell.
func TestNoFormulas(t *testing.T) {
	hostile := rapid.StringOf(rapid.SampledFrom([]rune("=+-@＝＋－＠,;\t\r\n\" '|aب中1")))
	rapid.Check(t, func(rt *rapid.T) {
		text := hostile.Draw(rt, "text")
		for _, lang := range []string{"en", "hr", "uk", "fa", "ro", "zh"} {
			s := sheet([]Cell{{Kind: Text, Text: "x"}, {Kind: Text, Text: text}})
			s.Columns[1].Title = text
			out := strings.TrimPrefix(written(t, Spreadsheet, s, Manner{Language: lang, Calendar: iso}), "\ufeff")
			r := csv.NewReader(strings.NewReader(out))
			r.Comma = Manner{Language: lang}.separator()
			rows, err := r.ReadAll()
			require.NoError(rt, err)
			require.Len(rt, rows, 2)
			for _, row := range rows {
				require.Len(rt, row, 2)
				require.False(rt, begins(row[1]), "%s: %q", lang, row[1])
			}
			for _, part := range strings.FieldsFunc(out, func(c rune) bool { return strings.ContainsRune(",;\t\r\n|", c) }) {
				require.False(rt, begins(part), "%s: %q", lang, part)
			}
		}
	})
}

var typed = []Cell{
	{Kind: Text, Text: "=1+1"}, {Kind: Number, Number: 1234, Text: "1234"}, {Kind: Number, Number: 1.5}, {Kind: Percent, Number: 0.1234}, {Kind: Seconds, Number: 3725},
	{Kind: Money, Number: 1234.5, Currency: "EUR", Text: "1234.500000"}, {Kind: Money, Number: 99, Currency: "JPY"}, {Kind: Truth, True: true}, {Kind: Day, Day: facts.DayOf(2026, 11, 22)},
	{Kind: Moment, Day: facts.DayOf(2026, 11, 22), At: time.Date(2026, 11, 22, 13, 5, 9, 0, time.FixedZone("", 3600))}, {},
}

func TestCSV(t *testing.T) {
	require.Equal(t, "a,b,c,d,e,f,g,h,i,j,k\n=1+1,1234,1.5,0.1234,3725,1234.500000,99,true,2026-11-22,2026-11-22 13:05:09,\n",
		written(t, CSV, sheet(typed), Manner{Language: "hr", Calendar: iso}))
}

func TestSpreadsheetCSV(t *testing.T) {
	f := func(m Manner, want string) {
		t.Helper()
		m.Calendar = iso
		lines := strings.Split(written(t, Spreadsheet, sheet(typed), m), "\r\n")
		require.Equal(t, want, lines[1])
	}
	f(Manner{Language: "en"}, `"'=1+1",1234,1.5,12.34%,1:02:05,1234.5,99,"true",2026-11-22,2026-11-22 13:05:09,`)
	f(Manner{Language: "hr"}, `"'=1+1";1234;1,5;12,34%;1:02:05;1234,5;99;"true";2026-11-22;2026-11-22 13:05:09;`)
	f(Manner{Language: "hr", Separator: ','}, `"'=1+1",1234,"1,5","12,34%",1:02:05,"1234,5",99,"true",2026-11-22,2026-11-22 13:05:09,`)
	require.True(t, strings.HasPrefix(written(t, Spreadsheet, sheet(typed), Manner{Calendar: iso}), "\ufeff"))
	require.False(t, strings.HasPrefix(written(t, Spreadsheet, sheet(typed), Manner{Calendar: iso, NoMark: true}), "\ufeff"))
}

func TestBook(t *testing.T) {
	s := sheet(typed)
	s.Notes = []string{"=what"}
	book, err := excelize.OpenReader(strings.NewReader(written(t, XLSX, s, Manner{Language: "fa", RightToLeft: true, Calendar: iso, NotesTitle: "Notes"})))
	require.NoError(t, err)
	defer book.Close()
	name := book.GetSheetList()[0]
	require.Equal(t, "Calls  a b", name)
	f := func(cell, shown, raw string, kind excelize.CellType) {
		t.Helper()
		got, err := book.GetCellValue(name, cell)
		require.NoError(t, err)
		require.Equal(t, shown, got)
		got, err = book.GetCellValue(name, cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Equal(t, raw, got)
		is, err := book.GetCellType(name, cell)
		require.NoError(t, err)
		require.Equal(t, kind, is, cell)
		formula, err := book.GetCellFormula(name, cell)
		require.NoError(t, err)
		require.Empty(t, formula)
	}
	f("A2", "=1+1", "=1+1", excelize.CellTypeInlineString)
	f("B2", "1,234", "1234", excelize.CellTypeUnset)
	f("C2", "1.50", "1.5", excelize.CellTypeUnset)
	f("D2", "12.3%", "0.1234", excelize.CellTypeUnset)
	f("E2", "1:02:05", "0.0431134259259259", excelize.CellTypeUnset)
	f("F2", "1,234.50 EUR", "1234.5", excelize.CellTypeUnset)
	f("G2", "99 JPY", "99", excelize.CellTypeUnset)
	f("H2", "TRUE", "1", excelize.CellTypeBool)
	f("I2", "2026-11-22", "46348", excelize.CellTypeUnset)
	f("J2", "2026-11-22 13:05:09", "46348.5452430556", excelize.CellTypeUnset)
	view, err := book.GetSheetView(name, 0)
	require.NoError(t, err)
	require.True(t, *view.RightToLeft)
	note, err := book.GetCellValue("Notes", "A1")
	require.NoError(t, err)
	require.Equal(t, "=what", note)
}

// Hijri dates stand as text beside the others.
func TestHijriBesideISO(t *testing.T) {
	s := sheet([]Cell{{Kind: Day, Day: facts.DayOf(2026, 11, 22)}, {Kind: Text, Text: "x"}})
	s.Columns[0].Dated = true
	m := Manner{Language: "fa", Calendar: calendar.New(facts.SolarHijri, time.Saturday), NoMark: true}
	require.Equal(t, "\"A\",\"A\",\"B\"\r\n2026-11-22,\"1405-09-01\",\"x\"\r\n", written(t, Spreadsheet, s, m))
	s = sheet([]Cell{{Kind: Day, Day: facts.DayOf(2026, 11, 22)}, {Kind: Text, Text: "x"}})
	s.Columns[0].Dated = true
	require.Equal(t, "a,b\n2026-11-22,x\n", written(t, CSV, s, m))
}

// A file of 100,000 rows is never in memory as a whole.
func TestLargeFilesStream(t *testing.T) {
	const rows, columns = 100_000, 12
	for _, format := range []Format{CSV, Spreadsheet, XLSX} {
		var peak, before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := Sheet{Title: "x", Rows: func(yield func([]Cell, error) bool) {
			row := make([]Cell, columns)
			for i := range rows {
				for j := range row {
					row[j] = Cell{Kind: Text, Text: strings.Repeat(string(rune('a'+i%26)), 20)}
				}
				if i%10_000 == 9_999 {
					var now runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&now)
					if now.HeapAlloc > peak.HeapAlloc {
						peak = now
					}
				}
				if !yield(row, nil) {
					return
				}
			}
		}}
		for range columns {
			s.Columns = append(s.Columns, Column{Name: "a", Title: "a"})
		}
		n := counter(0)
		require.NoError(t, Write(&n, format, s, Manner{Calendar: iso}))
		require.Greater(t, int(n), 100_000)
		held := int64(peak.HeapAlloc) - int64(before.HeapAlloc)
		t.Logf("%s: %d bytes written, %d KiB held", format, n, held>>10)
		require.Less(t, held, int64(40<<20), string(format))
	}
}

type counter int

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }
