package table

import (
	"unicode/utf8"

	"github.com/callpace/callpace"
)

// The kinds of a Layout.
const (
	Delimited = "delimited"
	JSONL     = "jsonl"
	XLSX      = "xlsx"
)

// Spaces is the Delimiter of files whose columns stand apart by runs of spaces
// and tabs.
const Spaces = "spaces"

// None is the Quote of files in which a quote is a character like any other.
const None = "none"

// Layout says how the rows of a file lie in its bytes. Its zero value is a
// delimited file with a header whose encoding and delimiter show themselves.
type Layout struct {
	Kind      string   `yaml:"kind,omitempty"`       // "delimited" (default), "jsonl" or "xlsx"
	Encoding  string   `yaml:"encoding,omitempty"`   // such as "utf-8", "windows-1250"; empty: byte order mark, else UTF-8
	Delimiter string   `yaml:"delimiter,omitempty"`  // one character, or "spaces"; empty: the best of , ; tab |
	Quote     string   `yaml:"quote,omitempty"`      // one ASCII character, or "none"; empty: "
	Escape    string   `yaml:"escape,omitempty"`     // one ASCII character before a quote in quotes; empty: the quote is doubled
	Comment   string   `yaml:"comment,omitempty"`    // lines that begin with it are no records
	Header    *bool    `yaml:"header,omitempty"`     // whether the first row names the columns; nil: true
	Columns   []string `yaml:"columns,omitempty"`    // names where there is no header, or instead of its names
	SkipLines int      `yaml:"skip_lines,omitempty"` // lines (rows of a sheet) in front of all
	Sheet     string   `yaml:"sheet,omitempty"`      // of a workbook; empty: the first
	HeaderRow int      `yaml:"header_row,omitempty"` // number, from 1, of the line or row that holds the header; 0: the first that is not blank
}

func (l Layout) hasHeader() bool { return l.Header == nil || *l.Header }

// skip gives the number of lines in front of the header or the first record.
func (l Layout) skip() int { return max(l.SkipLines, l.HeaderRow-1, 0) }

func (l Layout) check() error {
	option := func(name, value string) error {
		return callpace.E(callpace.Invalid, "table.bad_option", "option", name, "value", value)
	}
	switch l.Kind {
	case "", Delimited, JSONL, XLSX:
	default:
		return option("kind", l.Kind)
	}
	if d := l.Delimiter; d != "" && d != Spaces && (utf8.RuneCountInString(d) != 1 || d == "\n" || d == "\r" || d == "\x00" || d == "\ufffd") {
		return option("delimiter", d)
	}
	if q := l.Quote; q != "" && q != None && (!oneASCII(q) || q == l.Delimiter) {
		return option("quote", q)
	}
	if e := l.Escape; e != "" && (!oneASCII(e) || e == l.Delimiter) {
		return option("escape", e)
	}
	return nil
}

// oneASCII tells whether s is one ASCII character that can stand for a quote.
func oneASCII(s string) bool {
	return len(s) == 1 && s[0] > ' ' && s[0] < utf8.RuneSelf
}
