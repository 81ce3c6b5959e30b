package kpi

import (
	"math/big"
	"slices"

	"github.com/callpace/callpace"
)

// book is where shares of costs are entered until they are rounded.
type book struct {
	plan  *Plan
	g     *gathered
	s     *selection
	daily bool // the parts of each day are wanted, too
}

// pot is a sum of money that is shared as a whole: of one measure, currency
// and place in the answer. Its parts are kept in trillionths of a millionth,
// so that they are rounded once.
type pot struct {
	use      *use
	currency string
	whole    callpace.Total
	parts    map[string]*big.Int
	keys     map[string][]string // nil: what a filter leaves out
}

var trillion = big.NewInt(1e12)

// enter shares the costs of one basis.
func (b *book) enter(base *basis) error {
	pots := map[string]*pot{}
	pieces := map[*pool][]piece{}
	for _, c := range base.costs {
		pool := base.days.of(base.scope(c), c.day)
		if pool == nil && len(c.day) > 3 {
			pool = base.months.of(base.scope(c), c.day[:len(c.day)-3]) // 2026-11-22 is of 2026-11
		}
		if pool == nil || base.blind {
			b.g.unshared[b.plan.timeOf(c.key)] = true
			continue
		}
		if pieces[pool] == nil {
			pieces[pool] = pool.pieces()
		}
		for i, u := range b.s.uses {
			if err := b.split(pots, base, c, u, c.values[i], pieces[pool]); err != nil {
				return err
			}
		}
	}
	for _, id := range keys(pots) {
		if err := b.round(pots[id]); err != nil {
			return err
		}
	}
	return nil
}

// split enters the parts of one cost.
func (b *book) split(pots map[string]*pot, base *basis, c cost, u *use, v Value, pieces []piece) error {
	if !v.Valid && !v.Mixed {
		return nil
	}
	id := rowID(append([]string{u.key, v.Currency}, c.key...))
	into := pots[id]
	if into == nil {
		into = &pot{use: u, currency: v.Currency, parts: map[string]*big.Int{}, keys: map[string][]string{}}
		pots[id] = into
	}
	var ok bool
	if into.whole, ok = into.whole.Add(v.Exact); !ok {
		return tooLarge()
	}
	fine := new(big.Int).Mul(v.Exact.Big(), trillion)
	for _, x := range pieces {
		key, shown := base.target(c, x)
		name := "0"
		if shown {
			name = "1" + rowID(key)
			into.keys[name] = key
		}
		if v.Mixed {
			if err := b.add(key, shown, u, "", v); err != nil {
				return err
			}
			continue
		}
		part := new(big.Int).Mul(fine, x.units)
		part.Quo(part, x.all)
		if into.parts[name] == nil {
			into.parts[name] = new(big.Int)
		}
		into.parts[name].Add(into.parts[name], part)
		if b.daily && shown {
			day, _ := callpace.BigTotal(part.Quo(part, trillion))
			if err := b.add(key, true, u, c.day, Value{Valid: true, Exact: day, Currency: v.Currency}); err != nil {
				return err
			}
		}
	}
	return nil
}

// target is the key of the row that a piece falls to; shown is false where a
// filter leaves it out.
func (b *basis) target(c cost, x piece) (key []string, shown bool) {
	if b.conditional && x.target[len(x.target)-1] != "true" {
		return nil, false
	}
	key = slices.Clone(c.key)
	for i, dim := range b.open {
		key[dim] = x.target[i]
	}
	return key, true
}

// round rounds the parts of a pot down to millionths, and gives what is left
// to the largest remainders, so that they add up to the whole.
func (b *book) round(p *pot) error {
	type share struct {
		name string
		n    *big.Int
		rest int64 // millionths of a millionth: closer ones are alike
	}
	left := p.whole.Big()
	var all []share
	for _, name := range keys(p.parts) {
		rest := new(big.Int)
		n, _ := new(big.Int).DivMod(p.parts[name], trillion, rest)
		// A part that is all but whole is whole.
		if r := rest.Int64() + 500_000; r >= 1e12 {
			n.Add(n, big.NewInt(1))
			all = append(all, share{name, n, 0})
		} else {
			all = append(all, share{name, n, r / 1_000_000})
		}
		left.Sub(left, n)
	}
	slices.SortStableFunc(all, func(a, b share) int { return int(b.rest - a.rest) })
	for i := range all {
		if int64(i) < left.Int64() {
			all[i].n.Add(all[i].n, big.NewInt(1))
		}
		n, ok := callpace.BigTotal(all[i].n)
		if !ok {
			return tooLarge()
		}
		if key := p.keys[all[i].name]; all[i].name != "0" {
			if err := b.add(key, true, p.use, "", Value{Valid: true, Exact: n, Currency: p.currency}); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds a share to a row, or to one day of it.
func (b *book) add(key []string, shown bool, u *use, day string, v Value) error {
	if !shown {
		return nil
	}
	r := b.g.row(key)
	if len(b.g.order) > MaxGroups {
		return callpace.E(callpace.Limit, "kpi.too_many_groups", "max", MaxGroups)
	}
	column := b.g.columns[u]
	b.g.any[column] = true
	values := r.values
	if day != "" {
		values = b.g.day(r, day)
	}
	have := values[column]
	switch {
	case have == nil || !have.Valid && !have.Mixed:
		values[column] = &v
	case have.Mixed:
	case v.Mixed || have.Currency != v.Currency:
		values[column] = &Value{Mixed: true}
	default:
		sum, ok := have.Exact.Add(v.Exact)
		if !ok {
			return tooLarge()
		}
		values[column] = &Value{Valid: true, Exact: sum, Currency: v.Currency}
	}
	return nil
}
