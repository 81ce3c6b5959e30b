package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/factsql"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/kpi/kept"
)

// Engine answers questions about the facts of one file. It is safe for
// concurrent use; every question sees one committed state.
type Engine struct {
	db       *sql.DB
	currency string
	cache    *attributeCache // nil: asked for every time
	view     *view           // nil: the facts as they are
	stamps   *stamps         // of the view, else the store's
	keep     *kept.Keep      // nil: every question is put to the file
	room     *room           // nil: whoever asks has all the memory
	limits   []int           // of DuckDB's buffers in MB: the usual one, then those for who asks again
}

var (
	_ kpi.Engine = (*Engine)(nil)
	_ kept.State = (*Engine)(nil)
)

// NewEngine reads a database that has the tables of this package. currency is
// the organisation's.
func NewEngine(db *sql.DB, currency string) *Engine { return &Engine{db: db, currency: currency} }

// Engine answers questions about the store's facts.
func (s *Store) Engine() *Engine {
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	e := &Engine{db: s.db, currency: s.settings.Currency, cache: &s.cache, view: s.views.now, stamps: &s.stamps, keep: s.keep, room: &s.room}
	e.limits = append(e.limits, s.limitMB(s.memoryMB()))
	for times := 1; times <= mostTimes; times *= 2 {
		e.limits = append(e.limits, s.limitMB(times*max(deriveMB, s.memoryMB())))
	}
	if e.view != nil {
		e.stamps, e.limits = e.view.stamps, e.limits[1:] // see Freeze
	}
	return e
}

// Written answers questions about the facts as they were written last, a frozen
// state or not. It is for the writer, when all is committed and derived.
func (s *Store) Written() *Engine {
	e := s.Engine()
	e.view, e.stamps = nil, &s.stamps
	return e
}

// Aggregate answers a Select, by what is kept where that still holds. The
// answer is shared: nobody may change it.
func (e *Engine) Aggregate(ctx context.Context, s kpi.Select) ([]kpi.Group, error) {
	if e.keep == nil {
		return e.Ask(ctx, s)
	}
	return e.keep.Aggregate(ctx, e, s)
}

// Refresh asks recent questions again whose rows changed.
func (e *Engine) Refresh(ctx context.Context) error {
	if e.keep == nil {
		return nil
	}
	return e.keep.Refresh(ctx, e)
}

// Renew is Refresh for who cannot give way.
func (e *Engine) Renew(ctx context.Context) error {
	if e.keep == nil {
		return nil
	}
	return e.keep.Renew(ctx, e)
}

// Stamp is the number of the last change to rows of a table that have or had
// a moment within some days; "": to any row.
func (e *Engine) Stamp(t *facts.Table, moment string, from, to int64) int64 {
	return e.stamps.at(things{table: t}, moment, from, to)
}

// StoryStamp is Stamp for the stories of those rows' leads.
func (e *Engine) StoryStamp(t *facts.Table, moment string, from, to int64) int64 {
	return e.stamps.at(things{t, true}, moment, from, to)
}

// Changed lists the days of a moment on which rows changed after a commit, or
// their leads' stories; known is false where others may have, too.
func (e *Engine) Changed(t *facts.Table, moment string, stories bool, since int64) (days []int64, known bool) {
	days, known = e.stamps.since(things{table: t}, moment, since)
	if stories {
		more, too := e.stamps.since(things{t, true}, moment, since)
		days, known = append(days, more...), known && too
	}
	return days, known
}

// Version counts the changes; it is not steady while one is being committed.
func (e *Engine) Version() (n int64, steady bool) {
	if e.view != nil {
		return e.view.version, true
	}
	n = e.cache.begun.Load()
	return n, n == e.cache.commits.Load()
}

// Ask answers a Select by one statement.
func (e *Engine) Ask(ctx context.Context, s kpi.Select) ([]kpi.Group, error) {
	return kept.Groups(ctx, e, s)
}

// Each is Ask that hands over group by group, as kept.State says.
func (e *Engine) Each(ctx context.Context, s kpi.Select, take func(n int, g kpi.Group) error) error {
	attrs, err := e.attributes(ctx)
	if err != nil {
		return err
	}
	q, err := factsql.Aggregate(dialect{}, s, attrs)
	if err != nil {
		return err
	}
	if err := e.fitting(ctx, func() error { return e.groups(ctx, s, q, take) }); err != nil {
		return fmt.Errorf("aggregate %s: %w", s.Fact.Name, err)
	}
	return nil
}

// room is the memory that questions share.
type room struct {
	again sync.Mutex   // held by who asks again after the memory did not suffice
	asked sync.RWMutex // held by who asks for the first time, and against them by who asks for the last
}

// fitting asks what does not fit into memory beside others again, one such
// question at a time: with the memory of a derivation, with more, and in the end
// while nobody else asks.
func (e *Engine) fitting(ctx context.Context, ask func() error) error {
	if e.room == nil {
		return ask()
	}
	e.room.asked.RLock()
	err := ask()
	e.room.asked.RUnlock()
	if !outOfMemory(err) {
		return err
	}
	e.room.again.Lock()
	defer e.room.again.Unlock()
	for i, mb := range e.limits[1:] {
		if i == len(e.limits)-2 {
			e.room.asked.Lock()
			defer e.room.asked.Unlock()
		}
		if wide := e.limit(ctx, mb); wide != nil && !outOfMemory(wide) { // more than that is held: there is more already
			err = fmt.Errorf("widen memory: %w", wide)
			break
		}
		if err = ask(); !outOfMemory(err) {
			break
		}
	}
	if narrow := e.limit(context.WithoutCancel(ctx), e.limits[0]); !outOfMemory(narrow) {
		err = errors.Join(err, narrow)
	}
	return err
}

func (e *Engine) limit(ctx context.Context, mb int) error {
	_, err := e.db.ExecContext(ctx, fmt.Sprintf("SET memory_limit = '%dMB'", mb))
	return err
}

// groups puts a statement and reads its answer.
func (e *Engine) groups(ctx context.Context, s kpi.Select, q factsql.Query, take func(n int, g kpi.Group) error) error {
	g, n := q.Group(), 0
	return e.each(ctx, q.Text, q.Args, func(cols []any) error {
		if s.MaxGroups > 0 && n == s.MaxGroups {
			return callpace.E(callpace.Limit, "kpi.too_many_groups", "max", s.MaxGroups)
		}
		for i := range cols {
			cols[i] = plain(cols[i])
		}
		switch err := q.Read(cols, e.currency, g); {
		case errors.Is(err, factsql.ErrTooLarge):
			return callpace.E(callpace.Limit, "kpi.number_too_large")
		case errors.Is(err, factsql.ErrSetTooLarge):
			return callpace.E(callpace.Limit, "kpi.set_too_large", "max", kpi.MaxSet)
		case err != nil:
			return err
		}
		n++
		return take(n-1, g)
	})
}

// SQL gives the statement that answers a Select, for reading.
func (e *Engine) SQL(ctx context.Context, s kpi.Select) (string, error) {
	attrs, err := e.attributes(ctx)
	if err != nil {
		return "", err
	}
	q, err := factsql.Aggregate(dialect{}, s, attrs)
	return q.Explain(dialect{}), err
}

// Attributes lists the attributes of a fact, "agent" those of the roster, in
// alphabetical order.
func (e *Engine) Attributes(ctx context.Context, fact string) ([]string, error) {
	if fact == "agent" {
		fact = facts.Roster.Name
	}
	attrs, err := e.attributes(ctx)
	names := []string{}
	for a := range attrs {
		if a.Fact == fact {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return names, err
}

// Range gives the first and last day of a fact's date.
func (e *Engine) Range(ctx context.Context, fact *facts.Table, date string) (first, last int64, ok bool, err error) {
	q, err := factsql.Range(dialect{}, fact, date)
	if err != nil {
		return 0, 0, false, err
	}
	var from, to sql.NullInt64
	if err := e.one(ctx, q.Text, nil, &from, &to); err != nil {
		return 0, 0, false, fmt.Errorf("range of %s: %w", fact.Name, err)
	}
	return from.Int64, to.Int64, from.Valid, nil
}

// each runs a statement and hands over its rows; cols is used again for the next.
func (e *Engine) each(ctx context.Context, text string, args []any, row func(cols []any) error) (err error) {
	rows, done, err := e.query(ctx, text, args...)
	defer func() { done(err) }()
	if err != nil {
		return queryError(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cols, to := make([]any, len(names)), make([]any, len(names))
	for i := range cols {
		to[i] = &cols[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		if err := row(cols); err != nil {
			return err
		}
	}
	return queryError(rows.Err())
}

// one reads the only row of a statement.
func (e *Engine) one(ctx context.Context, text string, args []any, into ...any) (err error) {
	rows, done, err := e.query(ctx, text, args...)
	defer func() { done(err) }()
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return errors.Join(rows.Err(), sql.ErrNoRows)
	}
	return errors.Join(rows.Scan(into...), rows.Err())
}

// queryError tells a number too large for its type from our own faults.
func queryError(err error) error {
	var d *duckdb.Error
	if errors.As(err, &d) && (d.Type == duckdb.ErrorTypeOutOfRange || d.Type == duckdb.ErrorTypeConversion) {
		return callpace.E(callpace.Limit, "kpi.number_too_large").Because(err)
	}
	return err
}

// plain turns DuckDB's lists and maps into Go's, and decimals into units of their
// last place.
func plain(v any) any {
	switch v := v.(type) {
	case duckdb.Decimal:
		return v.Value
	case []any:
		out := make([]string, len(v))
		for i := range v {
			out[i] = v[i].(string)
		}
		return out
	case duckdb.OrderedMap:
		out := make(map[int64]int64, v.Len())
		keys, values := v.Keys(), v.Values()
		for i := range keys {
			out[keys[i].(int64)] = int64(values[i].(uint64))
		}
		return out
	}
	return v
}
