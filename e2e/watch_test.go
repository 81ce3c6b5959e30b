package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// output is what a running program has printed so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// watching starts callpace watch. Its stop interrupts it, as an operator would,
// and expects a clean end.
func watching(t *testing.T, dir string, args ...string) (out *output, stop func()) {
	t.Helper()
	out = &output{}
	cmd := exec.Command(binary, append(append([]string{"watch"}, args...), "--every", "50ms", "--settle", "300ms", "--lang", "en", "--data", dir)...)
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(t, cmd.Start())
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return out, func() {
		t.Helper()
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		ended = true
		require.NoError(t, cmd.Wait(), out.String())
	}
}

// shows waits for a line of the program's output.
func shows(t *testing.T, out *output, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), text) }, time.Minute, 20*time.Millisecond, "no %q in what watch prints", text)
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "files", name))
	require.NoError(t, err)
	return data
}

// A dropped file is taken in when it is finished, and never before.
func TestWatchedFolder(t *testing.T) {
	home := t.TempDir()
	dir, drop, done := filepath.Join(home, "data"), filepath.Join(home, "drop"), filepath.Join(home, "done")
	require.NoError(t, os.Mkdir(drop, 0o755))
	callpace(t, dir, "init", "--zone", "Europe/Zagreb", "--currency", "EUR", "--country", "HR")
	out, stop := watching(t, dir, "--source", "dialler", "--mapping", filepath.Join("testdata", "files", "calls.yaml"), "--folder", drop, "--move-to", done)

	calls := sample(t, "calls.csv")
	file, err := os.Create(filepath.Join(drop, "calls.csv"))
	require.NoError(t, err)
	for at := 0; at < len(calls); at += 100 { // slowly, but never still for as long as it takes to settle
		_, err = file.Write(calls[at:min(at+100, len(calls))])
		require.NoError(t, err)
		time.Sleep(60 * time.Millisecond)
	}
	require.NoError(t, file.Close())
	shows(t, out, "calls.csv: 9 records read, 7 new")
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(done, "calls.csv")); return err == nil }, time.Minute, 20*time.Millisecond)

	// A file that does not fit is told, and does not end the watch.
	require.NoError(t, os.WriteFile(filepath.Join(drop, "leads.csv"), sample(t, "leads.csv"), 0o644))
	shows(t, out, "callpace: ")
	more := "id,when,agent,phone,result,talk,amount,city\n20,2026-10-08 09:00:00,201,091 234 5672,sold,20,5,\n"
	require.NoError(t, os.WriteFile(filepath.Join(drop, "more.csv"), []byte(more), 0o644))
	shows(t, out, "more.csv: 1 record read, 1 new")
	stop()
	require.Equal(t, "calls\n8\n", callpace(t, dir, "kpi", "calls", "-o", "csv"))
	require.NotContains(t, callpace(t, dir, "inputs", "-o", "csv"), "leads.csv")
}

// A log is followed line by line across its rotation, also while nobody
// watches, and nothing is read twice.
func TestFollowedLog(t *testing.T) {
	home := t.TempDir()
	dir, log := filepath.Join(home, "data"), filepath.Join(home, "queue_log")
	callpace(t, dir, "init", "--zone", "Europe/Zagreb", "--currency", "EUR", "--country", "HR")
	lines := strings.SplitAfter(strings.TrimSuffix(string(sample(t, "queue_log")), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	write := func(text string) {
		file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		require.NoError(t, err)
		_, err = file.WriteString(text)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
	args := []string{"--source", "queues", "--format", "asterisk-queue-log", "--follow", log}
	write(lines[0])
	out, stop := watching(t, dir, args...)
	shows(t, out, "1 record read, 1 new, 0 updated, 0 rejected (input 1)")
	write(lines[1][:20]) // half a line is none
	time.Sleep(200 * time.Millisecond)
	write(lines[1][20:])
	shows(t, out, "1 record read, 1 new, 0 updated, 0 rejected (input 2)")
	require.NoError(t, os.Rename(log, log+".1"))
	write(lines[2])
	shows(t, out, "1 record read, 1 new, 0 updated, 0 rejected (input 3)")
	stop()

	// Nobody watches while the log grows and is rotated again.
	write(lines[3])
	require.NoError(t, os.Rename(log, log+".2"))
	write(lines[4])
	out, stop = watching(t, dir, args...)
	shows(t, out, "(input 5)")
	stop()
	require.Equal(t, "offered_calls,abandoned_calls,average_wait\n2,1,12\n", callpace(t, dir, "kpi", "offered_calls,abandoned_calls,average_wait", "-o", "csv"))
	read := 0
	for _, in := range strings.Split(strings.TrimSpace(callpace(t, dir, "inputs", "-o", "csv")), "\n")[1:] {
		require.Equal(t, "1", strings.Split(in, ",")[5], in)
		read++
	}
	require.Equal(t, len(lines), read)
}

// callpace runs the binary on a data folder and gives what it prints.
func callpace(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(binary, append(args, "--data", dir)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "callpace %v\n%s", args, stderr.String())
	return string(out)
}
