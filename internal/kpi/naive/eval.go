package naive

import (
	"math/big"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// value is what an expression comes to; a nil *value is null. One field is used.
type value struct {
	text   string
	truth  bool
	number *big.Rat
	moment moment
}

// moment has its parts where they are known: the instant, the day, and whether
// there is a time of day.
type moment struct {
	at    *int64 // microseconds
	day   *int64
	timed bool
}

func number(n int64) *value { return &value{number: new(big.Rat).SetInt64(n)} }

func amount(a callpace.Amount) *value {
	return &value{number: big.NewRat(int64(a), int64(callpace.One))}
}

func truth(b bool) *value { return &value{truth: b} }

func (p position) holds(e kpi.Expr) bool {
	v := p.eval(e)
	return v != nil && v.truth
}

func (p position) eval(e kpi.Expr) *value {
	switch e := e.(type) {
	case kpi.Field:
		rows, row, ok := p.locate(e.Table)
		if !ok {
			return nil
		}
		return p.column(rows, row, e.Name)
	case kpi.MomentField:
		rows, row, ok := p.locate(e.Table)
		if !ok {
			return nil
		}
		return p.momentOf(rows, row, e.Name)
	case kpi.Attr:
		return p.attr(e)
	case kpi.Number:
		return amount(e.Value)
	case kpi.String:
		return &value{text: e.Value}
	case kpi.Boolean:
		return truth(e.Value)
	case kpi.Now:
		at := p.s.Now.UnixMicro()
		local := p.s.Now
		day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
		return &value{moment: moment{at: &at, day: &day, timed: true}}
	case kpi.Date:
		return dayValue(&e.Day)
	case kpi.BucketKey:
		if k := p.bucket(e.Bucket); k != "" {
			return &value{text: k}
		}
		return nil
	case kpi.PeriodStart:
		from, _ := p.bounds()
		return dayValue(from)
	case kpi.PeriodEnd:
		_, to := p.bounds()
		return dayValue(to)
	case kpi.Op:
		return p.op(e)
	}
	panic("naive: unknown expression")
}

func dayValue(day *int64) *value {
	if day == nil {
		return nil
	}
	return &value{moment: moment{day: day}}
}

// locate gives the rows that a field's table means beside this row.
func (p position) locate(t *facts.Table) (rows *facts.Rows, row int, ok bool) {
	if t == nil || t == p.s.Fact {
		return p.rows, p.row, true
	}
	lead := p.column(p.rows, p.row, "lead")
	if lead == nil {
		return nil, 0, false
	}
	row, ok = p.e.stories[lead.text]
	return p.e.batch.Rows(t), row, ok
}

func (p position) column(rows *facts.Rows, row int, name string) *value {
	i := rows.Table.Col(name)
	if i < 0 || !rows.Cols[i].Has(row) {
		return nil
	}
	n := rows.Cols[i].Int(row)
	switch rows.Table.Columns[i].Kind {
	case facts.Text:
		return &value{text: rows.Cols[i].Text(row)}
	case facts.Bool:
		return truth(n == 1)
	case facts.Seconds:
		return &value{number: big.NewRat(n, 1000)}
	case facts.Amount:
		return amount(callpace.Amount(n))
	case facts.Instant:
		return &value{moment: moment{at: &n, timed: true}}
	case facts.Day:
		return dayValue(&n)
	}
	return number(n)
}

func (p position) momentOf(rows *facts.Rows, row int, name string) *value {
	at, day := p.column(rows, row, name+"_at"), p.column(rows, row, name+"_day")
	if at == nil || day == nil {
		return nil
	}
	return &value{moment: moment{at: at.moment.at, day: day.moment.day, timed: p.column(rows, row, name+"_hour") != nil}}
}

func (p position) attr(a kpi.Attr) *value {
	switch a.Owner {
	case "":
		return attrAt(p.rows, p.row, a.Name)
	case "lead":
		return p.latest(p.e.batch.Rows(facts.Leads), "lead", "created_at", a.Name)
	}
	return p.latest(p.e.batch.Rows(facts.Roster), "agent", "from_day", a.Name)
}

func attrAt(rows *facts.Rows, row int, name string) *value {
	v := rows.Attrs[name]
	if v == nil || !v.Has(row) {
		return nil
	}
	return &value{text: v.Text(row)}
}

// latest gives the attribute of the last of the rows with the same lead or
// agent that has a value: by order, then by origin, then by the value.
func (p position) latest(rows *facts.Rows, key, order, name string) *value {
	want := p.column(p.rows, p.row, key)
	if want == nil {
		return nil
	}
	var best *value
	bestRow := 0
	for i := range rows.N {
		k, v := p.column(rows, i, key), attrAt(rows, i, name)
		if k == nil || k.text != want.text || v == nil {
			continue
		}
		if best == nil || later(rows, i, bestRow, order, v.text > best.text) {
			best, bestRow = v, i
		}
	}
	return best
}

func later(rows *facts.Rows, a, b int, order string, tie bool) bool {
	col := &rows.Cols[rows.Table.Col(order)]
	if col.Has(a) != col.Has(b) {
		return col.Has(a)
	}
	if col.Int(a) != col.Int(b) {
		return col.Int(a) > col.Int(b)
	}
	origin := &rows.Cols[rows.Table.Col("origin")]
	if oa, ob := uint64(origin.Int(a)), uint64(origin.Int(b)); oa != ob {
		return oa > ob
	}
	return tie
}

// printed is the text of an expression as a key.
func (p position) printed(e kpi.Expr) string {
	v := p.eval(e)
	if v == nil {
		return ""
	}
	switch p.kindOf(e) {
	case 't':
		return v.text
	case 'b':
		if v.truth {
			return "true"
		}
		return "false"
	case 'm':
		if v.moment.day == nil {
			return ""
		}
		return facts.DateOf(*v.moment.day).Format("2006-01-02")
	}
	return callpace.Amount(units(v.number, 1_000_000)).String()
}

// units counts a number in parts of 1/scale, half away from zero.
func units(r *big.Rat, scale int64) int64 { return roundRat(r, scale).Int64() }

func roundRat(r *big.Rat, scale int64) *big.Int {
	scaled := new(big.Rat).Mul(new(big.Rat).Abs(r), new(big.Rat).SetInt64(scale))
	scaled.Add(scaled, big.NewRat(1, 2))
	n := new(big.Int).Quo(scaled.Num(), scaled.Denom())
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return n
}
