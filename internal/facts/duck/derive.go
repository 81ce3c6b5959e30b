package duck

import (
	"context"
	"errors"
	"fmt"

	"github.com/callpace/callpace/internal/facts"
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

// step is one part of deriving.
type step struct {
	name string
	run  func(context.Context) error
}

// derive runs the steps and then last. What was dirty stays so until the last
// transaction, and every step gives the same when it runs again, so a crash
// between two transactions only means doing them again.
func (s *Store) derive(ctx context.Context, last func() error) (err error) {
	if err := s.widenMemory(ctx); err != nil {
		return err
	}
	defer func() {
		if !s.closed {
			err = errors.Join(err, s.narrowMemory(context.WithoutCancel(ctx)))
		}
	}()
	err = s.steps(ctx, step{"agents", s.deriveAgents}, step{"leads", s.deriveLeads}, step{"money", s.deriveMoney}, step{"scope", s.deriveScope})
	if err == nil {
		err = s.deriveSlices(ctx)
	}
	if err == nil {
		err = s.steps(ctx, step{"days", s.deriveDays}, step{"dirt", s.clearDirt},
			step{"the end", func(context.Context) error { return last() }})
	}
	return err
}

// steps runs steps in one transaction, and again with more memory where they
// lack it, as long as there is more to allow.
func (s *Store) steps(ctx context.Context, steps ...step) error {
	for {
		err := s.inTransaction(ctx, func() error {
			for _, step := range steps {
				if err := step.run(ctx); err != nil {
					return fmt.Errorf("derive %s: %w", step.name, err)
				}
			}
			return nil
		})
		if !outOfMemory(err) || !s.moreMemory(ctx) {
			return err
		}
	}
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
	if err := s.renew(ctx, "scope"); err != nil {
		return err
	}
	return s.exec(ctx, "INSERT INTO temp.scope SELECT DISTINCT lead FROM dirty_leads")
}

// leadsPerSlice bounds the memory of what is derived per lead: the states of
// its aggregates cannot leave memory.
const leadsPerSlice = 40_000

// deriveSlices derives what depends on a lead's other rows, for the leads in
// scope, some tens of thousands at a time and in a transaction.
func (s *Store) deriveSlices(ctx context.Context) error {
	scope, count := "lead IN (SELECT lead FROM temp.scope)", "SELECT count(*) FROM temp.scope"
	if s.flags[dirtyAll] {
		scope = "lead IS NOT NULL"
		count = "SELECT approx_count_distinct(lead) FROM (SELECT lead FROM calls UNION ALL SELECT lead FROM leads UNION ALL SELECT lead FROM orders)"
	}
	var leads int64
	if err := s.conn.QueryRowContext(ctx, count).Scan(&leads); err != nil {
		return fmt.Errorf("count leads: %w", err)
	}
	s.few = leads <= fewRows && !s.flags[dirtyAll]
	if leads == 0 && !s.flags[dirtyAll] {
		return s.steps(ctx, step{"callbacks", func(ctx context.Context) error { return s.deriveCallbacks(ctx, "false", "(FROM calls WHERE false)") }}) // those of no lead
	}
	slices := leads/s.perSlice + 1
	sorted := step{"calls", func(ctx context.Context) error { return s.sortCalls(ctx, scope, slices) }}
	if slices > 1 {
		steps := []step{sorted}
		if s.flags[dirtyAll] {
			steps = append(steps, step{"the end of the stories so far", s.dropStories})
		}
		if err := s.steps(ctx, steps...); err != nil {
			return err
		}
	}
	for i := range slices {
		slice, calls := scope, fmt.Sprintf("(FROM temp.lead_calls WHERE slice = %d)", i)
		if slices > 1 {
			slice = fmt.Sprintf("%s AND hash(lead) %% %d = %d", scope, slices, i)
		}
		of := func(run func(ctx context.Context, scope, calls string) error) func(context.Context) error {
			return func(ctx context.Context) error { return run(ctx, slice, calls) }
		}
		steps := []step{{"orders", of(s.deriveOrders)}, {"callbacks", of(s.deriveCallbacks)}, {"stories", func(ctx context.Context) error {
			old := slice
			switch {
			case slices > 1 && s.flags[dirtyAll]:
				old = "false" // all of them went at once
			case slices == 1 && !s.flags[dirtyAll]:
				old = among("stories")
			}
			return s.deriveStories(ctx, slice, old, calls)
		}}}
		if slices == 1 { // in their transaction: the stories are looked for once
			steps = append([]step{sorted}, steps...)
		}
		if err := s.steps(ctx, steps...); err != nil {
			return err
		}
	}
	return s.exec(ctx, "DROP TABLE temp.lead_calls")
}

// dropStories takes all stories away. To look for those of each slice would be
// to look at all of them as often as there are slices.
func (s *Store) dropStories(ctx context.Context) error {
	s.touchAll(facts.LeadStory)
	return s.exec(ctx, "DELETE FROM lead_story")
}

// sortCalls copies what the slices need of the calls in scope, slice by slice:
// each slice would otherwise read the whole table several times over. Where not
// all leads are in scope it notes their stories in temp.stories.
func (s *Store) sortCalls(ctx context.Context, scope string, slices int64) error {
	order, where := "", scope
	if slices > 1 {
		order = "ORDER BY slice"
	}
	if !s.flags[dirtyAll] {
		if _, err := s.findRows(ctx, "stories", facts.LeadStory.Name, scope); err != nil {
			return err
		}
		span, err := s.spanOfCalls(ctx, among("stories"))
		if err != nil {
			return err
		}
		where += span
	}
	return s.exec(ctx, fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE lead_calls AS
		SELECT (hash(lead) %% %d)::INTEGER AS slice, lead, origin, source, source_id, agent, campaign, product, list, direction, kind, outcome,
			reached, contacted, started_at, started_day, started_hour FROM calls WHERE %s %s`, slices, where, order))
}

func (s *Store) clearDirt(ctx context.Context) error {
	for _, flag := range []string{dirtyAll, dirtyRoster, dirtyMoney} {
		if err := s.lower(ctx, flag); err != nil {
			return err
		}
	}
	s.fresh = newFreshCalls()
	return s.execAll(ctx, []string{"DELETE FROM dirty_leads", "DELETE FROM dirty_phones"})
}
