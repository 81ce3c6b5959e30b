package factsql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Attributes maps attributes to the physical columns that hold them.
type Attributes map[Attribute]string

// Attribute names one of a source's own columns: of a fact by its table's
// name, or of agents under "roster".
type Attribute struct{ Fact, Name string }

var attributeColumn = regexp.MustCompile(`^a[0-9]+$`)

// printer collects what a statement needs while its expressions are printed.
type printer struct {
	d     Dialect
	s     *kpi.Select
	attrs Attributes
	now   facts.Moment

	args       []any
	numbered   map[string]int // parameters by text
	used       int            // how often parameters were printed
	story      []string       // columns of lead_story that are wanted beside the fact
	leadAttrs  []string
	agentAttrs []string
	days       bool // the row's day in the calendar is wanted
	err        error
}

func newPrinter(d Dialect, s *kpi.Select, attrs Attributes) *printer {
	return &printer{d: d, s: s, attrs: attrs, numbered: map[string]int{},
		now: facts.NewClock(s.Now.Location()).Moment(s.Now)}
}

// fail keeps the first error. Expressions were checked before, so what is
// wrong here is wrong in our own code.
func (p *printer) fail(format string, args ...any) term {
	if p.err == nil {
		p.err = fmt.Errorf("factsql: %s: %s", p.s.Fact.Name, fmt.Sprintf(format, args...))
	}
	return term{kind: text, sql: "NULL"}
}

func (p *printer) param(s string) string {
	p.used++
	n := p.numbered[s]
	if n == 0 {
		p.args = append(p.args, s)
		n = len(p.args)
		p.numbered[s] = n
	}
	return p.d.Param(n)
}

func (p *printer) term(e kpi.Expr) term {
	switch e := e.(type) {
	case kpi.Field:
		return p.field(e)
	case kpi.MomentField:
		return p.moment(e)
	case kpi.Attr:
		return p.attr(e)
	case kpi.Number:
		return p.number(e.Value)
	case kpi.String:
		return term{kind: text, sql: p.param(e.Value), sure: true}
	case kpi.Boolean:
		return term{kind: truth, sql: strings.ToUpper(fmt.Sprint(e.Value)), sure: true}
	case kpi.Now:
		return term{kind: moment, at: p.d.Instant(p.now.At), day: p.d.Date(p.now.Day), hour: always}
	case kpi.Date:
		return term{kind: moment, day: p.d.Date(e.Day)}
	case kpi.BucketKey:
		return p.bucketKey(e.Bucket)
	case kpi.PeriodStart:
		return term{kind: moment, day: p.bound(true)}
	case kpi.PeriodEnd:
		return term{kind: moment, day: p.bound(false)}
	case kpi.Op:
		return p.op(e)
	}
	return p.fail("no expression: %T", e)
}

// condition prints a truth.
func (p *printer) condition(e kpi.Expr) string {
	t := p.term(e)
	if t.kind != truth {
		p.fail("no condition: %v", e)
	}
	return t.sql
}

// table gives the table that an expression names and how its columns begin;
// column is the one that is null where nothing is known of what is asked.
func (p *printer) table(t *facts.Table, column string) (*facts.Table, string) {
	if t == nil || t == p.s.Fact {
		return p.s.Fact, "f."
	}
	if t != facts.LeadStory || !p.s.Fact.Has("lead") {
		p.fail("not joined to it: %s", t.Name)
	}
	if column = "s." + column; !slices.Contains(p.story, column) {
		p.story = append(p.story, column)
	}
	return t, "s."
}

func (p *printer) field(f kpi.Field) term {
	t, prefix := p.table(f.Table, f.Name)
	i := t.Col(f.Name)
	if i < 0 {
		return p.fail("no column %q", f.Name)
	}
	x := prefix + f.Name
	switch t.Columns[i].Kind {
	case facts.Text:
		return term{kind: text, sql: x}
	case facts.Bool:
		return term{kind: truth, sql: x}
	case facts.Int, facts.Hour:
		return term{kind: whole, sql: x}
	case facts.Seconds:
		return term{kind: seconds, sql: x}
	case facts.Amount:
		return term{kind: amount, sql: x}
	case facts.Instant:
		return term{kind: moment, at: x, hour: always}
	case facts.Day:
		return term{kind: moment, day: x}
	}
	return p.fail("column %q has no value for an expression", f.Name)
}

func (p *printer) moment(m kpi.MomentField) term {
	t, prefix := p.table(m.Table, m.Name+"_day")
	if !t.HasMoment(m.Name) {
		return p.fail("no moment %q", m.Name)
	}
	x := prefix + m.Name
	return term{kind: moment, at: x + "_at", day: x + "_day", hour: x + "_hour"}
}

// attr prints an attribute; one that no source has is null.
func (p *printer) attr(a kpi.Attr) term {
	fact, prefix, wanted := p.s.Fact.Name, "f.", (*[]string)(nil)
	switch a.Owner {
	case "":
	case "lead":
		fact, prefix, wanted = facts.Leads.Name, "la.", &p.leadAttrs
	case "agent":
		fact, prefix, wanted = facts.Roster.Name, "aa.", &p.agentAttrs
	default:
		return p.fail("no owner of attributes: %q", a.Owner)
	}
	col, ok := p.attrs[Attribute{Fact: fact, Name: a.Name}]
	if !ok {
		return term{kind: text, sql: "CAST(NULL AS VARCHAR)"}
	}
	if !attributeColumn.MatchString(col) {
		return p.fail("no attribute column: %q", col)
	}
	if wanted != nil {
		if !p.s.Fact.Has(a.Owner) {
			return p.fail("no column %q", a.Owner)
		}
		if !slices.Contains(*wanted, col) {
			*wanted = append(*wanted, col)
		}
	}
	return term{kind: text, sql: prefix + col}
}
