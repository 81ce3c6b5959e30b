package mapping

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
	"github.com/callpace/callpace/internal/source/table"
)

//go:embed words.yaml
var wordsYAML []byte

//go:embed notes.yaml
var notesYAML []byte

// maxSamples is how many rows a guess looks at.
const maxSamples = 500

// guess is what is known of a file while its mapping is drafted.
type guess struct {
	layout  table.Layout
	columns []string
	samples [][]string // by column, without empty texts
	found   map[string]int
	notes   map[string]string
	out     strings.Builder
}

// Guess drafts a mapping from the beginning of a file, with comments on what
// to check. name is the file's, for its extension.
func Guess(head []byte, name string, settings facts.Settings) (string, error) {
	g := &guess{layout: guessLayout(head, name, settings), found: map[string]int{}}
	if err := yaml.Unmarshal(notesYAML, &g.notes); err != nil {
		return "", fmt.Errorf("notes of guess: %w", err)
	}
	if err := g.sample(head); err != nil {
		return "", err
	}
	if err := g.match(); err != nil {
		return "", err
	}
	date, ok := g.found["started"]
	if !ok {
		return "", callpace.E(callpace.Invalid, "mapping.guess_nothing")
	}
	g.write(date, settings)
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

func (g *guess) sample(head []byte) error {
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
	add := func(name string) int {
		i, ok := at[name]
		if !ok {
			i = len(g.columns)
			at[name] = i
			g.columns, g.samples = append(g.columns, name), append(g.samples, nil)
		}
		return i
	}
	for _, name := range r.Columns() {
		add(name)
	}
	rows := 0
	r.Rows(c, func(row table.Row) bool {
		for i, text := range row.Fields {
			if row.Names != nil && i < len(row.Names) {
				add(row.Names[i])
			}
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			if row.Names != nil {
				i = at[row.Names[i]]
			}
			if i < len(g.samples) {
				g.samples[i] = append(g.samples[i], text)
			}
		}
		rows++
		return rows < maxSamples
	})
	return nil
}

// match finds the columns of fields: by the words of the header, then whether
// the values can be what the header says.
func (g *guess) match() error {
	var order yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(wordsYAML, &order, yaml.UseOrderedMap()); err != nil {
		return fmt.Errorf("words of guess: %w", err)
	}
	taken := map[int]bool{}
	for _, item := range order {
		field := fmt.Sprint(item.Key)
		list, _ := item.Value.([]any)
		best, score := -1, 0
		for c, name := range g.columns {
			if s := headerScore(name, list); s > score && !taken[c] && g.fits(field, c) {
				best, score = c, s
			}
		}
		if best >= 0 {
			g.found[field] = best
			taken[best] = true
		}
	}
	return nil
}

// headerScore is higher for a word earlier in the list, and for a header that
// is the word instead of only containing it.
func headerScore(name string, list []any) int {
	header := " " + strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" _-./()\u200c", r) }), " ") + " "
	best := 0
	for i, w := range list {
		word := fmt.Sprint(w)
		switch {
		case header == " "+word+" ":
			best = max(best, 2000-i)
		case strings.Contains(header, " "+word+" "):
			best = max(best, 1000-i)
		}
	}
	return best
}

func (g *guess) fits(field string, c int) bool {
	samples := g.samples[c]
	if len(samples) == 0 {
		return false
	}
	every := func(is func(string) bool) bool {
		for _, s := range samples {
			if !is(s) {
				return false
			}
		}
		return true
	}
	f := &field0
	switch field {
	case "started":
		return guessDate(samples) != nil
	case "talk", "wait":
		return guessUnit(samples) != ""
	case "amount":
		return guessDecimal(samples) != ""
	case "attempt":
		return every(func(s string) bool { _, bad := f.integer(s); return bad == nil })
	case "phone":
		return every(func(s string) bool { n := source.Phone(s, ""); return len(n) >= 3 && len(n) <= 16 })
	case "outcome", "stage", "direction", "queue":
		return len(distinct(samples)) <= 60
	case "key":
		return len(distinct(samples)) == len(samples)
	}
	return true
}

var field0 = field{def: &fieldDef{}, value: &value{formats: formats{decimal: '.'}}}

func distinct(samples []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range samples {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// dateGuess is a format that reads all samples.
type dateGuess struct {
	format, calendar string
	ambiguous        bool // day and month could be exchanged
}

var dateCandidates = []dateGuess{{format: "iso"}, {format: "eu", ambiguous: true}, {format: "us", ambiguous: true}, {format: "YYYY/M/D[ H:mm[:ss]]"},
	{format: "YYYY/M/D[ H:mm[:ss]]", calendar: "solar-hijri"}, {format: "YYYY-M-D[ H:mm[:ss]]", calendar: "solar-hijri"}, {format: "rfc2822"}, {format: "epoch_s"}, {format: "epoch_ms"}, {format: "YYMMDD"}}

func guessDate(samples []string) *dateGuess {
	var first *dateGuess
	for i := range dateCandidates {
		d := &dateCandidates[i]
		if !d.readsAll(samples) {
			continue
		}
		if first == nil {
			copied := *d
			copied.ambiguous = false
			first = &copied
		} else if d.ambiguous && first.format == "eu" {
			first.ambiguous = true
		}
	}
	return first
}

func (d *dateGuess) readsAll(samples []string) bool {
	formats, ok := namedDates[d.format]
	if !ok {
		formats = mustCompile(d.format)
	}
	digits := map[string]int{"epoch_s": 10, "epoch_ms": 13}[d.format]
	hint := 0
	for _, s := range samples {
		s = source.ASCIIDigits(s)
		if digits > 0 {
			if whole, _, _ := strings.Cut(s, "."); len(whole) != digits || strings.Trim(whole, "0123456789") != "" {
				return false
			}
			continue
		}
		var c civil
		if !formats.read(s, &c, &hint) {
			return false
		}
		if day, ok := c.dayOf(d.calendar); !ok || day < firstDay || day >= endDay {
			return false
		}
	}
	return true
}

// guessUnit gives the unit of a duration, "" where the samples are none.
func guessUnit(samples []string) string {
	for _, unit := range []string{"s", "mm:ss", "h:mm:ss"} {
		f := field{def: &fieldDef{}, value: &value{unit: unit, formats: formats{decimal: '.'}}}
		all, huge := true, 0
		for _, s := range samples {
			ms, bad := f.duration(s)
			all = all && bad == nil
			if ms > 4*3600*1000 {
				huge++
			}
		}
		if all && unit == "s" && 2*huge > len(samples) {
			return "ms" // nobody talks for hours most of the time
		}
		if all {
			return unit
		}
	}
	return ""
}

func guessDecimal(samples []string) string {
	for _, decimal := range []byte{'.', ','} {
		f := field{def: &fieldDef{}, value: &value{formats: formats{decimal: decimal}}}
		all := true
		for _, s := range samples {
			_, bad := f.amount(s)
			all = all && bad == nil
		}
		if all {
			return string(decimal)
		}
	}
	return ""
}
