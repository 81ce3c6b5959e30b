package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace/internal/store"
)

// limit says how failures of one kind slow further attempts down: free ones
// cost nothing, each after that makes the next wait twice as long, up to
// longest; one failure is forgotten every recover.
type limit struct {
	kind                    string
	free                    int
	first, longest, recover time.Duration
}

// TRICKY: whoever fails for a login on purpose must not keep its owner out.
// The long delays therefore count a login together with a place; those of a
// login alone, against guessing from many places, are short; and a browser in
// which the owner signed in before is counted by itself.
var (
	loginAtPlace = limit{"login at place", 5, time.Second, 15 * time.Minute, 10 * time.Minute}
	loginAlone   = limit{"login", 20, time.Second, 30 * time.Second, time.Minute}
	placeAlone   = limit{"place", 30, time.Second, time.Minute, time.Minute} // an office behind one address
	codeAtPlace  = limit{"code at place", 5, time.Second, 15 * time.Minute, 10 * time.Minute}
	codeAlone    = limit{"code", 10, time.Second, 5 * time.Minute, 10 * time.Minute}
	resetLogin   = limit{"reset", 3, 10 * time.Minute, time.Hour, 20 * time.Minute}
	resetPlace   = limit{"reset at place", 10, time.Minute, time.Hour, 5 * time.Minute}
)

// deviceMemory is how long a browser is known after the last sign-in with it.
const deviceMemory = 90 * 24 * time.Hour

// counter is what a limit counts by. It is stored hashed: people type
// passwords where the login belongs.
type counter struct {
	limit
	by string
}

func (c counter) id() string { return digest(c.kind + "\x00" + c.by) }

// attempt counts a failure on all counters before anything is tried, so that
// a hundred guesses at once are no better than one after the other; success
// takes it back (succeed). Where a delay is running, nothing is counted and
// the error, a Limit, says how long it lasts.
func (s *Service) attempt(ctx context.Context, counters ...counter) error {
	now := s.now()
	err := s.state.Update(ctx, func(tx store.State) error {
		var wait time.Duration
		found := make([]store.Throttle, len(counters))
		for i, c := range counters {
			t, err := tx.Throttles().FindThrottle(ctx, c.id())
			if err != nil {
				return err
			}
			wait = max(wait, t.BlockedUntil.Sub(now))
			found[i] = c.fail(t, now)
		}
		if wait > 0 {
			return slowDown(wait)
		}
		for _, t := range found {
			if err := tx.Throttles().UpdateThrottle(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count an attempt: %w", err)
	}
	return nil
}

// fail adds a failure and says until when the next has to wait.
func (c counter) fail(t store.Throttle, now time.Time) store.Throttle {
	if forgotten := int(now.Sub(t.LastAt) / c.recover); t.Failures > 0 && forgotten < t.Failures {
		t.Failures -= forgotten
		t.LastAt = t.LastAt.Add(time.Duration(forgotten) * c.recover)
	} else {
		t.Failures, t.LastAt = 0, now
	}
	t.Failures++
	t.BlockedUntil = now
	if over := t.Failures - c.free; over >= 0 {
		t.BlockedUntil = now.Add(min(c.longest, c.first<<min(over, 20)))
	}
	return t
}

// succeed takes back what attempt counted, in the transaction of the success.
// The counter of a person at a place starts anew.
func succeed(ctx context.Context, tx store.State, now time.Time, counters ...counter) error {
	for _, c := range counters {
		t, err := tx.Throttles().FindThrottle(ctx, c.id())
		if err != nil {
			return err
		}
		if t.Failures--; c.limit == loginAtPlace || c.limit == codeAtPlace {
			t.Failures = 0
		}
		t.BlockedUntil = now
		if err := tx.Throttles().UpdateThrottle(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// guesses gives the counters of a guess for a login by a visitor.
func (s *Service) guesses(ctx context.Context, login string, v Visitor, here, anywhere limit) ([]counter, error) {
	known, err := s.state.Accounts().KnowsDevice(ctx, login, digest(v.Device), s.now().Add(-deviceMemory))
	if err != nil {
		return nil, err
	}
	if known {
		return []counter{{here, login + "\x00device\x00" + v.Device}}, nil
	}
	place := v.place()
	return []counter{{here, login + "\x00" + place}, {placeAlone, place}, {anywhere, login}}, nil
}
