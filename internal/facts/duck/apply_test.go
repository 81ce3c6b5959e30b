package duck

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

func TestApply(t *testing.T) {
	f := newFeed(t)
	counts := f.apply("pbx", `
		calls: id | started          | phone  | agent_alias | talk_seconds | cost | attr.city | attr.note
		       c1 | 2026-05-01 10:00 | +38511 | ana         | 12.5         | 0.02 | Split     | a text longer than twelve bytes
		       c2 | 2026-05-02       |        |             |              |      |           |
		       c3 | 2026-05-03 09:30 | +38512 | ivo         | 7            |      | Zadar     | šišmiš čeka`)
	require.Equal(t, facts.Counts{Read: 3, New: 3}, counts)
	require.Equal(t, unindented(`
		c1 2026-05-01T10:00 2026-05-01 10 +38511 ana 12.5 0.02 0.02 Split a text longer than twelve bytes
		c2 2026-05-02T12:00 2026-05-02 - - - - - - - -
		c3 2026-05-03T09:30 2026-05-03 9 +38512 ivo 7 - - Zadar šišmiš čeka`),
		f.rows("SELECT source_id, started_at, started_day, started_hour, lead, agent, talk_seconds, cost, cost_org, a1, a2 FROM calls ORDER BY 1"))

	counts = f.apply("pbx", `
		calls: id | started          | phone  | agent_alias | talk_seconds | cost | attr.city | attr.note
		       c3 | 2026-05-03 09:30 | +38512 | ivo         | 7            |      | Zadar     | šišmiš čeka
		       c2 | 2026-05-02       |        | eva         |              |      |           |
		       c4 | 2026-05-04 09:30 |        |             |              |      |           |
		       c4 | 2026-05-04 09:40 |        |             |              |      |           |`)
	require.Equal(t, facts.Counts{Read: 4, New: 1, Updated: 2, Unchanged: 1}, counts)
	require.Equal(t, unindented(`
		c1 2026-05-01T10:00 ana
		c2 2026-05-02T12:00 eva
		c3 2026-05-03T09:30 ivo
		c4 2026-05-04T09:40 -`), f.rows("SELECT source_id, started_at, agent FROM calls ORDER BY 1"))
}

func TestApplyTwice(t *testing.T) {
	f := newFeed(t)
	a := facts.Application{Input: 1, Stream: 1, Source: "pbx", Position: facts.Position{Offset: 10, Line: 1},
		Batch: batchOf(t, "pbx", `
		calls: id | started
		       c1 | 2026-05-01 10:00`)}
	for _, want := range []int64{1, 0, 0} {
		counts, err := f.store.Apply(context.Background(), a)
		require.NoError(t, err)
		require.Equal(t, want, counts.Read)
	}
	inputs, err := f.store.Inputs(context.Background())
	require.NoError(t, err)
	require.Equal(t, []Input{{Input: 1, Stream: 1, Source: "pbx", Position: facts.Position{Offset: 10, Line: 1},
		Counts: facts.Counts{Read: 1, New: 1}}}, inputs)
}

func TestHighestVersionWins(t *testing.T) {
	f := newFeed(t)
	orders := func(rows string) string { return "orders: id | v | amount\n" + rows }
	f.apply("crm", orders("o1 | 2 | 20"))
	require.Equal(t, facts.Counts{Read: 1, Unchanged: 1}, f.apply("crm", orders("o1 | 1 | 10")))
	require.Equal(t, facts.Counts{Read: 2, Updated: 1, Unchanged: 1}, f.apply("crm", orders("o1 | 3 | 30\no1 | 2 | 25")))
	require.Equal(t, "o1 30", f.rows("SELECT source_id, amount FROM orders"))
	require.Equal(t, "2\n3", f.rows("SELECT version FROM records ORDER BY 1"))
}

// legs makes a call of all its legs, as "a+b" in the column script; a leg that
// offers shows in its seekers' calls behind a slash.
type legs struct{}

func (legs) Assemble(g facts.Group, out *facts.Batch) {
	rows := out.Rows(facts.Calls)
	row := rows.Add(0)
	rows.SetText(row, facts.Calls.Col("source_id"), g.Name)
	rows.SetText(row, facts.Calls.Col("script"), strings.Join(g.Parts, "+")+"/"+strings.Join(g.Linked, "+"))
	rows.SetAttr(row, "legs", "yes")
}

// partsOf reads "group leg" or "group leg >link" (offers) or "group leg <link" (seeks).
func partsOf(text string) *facts.Batch {
	b := &facts.Batch{}
	for _, line := range strings.Split(text, ", ") {
		f := strings.Fields(line)
		p := facts.Part{Record: int32(len(b.Records)), Group: f[0], Data: f[1]}
		if len(f) > 2 {
			p.Link, p.Offers = f[2][1:], f[2][0] == '>'
		}
		b.Parts = append(b.Parts, p)
		// Small origins keep the legs in the order of their names.
		b.Records = append(b.Records, facts.Record{Origin: uint64(f[1][0]), Content: facts.Origin(line, "", ""), Line: int64(len(b.Records) + 1)})
	}
	b.Read = len(b.Records)
	return b
}

func (f *feed) parts(source, text string) {
	f.t.Helper()
	f.input++
	_, err := f.store.Apply(context.Background(), facts.Application{Input: f.input, Stream: f.input, Source: source,
		Batch: partsOf(text), Position: facts.Position{Offset: 1}, Assembler: legs{}})
	require.NoError(f.t, err)
}

func TestPartsOfSeveralInputsMakeOneCall(t *testing.T) {
	f := newFeed(t)
	calls := func() string { return f.rows("SELECT source_id, script FROM calls ORDER BY 1") }
	f.parts("pbx", "x b, y c")
	require.Equal(t, "x b/\ny c/", calls())
	f.parts("pbx", "x a, z d")
	require.Equal(t, "x a+b/\ny c/\nz d/", calls())
	f.parts("pbx", "y a") // leg a was wrong: it belongs to y
	require.Equal(t, "x b/\ny a+c/\nz d/", calls())
	f.parts("pbx", "y b")
	require.Equal(t, "y a+b+c/\nz d/", calls())
}

func TestPartsMeetOverLinks(t *testing.T) {
	f := newFeed(t)
	calls := func() string { return f.rows("SELECT source_id, script FROM calls ORDER BY 1") }
	f.parts("pbx", "x a <seat1")
	require.Equal(t, "x a/", calls())
	f.parts("pbx", "y b >seat1")
	require.Equal(t, "x a/b\ny b/", calls())
	f.parts("pbx", "z c <seat1")
	require.Equal(t, "x a/b\ny b/\nz c/b", calls())
	f.parts("pbx", "y b >seat2")
	require.Equal(t, "x a/\ny b/\nz c/", calls())
}

func TestRetractTail(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	f.apply("crm", "leads: id | lead_ref\nl1 | l1")
	before, err := f.store.Dump(ctx)
	require.NoError(t, err)
	tail := facts.Application{Input: 2, Stream: 2, Source: "crm", Tail: true, Batch: batchOf(t, "crm", "leads: id | lead_ref\nl2 | l")}
	counts, err := f.store.Apply(ctx, tail)
	require.NoError(t, err)
	require.Equal(t, int64(1), counts.New)
	require.Equal(t, "2", f.rows("SELECT count(*) FROM leads"))

	require.NoError(t, f.store.RetractTail(ctx, 2, nil))
	after, err := f.store.Dump(ctx)
	require.NoError(t, err)
	require.Equal(t, before, after)
	inputs, err := f.store.Inputs(ctx)
	require.NoError(t, err)
	require.Equal(t, facts.Counts{}, inputs[1].Counts)
	require.NoError(t, f.store.RetractTail(ctx, 2, nil), "nothing left to retract")

	tail.Batch = batchOf(t, "crm", "leads: id | lead_ref\nl1 | other")
	_, err = f.store.Apply(ctx, tail)
	require.NoError(t, err)
	require.ErrorIs(t, f.store.RetractTail(ctx, 2, nil), ErrReplay)
}

func TestRetractTailOfParts(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	f.parts("pbx", "x b")
	_, err := f.store.Apply(ctx, facts.Application{Input: 2, Stream: 2, Source: "pbx", Tail: true, Batch: partsOf("x a"), Assembler: legs{}})
	require.NoError(t, err)
	require.Equal(t, "a+b/", f.rows("SELECT script FROM calls"))
	require.NoError(t, f.store.RetractTail(ctx, 2, legs{}))
	require.Equal(t, "b/", f.rows("SELECT script FROM calls"))
}

func TestRemoveSource(t *testing.T) {
	ctx := context.Background()
	f := newFeed(t)
	f.apply("a", "calls: id | started\nc1 | 2026-05-01")
	f.apply("b", "calls: id | started\nc1 | 2026-05-02")
	require.NoError(t, f.store.RemoveSource(ctx, "a"))
	require.Equal(t, "b c1", f.rows("SELECT source, source_id FROM calls"))
	require.Equal(t, "1", f.rows("SELECT count(*) FROM records"))
	p, err := f.store.StreamPosition(ctx, 1)
	require.NoError(t, err)
	require.Zero(t, p)
}

func TestTooManyAttributes(t *testing.T) {
	f := newFeed(t)
	b := batchOf(t, "crm", "leads: id | lead_ref\nl1 | l1")
	for i := range MaxAttributes + 1 {
		b.Rows(facts.Leads).SetAttr(0, "x"+strings.Repeat("y", i), "1")
	}
	_, err := f.store.Apply(context.Background(), facts.Application{Input: 1, Stream: 1, Source: "crm", Batch: b})
	require.ErrorContains(t, err, "facts.too_many_attributes")
	require.Equal(t, facts.Counts{Read: 1, New: 1}, f.apply("crm", "leads: id | attr.a\nl1 | 1"))
}

// A row says where its values stand: not where they were only repeated, nor, where
// several records make one call, where one of these stands.
func TestRowsSayWhereTheyWereRead(t *testing.T) {
	f := newFeed(t)
	read := func() (places string) {
		t.Helper()
		set, err := f.store.Engine().Rows(context.Background(), kpi.RowsSpec{Columns: []string{"source_id"},
			Select: kpi.Select{Fact: facts.Calls, Date: "started", Undated: true, Scope: kpi.Everything()}})
		require.NoError(t, err)
		for _, r := range set.Rows {
			places += fmt.Sprintf("%s %d:%d ", r.Cells[0].Text, r.Input, r.Line)
		}
		return places
	}
	f.apply("pbx", `calls: id | v | started
		c2 | 1 | 2026-01-02
		c1 | 1 | 2026-01-01`)
	require.Equal(t, "c1 1:2 c2 1:1 ", read(), "rows are sorted, lines stay")
	f.apply("pbx", `calls: id | v | started
		c1 | 2 | 2026-01-03
		c3 | 1 | 2026-01-04`)
	require.Equal(t, "c2 1:1 c1 2:1 c3 2:2 ", read())
	f.apply("pbx", `calls: id | v | started
		c3 | 1 | 2026-01-04
		c1 | 1 | 2026-01-01`)
	require.Equal(t, "c2 1:1 c1 2:1 c3 2:2 ", read(), "again, and older")
	f.parts("legs", "x a, x b")
	require.Equal(t, "c2 1:1 c1 2:1 c3 2:2 x 0:0 ", read())
}
