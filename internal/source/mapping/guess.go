package mapping

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/table"
)

// maxSampleRows is how many rows a guess looks at, of those in the head.
const maxSampleRows = 50_000

// guess is what is known of a file while its mapping is drafted.
type guess struct {
	layout  table.Layout
	columns []string
	headers []string   // the columns, folded
	rows    [][]string // trimmed, aligned with columns
	samples [][]string // by column, without texts that stand for nothing
	found   map[string]int
	used    map[int]bool // columns that the draft maps
	also    []string     // of them, those that it keeps as attributes too
	say     Sayer
	out     strings.Builder
}

// Sayer gives the text of a message key in the user's language.
type Sayer func(key string, args map[string]any) string

// Guess drafts a mapping from the beginning of a file, with comments on what
// to check. name is the file's, for its extension. Every column of the file
// stands in the draft: mapped, or in the list of those kept as attributes.
func Guess(head []byte, name string, settings facts.Settings, say Sayer) (string, error) {
	g := &guess{layout: guessLayout(head, name, settings), found: map[string]int{}, used: map[int]bool{}, say: say}
	if err := g.read(head); err != nil {
		return "", err
	}
	g.match()
	kind := specialFile
	special := g.special()
	if special == nil {
		kind = g.kind()
	}
	if kind == nothingKnown {
		return "", callpace.E(callpace.Invalid, "mapping.guess_nothing")
	}
	g.write(kind, special, settings)
	return g.out.String(), nil
}

// guessLayout sees the kind by the name, and an old encoding by the country.
// The rest shows itself when the table is opened.
func guessLayout(head []byte, name string, settings facts.Settings) table.Layout {
	var l table.Layout
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst"))
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson":
		l.Kind = table.JSONL
		return l
	case ".xlsx":
		l.Kind = table.XLSX
		return l
	}
	for cut := range utf8.UTFMax { // the last rune may be torn
		if cut <= len(head) && utf8.Valid(head[:len(head)-cut]) {
			return l
		}
	}
	if strings.HasPrefix(string(head[:min(2, len(head))]), "\xff\xfe") || strings.HasPrefix(string(head[:min(2, len(head))]), "\xfe\xff") {
		return l
	}
	switch settings.Country {
	case "UA", "BG", "RS", "MK", "KZ":
		l.Encoding = "windows-1251"
	case "IR", "AF":
		l.Encoding = "windows-1256"
	case "CN":
		l.Encoding = "gb18030"
	default:
		l.Encoding = "windows-1250"
	}
	return l
}

// read takes the rows of the head.
func (g *guess) read(head []byte) error {
	r, err := table.Open(g.layout, head)
	if err != nil {
		return err
	}
	skip, lines := r.Start()
	c := source.Chunk{Data: head[min(int(skip), len(head)):], Line: lines + 1}
	if !r.IsWhole() && len(c.Data) > 0 {
		if n, _ := r.Cut(c.Data, false); n > 0 {
			c.Data = c.Data[:n]
		} else {
			c.Tail = true
		}
	}
	at := map[string]int{}
	place := func(name string) int {
		i, ok := at[name]
		if !ok {
			i = len(g.columns)
			at[name], g.columns = i, append(g.columns, name)
		}
		return i
	}
	for _, name := range r.Columns() {
		place(name)
	}
	r.Rows(c, func(row table.Row) bool {
		if row.Bad == nil {
			fields := make([]string, len(g.columns))
			for i, text := range row.Fields {
				if row.Names != nil {
					if i = place(row.Names[i]); i >= len(fields) {
						fields = append(fields, make([]string, i+1-len(fields))...)
					}
				}
				if i < len(fields) {
					fields[i] = strings.TrimSpace(text)
				}
			}
			g.rows = append(g.rows, fields)
		}
		return len(g.rows) < maxSampleRows
	})
	g.align()
	return nil
}

// align gives all rows all columns, and takes the samples out of them.
func (g *guess) align() {
	g.samples = make([][]string, len(g.columns))
	for _, name := range g.columns {
		g.headers = append(g.headers, foldWords(name))
	}
	nothing := map[string]bool{"": true}
	for i, row := range g.rows {
		row = append(row, make([]string, len(g.columns)-len(row))...)
		g.rows[i] = row
		for c, text := range row {
			is, met := nothing[text]
			if !met {
				is = vocab().isNothing(text)
				nothing[text] = is
			}
			if !is {
				g.samples[c] = append(g.samples[c], text)
			}
		}
	}
}

// Lists of words that are no field with a column of its own.
var noFields = words("cancelled status key numbered personal")

// match finds the columns of fields: by the words of the header, then whether
// the values can be what the header says. Whole headers come first, then the
// order of the fields, then that of the words.
func (g *guess) match() {
	type hit struct{ how, field, place, column int }
	var hits []hit
	for f, h := range vocab().headers {
		if has(noFields, h.field) {
			continue
		}
		for c, name := range g.headers {
			how, place := vocab().score(name, h.field)
			if how == 2 || how == 1 && !has(words("clock alias name from to"), h.field) {
				hits = append(hits, hit{how, f, place, c})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(b.how-a.how, a.field-b.field, a.place-b.place, a.column-b.column)
	})
	taken := map[int]bool{}
	for _, h := range hits {
		field := vocab().headers[h.field].field
		if _, done := g.found[field]; !done && !taken[h.column] && g.fits(field, h.column) {
			g.found[field], taken[h.column] = h.column, true
		}
	}
}

// has tells whether a column was found for a field.
func (g *guess) has(field string) bool {
	_, ok := g.found[field]
	return ok
}

// fileKind is what the rows of a file are.
type fileKind uint8

const (
	nothingKnown fileKind = iota
	callFile
	orderFile
	pipelineFile // leads with their stage; where one is won, an order
	rosterFile
	specialFile // one of kinds.yaml
)

// kind decides what the rows are, and settles the fields that depend on it.
func (g *guess) kind() fileKind {
	g.standIn("agent", "alias")
	g.standIn("started", "closed")
	switch {
	case !g.has("started") && g.has("team") && (g.has("agent") || g.has("name")):
		return rosterFile
	case !g.has("started") && !g.anyDate():
		return nothingKnown
	}
	isCall := g.has("talk") || g.has("ring") || g.has("wait") || g.has("direction")
	calls, stages, orders := g.knownWords("outcome", "outcome"), g.knownWords("outcome", "stage"), g.knownWords("outcome", "order")
	if !g.has("stage") && !isCall && stages > calls && stages >= orders {
		g.found["stage"] = g.found["outcome"]
		delete(g.found, "outcome")
	}
	switch {
	case g.has("stage"):
		return pipelineFile
	case g.has("amount") && !isCall && (!g.has("outcome") || orders >= calls):
		return orderFile
	}
	return callFile
}

// anyDate takes the first column of dates for the main one where no header
// says which it is, in a file that is about something we know.
func (g *guess) anyDate() bool {
	if !slices.ContainsFunc(words("outcome talk amount stage agent phone"), g.has) {
		return false
	}
	for c, samples := range g.samples {
		if how, _ := vocab().score(g.headers[c], "cancelled"); how > 0 || g.means(c) || len(samples) == 0 {
			continue
		}
		if d := guessDate(samples); d != nil && d.format != "YYMMDD" && !strings.HasPrefix(d.format, "epoch") {
			g.found["started"] = c
			return true
		}
	}
	return false
}

// standIn takes the column of another field where one has none.
func (g *guess) standIn(field, other string) {
	if c, ok := g.found[other]; ok && !g.has(field) {
		g.found[field] = c
		delete(g.found, other)
	}
}

// knownWords counts the different values of a field's column that a section knows.
func (g *guess) knownWords(field, section string) (n int) {
	if c, ok := g.found[field]; ok {
		for _, w := range distinct(g.samples[c]) {
			if vocab().meaning(section, w) != "" {
				n++
			}
		}
	}
	return n
}
