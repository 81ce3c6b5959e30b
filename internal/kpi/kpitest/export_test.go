//go:build cgo

package kpitest_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// export reads all facts of a database back into a batch.
func export(t *testing.T, db *sql.DB) *facts.Batch {
	b := &facts.Batch{}
	for _, table := range facts.Tables {
		attrs, columns := attributesOf(t, db, table)
		var items []string
		for _, c := range table.Columns {
			items = append(items, exported(c))
		}
		items = append(items, columns...)
		answer, err := db.Query("SELECT " + strings.Join(items, ", ") + " FROM " + table.Name)
		require.NoError(t, err)
		rows := b.Rows(table)
		for answer.Next() {
			cells := make([]any, len(items))
			to := make([]any, len(items))
			for i := range cells {
				to[i] = &cells[i]
			}
			require.NoError(t, answer.Scan(to...))
			row := rows.Add(0)
			for i, cell := range cells {
				switch v := cell.(type) {
				case string:
					if i < len(table.Columns) {
						rows.SetText(row, i, v)
					} else {
						rows.SetAttr(row, attrs[i-len(table.Columns)], v)
					}
				case int64:
					rows.SetInt(row, i, v)
				case uint64:
					rows.SetInt(row, i, int64(v))
				}
			}
		}
		require.NoError(t, answer.Err())
		require.NoError(t, answer.Close())
	}
	return b
}

// exported is a column in the unit of its kind.
func exported(c facts.Column) string {
	switch c.Kind {
	case facts.Text, facts.Hash:
		return c.Name
	case facts.Seconds:
		return "CAST(" + c.Name + " * 1000 AS BIGINT)"
	case facts.Amount:
		return "CAST(CAST(" + c.Name + " AS DECIMAL(38,6)) * 1000000 AS BIGINT)"
	case facts.Instant:
		return "epoch_us(" + c.Name + ")"
	case facts.Day:
		return fmt.Sprintf("CAST(%s - DATE '1970-01-01' AS BIGINT)", c.Name)
	}
	return "CAST(" + c.Name + " AS BIGINT)"
}

func attributesOf(t *testing.T, db *sql.DB, table *facts.Table) (names, columns []string) {
	answer, err := db.Query("SELECT name, col FROM attributes WHERE fact = ? ORDER BY name", table.Name)
	require.NoError(t, err)
	defer answer.Close()
	for answer.Next() {
		var name, column string
		require.NoError(t, answer.Scan(&name, &column))
		names, columns = append(names, name), append(columns, column)
	}
	require.NoError(t, answer.Err())
	return names, columns
}
