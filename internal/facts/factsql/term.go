package factsql

import (
	"fmt"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// kind is what an expression yields. The numbers are ordered by their places:
// arithmetic yields the widest kind of its arguments.
type kind uint8

const (
	text kind = iota
	truth
	whole   // no places
	seconds // three
	amount  // six
	moment
)

func (k kind) number() bool { return k == whole || k == seconds || k == amount }

func (k kind) places() int { return map[kind]int{seconds: 3, amount: 6}[k] }

func (k kind) column() facts.Kind {
	return map[kind]facts.Kind{text: facts.Text, truth: facts.Bool, whole: facts.Int, seconds: facts.Seconds, amount: facts.Amount}[k]
}

// term is a printed expression. A moment has no sql but three parts, each ""
// where it is known to be null; hour is always where the moment has a time of
// day by its nature.
type term struct {
	kind          kind
	sql           string
	at, day, hour string
	some          string // condition that a moment of several is known; "": its parts say so
	literal       *callpace.Amount
	sure          bool // never null
}

const always = "0"

// known is the condition that the term is not null.
func (t term) known() string {
	switch {
	case t.sure:
		return "TRUE"
	case t.kind != moment:
		return t.sql + " IS NOT NULL"
	case t.some != "":
		return t.some
	case t.day != "":
		return t.day + " IS NOT NULL"
	case t.at != "":
		return t.at + " IS NOT NULL"
	}
	return "FALSE"
}

// value is what stands for a term where one column is wanted: a moment is its day.
func (t term) value() string {
	switch {
	case t.kind != moment:
		return t.sql
	case t.day == "":
		return "CAST(NULL AS DATE)"
	}
	return t.day
}

// timed is the condition that every moment has a time of day; ok is false
// where one never has, and the condition "" means that all always have.
func timed(moments ...term) (condition string, ok bool) {
	var parts []string
	for _, m := range moments {
		switch m.hour {
		case "":
			return "", false
		case always:
		default:
			parts = append(parts, m.hour+" IS NOT NULL")
		}
	}
	return strings.Join(parts, " AND "), true
}

// either prints by instants where all moments have a time of day, else by days.
func either(byInstant, byDay func(a, b string) string, a, b term) string {
	days := "NULL"
	if a.day != "" && b.day != "" {
		days = byDay(a.day, b.day)
	}
	condition, ok := timed(a, b)
	switch {
	case !ok:
		return days
	case condition == "":
		return byInstant(a.at, b.at)
	}
	return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", condition, byInstant(a.at, b.at), days)
}

func (p *printer) number(v callpace.Amount) term {
	k := amount
	switch {
	case v%callpace.One == 0:
		k = whole
	case v%1000 == 0:
		k = seconds
	}
	return term{kind: k, sql: p.d.Number(v, k.places()), literal: &v, sure: true}
}

// numbers prints literals with the places of the columns beside them, so that
// the column needs no cast and the engine can skip blocks by it.
func (p *printer) numbers(args []term) ([]term, kind) {
	widest := whole
	for _, a := range args {
		widest = max(widest, a.kind)
	}
	for i, a := range args {
		if a.literal != nil {
			args[i].sql = p.d.Number(*a.literal, widest.places())
		}
	}
	return args, widest
}

func (p *printer) terms(exprs []kpi.Expr) []term {
	out := make([]term, len(exprs))
	for i, e := range exprs {
		out[i] = p.term(e)
	}
	return out
}
