package factsql

import (
	"fmt"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// key is one column of a group's key.
type key struct {
	kind     kind
	sql      string
	labelled bool // a day whose text comes from the calendar
}

func (p *printer) keys() []key {
	var out []key
	for _, dim := range p.s.Dims {
		out = append(out, p.key(dim))
	}
	if p.s.ByDay {
		if p.s.Span {
			p.fail("what lasts has no day")
		}
		out = append(out, key{kind: text, sql: p.day(), labelled: true})
	}
	return out
}

func (p *printer) key(dim kpi.Dim) key {
	switch dim.Bucket {
	case "":
	case kpi.BucketHour, kpi.BucketWeekday:
		sql, _ := p.bucket(dim.Bucket)
		return key{kind: whole, sql: sql}
	default:
		sql, labelled := p.bucket(dim.Bucket)
		return key{kind: text, sql: sql, labelled: labelled}
	}
	t := p.term(dim.Expr)
	k := key{kind: t.kind, sql: t.value()}
	_, column := dim.Expr.(kpi.Field)
	_, attr := dim.Expr.(kpi.Attr)
	switch {
	case t.kind == text && !column && !attr:
		// Stored texts are never empty; made ones may be, and "" is the key of null.
		k.sql = "nullif(" + k.sql + ", '')"
	case t.kind == moment:
		k.sql = p.d.DateNumber(k.sql)
	case t.kind == seconds, t.kind == amount:
		k.sql = p.d.Whole(k.sql, t.kind.places())
	}
	return k
}

// text prints a key as the engine answered it.
func (k key) text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	n, err := integer(v)
	if err != nil {
		return "", err
	}
	switch k.kind {
	case seconds:
		return callpace.Amount(n * 1000).String(), nil
	case amount:
		return callpace.Amount(n).String(), nil
	case moment:
		return facts.DateOf(n).Format("2006-01-02"), nil
	}
	return strconv.FormatInt(n, 10), nil
}

// equals is the condition that a dimension has a key, the inverse of text.
func (p *printer) equals(dim kpi.Dim, want string) string {
	k := p.key(dim)
	if want == "" {
		return k.sql + " IS NULL"
	}
	bad := func() string {
		p.fail("no key of %s: %q", dim.Name, want)
		return "FALSE"
	}
	if k.labelled {
		return p.bucketKey(kpi.BucketDay).sql + " = " + p.param(want)
	}
	switch k.kind {
	case text:
		return k.sql + " = " + p.param(want)
	case truth:
		b, err := strconv.ParseBool(want)
		if err != nil {
			return bad()
		}
		return k.sql + " = " + fmt.Sprint(b)
	case moment:
		t, err := parseDate(want)
		if err != nil {
			return bad()
		}
		return fmt.Sprintf("%s = %d", k.sql, t)
	}
	a, ok := callpace.ParseAmount(want)
	unit := map[kind]callpace.Amount{whole: callpace.One, seconds: 1000, amount: 1}[k.kind]
	if !ok || a%unit != 0 {
		return bad()
	}
	return fmt.Sprintf("%s = %d", k.sql, a/unit)
}
