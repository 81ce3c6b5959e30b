package mapping

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/callpace/callpace"
)

func (g *guess) line(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

// note is a text for a comment.
func (g *guess) note(key string, args ...any) string {
	m := callpace.M(key, args...)
	return strings.Join(strings.Fields(g.say(m.Key, m.Args)), " ")
}

// from writes where a value comes from, with the texts of the column that stand for nothing.
func (g *guess) from(c int, options ...string) string {
	g.used[c] = true
	parts := append([]string{"column: " + quoted(g.columns[c])}, options...)
	if null := g.nothings(c); len(null) > 0 {
		parts = append(parts, "null: ["+strings.Join(null, ", ")+"]")
	}
	if len(parts) == 1 {
		return quoted(g.columns[c])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// maxNothings bounds the texts for nothing that a draft lists.
const maxNothings = 20

func (g *guess) nothings(c int) (out []string) {
	if len(g.samples[c]) == len(g.rows) {
		return nil
	}
	seen := map[string]bool{"": true}
	for _, row := range g.rows {
		if !seen[row[c]] && len(out) < maxNothings && vocab().isNothing(row[c]) {
			out = append(out, quoted(row[c]))
		}
		seen[row[c]] = true
	}
	return out
}

// plain writes fields that need no more than their column. No lead has the number 0.
func (g *guess) plain(fields ...string) {
	for _, field := range fields {
		c, ok := g.found[field]
		switch {
		case !ok:
		case field == "lead" && has(g.samples[c], "0"):
			g.line("    lead: %s", g.from(c, "null: ['0']"))
		default:
			g.line("    %s: %s", field, g.from(c))
		}
	}
}

func (g *guess) amount(field string, c int) {
	sign, unclear := guessDecimal(g.samples[c])
	doubt := ""
	if unclear {
		doubt = " # " + g.note("mapping.note.decimal")
	}
	g.line("    %s: %s%s", field, g.from(c, fmt.Sprintf("decimal: %q", sign)), doubt)
}

// denomination writes which currency amounts are in, where the file says so
// beside every one of them and has no column for it.
func (g *guess) denomination(field string, c int) {
	if to := currencies[field]; to != "" && !g.has("currency") {
		if code := guessCurrency(g.samples[c]); code != "" {
			g.line("    %s: {value: %s}", to, code)
		}
	}
}

// moment writes a date; where the time of day has its own column, both.
func (g *guess) moment(field, found string) {
	c := g.found[found]
	d := guessDate(g.samples[c])
	clock, ok := g.found["clock"]
	if !ok || found != "started" || !every(g.samples[c], isDay) || strings.HasPrefix(d.format, "epoch") {
		g.line("    %s: %s%s", field, g.from(c, d.options()), g.ambiguous(c))
		return
	}
	g.used[c], g.used[clock] = true, true
	g.line("    %s: {date: %s, time: %s, %s}%s", field, quoted(g.columns[c]), quoted(g.columns[clock]), d.options(), g.ambiguous(c))
}

// isDay tells whether a date has no time of day.
func isDay(s string) bool {
	return utf8.RuneCountInString(s) <= len("2006-01-02.") && !strings.Contains(s, ":")
}

func (d *dateGuess) options() string {
	if d.calendar != "" {
		return "format: " + quoted(d.format) + ", calendar: " + d.calendar
	}
	return "format: " + quoted(d.format)
}

func (g *guess) ambiguous(c int) string {
	if d := guessDate(g.samples[c]); d != nil && d.ambiguous {
		return " # " + g.note("mapping.note.ambiguous")
	}
	return ""
}

// mapped drafts a value map with every word of the column. A word that nobody
// knows is marked; it becomes unknown, where that is given.
func (g *guess) mapped(field string, c int, section, unknown string) {
	comment := ""
	switch field {
	case "outcome":
		comment = " # " + g.note("mapping.note.outcome")
	case "stage":
		comment = " # " + g.note("mapping.note.stage")
	}
	g.used[c] = true
	g.line("    %s:%s", field, comment)
	g.line("      column: %s", quoted(g.columns[c]))
	g.line("      map:")
	seen := map[string]bool{}
	for _, row := range g.rows {
		w := row[c]
		if seen[fold(w)] || len(w) > 200 || w == "" && unknown != string(callpace.Unknown) {
			continue
		}
		seen[fold(w)] = true
		if to := vocab().meaning(section, w); to != "" {
			g.line("        %s: %s", quoted(w), to)
		} else if unknown != "" {
			g.line("        %s: %s # %s", quoted(w), unknown, g.note("mapping.note.word"))
		}
	}
}

// meaning lists the values of a column that stand for a word of a section.
func (g *guess) meaning(c int, section, to string) (out []string) {
	for _, w := range distinct(g.samples[c]) {
		if vocab().meaning(section, w) == to {
			out = append(out, w)
		}
	}
	return out
}

// among writes a condition: the column has one of the values.
func (g *guess) among(c int, values []string) string {
	if len(values) == 1 {
		return fmt.Sprintf("col(%q) == %q", g.columns[c], values[0])
	}
	var list []string
	for _, v := range values {
		list = append(list, fmt.Sprintf("%q", v))
	}
	return fmt.Sprintf("col(%q) in [%s]", g.columns[c], strings.Join(list, ", "))
}

// rest writes what becomes of the columns that no field uses.
func (g *guess) rest(kind fileKind) {
	if len(g.also) > 0 {
		g.line("attributes: {also: [%s]}", quotedList(g.also))
	}
	var kept, personal []string
	for c, name := range g.columns {
		if !g.used[c] {
			kept = append(kept, name)
		}
	}
	if kind != rosterFile {
		for _, c := range g.called("personal", "name") {
			personal = append(personal, g.columns[c])
		}
	}
	if len(personal) > 0 {
		g.line("personal: [%s] # %s", quotedList(personal), g.note("mapping.note.personal"))
	}
	if len(kept) > 0 {
		g.line("# %s", g.note("mapping.note.attributes", "columns", strings.Join(kept, ", ")))
	}
	for _, c := range g.called("cancelled") {
		g.line("# %s", g.note("mapping.note.cancels", "column", g.columns[c]))
	}
	for _, c := range g.called("status") {
		if how, _ := vocab().score(g.headers[c], "cancelled"); how == 0 {
			g.line("# %s", g.note("mapping.note.status", "column", g.columns[c]))
		}
	}
}

func quotedList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n)
	}
	return strings.Join(out, ", ")
}

// quoted writes a text for YAML, in quotes where it could be taken for more.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsAny(s[:1], "-? .0123456789")
	for _, r := range s {
		plain = plain && (r == '_' || r == '-' || r == ' ' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0xff)
	}
	switch strings.ToLower(s) {
	case "yes", "no", "true", "false", "null", "on", "off", "y", "n", "~":
		plain = false
	}
	if plain && s == strings.TrimSpace(s) {
		return s
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return strconv.Quote(s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
