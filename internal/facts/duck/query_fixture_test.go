package duck

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/naive"
)

// bench is a database with the tables of the schema and whatever rows a test
// puts in, beside the naive evaluator over the same rows.
type bench struct {
	db       *sql.DB
	clock    *facts.Clock
	calendar calendar.Calendar
	batch    *facts.Batch
}

// attributeNames are those that every fact of a bench may have; the second
// stands for names that no identifier could be made of.
var attributeNames = []string{"x", `y"; DROP TABLE calls; --`}

func newBench(t testing.TB, c calendar.Calendar) *bench {
	zone, err := time.LoadLocation("Europe/Zagreb")
	require.NoError(t, err)
	db, err := sql.Open("duckdb", "")
	require.NoError(t, err)
	db.SetMaxOpenConns(1) // one database in memory
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	b := &bench{db: db, clock: facts.NewClock(zone), calendar: c, batch: &facts.Batch{}}
	var ddl strings.Builder
	ddl.WriteString("CREATE TABLE meta (key VARCHAR, value VARCHAR);" + keyMacro)
	ddl.WriteString("CREATE TABLE attributes (fact VARCHAR, name VARCHAR, col VARCHAR);")
	ddl.WriteString(`CREATE TABLE days (day DATE, week VARCHAR, month VARCHAR, quarter VARCHAR, year VARCHAR, weekday TINYINT,
		week_start DATE, week_end DATE, month_start DATE, month_end DATE, quarter_start DATE, quarter_end DATE, year_start DATE, year_end DATE);`)
	for _, table := range facts.Tables {
		columns := columnsOf(table)
		for i, name := range attributeNames {
			columns = append(columns, fmt.Sprintf("a%d VARCHAR", i+1))
			fmt.Fprintf(&ddl, "INSERT INTO attributes VALUES ('%s', '%s', 'a%d');", table.Name, name, i+1)
		}
		fmt.Fprintf(&ddl, "CREATE TABLE %s (%s);", table.Name, strings.Join(columns, ", "))
	}
	ddl.WriteString("INSERT INTO days VALUES ")
	for day := facts.DayOf(2025, 12, 1); day < facts.DayOf(2026, 8, 1); day++ {
		fmt.Fprintf(&ddl, "(%s", dialect{}.Date(day))
		for _, u := range []calendar.Unit{calendar.Week, calendar.Month, calendar.Quarter, calendar.Year} {
			fmt.Fprintf(&ddl, ", '%s'", c.Key(u, day))
		}
		fmt.Fprintf(&ddl, ", %d", (facts.DateOf(day).Weekday()+6)%7+1)
		for _, u := range []calendar.Unit{calendar.Week, calendar.Month, calendar.Quarter, calendar.Year} {
			r := c.Span(u, day)
			fmt.Fprintf(&ddl, ", %s, %s", dialect{}.Date(r.From), dialect{}.Date(r.To))
		}
		ddl.WriteString("),")
	}
	b.exec(t, strings.TrimSuffix(ddl.String(), ","))
	return b
}

// fataler is what testing.TB and rapid.T have in common for require.
type fataler interface {
	Errorf(format string, args ...any)
	FailNow()
}

func (b *bench) exec(t fataler, text string) {
	_, err := b.db.Exec(text)
	require.NoError(t, err)
}

// fixtureInput is the input of all rows.
const fixtureInput = 7

// load puts a batch in the place of the rows before.
func (b *bench) load(t fataler, batch *facts.Batch) {
	b.batch = batch
	var text strings.Builder
	for _, table := range facts.Tables {
		fmt.Fprintf(&text, "DELETE FROM %s;", table.Name)
		rows := batch.Rows(table)
		for i := range rows.N {
			var cells []string
			for j, c := range table.Columns {
				cells = append(cells, literal(&rows.Cols[j], i, c.Kind))
			}
			for _, name := range keyed[table] {
				cells = append(cells, "key_of("+literal(&rows.Cols[table.Col(name)], i, facts.Text)+")")
			}
			if !table.Derived {
				cells = append(cells, fmt.Sprint(fixtureInput), fmt.Sprint(i+1)) // line by line
			}
			for _, name := range attributeNames {
				v := rows.Attrs[name]
				if v == nil {
					v = &facts.Vector{}
				}
				cells = append(cells, literal(v, i, facts.Text))
			}
			fmt.Fprintf(&text, "INSERT INTO %s VALUES (%s);", table.Name, strings.Join(cells, ", "))
		}
	}
	b.exec(t, text.String())
}

func literal(v *facts.Vector, i int, k facts.Kind) string {
	if !v.Has(i) {
		return "NULL"
	}
	switch n := v.Int(i); k {
	case facts.Text:
		return "'" + strings.ReplaceAll(v.Text(i), "'", "''") + "'"
	case facts.Bool:
		return fmt.Sprint(n == 1)
	case facts.Seconds:
		return callpace.Amount(n * 1000).String()
	case facts.Amount:
		return callpace.Amount(n).String()
	case facts.Instant:
		return dialect{}.Instant(time.UnixMicro(n))
	case facts.Day:
		return dialect{}.Date(n)
	case facts.Hash:
		return fmt.Sprint(uint64(n))
	default:
		return fmt.Sprint(n)
	}
}

// rows reads a table for people: its name, a header of columns, moments and
// attr.NAME, and rows of words; "-" is null. Times are local, and a date alone
// is a moment without a time of day.
func (b *bench) rows(t testing.TB, text string) {
	batch := &facts.Batch{}
	var rows *facts.Rows
	var header []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			rows, header = nil, nil
		case rows == nil:
			rows = batch.Rows(facts.TableByName(words[0]))
		case header == nil:
			header = words
		default:
			require.Len(t, words, len(header), line)
			row := rows.Add(0)
			rows.SetInt(row, 0, int64(row+1))
			for i, word := range words {
				b.set(t, rows, row, header[i], word)
			}
		}
	}
	b.load(t, batch)
}

func (b *bench) set(t testing.TB, rows *facts.Rows, row int, name, word string) {
	attr, isAttr := strings.CutPrefix(name, "attr.")
	switch {
	case word == "-":
	case isAttr:
		rows.SetAttr(row, attr, word)
	case rows.Table.HasMoment(name):
		rows.SetMoment(row, rows.Table.Col(name+"_at"), b.moment(t, word))
	default:
		col := rows.Table.Col(name)
		require.GreaterOrEqual(t, col, 0, name)
		switch rows.Table.Columns[col].Kind {
		case facts.Text:
			rows.SetText(row, col, word)
		case facts.Day:
			rows.SetInt(row, col, b.moment(t, word).Day)
		case facts.Bool:
			rows.SetInt(row, col, map[string]int64{"yes": 1, "no": 0}[word])
		case facts.Int:
			n, err := strconv.ParseInt(word, 10, 64)
			require.NoError(t, err)
			rows.SetInt(row, col, n)
		case facts.Seconds:
			a, ok := callpace.ParseAmount(word)
			require.True(t, ok, word)
			rows.SetInt(row, col, int64(a)/1000)
		case facts.Amount:
			a, ok := callpace.ParseAmount(word)
			require.True(t, ok, word)
			rows.SetInt(row, col, int64(a))
		default:
			require.Fail(t, "no such column in tests", name)
		}
	}
}

// moment reads 2026-03-29, 2026-03-29T02:30 (local) or 2026-03-29T00:30Z.
func (b *bench) moment(t testing.TB, word string) facts.Moment {
	if d, err := time.Parse(time.DateOnly, word); err == nil {
		return b.clock.DayMoment(d.Year(), d.Month(), d.Day())
	}
	if at, err := time.Parse("2006-01-02T15:04Z", word); err == nil {
		return b.clock.Moment(at)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", word, b.clock.Zone())
	require.NoError(t, err)
	return b.clock.Moment(at)
}

func (b *bench) engine() *Engine { return NewEngine(b.db, "EUR") }

func (b *bench) naive() *naive.Engine { return naive.New(b.batch, b.calendar, "EUR") }

// ask asks both engines and gives the answer as sorted lines "key: values".
func (b *bench) ask(t testing.TB, s kpi.Select) []string {
	if s.Scope.All() == false && s.Scope.Teams() == nil && s.Scope.Agents() == nil {
		s.Scope = kpi.Everything()
	}
	return b.askScoped(t, s)
}

func (b *bench) askScoped(t testing.TB, s kpi.Select) []string {
	if s.Now.IsZero() {
		s.Now = time.Date(2026, 4, 20, 12, 0, 0, 0, b.clock.Zone())
	}
	got, err := b.engine().Aggregate(context.Background(), s)
	require.NoError(t, err)
	want, err := b.naive().Aggregate(context.Background(), s)
	require.NoError(t, err)
	require.Equal(t, answerLines(want), answerLines(got), "the naive evaluator says otherwise")
	return answerLines(got)
}

func answerLines(groups []kpi.Group) []string {
	out := []string{}
	for _, g := range groups {
		var values []string
		for _, v := range g.Values {
			values = append(values, answerValue(v))
		}
		out = append(out, strings.Join(g.Key, " ")+": "+strings.Join(values, " "))
	}
	sort.Strings(out)
	return out
}

func answerValue(v kpi.Value) string {
	switch {
	case v.Mixed:
		return "mixed"
	case !v.Valid:
		return "-"
	case v.Hist() != nil:
		return fmt.Sprint(v.Hist())
	case v.Set() != nil:
		return fmt.Sprint(v.Set())
	case v.Float() != 0:
		return strconv.FormatFloat(v.Float(), 'g', 9, 64)
	}
	return v.Exact.String() + v.Currency
}
