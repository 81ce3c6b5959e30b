package e2e

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// workbook makes DST.xlsx of a CSV file; what looks like a number becomes one.
func workbook(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		for j, text := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			ts.Check(err)
			var value any = text
			if n, err := strconv.ParseFloat(text, 64); err == nil {
				value = n
			}
			ts.Check(f.SetCellValue("Sheet1", at, value))
		}
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[1])))
}

// bomb makes a small workbook whose sheet unpacks to so many MiB.
func bomb(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[0])
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	z := zip.NewWriter(file)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	part := func(name, begin string, fill int) {
		w, err := z.Create(name)
		ts.Check(err)
		_, err = io.WriteString(w, begin)
		ts.Check(err)
		space := bytes.Repeat([]byte(`<row><c/></row> `), 1<<16)
		for range fill {
			_, err := w.Write(space)
			ts.Check(err)
		}
	}
	part("xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="One" r:id="a"/></sheets></workbook>`, 0)
	part("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/></Relationships>`, 0)
	part("xl/s.xml", `<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>id</t></is></c></row>`, size)
	ts.Check(errors.Join(z.Close(), file.Close()))
}
