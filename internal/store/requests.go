package store

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
)

// Request is a request of a program with an idempotency key.
type Request struct {
	ID        string // hash of the account and the key
	Digest    string // SHA-256 of what was sent
	Answer    string // JSON; "" until it was answered
	CreatedAt time.Time
}

// Requests is the repository of requests with idempotency keys.
type Requests struct{ s State }

// Requests gives the repository of requests with idempotency keys.
func (s State) Requests() Requests { return Requests{s} }

const requestColumns = "id, digest, answer, created_at"

func readRequest(r row) (x Request, err error) {
	err = r.Scan(&x.ID, &x.Digest, &x.Answer, instant{&x.CreatedAt})
	return x, err
}

// BeginRequest notes a request before anything is done, and gives it back; one
// of that id that is there already is given instead, and begun is false.
func (r Requests) BeginRequest(ctx context.Context, x Request) (noted Request, begun bool, err error) {
	err = r.s.Update(ctx, func(s State) error {
		n, err := change(ctx, s.write, "INSERT INTO requests ("+requestColumns+") VALUES ($1, $2, '', $3) ON CONFLICT (id) DO NOTHING", x.ID, x.Digest, at(x.CreatedAt))
		if err != nil {
			return err
		}
		begun = n > 0
		noted, err = find(ctx, s.read, "store.no_request", readRequest, "SELECT "+requestColumns+" FROM requests WHERE id = $1", x.ID)
		return err
	})
	if err != nil {
		return Request{}, false, fmt.Errorf("begin request: %w", err)
	}
	return noted, begun, nil
}

// AnswerRequest keeps the answer of a request.
func (r Requests) AnswerRequest(ctx context.Context, id, answer string) error {
	if err := must(ctx, r.s.write, callpace.NotFound, "store.no_request", "UPDATE requests SET answer = $2 WHERE id = $1", id, answer); err != nil {
		return fmt.Errorf("answer request: %w", err)
	}
	return nil
}

// DropRequest forgets a request that came to nothing.
func (r Requests) DropRequest(ctx context.Context, id string) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM requests WHERE id = $1", id); err != nil {
		return fmt.Errorf("drop request: %w", err)
	}
	return nil
}

// DeleteRequests forgets requests from before a time.
func (r Requests) DeleteRequests(ctx context.Context, before time.Time) error {
	if _, err := change(ctx, r.s.write, "DELETE FROM requests WHERE created_at < $1", at(before)); err != nil {
		return fmt.Errorf("delete requests: %w", err)
	}
	return nil
}
