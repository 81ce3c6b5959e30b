package duck

import (
	"context"
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/facts"
)

// layoutVersion is part of the fingerprint: raise it with every change to the
// tables below or to how derived columns come about.
const layoutVersion = 3

// own are the tables beside the facts. None has an index: keys are made unique
// by the only writer.
const ownTables = `
CREATE TABLE meta (key VARCHAR, value VARCHAR);
-- The records that counted when they came; the winning one of every origin is among them.
CREATE TABLE records (origin UBIGINT, version BIGINT, content UBIGINT, input BIGINT, line BIGINT, source VARCHAR);
-- Records of which several make up one thing.
CREATE TABLE parts (source VARCHAR, group_origin UBIGINT, group_name VARCHAR, record UBIGINT, seq BIGINT,
	link VARCHAR, offers BOOLEAN, data VARCHAR);
-- Which fact tables hold rows of a source.
CREATE TABLE source_facts (source VARCHAR, fact VARCHAR);
-- The columns behind the sources' own attributes.
CREATE TABLE attributes (fact VARCHAR, name VARCHAR, col VARCHAR);
CREATE TABLE streams (stream INTEGER, source VARCHAR, position BIGINT, line BIGINT);
CREATE TABLE inputs (input INTEGER, stream INTEGER, source VARCHAR, position BIGINT, line BIGINT,
	read BIGINT, new BIGINT, updated BIGINT, unchanged BIGINT, skipped BIGINT, rejected BIGINT, warned BIGINT, done BOOLEAN);
-- The unterminated last record of a stream, as long as the stream may go on.
CREATE TABLE tails (stream INTEGER, input INTEGER, origin UBIGINT, overwrote BOOLEAN);
CREATE TABLE tail_counts (stream INTEGER, input INTEGER,
	read BIGINT, new BIGINT, updated BIGINT, unchanged BIGINT, skipped BIGINT, rejected BIGINT, warned BIGINT);
-- The calendar; an end is the day after the last.
CREATE TABLE days (day DATE, week VARCHAR, month VARCHAR, quarter VARCHAR, year VARCHAR, weekday TINYINT,
	week_start DATE, week_end DATE, month_start DATE, month_end DATE, quarter_start DATE, quarter_end DATE,
	year_start DATE, year_end DATE);
-- What a derivation still has to look at.
CREATE TABLE dirty_leads (lead VARCHAR);
CREATE TABLE dirty_phones (phone VARCHAR);
-- Who has a phone; and in which team an agent is, in disjoint spans without gaps at the ends of time.
CREATE TABLE lead_phones (phone VARCHAR, lead VARCHAR);
CREATE TABLE team_spans (agent VARCHAR, team VARCHAR, from_day DATE, to_day DATE, latest BOOLEAN);
-- The change log, and what it compares: months as they stood, and rows replaced since.
CREATE TABLE changes (input INTEGER, month VARCHAR, measure VARCHAR, before DECIMAL(38,6), after DECIMAL(38,6),
	cancelled BIGINT, changed BIGINT, added BIGINT, removed BIGINT);
CREATE TABLE months (month VARCHAR, measure VARCHAR, value DECIMAL(38,6));
CREATE TABLE replaced (fact VARCHAR, origin UBIGINT, source_id VARCHAR, day DATE, cancelled BOOLEAN, content UBIGINT);
`

// scratch are the temporary tables of the writer's connection, with their columns.
var scratch = map[string]string{
	"incoming":  "origin UBIGINT",
	"outgoing":  "origin UBIGINT",
	"touched":   "origin UBIGINT",
	"found":     "id BIGINT", // rows of a fact
	"stories":   "id BIGINT", // rows of lead_story
	"texts":     "text VARCHAR",
	"scope":     "lead VARCHAR",
	"phones":    "phone VARCHAR",
	"spellings": "source VARCHAR, alias VARCHAR, day DATE, agent VARCHAR, team VARCHAR",
	"told": `input INTEGER, month VARCHAR, measure VARCHAR, before DECIMAL(38,6), after DECIMAL(38,6),
		cancelled BIGINT, changed BIGINT, added BIGINT, removed BIGINT`,
}

// renew makes a temporary table anew.
//
// TRICKY: rows deleted from it would stay, and so would eight bytes for each
// that cannot leave memory: an import of millions of rows filled it with them.
func (s *Store) renew(ctx context.Context, table string) error {
	return s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s (%s)", table, scratch[table]))
}

func (s *Store) createTables(ctx context.Context) error {
	var ddl strings.Builder
	ddl.WriteString(ownTables)
	for _, t := range facts.Tables {
		fmt.Fprintf(&ddl, "CREATE TABLE %s (%s);\n", t.Name, strings.Join(columnsOf(t), ", "))
	}
	return s.exec(ctx, ddl.String())
}

// columnsOf lists a table's columns with their types: those of its facts, their
// keys, and where a row was read.
func columnsOf(t *facts.Table) []string {
	var columns []string
	for _, c := range t.Columns {
		columns = append(columns, c.Name+" "+sqlTypes[c.Kind])
	}
	for _, name := range keyed[t] {
		columns = append(columns, name+keySuffix+" BIGINT")
	}
	if !t.Derived {
		columns = append(columns, "input BIGINT", "line BIGINT")
	}
	return columns
}

var sqlTypes = map[facts.Kind]string{
	facts.Text: "VARCHAR", facts.Int: "BIGINT", facts.Bool: "BOOLEAN", facts.Seconds: "DECIMAL(12,3)",
	facts.Amount: "DECIMAL(18,6)", facts.Instant: "TIMESTAMP", facts.Day: "DATE", facts.Hour: "TINYINT", facts.Hash: "UBIGINT",
}
