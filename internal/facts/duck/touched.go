package duck

import (
	"context"
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi/kept"
)

// touched is what the writer's transaction changed.
type touched struct {
	everything bool
	things     map[things]*touchedThings
}

type touchedThings struct {
	all  bool
	days map[string]map[int64]bool // by moment
}

// fewRows is how many changed rows are looked at for their days; of more the
// days are many, too.
const fewRows = 2000

func (w *touched) of(what things) *touchedThings {
	if w.things == nil {
		w.things = map[things]*touchedThings{}
	}
	if w.things[what] == nil {
		w.things[what] = &touchedThings{days: map[string]map[int64]bool{}}
	}
	return w.things[what]
}

func (r *touchedThings) day(moment string, day int64) {
	if r.days[moment] == nil {
		r.days[moment] = map[int64]bool{}
	}
	r.days[moment][day] = true
}

// touchAll notes a change to rows of a table, of any day.
func (s *Store) touchAll(t *facts.Table) { s.touched.of(things{table: t}).all = true }

// touchNew notes the days of rows that are appended; sel as in insert.
func (s *Store) touchNew(rows *facts.Rows, n int, sel []int32) {
	noted := s.touched.of(things{table: rows.Table})
	if noted.all {
		return
	}
	for _, m := range rows.Table.Moments {
		column := &rows.Cols[rows.Table.Col(m+"_day")]
		var last int64
		for i := range n {
			row, day := i, int64(kept.Undated)
			if sel != nil {
				row = int(sel[i])
			}
			if column.Has(row) {
				day = column.Int(row)
			}
			if i == 0 || day != last { // neighbours are mostly of one day
				noted.day(m, day)
				last = day
			}
		}
	}
}

// touchRows notes the days of the rows where a condition holds: before they
// go, or after they changed. few tells that they are not many.
func (s *Store) touchRows(ctx context.Context, t *facts.Table, where string, few bool) error {
	return s.touch(ctx, things{table: t}, t.Name, where, few)
}

// touchIf is touchRows where a statement changed any.
func (s *Store) touchIf(ctx context.Context, changed int64, t *facts.Table, where string, few bool) error {
	if changed == 0 {
		return nil
	}
	return s.touchRows(ctx, t, where, few)
}

// touchStories notes on which days the leads in scope have rows of any fact,
// for whoever looks at these beside their leads' stories.
func (s *Store) touchStories(ctx context.Context, scope, calls string) error {
	for _, t := range facts.Tables {
		if t.Derived || !t.Has("lead") {
			continue
		}
		from, where := t.Name, scope
		if t == facts.Calls {
			from, where = calls, "true"
		}
		if err := s.touch(ctx, things{t, true}, from, where, s.few); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) touch(ctx context.Context, what things, from, where string, few bool) error {
	noted, moments := s.touched.of(what), what.table.Moments
	if noted.all {
		return nil
	}
	if !few || len(moments) == 0 {
		noted.all = true
		return nil
	}
	return s.noteDays(ctx, noted, fmt.Sprintf("SELECT DISTINCT %s FROM %s WHERE %s", dayNumbers(moments), from, where), moments)
}

// touchReturned runs a statement that inserts a few rows, and notes their days.
func (s *Store) touchReturned(ctx context.Context, t *facts.Table, statement string) error {
	return s.noteDays(ctx, s.touched.of(things{table: t}), statement+" RETURNING "+dayNumbers(t.Moments), t.Moments)
}

// dayNumbers are the days of moments as numbers, in SQL.
func dayNumbers(moments []string) string {
	days := make([]string, len(moments))
	for i, m := range moments {
		days[i] = m + "_day - DATE '1970-01-01'"
	}
	return strings.Join(days, ", ")
}

// noteDays notes the days that a query gives, a column for each moment.
func (s *Store) noteDays(ctx context.Context, noted *touchedThings, query string, moments []string) error {
	days, into := make([]*int64, len(moments)), make([]any, len(moments))
	for i := range days {
		into[i] = &days[i]
	}
	return s.each(ctx, query, nil, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		for i, day := range days {
			if day == nil {
				day = new(int64(kept.Undated))
			}
			noted.day(moments[i], *day)
		}
		return nil
	})
}
