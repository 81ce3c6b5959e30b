package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
)

const eventMapping = `version: 1
layout: {kind: jsonl}
key: id
facts:
  calls:
    id: id
    started: started
    direction: {value: outbound}
    agent: ext
    phone: phone
    outcome: {column: result, map: {none: no_answer, sold: sale}}
    talk: talk
`

const eventSource = "events"

// eventLines are events that a dialler sends: numbers from on, n of them.
func eventLines(from, n int) []byte {
	var b bytes.Buffer
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for i := from; i < from+n; i++ {
		result := []string{"none", "none", "sold"}[i%3]
		fmt.Fprintf(&b, `{"id":"e%d","started":"%s","ext":"%d","phone":"+38591%06d","result":"%s","talk":%d}`+"\n", i,
			at.Add(time.Duration(i)*time.Second).Format(time.DateTime), 200+i%40, i%5000, result, i%400)
	}
	return b.Bytes()
}

// eventFolder makes a folder that takes events, with the token to send them.
func (l *lab) eventFolder(ctx context.Context, dir string) (token string, err error) {
	if err := l.company(ctx, dir); err != nil {
		return "", err
	}
	if err := importEvents(ctx, dir, "first.jsonl", eventLines(0, 1)); err != nil {
		return "", err
	}
	return account(ctx, dir)
}

func importEvents(ctx context.Context, dir, name string, lines []byte) error {
	return opened(ctx, dir, func(f *ingest.Folder) error {
		_, err := f.Import(ctx, ingest.Delivery{Name: name, Spec: source.Spec{Source: eventSource, Format: "mapping", Mapping: eventMapping},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(lines)), nil }})
		return err
	})
}

// sender posts batches of events, one after the other. A batch that was not
// acknowledged is what it sends next, under the same key.
type sender struct {
	next, end, size int
}

func (s *sender) send(ctx context.Context, to *server) error {
	for s.next < s.end {
		n := min(s.size, s.end-s.next)
		status, text, err := to.ask(ctx, http.MethodPost, "/api/v1/events?source="+eventSource, fmt.Sprint("k", s.next), eventLines(s.next, n))
		if err != nil {
			return nil // the server is gone
		}
		if status != http.StatusAccepted {
			return fmt.Errorf("events refused: %d %s", status, text)
		}
		s.next += n
	}
	return nil
}

const (
	killSenders = 3
	killEvents  = 240 // of one sender
)

// killServer kills a server while events come in. Senders repeat what was not
// acknowledged. In the end every event is there once.
func killServer(ctx context.Context, l *lab) error {
	home := filepath.Join(l.dir, "events")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	before, after := filepath.Join(home, "before"), filepath.Join(home, "after")
	token, err := l.eventFolder(ctx, before)
	if err != nil {
		return err
	}
	if err := copyFolder(before, after); err != nil {
		return err
	}
	if err := importEvents(ctx, after, "all.jsonl", eventLines(0, killSenders*killEvents)); err != nil {
		return err
	}
	want, err := stateOf(ctx, after)
	if err != nil {
		return err
	}
	kills := l.times(42)
	found := l.cases(ctx, kills/inRow, func(ctx context.Context, i int) error {
		dir := filepath.Join(home, fmt.Sprint("case", i))
		if err := copyFolder(before, dir); err != nil {
			return err
		}
		r := l.random("events", i)
		senders := make([]*sender, killSenders)
		for k := range senders {
			senders[k] = &sender{next: k * killEvents, end: (k + 1) * killEvents, size: 20 + r.IntN(60)}
		}
		for n := range inRow + 1 {
			s, err := l.serve(ctx, dir, token)
			if err != nil {
				return err
			}
			if n < inRow {
				time.AfterFunc(time.Duration(r.Int64N(int64(time.Second))), func() { _ = s.cmd.Process.Kill() })
			}
			if err := sendAll(ctx, s, senders); err != nil {
				return err
			}
			if n < inRow {
				<-s.ended
			} else if err := s.stop(); err != nil {
				return fmt.Errorf("%w: %s", err, s.stderr)
			}
		}
		got, err := stateOf(ctx, dir)
		if err == nil && got.facts != want.facts {
			err = fmt.Errorf("%w: facts differ", errLost)
		}
		if err != nil {
			return err
		}
		return os.RemoveAll(dir)
	})
	l.report.add(row{Part: "kill", What: "server that takes events", Cases: kills, Checked: "starts again; every acknowledged event there, once", Found: found})
	return nil
}

func sendAll(ctx context.Context, to *server, senders []*sender) error {
	var all sync.WaitGroup
	errs := make([]error, len(senders))
	for i, s := range senders {
		all.Go(func() { errs[i] = s.send(ctx, to) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
