package duck

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/callpace/callpace/internal/facts"
)

// Rows reach DuckDB through a table function that fills column vectors in
// place: INSERT INTO calls SELECT * FROM incoming_rows(7). DuckDB pulls from
// it with all its threads, which an appender cannot, and the rows belong to
// the writer's transaction like those of any other statement.
const rowsFunction = "incoming_rows"

const (
	vectorRows = 2048            // DuckDB's vector size
	groupRows  = 60 * vectorRows // DuckDB's row group
)

// slice is how many neighbouring rows a thread takes at once: a row group where
// there are so many, since partly filled ones are merged, and that means
// compressed, again.
func (r *rowSource) slice() int {
	if r.n >= groupRows {
		return groupRows
	}
	return (r.n/2 + vectorRows) / vectorRows * vectorRows
}

// pending are the rows that statements are about to pull, by their number.
type pending struct {
	mu   sync.Mutex
	next int64
	rows map[int64]*rowSource
}

func (p *pending) put(r *rowSource) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	if p.rows == nil {
		p.rows = map[int64]*rowSource{}
	}
	p.rows[p.next] = r
	return p.next
}

func (p *pending) get(number int64) *rowSource {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rows[number]
}

func (p *pending) drop(number int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.rows, number)
}

// field is a column of a table with what fills it.
type field struct {
	name string
	column
}

// rowSource hands rows to DuckDB's threads.
type rowSource struct {
	fields []field
	types  []duckdb.TypeInfo
	n      int
	sel    []int32 // the rows to hand out, nil for 0 … n-1
	next   atomic.Int64

	mu     sync.Mutex
	arenas []*arena
}

// reader is one thread's place in a rowSource.
type reader struct {
	at, end int
	long    arena
}

// insert appends rows to a table. With sel nil these are rows 0 … n-1 of the
// fields' columns, else the n rows in sel. Columns that are not named are null.
func (s *Store) insert(ctx context.Context, table string, fields []field, n int, sel []int32) error {
	if n == 0 {
		return nil
	}
	source := &rowSource{n: n, sel: sel}
	var names []string
	for _, f := range fields {
		if f.empty() {
			continue
		}
		t, err := typeInfo(f.kind)
		if err != nil {
			return fmt.Errorf("describe column %s: %w", f.name, err)
		}
		source.fields, source.types, names = append(source.fields, f), append(source.types, t), append(names, f.name)
	}
	if len(names) == 0 {
		return fmt.Errorf("duck: rows of %s without a column", table)
	}
	number := s.pending.put(source)
	defer s.pending.drop(number)
	defer source.free()
	return s.exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM %s(%d)", table, strings.Join(names, ", "), rowsFunction, number))
}

func typeInfo(k facts.Kind) (duckdb.TypeInfo, error) {
	switch k {
	case facts.Seconds:
		return duckdb.NewDecimalInfo(12, 3)
	case facts.Amount:
		return duckdb.NewDecimalInfo(18, 6)
	}
	return duckdb.NewTypeInfo(map[facts.Kind]duckdb.Type{facts.Text: duckdb.TYPE_VARCHAR, facts.Int: duckdb.TYPE_BIGINT,
		facts.Bool: duckdb.TYPE_BOOLEAN, facts.Instant: duckdb.TYPE_TIMESTAMP, facts.Day: duckdb.TYPE_DATE,
		facts.Hour: duckdb.TYPE_TINYINT, facts.Hash: duckdb.TYPE_UBIGINT}[k])
}

// registerRows makes the table function known to the database.
func (s *Store) registerRows() error {
	number, err := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
	if err != nil {
		return fmt.Errorf("describe %s: %w", rowsFunction, err)
	}
	err = duckdb.RegisterTableUDF(s.conn, rowsFunction, duckdb.ParallelChunkTableFunction{
		Config: duckdb.TableFunctionConfig{Arguments: []duckdb.TypeInfo{number}},
		BindArguments: func(_ map[string]any, args ...any) (duckdb.ParallelChunkTableSource, error) {
			if source := s.pending.get(args[0].(int64)); source != nil {
				return source, nil
			}
			return nil, fmt.Errorf("duck: no rows are pending under %v", args[0])
		},
	})
	if err != nil {
		return fmt.Errorf("register %s: %w", rowsFunction, err)
	}
	return nil
}

// ColumnInfos tells DuckDB the columns.
func (r *rowSource) ColumnInfos() []duckdb.ColumnInfo {
	infos := make([]duckdb.ColumnInfo, len(r.fields))
	for i, f := range r.fields {
		infos[i] = duckdb.ColumnInfo{Name: f.name, T: r.types[i]}
	}
	return infos
}

// Cardinality tells DuckDB the number of rows.
func (r *rowSource) Cardinality() *duckdb.CardinalityInfo {
	return &duckdb.CardinalityInfo{Cardinality: uint(r.n), Exact: true}
}

// Init allows a thread for every slice.
func (r *rowSource) Init() duckdb.ParallelTableSourceInfo {
	return duckdb.ParallelTableSourceInfo{MaxThreads: (r.n + r.slice() - 1) / r.slice()}
}

// NewLocalState makes the place of one more thread.
func (r *rowSource) NewLocalState() any {
	local := &reader{}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arenas = append(r.arenas, &local.long)
	return local
}

func (r *rowSource) free() {
	for _, a := range r.arenas {
		a.free()
	}
}

// FillChunk writes the next rows of a thread's slice into a chunk.
func (r *rowSource) FillChunk(local any, chunk duckdb.DataChunk) error {
	at := local.(*reader)
	if at.at == at.end {
		slice := r.slice()
		at.at = min(int(r.next.Add(int64(slice)))-slice, r.n)
		at.end = min(at.at+slice, r.n)
	}
	rows := min(at.end-at.at, vectorRows)
	if rows > 0 {
		raw, places := rawChunk(&chunk)
		at.long.reset()
		for i := range r.fields {
			if places[i] >= 0 {
				v := openVector(mapping.DataChunkGetVector(raw, mapping.IdxT(places[i])))
				r.fields[i].fill(v, &at.long, at.at, at.at+rows, r.sel)
			}
		}
		at.at += rows
	}
	return chunk.SetSize(rows)
}

// rawChunk gives the C chunk behind the driver's, and where it wants each column.
//
// TRICKY: the driver keeps both in unexported fields and offers only setters
// of single values, at several times the cost. Reading them by reflection
// panics should they ever change, and the first test would show it.
func rawChunk(chunk *duckdb.DataChunk) (mapping.DataChunk, []int) {
	v := reflect.ValueOf(chunk).Elem()
	projection := v.FieldByName("projection")
	places := make([]int, projection.Len())
	for i := range places {
		places[i] = int(projection.Index(i).Int())
	}
	return mapping.DataChunk{Ptr: v.FieldByName("chunk").FieldByName("Ptr").UnsafePointer()}, places
}
