package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// peer is a database that a user might run instead, on the same machine and in
// a folder of its own.
type peer interface {
	name() string
	// install makes sure that its programs are there. An error says why it cannot be measured.
	install(ctx context.Context) error
	// start begins to serve the folder, which is empty the first time.
	start(ctx context.Context, dir string) error
	connect(ctx context.Context) (conn, error)
	version(ctx context.Context, c conn) (string, error)
	// load are the statements that bring a call log in.
	load(f files) steps
	// dialect writes questions in its SQL.
	dialect() dialect
	// size is what the calls and their indexes take on disk, in bytes.
	size(ctx context.Context, c conn) (int64, error)
	stop() error
}

// files are what is loaded.
type files struct{ calls, roster string }

// steps are statements, by what they are for.
type steps struct {
	tables []string // before anything is measured
	rows   []string // the documented bulk load
	latest []string // leaves the latest version of each call in the table calls
	index  []string

	append func(csv string) []string // takes in a file of further calls, while others ask
	amend  func(row []string) string // replaces one call by a later version of it
}

// peers are all that are known, by the name that -peers takes.
func peers(o options) []peer {
	return []peer{&duckdbPeer{}, &chdbPeer{packages: o.packages}, &postgres{}, &sqlite{}, &mariadb{engine: "InnoDB"}, &clickhouse{}}
}

// server is a process that serves a peer's folder, ended by its own id.
type server struct {
	cmd  *exec.Cmd
	log  faults
	done chan struct{} // closed when it has ended
	end  error         // with what, then
}

func startServer(cmd *exec.Cmd) (*server, error) {
	s := &server{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() {
		s.end = cmd.Wait()
		close(s.done)
	}()
	return s, nil
}

// answers waits until a statement passes.
func (s *server) answers(ctx context.Context, p peer, sql string) error {
	return s.until(ctx, func() error {
		c, err := p.connect(ctx)
		if err != nil {
			return err
		}
		_, err = c.run(ctx, sql)
		return errors.Join(err, c.close())
	})
}

// until waits until ready gives no error any more.
func (s *server) until(ctx context.Context, ready func() error) error {
	deadline := time.Now().Add(time.Minute)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("%s ended: %w: %s", s.cmd.Path, errors.Join(s.end, err), s.log.text())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not answer: %w: %s", s.cmd.Path, err, s.log.text())
		}
	}
}

// stop asks the process to end, with a signal that has it end in good order.
func (s *server) stop(with syscall.Signal) error {
	if s == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.done:
	case <-time.After(2 * time.Minute):
		return errors.Join(fmt.Errorf("%s does not end", s.cmd.Path), s.cmd.Process.Kill())
	}
	return nil
}

// freePort is a port of the loopback interface that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// folderSize adds up what lies in a folder, in bytes.
func folderSize(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}

// oneNumber puts a statement whose answer is one whole number.
func oneNumber(ctx context.Context, c conn, sql string) (int64, error) {
	rows, err := c.run(ctx, sql)
	if err != nil {
		return 0, err
	}
	if len(rows) != 1 || len(rows[0]) != 1 {
		return 0, fmt.Errorf("%q gave %v", sql, rows)
	}
	return strconv.ParseInt(rows[0][0], 10, 64)
}

func oneText(ctx context.Context, c conn, sql string) (string, error) {
	rows, err := c.run(ctx, sql)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0][0], nil
}
