package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// duckdbPeer is bare DuckDB, the engine below callpace: what it needs for the
// same numbers is the limit. It runs in another process of this program.
type duckdbPeer struct{ file string }

func (d *duckdbPeer) name() string { return "bare DuckDB" }

func (d *duckdbPeer) install(context.Context) error { return nil }

func (d *duckdbPeer) start(_ context.Context, dir string) error {
	d.file = filepath.Join(dir, "calls.duckdb")
	return os.MkdirAll(dir, 0o755)
}

func (d *duckdbPeer) stop() error { return nil }

func (d *duckdbPeer) connect(context.Context) (conn, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return openPipe(exec.Command(self, "-sql", d.file), endMark, "")
}

// answerSQL puts the statements that it reads to a file of DuckDB: what a
// pipe to this program talks with.
func answerSQL(ctx context.Context, file string, in io.Reader, out io.Writer) error {
	db, err := sql.Open("duckdb", file) // the driver comes with internal/facts/duck
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	lines := bufio.NewReader(in)
	w := bufio.NewWriter(out)
	var statement strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, db.Close())
		}
		if strings.TrimSpace(line) != endMark {
			statement.WriteString(line)
			continue
		}
		if err := answer(ctx, db, statement.String(), w); err != nil {
			return errors.Join(err, db.Close())
		}
		statement.Reset()
		fmt.Fprintln(w, endMark)
		if err := w.Flush(); err != nil {
			return err
		}
	}
}

func answer(ctx context.Context, db *sql.DB, statement string, w io.Writer) error {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, into := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			if c != nil {
				texts[i] = fmt.Sprint(c)
			}
		}
		fmt.Fprintln(w, strings.Join(texts, "\t"))
	}
	return rows.Err()
}

func (d *duckdbPeer) version(ctx context.Context, c conn) (string, error) {
	return oneText(ctx, c, "SELECT version()")
}

func (d *duckdbPeer) dialect() dialect {
	return dialect{count: filterCount, avg: filterAvg, first: filterFirst,
		week:    func(at string) string { return "strftime(date_trunc('week', " + at + "), '%Y-%m-%d')" },
		seconds: func(from, to string) string { return fmt.Sprintf("epoch(%s - %s)", to, from) }}
}

func (d *duckdbPeer) load(f files) steps {
	kinds := map[string]string{"started_at": "TIMESTAMP", "updated_at": "TIMESTAMP", "attempt": "INTEGER", "cost": "DECIMAL(18,6)"}
	var types []string
	for _, name := range columnNames {
		kind := kinds[name]
		if strings.HasSuffix(name, "_s") {
			kind = "INTEGER"
		} else if kind == "" {
			kind = "VARCHAR"
		}
		types = append(types, fmt.Sprintf("'%s': '%s'", name, kind))
	}
	read := func(csv string) string {
		return fmt.Sprintf("read_csv('%s', header = true, columns = {%s})", csv, strings.Join(types, ", "))
	}
	return steps{
		tables: []string{fmt.Sprintf("CREATE TABLE roster AS FROM read_csv('%s', header = true)", f.roster)},
		rows:   []string{"CREATE TABLE raw AS FROM " + read(f.calls)},
		// In the order of time, so that a month is a few row groups.
		latest: []string{"CREATE TABLE calls AS SELECT * FROM raw QUALIFY row_number() OVER (PARTITION BY call_id ORDER BY updated_at DESC) = 1 ORDER BY started_at",
			"DROP TABLE raw", "CHECKPOINT"},
		append: func(csv string) []string { return []string{"INSERT INTO calls FROM " + read(csv)} },
		amend: func(row []string) string {
			return fmt.Sprintf("BEGIN; DELETE FROM calls WHERE call_id = '%s'; INSERT INTO calls VALUES (%s); COMMIT", row[0], literals(row))
		},
	}
}

func (d *duckdbPeer) alone() {}

func (d *duckdbPeer) size(context.Context, conn) (int64, error) {
	return folderSize(filepath.Dir(d.file))
}
