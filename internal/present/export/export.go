// Package export writes tables into files: CSV that programs read, CSV that
// spreadsheets open, and workbooks whose cells have types. A table streams: it
// is never held as a whole. What a table holds is decided elsewhere.
package export

import (
	"io"
	"iter"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV         Format = "csv"             // exact, no language: for programs
	Spreadsheet Format = "csv-spreadsheet" // the reader's words and decimal mark; nothing in it is a formula
	XLSX        Format = "xlsx"
)

// ParseFormat reads a format's name; "" is CSV.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case "":
		return CSV, nil
	case CSV, Spreadsheet, XLSX:
		return f, nil
	}
	return "", callpace.E(callpace.Invalid, "export.format_unknown", "name", name, "known", []string{string(CSV), string(Spreadsheet), string(XLSX)})
}

// Holds refuses more rows than a file of the format can have, which only a
// workbook bounds.
func (f Format) Holds(rows int) error {
	if f == XLSX && rows >= maxRows {
		return callpace.E(callpace.Limit, "export.too_long", "limit", maxRows-1)
	}
	return nil
}

// Type is the media type, Extension the end of a file's name.
func (f Format) Type() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Extension is the end of a file's name.
func (f Format) Extension() string {
	if f == XLSX {
		return ".xlsx"
	}
	return ".csv"
}

// Kind is what a cell holds.
type Kind uint8

// The kinds. Number, Percent (a fraction), Seconds and Money have their value
// in Cell.Number; a cell of any kind without one is Empty.
const (
	Empty Kind = iota
	Text
	Number
	Percent
	Seconds
	Money
	Truth
	Day
	Moment
)

// Cell is a value with its type.
type Cell struct {
	Kind     Kind
	Text     string // of Text; of any other kind what programs get, "" where that follows from the value
	Number   float64
	Currency string // of Money
	Day      int64  // of Day, since 1970-01-01
	At       time.Time
	True     bool
}

// Column is a column of a sheet.
type Column struct {
	Name  string // for programs
	Title string // for people
	Dated bool   // it may hold days and moments
}

// Sheet is a table on its way into a file.
type Sheet struct {
	Title   string
	Columns []Column
	Rows    iter.Seq2[[]Cell, error]
	Notes   []string // what has to be known beside the cells
}

// Manner is how a file is written for its reader.
type Manner struct {
	Language    string
	RightToLeft bool
	Calendar    calendar.Calendar
	NotesTitle  string // of the sheet with notes
	// Money says how people are shown amounts in a currency: by what they are
	// divided, and under which name; nil: as they are. Programs get them as they are.
	Money func(currency string) (by int64, name string)
	// Separator and Mark choose how CSV for spreadsheets is written; 0: as
	// programs of that language expect. NoMark leaves the byte order mark out.
	Separator rune
	NoMark    bool
}

// Write writes a sheet as a file. It flushes nothing of w beyond what it wrote.
func Write(w io.Writer, f Format, s Sheet, m Manner) error {
	switch f {
	case XLSX:
		return writeBook(w, s.inMoney(m.Money).withHijri(m.Calendar), m)
	case Spreadsheet:
		return writeSpreadsheet(w, s.inMoney(m.Money).withHijri(m.Calendar), m)
	}
	return writeCSV(w, s)
}

// inMoney shows amounts, and the names of their currencies, as people are shown them.
func (s Sheet) inMoney(shown func(string) (int64, string)) Sheet {
	if shown == nil {
		return s
	}
	rows, columns := s.Rows, s.Columns
	s.Rows = func(yield func([]Cell, error) bool) {
		for row, err := range rows {
			for i, c := range row {
				switch by, name := shown(c.Currency); {
				case c.Kind == Money && by != 1:
					row[i].Number, row[i].Currency, row[i].Text = c.Number/float64(by), name, ""
				case c.Kind == Text && c.Text != "" && i < len(columns) && strings.HasSuffix(columns[i].Name, "currency"):
					_, row[i].Text = shown(c.Text)
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
	return s
}

// withHijri puts beside every dated column one with the date of the Solar
// Hijri calendar as text, where the organisation counts in that: no
// spreadsheet knows such dates.
func (s Sheet) withHijri(cal calendar.Calendar) Sheet {
	if !cal.Hijri() {
		return s
	}
	var columns []Column
	for _, c := range s.Columns {
		if columns = append(columns, c); c.Dated {
			columns = append(columns, Column{Name: c.Name + "_hijri", Title: c.Title})
		}
	}
	plain := s.Columns
	rows := s.Rows
	s.Columns, s.Rows = columns, func(yield func([]Cell, error) bool) {
		for row, err := range rows {
			out := make([]Cell, 0, len(columns))
			for i, c := range row {
				if out = append(out, c); plain[i].Dated {
					out = append(out, c.hijri(cal))
				}
			}
			if !yield(out, err) {
				return
			}
		}
	}
	return s
}

func (c Cell) hijri(cal calendar.Calendar) Cell {
	switch c.Kind {
	case Day, Moment:
		return Cell{Kind: Text, Text: cal.Key(calendar.Day, c.Day)}
	}
	return Cell{}
}
