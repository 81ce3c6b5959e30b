package export

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/currency"
)

// maxRows is what a sheet can hold, with its header.
const maxRows = 1 << 20

// book writes a workbook. Rows go to a temporary file as they come.
type book struct {
	file   *excelize.File
	manner Manner
	styles map[string]int // by number format
	head   int            // style of headers
}

func writeBook(w io.Writer, s Sheet, m Manner) (err error) {
	b := &book{file: excelize.NewFile(), manner: m, styles: map[string]int{}}
	defer func() {
		if e := b.file.Close(); err == nil {
			err = e
		}
	}()
	if b.head, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	if err := b.sheet(s); err != nil {
		return err
	}
	if err := b.notes(s.Notes); err != nil {
		return err
	}
	_, err = b.file.WriteTo(w)
	return err
}

func (b *book) sheet(s Sheet) error {
	name := sheetName(s.Title)
	if err := b.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if err := b.direction(name); err != nil {
		return err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = excelize.Cell{StyleID: b.head, Value: c.Title}
		if err := out.SetColWidth(i+1, i+1, min(max(float64(len([]rune(c.Title)))+3, 12), 40)); err != nil {
			return err
		}
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	line, at := make([]any, len(s.Columns)), 1
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		at++
		if err := XLSX.Holds(at - 1); err != nil {
			return err
		}
		for i := range line {
			if line[i], err = b.cell(row[i]); err != nil {
				return err
			}
		}
		if err := out.SetRow(fmt.Sprintf("A%d", at), line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// direction has a sheet of a right-to-left language begin at the right.
func (b *book) direction(sheet string) error {
	if !b.manner.RightToLeft {
		return nil
	}
	yes := true
	return b.file.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &yes})
}

// notes writes a sheet of what has to be known beside the cells.
func (b *book) notes(notes []string) error {
	if len(notes) == 0 {
		return nil
	}
	name := sheetName(b.manner.NotesTitle)
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	for i, note := range notes {
		if err := b.file.SetCellStr(name, fmt.Sprintf("A%d", i+1), note); err != nil {
			return err
		}
	}
	return b.direction(name)
}

// cell gives a cell its type. Texts are written as texts: no formula ever.
func (b *book) cell(c Cell) (any, error) {
	var value any
	format := ""
	switch c.Kind {
	case Empty:
		return nil, nil
	case Number:
		value, format = c.Number, "#,##0"
		if c.Number != math.Trunc(c.Number) {
			format = "#,##0.00"
		}
	case Percent:
		value, format = c.Number, "0.0%"
	case Seconds:
		value, format = c.Number/86400, "[h]:mm:ss"
	case Money:
		value, format = c.Number, moneyFormat(c.Currency)
	case Truth:
		return c.True, nil
	case Day:
		value, format = float64(c.Day+epoch), "yyyy-mm-dd"
	case Moment:
		value, format = serial(c.At), "yyyy-mm-dd hh:mm:ss"
	default:
		return c.Text, nil
	}
	style, ok := b.styles[format]
	if !ok {
		var err error
		if style, err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return nil, err
		}
		b.styles[format] = style
	}
	return excelize.Cell{StyleID: style, Value: value}, nil
}

// epoch is 1970-01-01 in days of a workbook.
const epoch = 25569

// serial is a wall-clock time in days of a workbook, which knows no zones.
func serial(at time.Time) float64 {
	_, offset := at.Zone()
	return float64(at.Unix()+int64(offset))/86400 + epoch
}

// moneyFormat shows an amount with its currency and as many decimals as that has.
func moneyFormat(code string) string {
	unit, err := currency.ParseISO(code)
	switch {
	case err != nil && code != "": // a name, such as tomans
		return `#,##0 "` + strings.ReplaceAll(code, `"`, "") + `"`
	case err != nil:
		return "#,##0.00"
	}
	digits, _ := currency.Standard.Rounding(unit)
	format := "#,##0"
	if digits > 0 {
		format += "." + strings.Repeat("0", digits)
	}
	return format + ` "` + unit.String() + `"`
}

// sheetName makes of a title a name that workbooks take: no more than 31
// characters, none of :\/?*[], no apostrophe at the ends.
func sheetName(title string) string {
	name := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, title))
	text := strings.TrimSpace(string(name[:min(len(name), 31)]))
	if text == "" || strings.EqualFold(text, "history") { // reserved
		return "callpace"
	}
	return text
}
