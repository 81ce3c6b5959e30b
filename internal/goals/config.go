package goals

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/store"
)

// Change is one goal of a configuration, or one chain of plans, against what is
// written down. Was is nil for a new one; Lines are the fields that differ.
type Change struct {
	Was   *store.Goal
	Goal  goal.Goal
	Chain string // the name of one; then Goal says nothing
	As    string // what the chain is to be
	Lines []Line
}

// Line is a field of YAML that differs: - before, + after.
type Line struct {
	Sign, Text string
}

// Export gives the goals as a file of a configuration holds them.
func (b Book) Export(ctx context.Context) ([]byte, error) {
	all, err := b.plain(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Version = 0
	}
	chains, err := b.Chains(ctx)
	if err != nil {
		return nil, err
	}
	return goal.Marshal(goal.File{Goals: all, Chains: chains})
}

// Diff reads a configuration and says what it would change. Goals are matched
// by their id, those without one by all that they say. Goals that the file
// does not name stay as they are.
func (b Book) Diff(ctx context.Context, data []byte) ([]Change, error) {
	file, err := goal.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	out, err := b.diffChains(ctx, file.Chains)
	if err != nil {
		return nil, err
	}
	all, err := b.State.Goals().FindGoals(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range file.Goals {
		if g.State == "" {
			g.State = goal.Active
		}
		if err := g.Validate(b.Desk.Catalogue); err != nil {
			return nil, err
		}
		c := Change{Goal: g}
		for i, was := range all {
			if g.ID != "" && was.ID == g.ID || g.ID == "" && same(was.Goal, g) {
				c.Was = &all[i]
			}
		}
		if c.Was != nil && c.Goal.Text == c.Was.Text && !same(c.Was.Goal, c.Goal) {
			c.Goal.Text = "" // it says what the goal was
		}
		if err := c.compare(); err != nil {
			return nil, err
		}
		if len(c.Lines) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// Apply makes the changes, all or none.
func (b Book) Apply(ctx context.Context, changes []Change, author string) error {
	return b.State.Update(ctx, func(s store.State) error {
		in := b
		in.State = s
		for _, c := range changes {
			if c.Chain != "" {
				if err := in.SetChain(ctx, c.Chain, c.As, author); err != nil {
					return err
				}
				continue
			}
			if c.Was == nil {
				if _, err := in.Add(ctx, store.Goal{Goal: c.Goal, Author: author}); err != nil {
					return fmt.Errorf("apply: %w", err)
				}
				continue
			}
			g := *c.Was
			c.Goal.ID = g.ID
			g.Goal = c.Goal
			if _, err := in.Change(ctx, g, author); err != nil {
				return err
			}
		}
		return nil
	})
}

// same tells goals that say the same, whatever their id and version.
func same(a, b goal.Goal) bool {
	a.ID, b.ID, a.Version, b.Version = "", "", 0, 0
	x, err := goal.Marshal(goal.File{Goals: []goal.Goal{a}})
	y, err2 := goal.Marshal(goal.File{Goals: []goal.Goal{b}})
	return err == nil && err2 == nil && string(x) == string(y)
}
