// Package e2e drives the real binary.
package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/ingest/formats"
	"github.com/callpace/callpace/internal/torture/older"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "callpace-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "callpace")
		if out, err := exec.Command("go", "build", "-o", binary, "../cmd/callpace").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build callpace: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// TestScripts runs testdata/script/*.txtar. Every script starts with the files
// of testdata/files, without a data folder, in English. Beside testscript's own
// commands there are these:
//
//	exits CODE ARGS…       runs callpace, which must end with this code
//	setup                  makes the data folder: Zagreb, EUR, HR, two sources and a roster
//	digest FILE            writes a hash of every fact of the data folder
//	pack FILE              writes FILE.gz and FILE.zst
//	piece FROM TO SRC DST  appends bytes FROM to TO of SRC to DST; TO may be "end"
//	damage FILE            flips a byte in the middle
//	workbook CSV DST       makes a workbook of a CSV file
//	bomb MIB DST           makes a small workbook that unpacks to at least so many MiB
//	await FILE             waits until a program in the background has made a file
//	speak LANG             goes through every command in a language
//	older                  makes the data folder one of an earlier version
//	newer                  makes its state one of a version yet to come
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("CALLPACE_DATA", "data")
			env.Setenv("CALLPACE_LANG", "en")
			return os.CopyFS(env.WorkDir, os.DirFS(filepath.Join("testdata", "files")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "setup": setup, "digest": digest, "pack": pack, "piece": piece, "damage": damage, "workbook": workbook, "bomb": bomb, "speak": speak, "await": await,
			"older": aged(older.Make), "newer": aged(older.Newer),
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("callpace", args[1:]...)
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("callpace %q: exit %d, want %d", args[1:], code, want)
	}
}

func setup(ts *testscript.TestScript, _ bool, _ []string) {
	for _, args := range [][]string{
		{"init", "--zone", "Europe/Zagreb", "--currency", "EUR", "--country", "HR"},
		{"import", "--source", "staff", "--mapping", "staff.yaml", "staff.csv"},
		{"import", "--source", "dialler", "--mapping", "calls.yaml", "calls.csv"},
		{"import", "--source", "crm", "--mapping", "leads.yaml", "leads.csv"},
	} {
		ts.Check(ts.Exec("callpace", args...))
	}
}

func await(ts *testscript.TestScript, _ bool, args []string) {
	for range 600 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("there is no %s after half a minute", args[0])
}

func digest(ts *testscript.TestScript, _ bool, args []string) {
	text, err := digestOf(ts.MkAbs(ts.Getenv("CALLPACE_DATA")))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text+"\n"), 0o644))
}

// digestOf hashes every fact of a data folder.
func digestOf(dir string) (text string, err error) {
	ctx := context.Background()
	f, err := ingest.Open(ctx, dir, ingest.Deps{Formats: formats.All(), Now: time.Now})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Store().Digest(ctx)
}

func aged(change func(context.Context, string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		ts.Check(change(context.Background(), ts.MkAbs(ts.Getenv("CALLPACE_DATA"))))
	}
}

func pack(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, err := gz.Write(data)
	ts.Check(errors.Join(err, gz.Close()))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".gz"), packed.Bytes(), 0o644))
	zs, err := zstd.NewWriter(nil)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".zst"), zs.EncodeAll(data, nil), 0o644))
}

func piece(ts *testscript.TestScript, _ bool, args []string) {
	data := ts.ReadFile(args[2])
	from, err := strconv.Atoi(args[0])
	ts.Check(err)
	to := len(data)
	if args[1] != "end" {
		to, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	file, err := os.OpenFile(ts.MkAbs(args[3]), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	ts.Check(err)
	_, err = file.WriteString(data[from:to])
	ts.Check(errors.Join(err, file.Close()))
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	data[len(data)/2] ^= 0xff
	ts.Check(os.WriteFile(path, data, 0o644))
}
