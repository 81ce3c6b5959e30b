package factsql

import (
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Query is one statement and how to read its answer.
type Query struct {
	Text     string
	Args     []any
	keys     []key
	measures []measure
}

// Aggregate prints a Select. Its answer has one row per group, and at most
// one more than MaxGroups, so that too many can be told from enough.
func Aggregate(d Dialect, s kpi.Select, attrs Attributes) (Query, error) {
	p := newPrinter(d, &s, attrs)
	keys := p.keys()
	measures := p.measures()
	where := p.where(nil)
	from := p.from() // last: now it is known what has to be joined
	if p.err != nil {
		return Query{}, p.err
	}

	var columns, grouping []string
	for i, k := range keys {
		columns = append(columns, k.sql)
		grouping = append(grouping, fmt.Sprint(i+1))
	}
	for _, m := range measures {
		columns = append(columns, m.columns...)
	}
	if len(columns) == 0 {
		columns = []string{"count(*)"}
	}
	for i := range columns {
		columns[i] += fmt.Sprintf(" AS c%d", i+1)
	}
	text := "SELECT\n    " + strings.Join(columns, ",\n    ") + "\n" + from + where
	if len(grouping) > 0 {
		text += "\nGROUP BY " + strings.Join(grouping, ", ")
	} else {
		text += "\nHAVING count(*) > 0"
	}
	if s.MaxGroups > 0 {
		text += fmt.Sprintf("\nLIMIT %d", s.MaxGroups+1)
	}
	return Query{Text: p.label(text, keys, len(columns)), Args: p.args, keys: keys, measures: measures}, nil
}

// label looks the keys of days up after the grouping: a few hundred look-ups
// instead of one per row.
func (p *printer) label(text string, keys []key, columns int) string {
	var names []string
	joins := ""
	for i := range columns {
		name := fmt.Sprintf("g.c%d", i+1)
		if i < len(keys) && keys[i].labelled {
			joins += fmt.Sprintf("\nLEFT JOIN days l%[1]d ON l%[1]d.day = g.c%[1]d", i+1)
			name = p.dayKey(fmt.Sprintf("l%d", i+1))
		}
		names = append(names, name)
	}
	if joins == "" {
		return text
	}
	return "SELECT " + strings.Join(names, ", ") + "\nFROM (\n" + text + "\n) g" + joins
}

// from prints the fact and what its expressions need beside it.
func (p *printer) from() string {
	sql := "FROM " + p.s.Fact.Name + " f"
	if spans := p.spans(); spans != "" {
		sql += "\nCROSS JOIN (\n    " + spans + "\n) p"
	}
	if p.days {
		sql += "\nLEFT JOIN days d ON d.day = " + p.day()
		if !p.s.Undated {
			sql += fmt.Sprintf(" AND d.day >= %s AND d.day < %s", p.d.Date(p.s.From), p.d.Date(p.s.To))
		}
	}
	if len(p.story) > 0 {
		// A story in which nothing is known of what is asked is as good as none,
		// and most are left out by that before rows are joined to them.
		sql += "\nLEFT JOIN lead_story s ON s.lead = f.lead AND (" + strings.Join(p.story, " IS NOT NULL OR ") + " IS NOT NULL)"
	}
	// Several sources may describe one lead, and a roster has many rows of one
	// agent: the latest that has a value says it.
	latest := func(alias, table, key, order string, cols []string) {
		if len(cols) == 0 {
			return
		}
		items := key
		for _, c := range cols {
			items += ", " + p.d.Aggregate(p.d.Last(c, order+", origin, "+c), c+" IS NOT NULL") + " AS " + c
		}
		sql += fmt.Sprintf("\nLEFT JOIN (SELECT %s FROM %s GROUP BY %s) %s ON %s.%s = f.%s", items, table, key, alias, alias, key, key)
	}
	latest("la", "leads", "lead", "created_at", p.leadAttrs)
	latest("aa", "roster", "agent", "from_day", p.agentAttrs)
	return sql
}

// where prints which rows are looked at: by period, scope and conditions.
func (p *printer) where(more []string) string {
	var parts []string
	if !p.s.Span && !p.s.Undated {
		parts = append(parts, fmt.Sprintf("%[1]s >= %[2]s AND %[1]s < %[3]s", p.day(), p.d.Date(p.s.From), p.d.Date(p.s.To)))
	}
	if !p.s.Scope.All() {
		parts = append(parts, p.scope())
	}
	for _, e := range conjuncts(p.s.Where) {
		sql, ok := p.found(e)
		if !ok {
			sql = p.condition(e)
		}
		parts = append(parts, sql)
	}
	parts = append(parts, more...)
	if len(parts) == 0 {
		return ""
	}
	return "\nWHERE " + strings.Join(parts, "\n  AND ")
}

func (p *printer) scope() string {
	var parts []string
	add := func(column string, values []string) {
		if len(values) == 0 {
			return
		}
		items := make([]string, len(values))
		for i, v := range values {
			items[i] = p.param(v)
		}
		parts = append(parts, "f."+column+" IN ("+strings.Join(items, ", ")+")")
	}
	add("team", p.s.Scope.Teams())
	add("agent", p.s.Scope.Agents())
	if len(parts) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// Range prints the first and last day of a fact's date, as day numbers.
func Range(d Dialect, fact *facts.Table, date string) (Query, error) {
	if !fact.HasMoment(date) {
		return Query{}, fmt.Errorf("factsql: %s: no date %q", fact.Name, date)
	}
	day := date + "_day"
	return Query{Text: fmt.Sprintf("SELECT %s, %s FROM %s", d.DateNumber("min("+day+")"), d.DateNumber("max("+day+")"), fact.Name)}, nil
}
