package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func text(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }
func raw(b []byte) func() io.Reader  { return func() io.Reader { return bytes.NewReader(b) } }

// lettersOf are names that only their encoding can spell.
var lettersOf = []struct {
	encoding string // as a mapping says it; "": the file shows it
	name     string
	enc      encoding.Encoding // nil: UTF-8
	bom      string
}{
	{"", "Ana", nil, ""},
	{"", "Čćžšđ", nil, ""},
	{"", "Čćžšđ", nil, "\xef\xbb\xbf"},
	{"", "سارا", nil, ""},
	{"", "王小明", nil, "\xef\xbb\xbf"},
	{"", "Олена", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), ""},
	{"", "Čedo", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), ""},
	{"utf-16le", "Ștefan", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), ""},
	{"windows-1250", "Čćžšđ", charmap.Windows1250, ""},
	{"windows-1251", "Олена", charmap.Windows1251, ""},
	{"windows-1256", "سارا", charmap.Windows1256, ""},
	{"iso-8859-2", "Žarko", charmap.ISO8859_2, ""},
	{"gb18030", "王小明", simplifiedchinese.GB18030, ""},
}

// spellings are the same three calls in every encoding, with every line end and
// delimiter, quoted and not, with an end of the last line and without.
func spellings() (list []file) {
	for _, letters := range lettersOf {
		for _, end := range []string{"\n", "\r\n"} {
			for _, delimiter := range []string{",", ";", "\t", "|"} {
				for _, quote := range []string{"", `"`} {
					field := func(s string) string { return quote + s + quote }
					var lines []string
					for i, cells := range [][]string{{"id", "when", "agent", "result", "talk"}, {"1", "2026-03-02 09:00:00", letters.name, "sold", "61"},
						{"2", "2026-03-02 09:05:00", letters.name, "none", "0"}, {"3", "2026-03-02 09:10:00", letters.name, "sold", "5"}} {
						for k := range cells {
							cells[k] = field(cells[k])
						}
						_ = i
						lines = append(lines, strings.Join(cells, delimiter))
					}
					body := strings.Join(lines, end)
					if quote != "" { // half of them end with a line end
						body += end
					}
					data := []byte(letters.bom + body)
					mapping := plain
					if letters.enc != nil {
						var err error
						if data, err = letters.enc.NewEncoder().Bytes(data); err != nil {
							panic(err) // the table above is wrong
						}
					}
					if letters.encoding != "" {
						mapping += "layout: {encoding: " + letters.encoding + "}\n"
					}
					list = append(list, file{family: "encodings, line ends, delimiters, quotes", name: fmt.Sprintf("%s%q%q%q.csv", letters.encoding+letters.name, end, delimiter, quote),
						mapping: mapping, data: raw(data), new: 3, calls: 3})
				}
			}
		}
	}
	return list
}

// cell is a value in a column of an otherwise good row.
type cell struct {
	value string
	key   string // of the reject, or of the warning where it is taken
	taken bool
}

// cellTable is, for a field of a call and how it is read, what values become.
var cellTable = []struct {
	family, field, how string
	cells              []cell
}{
	{"dates", "started", "when", []cell{
		{"2026-03-02", "", true}, {"2026-03-02 09:15", "", true}, {"2026-03-02T09:15:00.250+01:00", "", true}, {"20260302", "", true}, {"2026-03-02 24:00", "", true}, {"2026-03-02 24:00:00", "", true},
		{"2026-03-02 24:01", "mapping.reject.date", false}, {"2026-03-02 25:00", "mapping.reject.date", false}, {"2026-03-02 09:60", "mapping.reject.date", false},
		{"2026-02-29", "mapping.reject.no_such_day", false}, {"2024-02-29", "", true}, {"2026-02-30", "mapping.reject.no_such_day", false}, {"2026-13-01", "mapping.reject.date", false},
		{"2026-00-10", "mapping.reject.date", false}, {"2026-10-00", "mapping.reject.date", false}, {"1899-12-31", "mapping.reject.date_range", false}, {"1900-01-01", "", true}, {"2200-12-31", "", true},
		{"2201-01-01", "mapping.reject.date_range", false}, {"9999-12-31", "mapping.reject.date_range", false}, {"0000-00-00", "mapping.reject.date", false}, {"02.03.2026", "mapping.reject.date", false},
		{"3/2/2026", "mapping.reject.date", false}, {"1405/01/01", "mapping.reject.date", false}, {"46083", "mapping.reject.date", false}, {"46083.5", "mapping.reject.date", false}, {"1772443800", "mapping.reject.date", false},
		{"never", "mapping.reject.date", false}, {"", "", true}, {"   ", "", true}, {"۲۰۲۶-۰۳-۰۲", "", true}, {"٢٠٢٦-٠٣-٠٢ ٠٩:١٥", "", true},
		{"2026-03-29 02:30:00", "mapping.warn.clock_gap", true}, {"2026-10-25 02:30:00", "mapping.warn.clock_overlap", true}, {"2026-03-29 03:00:00", "", true}, {"=NOW()", "mapping.reject.date", false},
		{"2026-03-02'; DROP TABLE calls;--", "mapping.reject.date", false}, {"2026-03-02 09:15:00Z", "", true}, {"2026-03-02 09:15:00+15:00", "", true}, {"-2026-03-02", "mapping.reject.date", false},
		{"2026-W10-1", "mapping.reject.date", false}, {"2026-061", "mapping.reject.date", false}, {"2026-03-02 23:59:60", "", true}, {"2026-03-29 02:00:00", "mapping.warn.clock_gap", true},
		{"2026-10-25 02:30:00+02:00", "", true}, {"2026-10-25T01:30:00Z", "", true}, {"1583-01-01", "mapping.reject.date_range", false}, {"2026-03-02 09:15 PM", "mapping.reject.date", false}, {"2026-03-02\u00a009:15", "", true},
	}},
	{"day before month, or month before day", "started", "{column: when, format: eu}", []cell{
		{"2.3.2026", "", true}, {"02/03/2026", "", true}, {"13/02/2026", "", true}, {"02/13/2026", "mapping.reject.date", false}, {"31.4.2026", "mapping.reject.no_such_day", false}, {"2-3-2026 9:15", "", true},
		{"2026-03-02", "mapping.reject.date", false}, {"29.2.2026", "mapping.reject.no_such_day", false}, {"29.2.2028 23:59", "", true},
	}},
	{"month before day", "started", "{column: when, format: us}", []cell{
		{"3/2/2026", "", true}, {"3/2/2026 9:15 AM", "", true}, {"3/2/2026 12:00 AM", "", true}, {"3/2/2026 13:00 PM", "mapping.reject.date", false}, {"13/2/2026", "mapping.reject.date", false}, {"2/29/2026", "mapping.reject.no_such_day", false},
	}},
	{"Excel's serials and its 1900", "started", "{column: when, format: excel}", []cell{
		{"46083", "", true}, {"46083.385416667", "", true}, {"0", "mapping.reject.date_range", false}, {"1", "mapping.reject.date_range", false}, {"59", "", true}, {"60", "", true}, {"61", "", true}, {"-1", "mapping.reject.date_range", false},
		{"99999999", "mapping.reject.date_range", false}, {"1e5", "mapping.reject.date", false}, {"NaN", "mapping.reject.date", false},
		{"60.999", "", true}, {"2958465", "mapping.reject.date_range", false}, {"46083,5", "mapping.reject.date", false}, {"-0.5", "mapping.reject.date_range", false}, {"46110.104166667", "mapping.warn.clock_gap", true},
	}},
	{"seconds since 1970", "started", "{column: when, format: epoch_s}", []cell{
		{"1772443800", "", true}, {"1772443800.5", "", true}, {"-1", "", true}, {"1772443800000", "mapping.reject.date_range", false}, {"99999999999999999999999", "mapping.reject.date", false}, {"0x10", "mapping.reject.date", false},
	}},
	{"Solar Hijri dates", "started", "{column: when, format: YYYY/MM/DD, calendar: solar-hijri}", []cell{
		{"1405/01/01", "", true}, {"۱۴۰۵/۰۹/۰۱", "", true}, {"1405/06/31", "", true}, {"1405/07/31", "mapping.reject.no_such_day", false}, {"1403/12/30", "", true}, {"1404/12/30", "mapping.reject.no_such_day", false},
		{"2026/03/02", "mapping.reject.no_such_day", false}, {"1405/13/01", "mapping.reject.date", false}, {"1404/12/29", "", true}, {"1405/00/01", "mapping.reject.date", false}, {"1405/1/1", "", true},
	}},
	{"talk and its units", "talk", "talk", []cell{
		{"0", "", true}, {"61", "", true}, {"61.5", "", true}, {"0:05:30", "", true}, {"", "", true}, {"-5", "mapping.reject.negative", false}, {"-0", "", true}, {"-0:00:05", "mapping.reject.negative", false}, {"61,5", "mapping.reject.duration", false},
		{"1e3", "mapping.reject.duration", false}, {"NaN", "mapping.reject.duration", false}, {"Inf", "mapping.reject.duration", false}, {"∞", "mapping.reject.duration", false}, {"0x1F", "mapping.reject.duration", false}, {"abc", "mapping.reject.duration", false},
		{"99999999999999999999", "mapping.reject.duration", false}, {"۶۱", "", true}, {"٦١", "", true}, {"=1+1", "mapping.reject.duration", false}, {"0:75", "mapping.reject.duration", false}, {"0:60:00", "mapping.reject.duration", false},
		{"  7  ", "", true}, {"7 s", "mapping.reject.duration", false}, {"#REF!", "mapping.reject.duration", false}, {"#N/A", "mapping.reject.duration", false}, {"null", "mapping.reject.duration", false}, {"１２", "mapping.reject.duration", false},
	}},
	{"decimal commas", "cost", `{column: cost, decimal: ","}`, []cell{
		{"1.234,50 €", "", true}, {"1234,5", "", true}, {"1.234.567,89", "", true}, {"1,234,50", "mapping.reject.number", false}, {"12.34.567,8", "", true}, {"1 234,5", "", true}, {"1'234,5", "", true}, {"-3,5", "", true},
		{",5", "", true}, {"5,", "", true}, {"", "", true}, {"--5", "mapping.reject.number", false}, {"1e400", "mapping.reject.number", false}, {"123456789012345678901234567890", "mapping.reject.number", false},
	}},
	{"agents' names", "agent", "agent", []cell{
		{"Ana", "", true}, {"=cmd+' /C calc'!A0", "", true}, {"<script>alert(1)</script>", "", true}, {"Robert'); DROP TABLE calls;--", "", true}, {"\u202eanA", "", true}, {"A\u0301na", "", true}, {"\u200b", "", true}, {"👩‍👩‍👧", "", true},
		{strings.Repeat("ß", 30_000), "", true}, {strings.Repeat("x", 70_000), "mapping.reject.too_long", false}, {"NULL", "", true}, {"\x7f", "", true}, {"a\x00b", "reject.nul_byte", false}, {"../../etc/passwd", "", true}, {"%s%n{{.}}", "", true}, {"\ufffd", "", true},
	}},
	{"outcomes", "outcome", "{column: result, map: {sold: sale, none: no_answer}}", []cell{
		{"sold", "", true}, {"SOLD ", "", true}, {"sale", "mapping.warn.unknown_outcome", true}, {"", "mapping.warn.unknown_outcome", true}, {"x9", "mapping.warn.unknown_outcome", true}, {"sold sold", "mapping.warn.unknown_outcome", true},
	}},
}

// cells puts every value into a row between two good ones.
func cells() (list []file) {
	for _, t := range cellTable {
		mapping := "version: 1\nkey: id\nlayout: {delimiter: \"|\", quote: none}\nfacts:\n  calls:\n    direction: {value: outbound}\n"
		for _, field := range []string{"started: when", "agent: agent", "outcome: {column: result, map: {sold: sale, none: no_answer}}", "talk: talk", "cost: cost"} {
			name, _, _ := strings.Cut(field, ":")
			if name == t.field {
				field = name + ": " + t.how
			}
			mapping += "    " + field + "\n"
		}
		good := map[string]string{"started": t.cells[0].value, "agent": "Ana", "outcome": "sold", "talk": "1", "cost": "2"}
		if t.field != "started" {
			good["started"] = "2026-03-02 09:00"
		}
		line := func(id int, value string) string {
			row := map[string]string{}
			for k, v := range good {
				row[k] = v
			}
			row[t.field] = value
			return fmt.Sprintf("%d|%s|%s|%s|%s|%s\n", id, row["started"], row["agent"], row["outcome"], row["talk"], row["cost"])
		}
		for _, c := range t.cells {
			x := file{family: t.family, name: fmt.Sprintf("%.40q.csv", c.value), mapping: mapping, new: 3, calls: 3,
				data: text("id|when|agent|result|talk|cost\n" + line(1, good[t.field]) + line(2, c.value) + line(3, good[t.field]))}
			if c.key != "" {
				x.keys = []string{c.key}
			}
			if !c.taken {
				x.new, x.calls, x.rejected = 2, 2, 1
			}
			list = append(list, x)
		}
	}
	return list
}
