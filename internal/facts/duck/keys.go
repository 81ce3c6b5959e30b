package duck

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/factsql"
)

// A person looks for one number or id among millions of calls. To compare texts
// is to unpack every one of them; so beside those columns stands a key of 16 bits,
// which DuckDB compares as it lies there: a block of rows without that key is
// never unpacked, and few others are.
const keySuffix = "_key"

// keyed are the columns that have a key, by table.
var keyed = map[*facts.Table][]string{facts.Calls: {"source_id", "phone", "lead"}}

// keyMacro is keyOf in SQL.
const keyMacro = "CREATE OR REPLACE TEMP MACRO key_of(text_) AS CAST(md5_number_lower(text_) & 65535 AS BIGINT);\n"

// keyOf is the key of a text.
func keyOf(text string) int64 {
	sum := md5.Sum([]byte(strings.ToValidUTF8(text, replacement)))
	return int64(binary.LittleEndian.Uint16(sum[8:]))
}

// keyFields are the keys of a table's columns, which are filled from fields.
func keyFields(t *facts.Table, fields []field, rows int) (out []field) {
	for _, name := range keyed[t] {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if !fields[i].empty() {
			out = append(out, field{name + keySuffix, keyColumn(fields[i].column, rows)})
		}
	}
	return out
}

// keyColumn are the keys of a column's texts, null where they are.
func keyColumn(texts column, rows int) column {
	var v facts.Vector
	for row := range min(rows, len(texts.strs)) {
		if s := texts.strs[row]; s != "" {
			v.SetInt(row, keyOf(s))
		}
	}
	return vectorColumn(facts.Int, &v)
}

// Finds tells whether a column has a key.
func (dialect) Finds(t *facts.Table, column string) bool { return slices.Contains(keyed[t], column) }

// Found asks for every text by itself: DuckDB compares one number while it reads,
// but reads all that several conditions are about before it looks at them.
func (dialect) Found(t *facts.Table, places []factsql.Place) string {
	rows := make([]string, len(places))
	for i, x := range places {
		rows[i] = fmt.Sprintf("SELECT rowid FROM %s WHERE %s%s = %d AND %s = %s", t.Name, x.Column, keySuffix, keyOf(x.Text), x.Column, x.Param)
	}
	return "f.rowid IN (" + strings.Join(rows, " UNION ALL ") + ")"
}
