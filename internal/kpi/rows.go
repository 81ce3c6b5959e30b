package kpi

import "github.com/callpace/callpace/internal/facts"

// RowsSpec asks for the rows behind a number. Of its Select, all counts that
// says which rows are looked at; Measures, ByDay and MaxGroups do not. What a
// measure asks of its rows belongs into Where.
type RowsSpec struct {
	Select
	Key     []string // as Dims: only the rows of that group; nil: of all groups
	Columns []string // of the fact, or "attr.NAME"; nil: all of both
	// Unique lists one row, the first by date, for each value of an expression
	// and none for null: what a count of different leads counted. nil: every row.
	Unique Expr
	// After begins the listing with the rows that stand at or behind a place,
	// given by what a row has in the columns of Order: rows that come or go before
	// it move nothing. nil: from the first row. Offset counts from there.
	After  []Cell
	Limit  int // 0: no limit
	Offset int
}

// Order gives the columns by which a listing is ordered, nulls last: by the
// fact's date, and total as far as rows differ in what tells them apart.
func (s RowsSpec) Order() []facts.Column {
	var names []string
	if s.Date != "" {
		names = append(names, s.Date+"_at")
	}
	for _, m := range s.Fact.Moments {
		if m != s.Date {
			names = append(names, m+"_at")
		}
	}
	var out []facts.Column
	for _, n := range append(names, "source", "source_id", "origin", "agent", "lead") {
		if i := s.Fact.Col(n); i >= 0 {
			out = append(out, s.Fact.Columns[i])
		}
	}
	return out
}

// RowSet is a listing of rows, ordered by the fact's date.
type RowSet struct {
	Columns []facts.Column // attributes are named "attr.NAME" and of kind Text
	Rows    []Row
}

// Row is one row of a fact. Input and Line say where it was read; both are 0
// where a row was made from several records or derived.
type Row struct {
	Input, Line int64
	Cells       []Cell // as RowSet.Columns
}

// Cell is one value in the unit of its column's kind: Text for facts.Text,
// else Int. It is null unless Valid.
type Cell struct {
	Valid bool
	Int   int64
	Text  string
}
