package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// What one person may have. A number that more leads have is a switchboard's or
// stands for "none", and so does an id with more numbers.
const (
	maxLeadsOfPhone = 5
	maxPhonesOfLead = 20
)

// Sharing says what becomes of numbers and ids that many have.
type Sharing string

// The ways to treat what is shared.
const (
	SharedRefuse Sharing = ""      // an error tells of it
	SharedKeep   Sharing = "keep"  // it is nobody's own: the person is not followed through it, and it stays with the others
	SharedErase  Sharing = "erase" // everybody who has it is the person
)

// Traced is everything under which the journal knows a person.
type Traced struct {
	Phones    []string `json:"phones"`
	Leads     []string `json:"leads"`
	Customers []string `json:"customers"` // whose every record is of this person
	Firms     []string `json:"firms"`     // customers that others belong to as well: they stay
	Shared    []string `json:"shared"`    // numbers and ids that many have, and that were not followed
}

// trace follows a person through all records that ever came, those withdrawn
// or overwritten since included: the ids of leads that have one of the numbers,
// the numbers that any record gives beside those ids, and so on until a whole
// pass over the journal brings nothing new. A number that a call gives beside a
// lead does not lead to other leads: only a lead's own record says whose it is.
type trace struct {
	mu                       sync.Mutex
	mode                     Sharing
	asked                    string
	phones, leads, customers map[string]bool
	shared                   map[string]bool
	firms                    map[string]bool
	have                     map[string]map[string]bool // of a number its leads, of an id its numbers
	excess                   string                     // what turned out to be shared in this pass
	grown                    bool
}

// errShared ends a pass: what turned out to be shared must not have been followed.
var errShared = errors.New("ingest: a number or id is shared")

func (f *Folder) trace(ctx context.Context, h *history, p Person) (*trace, error) {
	phone := ""
	if p.Phone != "" {
		if phone = source.Phone(p.Phone, f.settings.Country); phone == "" {
			return nil, callpace.E(callpace.Invalid, "erase.bad_phone", "phone", p.Phone, "country", f.settings.Country)
		}
	}
	lead := source.ASCIIDigits(p.Lead)
	t := &trace{mode: p.Shared, asked: phone + lead, shared: map[string]bool{}}
	for pass := 0; ; {
		if pass == 0 {
			t.begin(phone, lead)
		}
		pass++
		t.grown, t.firms = false, map[string]bool{}
		err := f.tracePass(ctx, h, t)
		switch {
		case errors.Is(err, errShared) && t.mode == SharedKeep && t.excess != t.asked:
			t.shared[t.excess] = true
			pass = 0
		case errors.Is(err, errShared):
			key := "erase.shared"
			if t.excess == t.asked {
				key = "erase.shared_asked"
			}
			return nil, callpace.E(callpace.Conflict, key, "value", t.excess, "count", len(t.have[t.excess]))
		case err != nil:
			return nil, err
		case !t.grown:
			return t, nil
		}
	}
}

func (t *trace) begin(phone, lead string) {
	t.phones, t.leads, t.customers, t.have = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]map[string]bool{}
	if phone != "" {
		t.phones[phone] = true
	}
	if lead != "" {
		t.leads[lead] = true
	}
}

func (f *Folder) tracePass(ctx context.Context, h *history, t *trace) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	country := f.settings.Country
	match := source.Person{
		Phone: func(raw string) string { return t.known(t.phones, source.Phone(raw, country)) },
		Lead: func(id string) string {
			id = source.ASCIIDigits(id)
			return t.known(t.leads, id) + t.known(t.customers, id)
		},
	}
	var walked error
	for i, stream := range h.numbers() {
		f.progress("tracing", int64(i), int64(len(h.streams)))
		r, err := f.journal.ReadAll(ctx, stream)
		if err != nil {
			walked = err
			break
		}
		err = h.walk(stream, r, func([]byte) error { return nil }, func(s section, data []byte) error {
			d, ok := s.decoder.(source.Tracer)
			if !ok {
				return ctx.Err()
			}
			g.Go(func() error {
				var shared error
				d.Trace(source.Chunk{Data: data}, match, func(x source.Sighting) { shared = errors.Join(shared, t.take(x)) })
				return shared
			})
			return ctx.Err()
		})
		if err = errors.Join(err, r.Close()); err != nil {
			walked = fmt.Errorf("follow a person: %w", err)
			break
		}
	}
	if err := g.Wait(); err != nil { // what ended the group, before what it made of the walk
		return err
	}
	return walked
}

// known gives a mark, not "", for what is in a set.
func (t *trace) known(set map[string]bool, value string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if value != "" && set[value] {
		return "+"
	}
	return ""
}

// take learns from a record.
func (t *trace) take(x source.Sighting) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	in := func(set map[string]bool, list []string) bool {
		return slices.ContainsFunc(list, func(v string) bool { return set[v] })
	}
	byLead, byPhone := in(t.leads, x.Leads), in(t.phones, x.Phones)
	var err error
	switch {
	case byLead:
		for _, id := range x.Leads {
			if t.leads[id] {
				err = errors.Join(err, t.add(t.phones, id, x.Phones, maxPhonesOfLead))
			}
		}
	case byPhone && x.Own:
		for _, p := range x.Phones {
			if t.phones[p] {
				err = errors.Join(err, t.add(t.leads, p, x.Leads, maxLeadsOfPhone))
			}
		}
		t.learn(t.phones, x.Phones)
	}
	if x.Own && byLead && byPhone { // counts whose number it is, wherever it was learnt first
		for _, p := range x.Phones {
			if t.phones[p] {
				err = errors.Join(err, t.add(t.leads, p, x.Leads, maxLeadsOfPhone))
			}
		}
	}
	if byLead || byPhone && len(x.Leads) == 0 {
		t.learn(t.customers, x.Customers)
		return err
	}
	if len(x.Leads) > 0 || len(x.Phones) > 0 { // of somebody else
		for _, c := range x.Customers {
			t.firms[c] = t.customers[c]
		}
	}
	return err
}

// add learns values that one has, unless it turns out that many have it.
func (t *trace) add(set map[string]bool, one string, values []string, limit int) error {
	has := t.have[one]
	if has == nil {
		has = map[string]bool{}
		t.have[one] = has
	}
	for _, v := range values {
		has[v] = true
	}
	if t.shared[one] {
		return nil
	}
	if len(has) > limit && t.mode != SharedErase {
		t.excess = one
		return errShared
	}
	t.learn(set, values)
	return nil
}

func (t *trace) learn(set map[string]bool, values []string) {
	for _, v := range values {
		if !set[v] && !t.shared[v] {
			set[v], t.grown = true, true
		}
	}
}

// found gives what is the person's. A customer whom records of others name too
// is a firm.
func (t *trace) found() Traced {
	r := Traced{Phones: sorted(t.phones), Leads: sorted(t.leads), Shared: sorted(t.shared)}
	for _, c := range sorted(t.customers) {
		if t.firms[c] {
			r.Firms = append(r.Firms, c)
		} else if !t.leads[c] {
			r.Customers = append(r.Customers, c)
		}
	}
	return r
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
