package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// sqlite is SQLite through its own shell.
type sqlite struct{ file string }

func (s *sqlite) name() string { return "SQLite" }

func (s *sqlite) install(ctx context.Context) error {
	return debian(ctx, func() error {
		_, err := program("sqlite3")
		return err
	}, "sqlite3")
}

func (s *sqlite) start(_ context.Context, dir string) error {
	s.file = filepath.Join(dir, "calls.sqlite")
	return os.MkdirAll(dir, 0o755)
}

func (s *sqlite) stop() error { return nil }

func (s *sqlite) connect(ctx context.Context) (conn, error) {
	// By itself it would keep answers back until a buffer is full.
	p, err := openPipe(exec.Command("stdbuf", "-oL", "sqlite3", "-batch", "-bail", "-separator", "\t", s.file), ".print "+endMark, "")
	if err != nil {
		return nil, err
	}
	_, err = p.run(ctx, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY; PRAGMA threads = 2; PRAGMA busy_timeout = 60000")
	return p, err
}

func (s *sqlite) version(ctx context.Context, c conn) (string, error) {
	return oneText(ctx, c, "SELECT sqlite_version()")
}

func (s *sqlite) dialect() dialect {
	return dialect{count: filterCount, avg: filterAvg, first: filterFirst,
		week:    func(at string) string { return "date(" + at + ", 'weekday 0', '-6 days')" },
		seconds: func(from, to string) string { return fmt.Sprintf("unixepoch(%s) - unixepoch(%s)", to, from) }}
}

func (s *sqlite) load(f files) steps {
	return steps{
		tables: []string{"CREATE TABLE roster (agent TEXT PRIMARY KEY, team TEXT)", importLine(f.roster, "roster")},
		// A later version of a call takes the earlier one's place as it is read.
		rows: []string{"CREATE TABLE calls (" + columns("TEXT", "TEXT", "INTEGER", "NUMERIC") + ", PRIMARY KEY (call_id) ON CONFLICT REPLACE)",
			importLine(f.calls, "calls")},
		index: []string{"CREATE INDEX calls_started ON calls (started_at)", "CREATE INDEX calls_agent ON calls (agent, started_at)",
			"CREATE INDEX calls_phone ON calls (phone)", "ANALYZE"},
		append: func(csv string) []string { return []string{importLine(csv, "calls")} },
		amend:  func(row []string) string { return "INSERT INTO calls VALUES (" + literals(row) + ")" },
	}
}

// importLine is a line for the shell itself, which takes it as one where it
// begins with a dot; the empty statement behind it is none.
func importLine(csv, table string) string {
	return fmt.Sprintf(".import --csv --skip 1 %s %s\n", csv, table)
}

func (s *sqlite) size(context.Context, conn) (int64, error) {
	return folderSize(filepath.Dir(s.file))
}
