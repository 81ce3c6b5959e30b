package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/callpace/callpace/internal/facts"
)

// plain is a cell for programs.
func (c Cell) plain() string {
	if c.Text != "" {
		return c.Text
	}
	switch c.Kind {
	case Number, Percent, Seconds, Money:
		return strconv.FormatFloat(c.Number, 'f', -1, 64)
	case Truth:
		return strconv.FormatBool(c.True)
	case Day:
		return facts.DateOf(c.Day).Format(time.DateOnly)
	case Moment:
		return c.At.Format(time.DateTime)
	}
	return ""
}

func writeCSV(w io.Writer, s Sheet) error {
	out := csv.NewWriter(w)
	head := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = c.Name
	}
	if err := out.Write(head); err != nil {
		return err
	}
	line := make([]string, len(s.Columns))
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		for i := range line {
			line[i] = row[i].plain()
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// commas are the languages whose programs write decimals with a comma, and
// therefore lists with semicolons.
var commas = map[string]bool{"hr": true, "uk": true, "ro": true}

// separator is what stands between the fields.
func (m Manner) separator() rune {
	switch {
	case m.Separator != 0:
		return m.Separator
	case commas[m.Language]:
		return ';'
	}
	return ','
}

func writeSpreadsheet(w io.Writer, s Sheet, m Manner) error {
	out := bufio.NewWriter(w)
	if !m.NoMark {
		_, _ = out.WriteString("\ufeff") // errors stay in out until Flush
	}
	head := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = quoted(c.Title)
	}
	between := string(m.separator())
	_, _ = out.WriteString(strings.Join(head, between) + "\r\n")
	line := make([]string, len(s.Columns))
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		for i := range line {
			line[i] = row[i].typed(m)
		}
		if _, err := out.WriteString(strings.Join(line, between) + "\r\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}

// typed is a cell for a spreadsheet that reads CSV. What is a number for us is
// written as its program types one; everything else is a text that can be no formula.
func (c Cell) typed(m Manner) string {
	text := ""
	switch c.Kind {
	case Empty:
		return ""
	case Number, Money:
		text = strconv.FormatFloat(c.Number, 'f', -1, 64)
	case Percent:
		text = strconv.FormatFloat(math.Round(c.Number*1e8)/1e6, 'f', -1, 64) + "%"
	case Seconds:
		text = clock(c.Number)
	case Day:
		return facts.DateOf(c.Day).Format(time.DateOnly)
	case Moment:
		return c.At.Format(time.DateTime)
	default:
		return quoted(c.plain())
	}
	if commas[m.Language] {
		text = strings.Replace(text, ".", ",", 1)
	}
	if strings.ContainsRune(text, m.separator()) {
		text = `"` + text + `"`
	}
	return text
}

// clock writes seconds as hours, minutes and seconds.
func clock(seconds float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	ms := int64(math.Round(seconds * 1000))
	text := fmt.Sprintf("%s%d:%02d:%02d", sign, ms/3_600_000, ms/60_000%60, ms/1000%60)
	if ms%1000 != 0 {
		text += fmt.Sprintf(".%03d", ms%1000)
	}
	return text
}

// quoted is a text field. It is always in quotes, so that no blank at its
// beginning is lost on the way to somebody's program.
func quoted(text string) string {
	return `"` + strings.ReplaceAll(Neutral(text), `"`, `""`) + `"`
}

// Neutral makes of a text one that no spreadsheet takes for a formula: an
// apostrophe stands before what would begin one, at the beginning or behind
// anything that some program takes for the border of a cell.
func Neutral(text string) string {
	var b strings.Builder
	begins, first := true, true // of a cell; of the text, but for what is passed over
	for _, r := range text {
		switch {
		case begins && starts(r):
			b.WriteByte('\'')
			begins, first = false, false
		case first && (r == '\t' || r == '\r' || r == '\n'):
			b.WriteByte('\'')
			first = false
		case border(r):
			begins, first = true, false
		case begins && passed(r):
		default:
			begins, first = false, false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// starts tells what a formula can begin with, in full width, too.
func starts(r rune) bool { return strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫−", r) }

// border tells what may end a cell.
func border(r rune) bool { return strings.ContainsRune(",;\t\r\n|\v\f\u0085\u2028\u2029", r) }

// passed tells what programs skip at the beginning of a cell.
func passed(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf) || r == '"' || r == '\''
}
