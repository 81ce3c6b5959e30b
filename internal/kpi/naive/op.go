package naive

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// kindOf tells what an expression yields: t text, b truth, m moment, and for
// numbers their places as '0', '3' or '6'.
func (p position) kindOf(e kpi.Expr) byte {
	switch e := e.(type) {
	case kpi.Field:
		t := e.Table
		if t == nil {
			t = p.s.Fact
		}
		switch t.Columns[t.Col(e.Name)].Kind {
		case facts.Text:
			return 't'
		case facts.Bool:
			return 'b'
		case facts.Instant, facts.Day:
			return 'm'
		case facts.Seconds:
			return '3'
		case facts.Amount:
			return '6'
		}
		return '0'
	case kpi.Attr, kpi.String, kpi.BucketKey:
		return 't'
	case kpi.Boolean:
		return 'b'
	case kpi.Number:
		switch {
		case e.Value%1_000_000 == 0:
			return '0'
		case e.Value%1_000 == 0:
			return '3'
		}
		return '6'
	case kpi.Op:
		return p.kindOfOp(e)
	}
	return 'm'
}

func (p position) kindOfOp(o kpi.Op) byte {
	widest := byte(0)
	for _, a := range o.Args {
		widest = max(widest, p.kindOf(a))
	}
	switch o.Name {
	case kpi.Coalesce, kpi.Add, kpi.Sub, kpi.Band:
		return widest
	case kpi.Mul:
		a, b := p.kindOf(o.Args[0]), p.kindOf(o.Args[1])
		if a == '3' && b == '3' {
			return '6' // thousandths times thousandths
		}
		return widest
	case kpi.Div, kpi.ToNumber:
		return '6'
	case kpi.SecondsBetween:
		return '3'
	case kpi.AddDays:
		return 'm'
	}
	return 'b'
}

func scaleOf(kind byte) int64 { return map[byte]int64{'0': 1, '3': 1_000, '6': 1_000_000}[kind] }

func (p position) op(o kpi.Op) *value {
	switch o.Name {
	case kpi.And, kpi.Or:
		return p.junction(o)
	case kpi.Not:
		if v := p.eval(o.Args[0]); v != nil {
			return truth(!v.truth)
		}
		return nil
	case kpi.IsNull:
		return truth(p.eval(o.Args[0]) == nil)
	case kpi.In:
		return p.in(o)
	case kpi.ToNumber:
		return parsed(p.eval(o.Args[0]))
	case kpi.Coalesce:
		for _, a := range o.Args {
			if v := p.eval(a); v != nil {
				return v
			}
		}
		return nil
	}
	a, b := p.eval(o.Args[0]), p.eval(o.Args[1])
	if a == nil || b == nil {
		return nil
	}
	switch o.Name {
	case kpi.SecondsBetween:
		return between(a.moment, b.moment)
	case kpi.AddDays:
		return addDays(a.moment, b.number.Num().Int64())
	case kpi.Add, kpi.Sub, kpi.Mul, kpi.Div, kpi.Band:
		return calculate(o.Name, a.number, b.number, scaleOf(p.kindOf(o)))
	}
	return p.compare(o.Name, p.kindOf(o.Args[0]), a, b)
}

var decimal = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

func parsed(v *value) *value {
	if v == nil || !decimal.MatchString(v.text) {
		return nil
	}
	r, _ := new(big.Rat).SetString(v.text)
	if n := roundRat(r, 1_000_000); n.CmpAbs(big.NewInt(999_999_999_999_999_999)) <= 0 {
		return &value{number: new(big.Rat).SetFrac(n, big.NewInt(1_000_000))}
	}
	return nil
}

// junction follows three-valued logic.
func (p position) junction(o kpi.Op) *value {
	decisive := o.Name == kpi.Or
	unknown := false
	for _, a := range o.Args {
		v := p.eval(a)
		if v == nil {
			unknown = true
		} else if v.truth == decisive {
			return truth(decisive)
		}
	}
	if unknown {
		return nil
	}
	return truth(!decisive)
}

func (p position) in(o kpi.Op) *value {
	found := truth(false)
	for _, a := range o.Args[1:] {
		var same *value
		if x, y := p.eval(o.Args[0]), p.eval(a); x != nil && y != nil {
			same = p.compare(kpi.Eq, p.kindOf(o.Args[0]), x, y)
		}
		switch {
		case same == nil:
			found = nil
		case same.truth:
			return same
		}
	}
	return found
}

func (p position) compare(name kpi.OpName, kind byte, a, b *value) *value {
	var c int
	switch kind {
	case 't':
		c = strings.Compare(a.text, b.text)
	case 'b':
		c = rank(a.truth) - rank(b.truth)
	case 'm':
		x, y, _, ok := pair(a.moment, b.moment)
		if !ok {
			return nil
		}
		c = new(big.Int).Sub(big.NewInt(x), big.NewInt(y)).Sign()
	default:
		c = a.number.Cmp(b.number)
	}
	switch name {
	case kpi.Eq:
		return truth(c == 0)
	case kpi.Ne:
		return truth(c != 0)
	case kpi.Lt:
		return truth(c < 0)
	case kpi.Le:
		return truth(c <= 0)
	case kpi.Gt:
		return truth(c > 0)
	case kpi.Ge:
		return truth(c >= 0)
	}
	panic("naive: unknown operator " + string(name))
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pair gives what two moments are compared by: instants (unit 1 µs) where both
// have a time of day, else days.
func pair(a, b moment) (x, y, unit int64, ok bool) {
	switch {
	case a.timed && b.timed:
		return *a.at, *b.at, 1, true
	case a.day != nil && b.day != nil:
		return *a.day, *b.day, 86_400_000_000, true
	}
	return 0, 0, 0, false
}

func between(a, b moment) *value {
	x, y, unit, ok := pair(a, b)
	if !ok {
		return nil
	}
	r := big.NewRat(y-x, 1_000_000)
	r.Mul(r, big.NewRat(unit, 1))
	return rounded(r, 1_000)
}

func addDays(m moment, days int64) *value {
	out := moment{timed: m.timed}
	if m.at != nil {
		at := *m.at + days*86_400_000_000
		out.at = &at
	}
	if m.day != nil {
		day := *m.day + days
		out.day = &day
	}
	return &value{moment: out}
}

func calculate(name kpi.OpName, a, b *big.Rat, scale int64) *value {
	r := new(big.Rat)
	switch name {
	case kpi.Add:
		r.Add(a, b)
	case kpi.Sub:
		r.Sub(a, b)
	case kpi.Mul:
		r.Mul(a, b)
	case kpi.Div:
		if b.Sign() == 0 {
			return nil
		}
		r.Quo(a, b)
	case kpi.Band:
		if b.Sign() <= 0 {
			return nil
		}
		r.Mul(floor(new(big.Rat).Quo(a, b)), b)
	}
	return rounded(r, scale)
}

func floor(r *big.Rat) *big.Rat {
	// Div rounds so that the remainder is never negative, and denominators are positive.
	return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom()))
}

func rounded(r *big.Rat, scale int64) *value {
	return &value{number: new(big.Rat).SetFrac(roundRat(r, scale), big.NewInt(scale))}
}
