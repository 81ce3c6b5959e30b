package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/callpace/callpace/internal/journal"
	"github.com/callpace/callpace/internal/source"
)

// eraser blanks a person in the bytes of streams.
type eraser struct {
	*history
	match    source.Person
	records  atomic.Int64
	mentions *mentions
}

// newEraser makes pseudonyms for what was traced: one for every lead that the
// facts tell apart, so that distinct leads stay as many as they were. They are
// random and kept nowhere but in the records.
func (f *Folder) newEraser(ctx context.Context, h *history, who Traced, p Person) (*eraser, error) {
	owners, err := f.store.PhoneLeads(ctx, who.Phones)
	if err != nil {
		return nil, err
	}
	e := &eraser{history: h}
	ids := slices.Concat(who.Leads, who.Customers)
	names := pseudonyms{of: map[string]string{}}
	country := f.settings.Country
	e.match = source.Person{
		Phone: func(raw string) string {
			phone := ""
			if raw != "" {
				phone = source.Phone(raw, country)
			}
			if phone == "" || !slices.Contains(who.Phones, phone) {
				return ""
			}
			if owner := owners[phone]; slices.Contains(ids, owner) {
				return names.lead(owner)
			} else if slices.Contains(who.Phones, owner) {
				return names.lead(owner)
			}
			return names.lead(phone)
		},
		Lead: func(id string) string {
			if id = source.ASCIIDigits(id); !slices.Contains(ids, id) {
				return ""
			}
			return names.lead(id)
		},
		Tag: names.tag,
	}
	if p.SearchText {
		e.mentions = newMentions(who, country)
		e.match.Text = e.mentions.take
	}
	return e, nil
}

// pseudonyms gives out random names, the same for the same value.
type pseudonyms struct {
	mu sync.Mutex
	of map[string]string
}

func (p *pseudonyms) lead(id string) string {
	return p.get("lead\x00"+id, 16, source.NewPseudonym)
}

func (p *pseudonyms) tag(text string) string {
	return p.get("text\x00"+text, 8, source.NewTag)
}

func (p *pseudonyms) get(key string, size int, write func([]byte) string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	name, ok := p.of[key]
	if !ok {
		random := make([]byte, size)
		_, _ = rand.Read(random) // never fails, or ends the program
		name = write(random)
		p.of[key] = name
	}
	return name
}

// blank is journal.Erasure.Blank.
func (e *eraser) blank(_ context.Context, s journal.Stream, r io.Reader, emit func(consumed int, data []byte) error) error {
	if len(e.streams[s.No]) == 0 {
		return copyRuns(r, emit)
	}
	return e.walk(s.No, r, func(front []byte) error { return emit(len(front), front) }, func(c section, data []byte) error {
		changed, n := c.blanker.Blank(source.Chunk{Data: data}, e.match)
		e.records.Add(int64(n))
		return emit(len(data), changed)
	})
}

// preview counts what blank would do.
func (e *eraser) preview(ctx context.Context, j *journal.Journal) error {
	for _, stream := range e.numbers() {
		r, err := j.ReadAll(ctx, stream)
		if err != nil {
			return err
		}
		err = e.walk(stream, r, func([]byte) error { return nil }, func(c section, data []byte) error {
			_, n := c.blanker.Blank(source.Chunk{Data: data}, e.match)
			e.records.Add(int64(n))
			return ctx.Err()
		})
		if err := errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	return nil
}

// copyRuns passes a stream through as it is.
func copyRuns(r io.Reader, emit func(int, []byte) error) error {
	buf := make([]byte, 1<<20)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if err := emit(n, buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
