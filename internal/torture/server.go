package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

// server is a callpace that serves a folder.
type server struct {
	url, token string
	client     *http.Client
	cmd        *exec.Cmd
	stderr     *noise
	ended      chan error
}

// noise keeps what a server prints.
type noise struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes what is printed.
func (n *noise) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *noise) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.TrimSpace(n.text.String())
}

// account makes an administrator in a folder that nobody serves, and gives a
// token of it.
func account(ctx context.Context, dir string) (token string, err error) {
	state, err := store.Open(ctx, dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	now := time.Now()
	a, err := state.Accounts().CreateAccount(ctx, store.Account{Login: "torture@example.com", Name: "Torture", Role: string(auth.Admin), Language: "en", CreatedAt: now})
	if err != nil {
		return "", err
	}
	id := auth.Identity{Account: a, Session: &store.Session{}, Can: auth.Admin.Permissions()}
	token, _, err = auth.New(state, time.Now).CreateToken(ctx, id, "torture", auth.Admin, now.Add(24*time.Hour))
	return token, err
}

// serve starts a server and waits until it answers questions.
func (l *lab) serve(ctx context.Context, dir, token string) (*server, error) {
	s := &server{token: token, stderr: &noise{}, ended: make(chan error, 1),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}}
	s.cmd = l.process(ctx, dir, "serve", "--listen", "127.0.0.1:0")
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	first, err := bufio.NewReader(out).ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, out); s.ended <- s.cmd.Wait() }()
	if err != nil {
		return nil, fmt.Errorf("the server ended: %w: %s", <-s.ended, s.stderr)
	}
	for word := range strings.FieldsSeq(first) {
		if strings.HasPrefix(word, "http://") {
			s.url = word
		}
	}
	return s, nil
}

// stop lets the server end what it does.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return <-s.ended
}

// peak is the most memory that the server has held, in MiB; 0 where the system does not tell.
func (s *server) peak() (mib int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if _, after, ok := strings.Cut(string(text), "VmHWM:"); ok {
		_, _ = fmt.Sscan(after, &mib)
	}
	return mib >> 10
}

// ask sends a request and gives the answer's status and body.
func (s *server) ask(ctx context.Context, method, path, key string, body []byte) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/x-ndjson")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}
