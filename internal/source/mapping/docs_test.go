package mapping

import (
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

const docs = root + "/docs/mapping.md"

// example is a mapping of the documentation with its rows and what comes out.
type example struct {
	line          int
	mapping, rows string
	tables        []docTable
}

type docTable struct {
	head []string
	rows [][]string
}

// examples reads the documentation: a yaml block, a block of rows, tables.
func examples(t *testing.T) []*example {
	var out []*example
	var block *strings.Builder
	fence := ""
	for i, line := range strings.Split(string(read(t, docs)), "\n") {
		switch {
		case block != nil && line == "```":
			x := out[len(out)-1]
			if fence == "yaml" {
				x.mapping = block.String()
			} else {
				x.rows = block.String()
			}
			block = nil
		case block != nil:
			block.WriteString(line + "\n")
		case strings.HasPrefix(line, "```"):
			if fence = line[3:]; fence == "yaml" {
				out = append(out, &example{line: i + 1})
			}
			block = &strings.Builder{}
		case strings.HasPrefix(line, "#"):
			fence = ""
		case fence != "" && fence != "yaml" && strings.HasPrefix(line, "|"):
			x, cells := out[len(out)-1], tableCells(line)
			switch {
			case strings.HasPrefix(line, "|---"):
			case len(x.tables) == 0 || lastLine == "":
				x.tables = append(x.tables, docTable{head: cells})
			default:
				last := &x.tables[len(x.tables)-1]
				last.rows = append(last.rows, cells)
			}
		case line != "" && fence != "":
			fence = ""
		}
		lastLine = line
	}
	return out
}

var lastLine string

func tableCells(line string) []string {
	line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00")
	cells := strings.Split(line, "|")
	for i := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|")
	}
	return cells
}

func TestDocumentation(t *testing.T) {
	list := examples(t)
	require.Greater(t, len(list), 20)
	schema := compiledSchema(t)
	for _, x := range list {
		t.Run("line "+strconv.Itoa(x.line), func(t *testing.T) {
			require.NotEmpty(t, x.tables)
			require.NoError(t, bySchema(t, schema, x.mapping))
			b := decode(t, zagreb, x.mapping, []byte(x.rows))
			rejects, warnings := 0, 0
			if len(b.Rejects) > 0 {
				t.Log(b.Rejects)
			}
			for _, table := range x.tables {
				switch table.head[0] {
				case "rejected":
					rejects = len(table.rows)
					require.Equal(t, table.rows, shownRejects(b))
				case "warned":
					warnings = len(table.rows)
					require.Equal(t, table.rows, shownWarnings(b))
				default:
					def := factByName(table.head[0])
					require.NotNil(t, def, table.head[0])
					require.Equal(t, table.rows, show(b, def, append([]string{"id"}, table.head[1:]...), zagreb.Zone))
				}
			}
			require.Len(t, b.Rejects, rejects, "%v", b.Rejects)
			require.Len(t, b.Warnings, warnings)
		})
	}
}

func shownRejects(b *facts.Batch) (out [][]string) {
	for _, r := range b.Rejects {
		out = append(out, []string{strconv.FormatInt(r.Line, 10), r.Reason.Key})
	}
	return out
}

func shownWarnings(b *facts.Batch) (out [][]string) {
	for _, w := range b.Warnings {
		out = append(out, []string{strconv.FormatInt(w.Line, 10), w.Reason.Key})
	}
	return out
}

// The list of fields at the end of the documentation is that of the code.
func TestDocumentationListsEveryField(t *testing.T) {
	const mark = "<!-- fields -->\n"
	before, got, ok := strings.Cut(string(read(t, docs)), mark)
	require.True(t, ok)
	want := "| fact | fields |\n|---|---|\n"
	for _, d := range factDefs {
		var names []string
		for _, f := range d.fields {
			if has(words("id agent campaign product lead phone"), f.name) && !f.required {
				continue
			}
			name := "`" + f.name + "`"
			if f.required {
				name += "*"
			}
			if f.words != nil {
				name += " (" + strings.Join(f.words, ", ") + ")"
			}
			names = append(names, name)
		}
		want += "| `" + d.table.Name + "` | " + strings.Join(names, ", ") + " |\n"
	}
	if *update {
		require.NoError(t, os.WriteFile(docs, []byte(before+mark+want), 0o644))
		return
	}
	require.Equal(t, want, got)
}

// Whatever a mapping file may say stands in an example.
func TestDocumentationShowsEveryWord(t *testing.T) {
	var text strings.Builder
	for _, x := range examples(t) {
		text.WriteString(x.mapping)
	}
	var missing []string
	for _, list := range [][]string{topKeys, valueKeys, entryKeys, formatKeys, attributeKeys} {
		for _, w := range list {
			if !strings.Contains(text.String(), w+":") {
				missing = append(missing, w)
			}
		}
	}
	sort.Strings(missing)
	require.Equal(t, []string{"keep"}, missing)
}
