package table

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/callpace/callpace/internal/source"
)

// workbook makes a workbook of one sheet; a nil row is blank.
func workbook(t testing.TB, date1904 bool, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}))
	for i, row := range rows {
		for j, v := range row {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if c, ok := v.(formatted); ok {
				style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &c.format})
				require.NoError(t, err)
				require.NoError(t, f.SetCellStyle("Sheet1", at, at, style))
				v = c.value
			}
			require.NoError(t, f.SetCellValue("Sheet1", at, v))
		}
	}
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

type formatted struct {
	value  float64
	format string
}

func unzipped(t testing.TB, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, r)
		require.NoError(t, err)
	}
	return all.String()
}

// zipped makes a workbook of parts; those not given are the least there can be.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="One" r:id="a"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/><Relationship Id="b" Type="x/sharedStrings" Target="/xl/t.xml"/><Relationship Id="c" Type="x/styles" Target="y.xml"/></Relationships>`,
		"xl/t.xml":                   `<sst><si><t>a</t></si><si><r><t>b</t></r><r><t xml:space="preserve"> c</t></r><rPh><t>hint</t></rPh></si></sst>`,
		"xl/y.xml":                   `<styleSheet/>`,
		"xl/s.xml":                   `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row></sheetData></worksheet>`,
	}
	for k, v := range parts {
		all[k] = v
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, name := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/t.xml", "xl/y.xml", "xl/s.xml"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(w, all[name])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	f := func(l Layout, rows [][]any, want ...string) {
		t.Helper()
		l.Kind = XLSX
		require.Equal(t, want, readAll(t, l, string(workbook(t, false, rows))))
	}
	no := false
	f(Layout{}, [][]any{{"a", "b"}, {1, "x"}, nil, {"", 2}, {3}}, "a|b", "2: 1|x", "4: |2", "5: 3|")
	f(Layout{}, [][]any{nil, {"Report"}, {"a", "b"}, {1, 2}}, "Report",
		"3: field_count expected=1 found=2", "4: field_count expected=1 found=2")
	f(Layout{HeaderRow: 3}, [][]any{nil, {"Report"}, {"a", "b"}, {1, 2}}, "a|b", "4: 1|2")
	f(Layout{Header: &no}, [][]any{{1, 2}}, "column_1|column_2", "1: 1|2")
	f(Layout{Header: &no, Columns: []string{"x", "y", "z"}}, [][]any{{1, 2}}, "x|y|z", "1: 1|2|")
	f(Layout{Columns: []string{"x"}}, [][]any{{"a", "b"}, {1, 2}}, "x|b", "2: 1|2")
	f(Layout{}, [][]any{{"n"}, {int64(123456789012345678)}, {0.1}, {1e21}, {1e-7}, {true}, {"ž 张"}, {12.50}},
		"n", "2: 123456789012345678", "3: 0.1", "4: 1000000000000000000000", "5: 0.0000001", "6: true", "7: ž 张", "8: 12.5")
	f(Layout{}, nil, "table.empty")
	f(Layout{Sheet: "Calls"}, [][]any{{"a"}}, "table.sheet_not_found sheet=Calls sheets=Sheet1")
}

func TestMoments(t *testing.T) {
	f := func(serial float64, format, want string) {
		t.Helper()
		require.Equal(t, want, moment(serial, formatOf(format), false), format)
	}
	f(46000, "yyyy-mm-dd", "2025-12-09")
	f(46000, `dd"." mm\. yyyy`, "2025-12-09")
	f(46000, "[$-409]d-mmm-yy;@", "2025-12-09")
	f(46000, "mmmm", "2025-12-09")
	f(46000, "m/d/yy h:mm AM/PM", "2025-12-09T00:00:00")
	f(46000.5, "yyyy-mm-dd", "2025-12-09T12:00:00")
	f(46000.123456, "d.m.yyyy h:mm:ss", "2025-12-09T02:57:46.598")
	f(46000+10.0/86400, "d.m.yyyy h:mm:ss", "2025-12-09T00:00:10")
	f(0.75, "h:mm", "18:00:00")
	f(1.5, "[h]:mm:ss", "36:00:00")
	f(1.5, "h:mm", "1900-01-01T12:00:00")
	f(59, "d.m.yy", "1900-02-28")
	f(61, "d.m.yy", "1900-03-01")
	require.Equal(t, "1904-01-02", moment(1, showsDate, true))
	for _, format := range []string{"General", "0.00E+00", `0 "days"`, "#,##0.00 [$kn-41A]", "0%", "@", "[Red]0", `_(* #,##0_)`} {
		require.Zero(t, formatOf(format), format)
	}
	row := []any{formatted{46000.25, "dd.mm.yyyy hh:mm"}, formatted{46000.25, "0.00"}}
	want := []string{"a|b", "2: 2025-12-09T06:00:00|46000.25"}
	require.Equal(t, want, readAll(t, Layout{Kind: XLSX}, string(workbook(t, false, [][]any{{"a", "b"}, row}))))
	want[1] = "2: 2029-12-10T06:00:00|46000.25"
	require.Equal(t, want, readAll(t, Layout{Kind: XLSX}, string(workbook(t, true, [][]any{{"a", "b"}, row}))))
}

func TestCrookedWorkbooks(t *testing.T) {
	sheet := func(rows string) string {
		return "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>" + rows + "</sheetData></worksheet>"
	}
	f := func(part, text string, want ...string) {
		t.Helper()
		require.Equal(t, want, readAll(t, Layout{Kind: XLSX}, string(zipped(t, map[string]string{part: text}))))
	}
	f("xl/s.xml", sheet(`<row r="5"><c r="B5" t="inlineStr"><is><t>x</t></is></c></row>`), "a|b c", "5: |x")
	f("xl/s.xml", sheet(`<row><c t="str"><f>A1</f><v>_x000D_y</v></c><c t="e"><v>#N/A</v></c></row>`), "a|b c", "2: \ry|#N/A")
	f("xl/s.xml", sheet(`<row><c t="s"><v>9</v></c><c><v>0.30000000000000004</v></c></row>`), "a|b c", "2: |0.3")
	f("xl/s.xml", sheet(`<row r="2000000"><c><v>1</v></c></row>`), "a|b c", "2: table.too_many_rows limit=1048576")
	f("xl/s.xml", sheet(`<row><c r="ZZZ1"><v>1</v></c></row>`), "a|b c", "2: too_many_columns limit=10000")
	f("xl/s.xml", `<worksheet><sheetData><row><c t="s"><v>0</v></c></row>`, "a", "2: table.workbook_damaged")
	f("xl/s.xml", sheet(`<row><c></row>`), "a|b c")
	f("xl/workbook.xml", "<workbook/>", "table.sheet_not_found sheet= sheets=")
	f("xl/workbook.xml", "", "table.workbook_damaged: EOF")

	f2 := func(data, want string) {
		t.Helper()
		_, err := Open(Layout{Kind: XLSX}, []byte(data))
		require.EqualError(t, err, want)
	}
	f2("a,b\n1,2\n", "table.not_a_workbook")
	f2("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table.workbook_old_or_locked")
	f2("PK\x03\x04nonsense", "table.workbook_damaged: zip: not a valid zip file")
}

// TestBadWorkbookLate reads workbooks that Open could not see in whole.
func TestBadWorkbookLate(t *testing.T) {
	r, err := Open(Layout{Kind: XLSX}, append([]byte("PK\x03\x04"), make([]byte, source.HeadSize-4)...))
	require.NoError(t, err)
	f := func(data []byte, want ...string) {
		t.Helper()
		var got []string
		r.Rows(source.Chunk{Data: data, Line: 1}, func(row Row) bool {
			got = append(got, show(nil, row))
			return true
		})
		require.Equal(t, want, got)
	}
	f([]byte("PK\x03\x04"), "1: table.workbook_damaged")
	f(make([]byte, source.MaxWhole+1), "1: table.workbook_too_large limit=64")
	f(zipped(t, map[string]string{"xl/s.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c></row><row><c><v>7</v></c></row>`}),
		"2: a=7", "3: table.workbook_damaged")
	// One cell of more than a record may have, and parts beyond their limits.
	f(zipped(t, map[string]string{"xl/s.xml": `<worksheet><sheetData><row><c t="str"><v>` + strings.Repeat(" ", 9<<20)}),
		"1: table.workbook_unpacks_too_large limit=1024")
	b, err := openBook(zipped(t, nil), "")
	require.NoError(t, err)
	require.ErrorIs(t, b.tokens("xl/t.xml", 20, func(*xml.Decoder, xml.Token) (bool, error) { return true, nil }), errBomb)
	b.unpacked = maxUnpacked
	require.ErrorIs(t, b.rows(func(int64, []string) bool { return true }), errBomb)
}
