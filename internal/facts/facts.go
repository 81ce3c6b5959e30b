// Package facts says what a fact is: the tables with their columns, the batch
// in which decoded rows travel, and the moments and settings that they depend
// on. It holds no rows beyond a batch and knows no engine; internal/facts/duck
// and its kin store what is described here.
package facts

// Kind is the type of a column. A batch holds text columns as strings and all
// others as int64 in the unit named here.
type Kind uint8

// The kinds.
const (
	Text    Kind = iota
	Int          // whole number
	Bool         // 0 or 1
	Seconds      // duration in milliseconds; engines store DECIMAL(12,3) seconds
	Amount       // callpace.Amount, millionths; engines store DECIMAL(18,6)
	Instant      // microseconds since 1970-01-01T00:00Z; engines store TIMESTAMP in UTC
	Day          // days since 1970-01-01 in the organisation's zone; engines store DATE
	Hour         // 0 to 23 in the organisation's zone; null where only the day is known
	Hash         // 64 bits, the int64 reinterpreted; engines store UBIGINT
)

// Column is one column of a fact table.
type Column struct {
	Name string
	Kind Kind
}

// Table is one fact table. The first entry of Moments is its main date: the
// one that says in which period a row happened.
type Table struct {
	ID      int // index in Tables
	Name    string
	Columns []Column
	Moments []string // moment M is the columns M_at, M_day, M_hour
	Derived bool     // computed from the other tables, never decoded
	index   map[string]int
}

// Col gives the index of a column, or -1.
func (t *Table) Col(name string) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	return -1
}

// Has tells whether the table has the column.
func (t *Table) Has(name string) bool { return t.Col(name) >= 0 }

// HasMoment tells whether name is a moment of the table.
func (t *Table) HasMoment(name string) bool {
	for _, m := range t.Moments {
		if m == name {
			return true
		}
	}
	return false
}
