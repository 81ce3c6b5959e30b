package goals

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal/track"
)

// chainSetting is the name of the setting that holds the chains of plans.
const chainSetting = "plan_chains"

// Usual is the name of the chain that plans are worked back along where none is
// named; without one of that name it is the standard one.
const Usual = "usual"

// Chains gives the chains of plans that were written down, by name.
func (b Book) Chains(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	return out, b.State.Settings().FindSetting(ctx, chainSetting, &out)
}

// Chain finds a chain by its name, or reads one that is written out. No text
// gives the usual one, nil where that is the standard one.
func (b Book) Chain(ctx context.Context, text string) (track.Chain, error) {
	known, err := b.Chains(ctx)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(text)
	if name == "" {
		name = Usual
	}
	if found, ok := known[name]; ok {
		text = found
	} else if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	} else if !strings.ContainsAny(text, "<>←→") {
		return nil, callpace.E(callpace.NotFound, "plan.no_chain", "name", text, "known", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	chain, err := track.ParseChain(text)
	if err != nil {
		return nil, err
	}
	return chain, chain.Check(b.Desk.Catalogue)
}

// SetChain writes a chain down; an empty text takes it away.
func (b Book) SetChain(ctx context.Context, name, text, author string) error {
	known, err := b.Chains(ctx)
	if err != nil {
		return err
	}
	if text == "" {
		delete(known, name)
	} else {
		chain, err := track.ParseChain(text)
		if err != nil {
			return err
		}
		if err := chain.Check(b.Desk.Catalogue); err != nil {
			return err
		}
		known[name] = text
	}
	return b.State.Settings().UpdateSetting(ctx, chainSetting, known, author, b.Now)
}

// diffChains says which chains a configuration changes. Those that it does not
// name stay; an empty text takes one away.
func (b Book) diffChains(ctx context.Context, wanted map[string]string) (out []Change, err error) {
	known, err := b.Chains(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		text := strings.TrimSpace(wanted[name])
		if text == known[name] {
			continue
		}
		if text != "" {
			chain, err := track.ParseChain(text)
			if err != nil {
				return nil, err
			}
			if err := chain.Check(b.Desk.Catalogue); err != nil {
				return nil, err
			}
		}
		c := Change{Chain: name, As: text}
		if was, ok := known[name]; ok {
			c.Lines = append(c.Lines, Line{"-", was})
		}
		if text != "" {
			c.Lines = append(c.Lines, Line{"+", text})
		}
		out = append(out, c)
	}
	return out, nil
}

// replaces tells that a chain of the name was there before.
func (c Change) replaces() bool { return c.Chain != "" && c.Lines[0].Sign == "-" }
