package kpi

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/facts"
)

// What a user writes, and how it reads in the strict language.
func TestPlain(t *testing.T) {
	f := func(in, want string) { require.Equal(t, want, plain(in)) }
	f("product=GTX Pro", "product == 'GTX Pro'")
	f("product = Pro", "product == Pro")
	f("month=2026-11", "month == '2026-11'")
	f("attempt>=3", "attempt >= 3")
	f("team != O'Neil", `team != O'Neil`) // a quote: the user quotes
	f("agent in (Ana, Ivan)", "agent in [Ana, Ivan]")
	f("agent in (Ana Horvat, Ivan)", "agent in ['Ana Horvat', Ivan]")
	f("day in (2026-11-01, 2026-11-02)", "day in ['2026-11-01', '2026-11-02']")
	f("talk_seconds > 60 and job = 'student'", "talk_seconds > 60 and job == 'student'")
	f("(a = 1 or b <> 2) and not (c in ('x', 'y'))", "(a == 1 or b != 2) and not (c in ['x', 'y'])")
	f("note = 'a = b (c)'", "note == 'a = b (c)'")
	f("a == 1", "a == 1")
}

func TestFilter(t *testing.T) {
	c := load(t)
	attrs := attributes{"calls": {"job", "month"}, "leads": {"region"}, "agent": {"office"}}
	f := func(text string, want Expr) {
		names := &filterNames{catalogue: c, date: "started", attrs: attrs}
		e, err := checker{text: text, fact: facts.Calls, filter: names}.compile(aTruth)
		require.NoError(t, err, text)
		require.Equal(t, want, e, text)
	}
	text := func(name string) Expr { return Field{Name: name, Kind: facts.Text} }
	f("agent=Ana", Op{Eq, []Expr{text("agent"), String{"Ana"}}})
	f("outcome = lost", Op{Eq, []Expr{text("outcome"), String{"lost"}}})
	f("month=2026-11", Op{Eq, []Expr{BucketKey{BucketMonth}, String{"2026-11"}}})
	f("attr.region = north", Op{Eq, []Expr{Attr{"lead", "region"}, String{"north"}}})
	f("attr.month = may", Op{Eq, []Expr{Attr{"", "month"}, String{"may"}}})
	f("hour >= 9", Op{Ge, []Expr{Field{Name: "started_hour", Kind: facts.Hour}, Number{9_000_000}}})
	f("weekday = 1", Op{Eq, []Expr{BucketKey{BucketWeekday}, String{"1"}}})
	f("job = student", Op{Eq, []Expr{Attr{"", "job"}, String{"student"}}})
	f("region = north", Op{Eq, []Expr{Attr{"lead", "region"}, String{"north"}}})
	f("office = Split", Op{Eq, []Expr{Attr{"agent", "office"}, String{"Split"}}})
	number := Op{ToNumber, []Expr{Attr{"", "job"}}}
	f("number(job) = 7", Op{Eq, []Expr{number, Number{7_000_000}}})
	f("job > -7", Op{Gt, []Expr{number, Number{-7_000_000}}}) // by size: letters have no order with numbers
	f("job = 7", Op{Eq, []Expr{Attr{"", "job"}, String{"7"}}})
	f("job > 'm'", Op{Gt, []Expr{Attr{"", "job"}, String{"m"}}})
	f("reached", Field{Name: "reached", Kind: facts.Bool})
	f("started >= '2026-11-02'", Op{Ge, []Expr{MomentField{Name: "started"}, Date{facts.DayOf(2026, 11, 2)}}})
	f("story.won >= started", Op{Ge, []Expr{MomentField{facts.LeadStory, "won"}, MomentField{Name: "started"}}})
}
