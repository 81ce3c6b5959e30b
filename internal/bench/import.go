package main

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// work is what both sides work on.
type work struct {
	options
	command, csv, mapping, data, bare string
}

//go:embed calls.yaml
var mapping []byte

func (w *work) prepare() error {
	if err := os.WriteFile(w.mapping, mapping, 0o644); err != nil {
		return err
	}
	if _, err := os.Stat(w.csv); err == nil && w.keep != "" { // of an earlier run
		return nil
	}
	return generate(w.csv, w.calls, w.seed)
}

// compareImport takes the same file in on both sides in turn.
func (w *work) compareImport(ctx context.Context, r *report) error {
	var ours, theirs []time.Duration
	for range w.runs {
		spent, err := w.importBare(ctx)
		if err != nil {
			return err
		}
		theirs = append(theirs, spent)
		spent, peak, err := w.importOurs(ctx)
		if err != nil {
			return err
		}
		ours = append(ours, spent)
		r.peak = max(r.peak, peak)
	}
	r.add("import", ours, theirs, "≤ 5 ×")
	return nil
}

// importOurs runs the command on a fresh data folder. peak is its largest
// resident set in bytes, 0 where the system does not tell.
func (w *work) importOurs(ctx context.Context) (spent time.Duration, peak int64, err error) {
	if err := os.RemoveAll(w.data); err != nil {
		return 0, 0, err
	}
	if _, _, _, err := w.callpace(ctx, "init", "--zone", "Europe/Zagreb", "--currency", "EUR", "--country", "HR"); err != nil {
		return 0, 0, err
	}
	_, spent, peak, err = w.callpace(ctx, "import", "--source", "bench", "--mapping", w.mapping, "-o", "json", w.csv)
	return spent, peak, err
}

// callpace runs the command on the data folder.
func (w *work) callpace(ctx context.Context, args ...string) (out []byte, spent time.Duration, peak int64, err error) {
	return measured(exec.CommandContext(ctx, w.command, append(args, "--data", w.data)...))
}

func measured(cmd *exec.Cmd) (out []byte, spent time.Duration, peak int64, err error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err = cmd.Run()
	spent = time.Since(began)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%v: %w\n%s", cmd.Args, err, stderr.String())
	}
	return stdout.Bytes(), spent, peakOf(cmd.ProcessState), nil
}

// importBare has another process of this program read the file into a table of
// bare DuckDB, in a fresh file. In this process its memory would count as
// callpace's, since a child's largest resident set begins with its parent's.
func (w *work) importBare(ctx context.Context) (spent time.Duration, err error) {
	if err := os.RemoveAll(w.bare); err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	_, spent, _, err = measured(exec.CommandContext(ctx, self, "-load", w.csv, "-into", w.bare))
	return spent, err
}

// load reads a call log into a table of bare DuckDB.
func load(ctx context.Context, csv, file string) error {
	db, err := sql.Open("duckdb", file) // the driver comes with internal/facts/duck
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("CREATE TABLE calls AS FROM read_csv('%s', header = true, columns = %s)", csv, bareTypes))
	return errors.Join(err, db.Close())
}
