package factsql

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// measure is how one aggregate is asked for, and how its columns are read.
type measure struct {
	columns []string
	read    func(cols []any, currency string) (kpi.Value, error)
}

// ErrSetTooLarge is the cause where a set has more than kpi.MaxSet values.
var ErrSetTooLarge = errors.New("set too large")

func (p *printer) measures() []measure {
	out := make([]measure, len(p.s.Measures))
	for i, m := range p.s.Measures {
		out[i] = p.measure(m)
	}
	return out
}

func (p *printer) measure(m kpi.Measure) measure {
	where := ""
	if m.Where != nil {
		where = p.condition(m.Where)
	}
	aggregate := func(call string) string { return p.d.Aggregate(call, where) }
	if m.Shared && p.s.Fact != facts.Orders {
		p.fail("%s has no shares", m.ID)
	}
	if m.Agg == kpi.Count {
		return p.count(m.Shared, aggregate)
	}
	t := p.term(m.Value)
	if m.Agg == kpi.Money {
		return p.money(m, t, where)
	}
	values := func(call string) string { return p.d.Aggregate(call, both(where, t.known())) }
	switch m.Agg {
	case kpi.Distinct:
		return measure{columns: []string{aggregate("count(DISTINCT " + t.value() + ")")}, read: exact(whole)}
	case kpi.Set:
		if t.kind == text {
			return measure{columns: []string{values(p.d.Values(t.sql))}, read: readSet}
		}
	case kpi.Max:
		if t.kind == moment {
			return measure{columns: []string{p.d.Micros(aggregate("max(" + t.at + ")"))}, read: exact(whole)}
		}
	}
	if !t.kind.number() {
		p.fail("%s: no %s of this kind", m.ID, m.Agg)
		return measure{}
	}
	switch m.Agg {
	case kpi.Sum:
		return p.sum(t, m.Shared, aggregate)
	case kpi.Max:
		return measure{columns: []string{p.d.Whole(aggregate("max("+t.sql+")"), t.kind.places())}, read: exact(t.kind)}
	case kpi.Quantile:
		return measure{columns: []string{values(p.d.Quantile(t.sql, m.Q))}, read: readFloat}
	case kpi.Histogram:
		return measure{columns: []string{values(p.d.Histogram(t.sql))}, read: readHistogram}
	}
	p.fail("%s: no aggregate %q", m.ID, m.Agg)
	return measure{}
}

func both(a, b string) string {
	if a == "" {
		return b
	}
	return a + " AND " + b
}

func scale(k kind) int64 {
	switch k {
	case seconds:
		return 1_000
	case amount:
		return 1_000_000
	}
	return 1
}

// share is a row's part of its sale; a row that says none is all of it.
const share = "coalesce(f.share, 1)"

func (p *printer) count(shared bool, aggregate func(string) string) measure {
	if !shared {
		return measure{columns: []string{aggregate("count(*)")}, read: exact(whole)}
	}
	sum := "coalesce(" + aggregate("sum("+share+")") + ", 0)"
	return measure{columns: []string{p.d.Total(sum, amount.places())}, read: exact(amount)}
}

func (p *printer) sum(t term, shared bool, aggregate func(string) string) measure {
	k, x := t.kind, t.sql
	if shared {
		x, k = p.d.Wide(x, k.places())+" * "+share, amount
	}
	return measure{columns: []string{p.d.Total(aggregate("sum("+x+")"), k.places())}, read: exact(k)}
}

// money asks for the rows' own amounts with their currencies and for those in
// the organisation's currency; what is to be had is decided on the answer.
func (p *printer) money(m kpi.Measure, t term, where string) measure {
	f, ok := m.Value.(kpi.Field)
	org, currency := f.Name+"_org", f.Name+"_currency"
	if !p.s.Fact.Has(currency) {
		currency = "currency"
	}
	if !ok || t.kind != amount || !p.s.Fact.Has(f.Name) || !p.s.Fact.Has(org) || !p.s.Fact.Has(currency) {
		p.fail("%s: no money", m.ID)
		return measure{}
	}
	own := func(call string) string { return p.d.Aggregate(call, both(where, t.known())) }
	named := "coalesce(f." + currency + ", '')"
	sum := func(x string) string { return p.sum(term{kind: amount, sql: x}, m.Shared, own).columns[0] }
	return measure{read: readMoney, columns: []string{
		own("count(*)"), own("count(f." + org + ")"), sum(t.sql), sum("f." + org),
		own("min(" + named + ")"), own("max(" + named + ")"),
	}}
}

// Group makes room for one row of the answer.
func (q *Query) Group() kpi.Group {
	return kpi.Group{Key: make([]string, len(q.keys)), Values: make([]kpi.Value, len(q.measures))}
}

// Read reads one row of the answer into a Group. currency is the organisation's.
func (q *Query) Read(cols []any, currency string, g kpi.Group) (err error) {
	for i, k := range q.keys {
		if g.Key[i], err = k.text(cols[i]); err != nil {
			return err
		}
	}
	cols = cols[len(q.keys):]
	for i, m := range q.measures {
		n := len(m.columns)
		if g.Values[i], err = m.read(cols[:n], currency); err != nil {
			return err
		}
		cols = cols[n:]
	}
	return nil
}

func exact(k kind) func([]any, string) (kpi.Value, error) {
	return func(cols []any, _ string) (kpi.Value, error) {
		if cols[0] == nil {
			return kpi.Value{}, nil
		}
		n, err := total(cols[0], k)
		return kpi.Value{Valid: true, Exact: n}, err
	}
}

// ErrTooLarge is the cause where a number has more than 127 bits.
var ErrTooLarge = errors.New("number too large")

// total reads a number counted in units of a kind's last place.
func total(v any, k kind) (callpace.Total, error) {
	b, ok := v.(*big.Int)
	switch {
	case !ok:
		n, err := integer(v)
		return callpace.TotalOf(n, scale(k)), err
	case b.IsInt64():
		return callpace.TotalOf(b.Int64(), scale(k)), nil
	}
	t, ok := callpace.BigTotal(new(big.Int).Mul(b, big.NewInt(int64(callpace.One)/scale(k))))
	if !ok {
		return t, ErrTooLarge
	}
	return t, nil
}

func readMoney(cols []any, currency string) (kpi.Value, error) {
	rows, err := integer(cols[0])
	if err != nil || rows == 0 {
		return kpi.Value{}, err
	}
	converted, err := integer(cols[1])
	if err != nil {
		return kpi.Value{}, err
	}
	units := cols[2]
	switch {
	case converted == rows:
		units = cols[3]
	case cols[4] != cols[5]:
		return kpi.Value{Mixed: true}, nil
	default:
		currency = cols[4].(string)
	}
	n, err := total(units, amount)
	return kpi.Value{Valid: true, Exact: n, Currency: currency}, err
}

// more is a value that is no exact number, or none.
func more(ok bool, m kpi.More) kpi.Value {
	if !ok {
		return kpi.Value{}
	}
	return kpi.Value{Valid: true, More: &m}
}

func readFloat(cols []any, _ string) (kpi.Value, error) {
	f, ok := cols[0].(float64)
	return more(ok, kpi.More{Float: f}), nil
}

func readHistogram(cols []any, _ string) (kpi.Value, error) {
	m, ok := cols[0].(map[int64]int64)
	return more(ok, kpi.More{Hist: m}), nil
}

func readSet(cols []any, _ string) (kpi.Value, error) {
	set, ok := cols[0].([]string)
	if len(set) > kpi.MaxSet {
		return kpi.Value{}, ErrSetTooLarge
	}
	slices.Sort(set)
	return more(ok, kpi.More{Set: set}), nil
}

func integer(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case int32:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case int8:
		return int64(v), nil
	}
	return 0, fmt.Errorf("factsql: no integer: %T", v)
}

func parseDate(s string) (int64, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, err
	}
	return facts.DayOf(t.Year(), t.Month(), t.Day()), nil
}
