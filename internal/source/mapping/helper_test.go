package mapping

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

var zagreb = facts.Settings{Zone: "Europe/Zagreb", Currency: "EUR", Country: "HR"}

const root = "../../.."

// open prepares a decoder for a text.
func open(t testing.TB, settings facts.Settings, mapping string, data []byte) (source.Decoder, source.Chunk) {
	t.Helper()
	spec := source.Spec{Source: "test", Format: "mapping", Mapping: mapping, Settings: settings}
	d, err := New().Open(spec, data[:min(len(data), source.HeadSize)])
	require.NoError(t, err)
	skip, lines := d.Start()
	return d, source.Chunk{Data: data[skip:], Line: lines + 1, Tail: true}
}

func decode(t testing.TB, settings facts.Settings, mapping string, data []byte) *facts.Batch {
	t.Helper()
	d, c := open(t, settings, mapping, data)
	var b facts.Batch
	d.Decode(c, &b)
	require.Equal(t, b.Read, len(b.Records)+b.Skipped+len(b.Rejects))
	return &b
}

// show gives one fact of a batch as text: a line a row, the columns asked for, by the
// names that mappings use.
func show(b *facts.Batch, def *factDef, columns []string, zone string) [][]string {
	out := [][]string{}
	rows := (*facts.Rows)(nil)
	if b.Tables != nil {
		rows = b.Tables[def.table.ID]
	}
	if rows == nil {
		return out
	}
	for i := range rows.N {
		var line []string
		for _, c := range columns {
			line = append(line, showCell(rows, i, def, c, zone))
		}
		out = append(out, line)
	}
	return out
}

func showCell(rows *facts.Rows, i int, def *factDef, name, zone string) string {
	if a, ok := strings.CutPrefix(name, "attr."); ok {
		if v := rows.Attrs[a]; v != nil {
			return v.Text(i)
		}
		return ""
	}
	col, kind := -1, facts.Text
	for _, n := range []string{name, name + "_seconds", name + "_at"} {
		if col = def.table.Col(n); col >= 0 {
			break
		}
	}
	if f := def.find(name); f != nil && f.col >= 0 {
		col = f.col
	}
	if col < 0 {
		return "no column " + name
	}
	if !rows.Cols[col].Has(i) {
		return ""
	}
	kind = def.table.Columns[col].Kind
	n := rows.Cols[col].Int(i)
	switch kind {
	case facts.Text:
		return rows.Cols[col].Text(i)
	case facts.Bool:
		return strconv.FormatBool(n == 1)
	case facts.Seconds:
		return callpace.Amount(n * 1000).String()
	case facts.Amount:
		return callpace.Amount(n).String()
	case facts.Day:
		return facts.DateOf(n).Format("2006-01-02")
	case facts.Instant:
		if col+2 < len(rows.Cols) && !rows.Cols[col+2].Has(i) {
			return facts.DateOf(rows.Cols[col+1].Int(i)).Format("2006-01-02")
		}
		loc, _ := time.LoadLocation(zone)
		return time.UnixMicro(n).In(loc).Format("2006-01-02 15:04:05")
	}
	return strconv.FormatInt(n, 10)
}

// shared gives the path of a file of the shared data, which may not be there.
func shared(t testing.TB, path ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{root, "..", "shared", "data"}, path...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skip("the real data of ../shared is not here: ", p)
	}
	return p
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}
