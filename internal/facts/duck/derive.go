package duck

import (
	"context"
	"errors"
	"fmt"
)

// Derive brings everything that depends on several facts up to date: agents
// and teams by the roster, leads by phone, money by rates, credit and touches
// of orders, kept callbacks, lead stories, the days table. It works on what
// changed since it last ran, and the result is a function of the facts alone.
func (s *Store) Derive(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.derive(ctx, func() error { return nil })
}

// Dirty tells whether facts were applied that Derive has not seen.
func (s *Store) Dirty(ctx context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.flags) > 0 {
		return true, nil
	}
	return s.exists(ctx, "SELECT lead FROM dirty_leads UNION ALL SELECT phone FROM dirty_phones")
}

// Finish derives, notes in the change log what an input did to months that had
// data before, and marks the inputs as done. Usually cause is the one input
// that is done; after a withdrawal or a mapping applied anew it is the one
// that made the others be projected again.
func (s *Store) Finish(ctx context.Context, cause int, done ...int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.derive(ctx, func() error {
		if err := s.logChanges(ctx, cause); err != nil {
			return err
		}
		inputs := make([]int32, len(done)) // as the driver binds an INTEGER[]
		for i, n := range done {
			inputs[i] = int32(n)
		}
		return s.exec(ctx, "UPDATE inputs SET done = true WHERE list_contains(?::INTEGER[], input)", inputs)
	})
}

// derive runs the steps and then last, in one transaction.
func (s *Store) derive(ctx context.Context, last func() error) error {
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"agents", s.deriveAgents},
		{"leads", s.deriveLeads},
		{"money", s.deriveMoney},
		{"scope", s.deriveScope},
		{"orders", s.deriveOrders},
		{"callbacks", s.deriveCallbacks},
		{"lead stories", s.deriveStories},
		{"days", s.deriveDays},
		{"dirt", s.clearDirt},
	}
	err := s.inTransaction(ctx, func() error {
		for _, step := range steps {
			if err := step.run(ctx); err != nil {
				return fmt.Errorf("derive %s: %w", step.name, err)
			}
		}
		return last()
	})
	if errors.Is(err, errCommit) {
		return errors.Join(err, s.reopen(context.WithoutCancel(ctx)))
	}
	return err
}

// manyDirty is the share of leads from which all are derived again.
const manyDirty = 0.2

// deriveScope puts the leads to look at into temp.scope, or raises dirtyAll
// where they are many.
func (s *Store) deriveScope(ctx context.Context) error {
	if !s.flags[dirtyAll] {
		var dirty, all float64
		err := s.conn.QueryRowContext(ctx, "SELECT (SELECT count(DISTINCT lead) FROM dirty_leads), (SELECT count(*) FROM lead_story)").Scan(&dirty, &all)
		if err != nil {
			return fmt.Errorf("count dirty leads: %w", err)
		}
		if dirty > manyDirty*all && dirty > 1000 {
			if err := s.markAll(ctx); err != nil {
				return err
			}
		}
	}
	return s.execAll(ctx, []string{"DELETE FROM temp.scope", "INSERT INTO temp.scope SELECT DISTINCT lead FROM dirty_leads"})
}

// inScope is the condition that a row's lead is to be looked at.
func (s *Store) inScope() string {
	if s.flags[dirtyAll] {
		return "lead IS NOT NULL"
	}
	return "lead IN (SELECT lead FROM temp.scope)"
}

// nothingDirty tells whether no lead has to be looked at.
func (s *Store) nothingDirty(ctx context.Context) (bool, error) {
	if s.flags[dirtyAll] {
		return false, nil
	}
	some, err := s.exists(ctx, "FROM temp.scope")
	return !some, err
}

func (s *Store) clearDirt(ctx context.Context) error {
	for _, flag := range []string{dirtyAll, dirtyRoster, dirtyMoney} {
		if err := s.lower(ctx, flag); err != nil {
			return err
		}
	}
	return s.execAll(ctx, []string{"DELETE FROM dirty_leads", "DELETE FROM dirty_phones"})
}
