package kept

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// question is a Select as far as it tells answers apart.
type question struct {
	whole string // all of it
	shape string // all but its days, its buckets of time and its measures
	needs needs
}

// needs is what an answer depends on beside the rows of its fact.
type needs struct {
	now, period, story, leads, roster bool
}

func ask(s *kpi.Select) question {
	var q question
	shape := writer{needs: &q.needs, fact: s.Fact}
	shape.word(s.Fact.Name, s.Date)
	if s.Undated {
		shape.word("undated")
	}
	shape.scope(s.Scope)
	for _, d := range s.Dims {
		if !ofDay(d) {
			shape.dim(d)
		}
	}
	for _, e := range s.Where {
		shape.word("where")
		shape.expr(e)
	}
	whole := writer{needs: &q.needs, fact: s.Fact}
	whole.word(shape.String())
	fmt.Fprint(&whole, s.Span, s.Undated, s.From, s.To, s.ByDay, s.MaxGroups)
	for _, d := range s.Dims {
		whole.dim(d) // their order is that of the key
	}
	for _, m := range s.Measures {
		whole.word(identity(s.Fact, m, &q.needs))
	}
	if q.needs.now || s.Span && s.Undated { // what lasts is asked for until today
		whole.word(s.Now.String())
	}
	q.whole = whole.String()
	fmt.Fprint(&shape, q.needs) // cells have one stamp
	if s.Undated {              // months are renewed together
		for _, m := range s.Measures {
			shape.word(identity(s.Fact, m, &q.needs))
		}
	}
	q.shape = shape.String()
	return q
}

// bounded puts the days of a Select in the place of its bounds, where all rows
// have the same.
func bounded(s kpi.Select) kpi.Select {
	if s.Undated || s.Span || slices.ContainsFunc(s.Dims, func(d kpi.Dim) bool { return ofDay(d) && d.Bucket != kpi.BucketWeekday }) {
		return s
	}
	in := func(e kpi.Expr) kpi.Expr { return within(e, s.From, s.To) }
	s.Dims, s.Where, s.Measures = slices.Clone(s.Dims), slices.Clone(s.Where), slices.Clone(s.Measures)
	for i := range s.Dims {
		s.Dims[i].Expr = in(s.Dims[i].Expr)
	}
	for i := range s.Where {
		s.Where[i] = in(s.Where[i])
	}
	for i := range s.Measures {
		s.Measures[i].Value, s.Measures[i].Where = in(s.Measures[i].Value), in(s.Measures[i].Where)
	}
	return s
}

func within(e kpi.Expr, from, to int64) kpi.Expr {
	switch x := e.(type) {
	case kpi.PeriodStart:
		return kpi.Date{Day: from}
	case kpi.PeriodEnd:
		return kpi.Date{Day: to}
	case kpi.Op:
		args := make([]kpi.Expr, len(x.Args))
		for i, a := range x.Args {
			args[i] = within(a, from, to)
		}
		return kpi.Op{Name: x.Name, Args: args}
	}
	return e
}

// ofDay tells a dimension that follows from a row's day.
func ofDay(d kpi.Dim) bool { return d.Bucket != "" && d.Bucket != kpi.BucketHour }

// identity tells measures apart, whatever they are called.
func identity(fact *facts.Table, m kpi.Measure, n *needs) string {
	w := writer{needs: n, fact: fact}
	fmt.Fprint(&w, m.Agg, m.Q, m.Shared)
	w.expr(m.Value)
	w.expr(m.Where)
	return w.String()
}

// stamp is the number of the last change of anything that an answer depends on.
func (q question) stamp(st State, s *kpi.Select) int64 {
	if s.Undated || s.Span {
		return q.joined(st, s, "", 0, 0)
	}
	return q.joined(st, s, s.Date, s.From, s.To)
}

// joined is the last change to rows of some days and to what is joined to them.
func (q question) joined(st State, s *kpi.Select, moment string, from, to int64) int64 {
	stamp := st.Stamp(s.Fact, moment, from, to)
	if q.needs.story {
		stamp = max(stamp, st.StoryStamp(s.Fact, moment, from, to))
	}
	return max(stamp, q.needs.everywhere(st))
}

// everywhere is the last change to what is joined to rows of any day.
func (n needs) everywhere(st State) (stamp int64) {
	if n.leads {
		stamp = st.Stamp(facts.Leads, "", 0, 0)
	}
	if n.roster {
		stamp = max(stamp, st.Stamp(facts.Roster, "", 0, 0))
	}
	return stamp
}

// splits tells whether answers are sums over days: those of dated rows that
// depend on no bounds but their own day's. What was asked as of now is not
// asked again.
func (q question) splits(s *kpi.Select, days calendar.Range) bool {
	switch {
	case s.Span || s.Date == "" || q.needs.now || len(s.Measures) == 0:
		return false
	case s.Undated:
		return !q.needs.period && !s.ByDay && !slices.ContainsFunc(s.Dims, ofDay)
	}
	return (!q.needs.period || daily(s)) && s.From >= days.From && s.To <= days.To && s.From < s.To
}

// daily tells whether a Select's periods are its days.
func daily(s *kpi.Select) bool {
	return slices.ContainsFunc(s.Dims, func(d kpi.Dim) bool { return d.Bucket == kpi.BucketDay })
}

// addsUp tells whether a measure of two sets of rows follows from that of each.
// A sum multiplied by shares is rounded once, at its end.
func addsUp(m kpi.Measure) bool {
	switch m.Agg {
	case kpi.Count, kpi.Max, kpi.Histogram, kpi.Set:
		return true
	case kpi.Sum, kpi.Money:
		return !m.Shared
	case kpi.Distinct:
		return isText(m.Value) // the values themselves are kept
	}
	return false
}

func isText(e kpi.Expr) bool {
	switch e := e.(type) {
	case kpi.Field:
		return e.Kind == facts.Text
	case kpi.Attr, kpi.String, kpi.BucketKey:
		return true
	case kpi.Op:
		return e.Name == kpi.Coalesce && !slices.ContainsFunc(e.Args, func(a kpi.Expr) bool { return !isText(a) })
	}
	return false
}

// writer writes what tells questions apart, so that no two have one text:
// every word ends where it says.
type writer struct {
	bytes.Buffer
	needs *needs
	fact  *facts.Table
}

func (w *writer) word(words ...string) { w.Write(appendWords(w.AvailableBuffer(), words)) }

// appendWords writes words so that no two lists of them have one text.
func appendWords(to []byte, words []string) []byte {
	for _, s := range words {
		to = append(strconv.AppendInt(to, int64(len(s)), 10), ':')
		to = append(append(to, s...), ' ')
	}
	return to
}

func (w *writer) scope(s kpi.Scope) {
	if s.All() {
		w.word("all")
		return
	}
	fmt.Fprint(w, len(s.Teams()), " ")
	w.word(s.Teams()...)
	fmt.Fprint(w, len(s.Agents()), " ")
	w.word(s.Agents()...)
}

func (w *writer) dim(d kpi.Dim) {
	w.word("by", string(d.Bucket))
	if d.Bucket == "" {
		w.expr(d.Expr)
	}
}

func (w *writer) expr(e kpi.Expr) {
	switch e := e.(type) {
	case nil:
		w.word("nil")
	case kpi.Field:
		w.column("field", e.Table, e.Name)
	case kpi.MomentField:
		w.column("moment", e.Table, e.Name)
	case kpi.Attr:
		w.word("attr", e.Owner, e.Name)
		w.needs.leads = w.needs.leads || e.Owner == "lead"
		w.needs.roster = w.needs.roster || e.Owner == "agent"
	case kpi.Number:
		w.word("number", e.Value.String())
	case kpi.String:
		w.word("text", e.Value)
	case kpi.Op:
		w.word("op", string(e.Name))
		fmt.Fprint(w, len(e.Args), " ")
		for _, a := range e.Args {
			w.expr(a)
		}
	case kpi.Now:
		w.needs.now = true
		w.word("now")
	case kpi.PeriodStart, kpi.PeriodEnd:
		w.needs.period = true
		w.word(fmt.Sprintf("%T", e))
	default: // literals and keys of buckets hold values alone
		w.word(fmt.Sprintf("%T%v", e, e))
	}
}

func (w *writer) column(kind string, t *facts.Table, name string) {
	of := ""
	if t != nil && t != w.fact {
		of, w.needs.story = t.Name, true // no other table is joined
	}
	w.word(kind, of, name)
}
