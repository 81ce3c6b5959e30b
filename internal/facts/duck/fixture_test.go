package duck

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zeebo/xxh3"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
)

var testSettings = facts.Settings{Zone: "UTC", Currency: "EUR", WeekStart: time.Monday, Calendar: facts.Gregorian,
	CreditDays: 30, CallbackMinutes: 30}

var testOptions = Options{MemoryMB: 256, Threads: 2}

func testStore(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "facts.duckdb"), "test", testSettings, testOptions)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// batchOf reads tables such as
//
//	calls: id | started          | phone | attr.city
//	c1     | 2026-05-01 10:00 | +1    | Split
//
// Every row is a record of its own. id is the record's key and source_id, v its
// version; a moment is a day or a day and a time in UTC; an empty field is null.
func batchOf(t require.TestingT, source, text string) *facts.Batch {
	b := &facts.Batch{}
	var table *facts.Table
	var head []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if name, rest, ok := strings.Cut(line, ": "); ok && facts.TableByName(name) != nil {
			table, head = facts.TableByName(name), cells(rest)
			continue
		}
		addRow(t, b, source, table, head, cells(line), line)
	}
	b.Read = len(b.Records)
	return b
}

func cells(line string) []string {
	fields := strings.Split(line, "|")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields
}

func addRow(t require.TestingT, b *facts.Batch, source string, table *facts.Table, head, fields []string, line string) {
	require.Len(t, fields, len(head), line)
	record := facts.Record{Content: xxh3.HashString(strings.Join(strings.Fields(line), " ")), Line: int64(len(b.Records) + 1)}
	rows := b.Rows(table)
	row := rows.Add(len(b.Records))
	for i, name := range head {
		value := fields[i]
		switch {
		case name == "id":
			record.Origin = facts.Origin(source, table.Name, value)
			rows.SetText(row, table.Col("source_id"), value)
		case name == "v":
			_, err := fmt.Sscan(value, &record.Version)
			require.NoError(t, err)
		case value == "":
		case strings.HasPrefix(name, "attr."):
			rows.SetAttr(row, name[5:], value)
		case table.HasMoment(name):
			rows.SetMoment(row, table.Col(name+"_at"), momentOf(t, value))
		default:
			setCell(t, rows, row, name, value)
		}
	}
	b.Records = append(b.Records, record)
}

func setCell(t require.TestingT, rows *facts.Rows, row int, name, value string) {
	col := rows.Table.Col(name)
	require.GreaterOrEqual(t, col, 0, name)
	switch kind := rows.Table.Columns[col].Kind; kind {
	case facts.Text:
		rows.SetText(row, col, value)
	case facts.Bool:
		rows.SetInt(row, col, map[string]int64{"yes": 1, "no": 0}[value])
	case facts.Day:
		rows.SetInt(row, col, momentOf(t, value).Day)
	default:
		a, ok := callpace.ParseAmount(value)
		require.True(t, ok, value)
		scale := map[facts.Kind]int64{facts.Int: 1_000_000, facts.Seconds: 1000, facts.Amount: 1}[kind]
		rows.SetInt(row, col, int64(a)/scale)
	}
}

func momentOf(t require.TestingT, text string) facts.Moment {
	clock := facts.NewClock(time.UTC)
	if at, err := time.Parse("2006-01-02 15:04", text); err == nil {
		return clock.Moment(at)
	}
	at, err := time.Parse("2006-01-02", text)
	require.NoError(t, err)
	return clock.DayMoment(at.Date())
}

// feed applies batches, each as an input and a stream of its own.
type feed struct {
	t     testing.TB
	store *Store
	input int
}

func newFeed(t testing.TB) *feed { return &feed{t: t, store: testStore(t)} }

func (f *feed) apply(source, text string) facts.Counts {
	f.t.Helper()
	f.input++
	counts, err := f.store.Apply(context.Background(), facts.Application{Input: f.input, Stream: f.input, Source: source,
		Batch: batchOf(f.t, source, text), Position: facts.Position{Offset: 100, Line: 10}})
	require.NoError(f.t, err)
	return counts
}

// rows runs a query and gives its rows as lines of fields, nulls as "-".
func (f *feed) rows(query string) string {
	f.t.Helper()
	rows, err := f.store.DB().Query(query)
	require.NoError(f.t, err)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(f.t, err)
	var lines []string
	for rows.Next() {
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		require.NoError(f.t, rows.Scan(values...))
		fields := make([]string, len(names))
		for i := range values {
			fields[i] = printed(*values[i].(*any))
		}
		lines = append(lines, strings.Join(fields, " "))
	}
	require.NoError(f.t, rows.Err())
	return strings.Join(lines, "\n")
}

func printed(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format("2006-01-02")
		}
		return v.Format("2006-01-02T15:04")
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// unindented removes the indentation of an expected answer.
func unindented(text string) string {
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(out, "\n")
}
