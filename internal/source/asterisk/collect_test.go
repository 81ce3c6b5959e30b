package asterisk

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

// world joins batches as the store does: records by origin, the last one
// wins; parts by group; what is offered goes to the groups that seek it.
type world struct {
	assembler facts.Assembler
	records   map[uint64][]facts.Part
	batches   []*facts.Batch
}

func (w *world) take(b *facts.Batch) {
	w.batches = append(w.batches, b)
	if w.records == nil {
		w.records = map[uint64][]facts.Part{}
	}
	byOrigin := map[uint64][]facts.Part{}
	for _, r := range b.Records {
		byOrigin[r.Origin] = nil
	}
	last := map[uint64]int32{}
	for i, r := range b.Records {
		last[r.Origin] = int32(i)
	}
	for _, p := range b.Parts {
		if o := b.Records[p.Record].Origin; last[o] == p.Record {
			byOrigin[o] = append(byOrigin[o], p)
		}
	}
	for o, parts := range byOrigin {
		w.records[o] = parts
	}
}

// assemble gives all rows of a table as text, one line a row, sorted.
func (w *world) assemble(t *facts.Table) []map[string]string {
	type keyed struct {
		origin uint64
		facts.Part
	}
	var all []keyed
	for o, parts := range w.records {
		for _, p := range parts {
			all = append(all, keyed{o, p})
		}
	}
	// The parts come in no order here: the store's is one of them.
	groups, seeks, names := map[string]*facts.Group{}, map[string]map[string]bool{}, []string{}
	for _, p := range all {
		g := groups[p.Group]
		if g == nil {
			g = &facts.Group{Source: "pbx", Name: p.Group, Origin: facts.Origin("pbx", "group", p.Group)}
			groups[p.Group] = g
			names = append(names, p.Group)
		}
		g.Parts = append(g.Parts, p.Data)
		if p.Link != "" && !p.Offers {
			if seeks[p.Link] == nil {
				seeks[p.Link] = map[string]bool{}
			}
			seeks[p.Link][p.Group] = true
		}
	}
	for _, p := range all {
		if p.Offers {
			for name := range seeks[p.Link] {
				if name != p.Group {
					groups[name].Linked = append(groups[name].Linked, p.Data)
				}
			}
		}
	}
	sort.Strings(names)
	var rows []map[string]string
	for _, name := range names {
		out := &facts.Batch{}
		w.assembler.Assemble(*groups[name], out)
		if out.Tables != nil && out.Tables[t.ID] != nil {
			rows = append(rows, texts(out.Tables[t.ID])...)
		}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		if a, b := rows[i][t.Moments[0]+"_at"], rows[j][t.Moments[0]+"_at"]; a != b {
			return a < b
		}
		return rows[i]["source_id"] < rows[j]["source_id"]
	})
	return rows
}

// texts prints rows: seconds with their fraction, instants as UTC clocks.
func texts(r *facts.Rows) []map[string]string {
	rows := make([]map[string]string, r.N)
	for i := range rows {
		rows[i] = map[string]string{}
		for c, col := range r.Table.Columns {
			v := &r.Cols[c]
			if !v.Has(i) {
				continue
			}
			switch col.Kind {
			case facts.Text:
				rows[i][col.Name] = v.Text(i)
			case facts.Seconds:
				rows[i][col.Name] = fmt.Sprint(float64(v.Int(i)) / 1000)
			case facts.Instant:
				rows[i][col.Name] = time.UnixMicro(v.Int(i)).UTC().Format("2006-01-02 15:04:05.999")
			default:
				rows[i][col.Name] = fmt.Sprint(v.Int(i))
			}
		}
		for name, v := range r.Attrs {
			if v.Has(i) {
				rows[i]["@"+name] = v.Text(i)
			}
		}
	}
	return rows
}

// pick gives some columns of rows as lines, "-" for null.
func pick(rows []map[string]string, columns string) string {
	var b strings.Builder
	for _, r := range rows {
		for i, c := range strings.Fields(columns) {
			if i > 0 {
				b.WriteString(" | ")
			}
			v := r[c]
			if v == "" {
				v = "-"
			}
			b.WriteString(v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// table takes indentation and padding out of an expected table.
func table(s string) string {
	var b strings.Builder
	if s == "" {
		return ""
	}
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		for i, cell := range strings.Split(line, "|") {
			if i > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(strings.TrimSpace(cell))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func spec(zone string, options ...string) source.Spec {
	o := map[string]string{}
	for i := 0; i+1 < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return source.Spec{Source: "pbx", Options: o, Settings: facts.Settings{Zone: zone, Country: "HR"}}
}

// read decodes an input in one go.
func read(t require.TestingT, f source.Format, s source.Spec, data string) (*world, *facts.Batch) {
	d, err := f.Open(s, []byte(data)[:min(len(data), source.HeadSize)])
	require.NoError(t, err)
	w := &world{assembler: d.(source.Assembling).Assembler()}
	out := &facts.Batch{}
	from, lines := d.Start()
	d.Decode(source.Chunk{Data: []byte(data)[from:], Line: lines + 1, Tail: true}, out)
	require.Equal(t, out.Read, len(out.Records)+out.Skipped+len(out.Rejects))
	w.take(out)
	return w, out
}

func keys(b *facts.Batch) (rejects, warnings []string) {
	for _, r := range b.Rejects {
		rejects = append(rejects, fmt.Sprintf("%d %s", r.Line, r.Reason.Key))
	}
	for _, w := range b.Warnings {
		warnings = append(warnings, fmt.Sprintf("%d %s", w.Line, w.Reason.Key))
	}
	return rejects, warnings
}

// shared gives a file of the shared real data, or skips the test.
func shared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the shared data folder is not beside the repository: " + name)
	}
	return path
}

func load(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(shared(t, name))
	require.NoError(t, err)
	return string(b)
}
