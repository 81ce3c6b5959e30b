package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/ingest"
)

// A data folder has one owner. While that is a server, a command hands its
// words to it through a socket in the folder and prints what comes back: the
// same program runs them there, so every command works the same either way
// (docs/adr/0014). Only the folder's owner can reach the socket.

// socketName is the socket in the data folder.
const socketName = "callpace.sock"

// longestSocket is how long a socket's path may be on every system.
const longestSocket = 103

// order is a command on its way to the server.
type order struct {
	Version string            `json:"version"`
	Args    []string          `json:"args"`
	Dir     string            `json:"dir"` // of the command: relative paths begin there
	Env     map[string]string `json:"env"`
}

// news is a piece of what a command answers.
type news struct {
	Out   string `json:"out,omitempty"`
	Err   string `json:"err,omitempty"`
	Stage string `json:"stage,omitempty"` // of progress
	Done  int64  `json:"done,omitempty"`
	Total int64  `json:"total,omitempty"`
	Exit  *int   `json:"exit,omitempty"` // the last piece
}

// carried are the variables that a command reads.
var carried = []string{"CALLPACE_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS"}

// delegate hands the command to the server of the data folder. ok is false
// where none runs.
func (a *app) delegate(ctx context.Context) (status int, ok bool, err error) {
	path := filepath.Join(a.Data, socketName)
	if _, err := os.Stat(path); err != nil || a.folder != nil {
		return 0, false, nil
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	if probe, err := dial(ctx, "", ""); err != nil {
		return 0, false, nil // left behind by a server that was killed
	} else {
		_ = probe.Close()
	}
	dir, err := os.Getwd()
	if err != nil {
		return 0, true, err
	}
	o := order{Version: version, Args: a.args, Dir: dir, Env: map[string]string{}}
	for _, name := range carried {
		o.Env[name] = a.getenv(name)
	}
	body, err := json.Marshal(o)
	if err != nil {
		return 0, true, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://callpace/command", bytes.NewReader(body))
	if err != nil {
		return 0, true, err
	}
	client := http.Client{Transport: &http.Transport{DialContext: dial}}
	res, err := client.Do(req)
	if err != nil {
		return 0, true, callpace.E(callpace.Conflict, "remote.lost").Because(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, true, callpace.E(callpace.Conflict, "remote.refused", "status", res.StatusCode)
	}
	status, err = a.relay(res.Body)
	return status, true, err
}

// relay prints what a command answers, until its end.
func (a *app) relay(from io.Reader) (status int, err error) {
	for d := json.NewDecoder(from); ; {
		var n news
		if err := d.Decode(&n); err != nil {
			return 0, callpace.E(callpace.Conflict, "remote.lost").Because(err)
		}
		switch {
		case n.Exit != nil:
			a.endProgress()
			return *n.Exit, nil
		case n.Stage != "":
			a.progress(n.Stage, n.Done, n.Total)
		default:
			a.endProgress()
			fmt.Fprint(a.stdout, n.Out)
			fmt.Fprint(a.stderr, n.Err)
		}
	}
}

// serveSocket answers commands on the folder's socket until ctx ends.
func (s *server) serveSocket(ctx context.Context) error {
	path := filepath.Join(s.app.Data, socketName)
	for !ingest.Exists(s.app.Data) { // until the set-up has made an organisation, the folder is nobody's
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
	if len(path) > longestSocket {
		s.app.warn(callpace.M("remote.path_too_long", "path", path, "most", longestSocket))
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // of a server that was killed
		return fmt.Errorf("remove the old socket: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path) // the umask makes it the owner's alone
	if err != nil {
		return fmt.Errorf("listen for commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /command", s.command)
	h := &http.Server{Handler: mux, ReadHeaderTimeout: headerTime, BaseContext: func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, peer(c))
		}}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		done <- h.Shutdown(late)
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answer commands: %w", err)
	}
	return <-done
}

// peerKey finds in a request's context who is at the other end.
type peerKey struct{}

func peerOf(ctx context.Context) string {
	name, _ := ctx.Value(peerKey{}).(string)
	return name
}

// mostOrder bounds the words of a command.
const mostOrder = 1 << 20

// command runs one command here.
func (s *server) command(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostOrder)).Decode(&o); err != nil {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	t := &teller{json: json.NewEncoder(w), flush: http.NewResponseController(w)}
	p := process{args: o.Args, getenv: func(name string) string { return o.Env[name] }, stdin: bytes.NewReader(nil),
		stdout: tellOut{t}, stderr: tellErr{t}, now: s.app.now, dir: o.Dir, folder: s.folder, state: s.state, jobs: s.jobs, user: peerOf(r.Context()),
		watch: func(stage string, done, total int64) { t.tell(news{Stage: stage, Done: done, Total: total}) }}
	status := exitError
	if o.Version != version {
		t.tell(news{Err: s.app.say.Message(callpace.M("remote.version", "own", o.Version, "server", version)) + "\n"})
	} else {
		status = run(r.Context(), p)
	}
	t.tell(news{Exit: &status})
	t.end()
}

// slowReader is how long a command that reads nothing may hold the server up.
const slowReader = 30 * time.Second

// teller sends pieces of an answer, one at a time, until its end.
type teller struct {
	mu    sync.Mutex
	json  *json.Encoder
	flush *http.ResponseController
	ended bool
}

// end has what is told later go nowhere: the answer is out of our hands.
func (t *teller) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
}

func (t *teller) tell(n news) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	_ = t.flush.SetWriteDeadline(time.Now().Add(slowReader))
	if t.json.Encode(n) == nil {
		_ = t.flush.Flush()
	}
}

type tellOut struct{ *teller }

// Write sends what goes to the standard output.
func (t tellOut) Write(b []byte) (int, error) { t.tell(news{Out: string(b)}); return len(b), nil }

type tellErr struct{ *teller }

// Write sends what goes to the standard error.
func (t tellErr) Write(b []byte) (int, error) { t.tell(news{Err: string(b)}); return len(b), nil }
