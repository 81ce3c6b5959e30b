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
	"sync/atomic"
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

// sender posts batches of events, one after the other, without end. A batch that
// was not acknowledged is what it sends next, under the same key.
type sender struct {
	first, next, size int
}

// send posts until the server is gone; once: one batch.
func (s *sender) send(ctx context.Context, to *server, once bool) error {
	for {
		status, text, err := to.ask(ctx, http.MethodPost, "/api/v1/events?source="+eventSource, fmt.Sprint("k", s.next), eventLines(s.next, s.size))
		if err != nil && !once {
			return nil // the server is gone
		}
		if err != nil || status != http.StatusAccepted {
			return fmt.Errorf("events refused: %d %s %w", status, text, err)
		}
		s.next += s.size
		if once {
			return nil
		}
	}
}

const (
	killSenders = 3
	senderRange = 1_000_000 // events of one sender are numbered within so many
)

// killServer kills a server while events come in. Senders repeat what was not
// acknowledged. In the end every event is there once.
func killServer(ctx context.Context, l *lab) error {
	home := filepath.Join(l.dir, "events")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	before := filepath.Join(home, "before")
	token, err := l.eventFolder(ctx, before)
	if err != nil {
		return err
	}
	kills := l.times(42)
	var acknowledged atomic.Int64
	found := l.cases(ctx, kills/inRow, func(ctx context.Context, i int) error {
		dir := filepath.Join(home, fmt.Sprint("case", i))
		if err := copyFolder(before, dir); err != nil {
			return err
		}
		senders, err := l.killSending(ctx, dir, token, i)
		if err != nil {
			return err
		}
		sent, err := rightEvents(ctx, before, dir, senders)
		acknowledged.Add(sent)
		if err != nil {
			return err
		}
		return os.RemoveAll(dir)
	})
	l.report.add(row{Part: "kill", What: "server that takes events", Cases: kills, Checked: "starts again; every acknowledged event in the journal and the facts, once", Found: found,
		Seen: fmt.Sprintf("%d events acknowledged", acknowledged.Load())})
	return nil
}

// killSending kills the server of a folder a few times in a row while senders
// post, and lets it end in good order when each has sent once more.
func (l *lab) killSending(ctx context.Context, dir, token string, i int) ([]*sender, error) {
	r := l.random("events", i)
	senders := make([]*sender, killSenders)
	for k := range senders {
		first := 1 + k*senderRange
		senders[k] = &sender{first: first, next: first, size: 20 + r.IntN(60)}
	}
	for n := range inRow + 1 {
		s, err := l.serve(ctx, dir, token)
		if err != nil {
			return nil, err
		}
		last := n == inRow
		if !last {
			time.AfterFunc(time.Duration(r.Int64N(int64(time.Second))), func() { _ = s.cmd.Process.Kill() })
		}
		if err := sendAll(ctx, s, senders, last); err != nil {
			return nil, err
		}
		if !last {
			<-s.ended
		} else if err := s.stop(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, s.stderr)
		}
	}
	return senders, nil
}

// rightEvents compares the facts of a folder with those of one import of all
// that was acknowledged, and the rows of its journal with how many they were.
func rightEvents(ctx context.Context, before, dir string, senders []*sender) (sent int64, err error) {
	var all []byte
	for _, s := range senders {
		all = append(all, eventLines(s.first, s.next-s.first)...)
		sent += int64(s.next - s.first)
	}
	after := dir + "-want"
	if err := copyFolder(before, after); err != nil {
		return 0, err
	}
	defer os.RemoveAll(after)
	if err := importEvents(ctx, after, "all.jsonl", all); err != nil {
		return 0, err
	}
	want, err := stateOf(ctx, after)
	if err != nil {
		return 0, err
	}
	got, err := stateOf(ctx, dir)
	if err == nil && got.facts != want.facts {
		err = fmt.Errorf("%w: facts differ", errLost)
	}
	if err != nil {
		return sent, err
	}
	kept, err := rowsOf(ctx, dir)
	if again := kept - 1 - sent; err == nil && again != 0 { // one came before
		err = fmt.Errorf("%w: %d events are in the journal twice", errLost, again)
	}
	return sent, err
}

// rowsOf counts the rows that the journal holds of the events' source.
func rowsOf(ctx context.Context, dir string) (n int64, err error) {
	err = opened(ctx, dir, func(f *ingest.Folder) error {
		all, err := f.Inputs(ctx)
		for _, in := range all {
			if in.Source == eventSource {
				n += in.Read
			}
		}
		return err
	})
	return n, err
}

func sendAll(ctx context.Context, to *server, senders []*sender, once bool) error {
	var all sync.WaitGroup
	errs := make([]error, len(senders))
	for i, s := range senders {
		all.Go(func() { errs[i] = s.send(ctx, to, once) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
