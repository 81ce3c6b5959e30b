package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
)

// conn is one client's connection to a database.
type conn interface {
	// run puts one statement to it and gives the answer's rows; "" is null.
	run(ctx context.Context, sql string) ([][]string, error)
	close() error
}

// endMark is what a client prints behind each answer.
const endMark = "callpace-bench-end"

// pipe is a conn through a command line client that stays open: it reads
// statements from its input and writes rows as lines with tabs, so that neither
// its start nor a driver of ours is in the times.
type pipe struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	faults faults
	mark   string // what makes the client print endMark
	null   string // how the client prints null
	ended  bool
}

func openPipe(cmd *exec.Cmd, mark, null string) (*pipe, error) {
	p := &pipe{cmd: cmd, mark: mark, null: null}
	cmd.Stderr = &p.faults
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

func (p *pipe) run(ctx context.Context, sql string) ([][]string, error) {
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer stop()
	if _, err := io.WriteString(p.in, sql+";\n"+p.mark+"\n"); err != nil {
		return nil, p.fault(sql, err)
	}
	var rows [][]string
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			return nil, p.fault(sql, err)
		}
		if line = strings.TrimSuffix(line, "\n"); line == endMark {
			break
		}
		cells := strings.Split(line, "\t")
		for i, c := range cells {
			if c == p.null || c == "nan" {
				cells[i] = ""
			}
		}
		rows = append(rows, cells)
	}
	if p.faults.any() {
		return nil, p.fault(sql, errors.New("it complained"))
	}
	return rows, nil
}

func (p *pipe) fault(sql string, err error) error {
	if errors.Is(err, io.EOF) && !p.ended {
		p.ended = true
		_ = p.cmd.Wait() // for all of what it said
	}
	return fmt.Errorf("%s: %w: %s\n%s", p.cmd.Path, err, p.faults.text(), sql)
}

func (p *pipe) close() error {
	if p.ended {
		return nil
	}
	p.ended = true
	err := p.in.Close()
	return errors.Join(err, p.cmd.Wait())
}

// faults keeps what a process writes to its standard error.
type faults struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (f *faults) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.said.Write(b)
}

func (f *faults) any() bool { return f.text() != "" }

func (f *faults) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.TrimSpace(f.said.String())
}
