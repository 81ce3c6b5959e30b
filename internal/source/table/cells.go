package table

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// cellFormat is what the number format of a cell shows.
type cellFormat uint8

const (
	showsDate cellFormat = 1 << iota
	showsTime
	showsElapsed // hours beyond 24: a duration
)

// loadStyles finds which styles show dates or times.
func (b *book) loadStyles(name string) error {
	if name == "" {
		return nil
	}
	var styles struct {
		NumFmts struct {
			NumFmt []struct {
				ID   int    `xml:"numFmtId,attr"`
				Code string `xml:"formatCode,attr"`
			} `xml:"numFmt"`
		} `xml:"numFmts"`
		CellXfs struct {
			Xf []struct {
				ID int `xml:"numFmtId,attr"`
			} `xml:"xf"`
		} `xml:"cellXfs"`
	}
	if _, err := b.decode(name, &styles); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, n := range styles.NumFmts.NumFmt {
		codes[n.ID] = n.Code
	}
	for _, xf := range styles.CellXfs.Xf {
		f := builtInFormat(xf.ID)
		if code, ok := codes[xf.ID]; ok {
			f = formatOf(code)
		}
		b.formats = append(b.formats, f)
	}
	return nil
}

// builtInFormat gives what the formats show that need no code in the file
// (ECMA-376 part 1, 18.8.30).
func builtInFormat(id int) cellFormat {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return showsDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return showsTime
	case id == 22:
		return showsDate | showsTime
	case id == 46:
		return showsTime | showsElapsed
	}
	return 0
}

var (
	formatElapsed = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
	formatNoise   = regexp.MustCompile(`(?i)"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|am/pm|a/p`)
)

// formatOf tells what a format code shows.
func formatOf(code string) (f cellFormat) {
	if formatElapsed.MatchString(code) {
		f = showsTime | showsElapsed
	}
	code, _, _ = strings.Cut(strings.ToLower(formatNoise.ReplaceAllString(code, "")), ";")
	if strings.Contains(code, "general") {
		return f
	}
	if strings.ContainsAny(code, "hs") {
		f |= showsTime
	}
	if strings.ContainsAny(code, "yd") || strings.Contains(code, "m") && f&showsTime == 0 {
		f |= showsDate
	}
	return f
}

// sheetCell is a cell while it is read.
type sheetCell struct {
	kind  string
	style int
	value strings.Builder
	text  textReader
}

// rows reads the rows of the sheet that are not blank, in their order: number
// of the row and its cells, to the last that is not empty. cells is used again
// for the next row.
func (b *book) rows(each func(number int64, cells []string) bool) error {
	var (
		number int64
		cells  []string
		col    int
		cell   sheetCell
		inV    bool
	)
	start := func(e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			cells, col = cells[:0], 0
			n, err := strconv.ParseInt(attr(e, "r"), 10, 64)
			if err != nil || n <= number {
				n = number + 1
			}
			if number = n; number > maxRows {
				return callpace.E(callpace.Limit, "table.too_many_rows", "limit", maxRows)
			}
		case "c":
			col++
			if c := columnOf(attr(e, "r")); c > 0 {
				col = c
			}
			cell.kind = attr(e, "t")
			cell.style, _ = strconv.Atoi(attr(e, "s"))
			cell.value.Reset()
		case "v":
			inV = true
		}
		return nil
	}
	return b.tokens(b.sheet, maxUnpacked, func(_ *xml.Decoder, t xml.Token) (bool, error) {
		if cell.kind == "inlineStr" {
			cell.text.token(t, &cell.value)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return true, start(t)
		case xml.CharData:
			if inV {
				cell.value.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				inV = false
			case "c":
				cells = place(cells, col, b.value(&cell))
				cell.kind = ""
			case "row":
				if len(cells) > 0 {
					return each(number, cells), nil
				}
			case "sheetData":
				return false, nil
			}
		}
		return true, nil
	})
}

// place sets the cell of a column from 1. Beyond the limit one cell more shows
// that there were too many.
func place(cells []string, col int, value string) []string {
	if value == "" || col < 1 {
		return cells
	}
	col = min(col, source.MaxColumns+1)
	for len(cells) < col {
		cells = append(cells, "")
	}
	cells[col-1] = value
	return cells
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf gives the number of the column of a reference such as AB12; 0 where
// it is none.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z' && n <= maxCols; i++ {
		n = n*26 + int(ref[i]|0x20-'a') + 1
	}
	return min(n, maxCols)
}

// value gives the text of a cell.
func (b *book) value(c *sheetCell) string {
	v := c.value.String()
	switch c.kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && i >= 0 && i < len(b.strings) {
			return b.strings[i]
		}
		return ""
	case "inlineStr", "str":
		return unescapeXML(v)
	case "b":
		if v == "1" {
			return "true"
		}
		return "false"
	case "e", "d":
		return v
	}
	var f cellFormat
	if c.style >= 0 && c.style < len(b.formats) {
		f = b.formats[c.style]
	}
	return number(v, f, b.date1904)
}

var escapedXML = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescapeXML undoes the escapes of characters that XML cannot hold.
func unescapeXML(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escapedXML.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(n))
	})
}

// number gives a number in decimal digits, or the date or time that it shows.
// Digits beyond the 15 that spreadsheets compute with are noise of binary
// fractions and are rounded away; whole numbers keep all of theirs.
func number(v string, f cellFormat, date1904 bool) string {
	v = strings.TrimSpace(v)
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return v
	}
	if f != 0 && n >= 0 && n < 2_958_466 { // the day after 9999-12-31
		return moment(n, f, date1904)
	}
	if len(v) <= 15 && !strings.ContainsAny(v, "eE+") || !strings.ContainsAny(v, ".eE+") {
		return v
	}
	short, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// moment gives the text of a serial number of days. What it has depends on the
// format, so that a column reads the same in every row: a day, a time of day, a
// duration, or both day and time. A part that the format hides is shown where
// it is not zero.
func moment(serial float64, f cellFormat, date1904 bool) string {
	const day = 86_400_000
	ms := int64(math.Round(serial * day))
	days, rest := ms/day, ms%day
	if f&showsElapsed != 0 && f&showsDate == 0 {
		return clock(ms)
	}
	if f&showsDate == 0 && days == 0 {
		return clock(rest)
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60: // before the 29 February 1900 that spreadsheets believe in
		base = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	date := base.AddDate(0, 0, int(days)).Format(time.DateOnly)
	if f&showsTime == 0 && rest == 0 {
		return date
	}
	return date + "T" + clock(rest)
}

// clock gives milliseconds as hours, minutes and seconds.
func clock(ms int64) string {
	s := ms / 1000
	out := []byte{}
	two := func(n int64) {
		if n < 10 {
			out = append(out, '0')
		}
		out = strconv.AppendInt(out, n, 10)
	}
	two(s / 3600)
	out = append(out, ':')
	two(s / 60 % 60)
	out = append(out, ':')
	two(s % 60)
	if ms %= 1000; ms != 0 {
		out = append(out, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return string(out)
}
