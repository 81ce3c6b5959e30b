package kpitest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// read reads a case: blocks apart by empty lines. A block that begins with a
// fact's name is its rows (a moment M is one cell: a day, or a day and a local
// time, or one in UTC with a Z behind it); "name × n" as the last cell of a row
// repeats it. A block that begins with "ask" is a question, one that begins
// with "organisation" says the zone, the calendar and the first day of the week.
func read(body string) (Case, error) {
	c := Case{Rows: &facts.Batch{}, Calendar: Calendar, clock: facts.NewClock(time.UTC)}
	for _, block := range strings.Split(body, "\n\n") {
		var lines []string
		for _, l := range strings.Split(block, "\n") {
			if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
				lines = append(lines, l)
			}
		}
		if len(lines) == 0 {
			continue
		}
		var err error
		if table := facts.TableByName(lines[0]); table != nil {
			err = c.rows(table, lines[1:])
		} else if lines[0] == "organisation" {
			err = c.organisation(lines[1:])
		} else {
			err = c.question(lines)
		}
		if err != nil {
			return c, fmt.Errorf("%s: %w", lines[0], err)
		}
	}
	return c, nil
}

func cells(line string) []string {
	out := strings.Split(line, "|")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func (c *Case) rows(table *facts.Table, lines []string) error {
	if len(lines) == 0 {
		return fmt.Errorf("no columns")
	}
	head := cells(lines[0])
	rows := c.Rows.Rows(table)
	for _, line := range lines[1:] {
		line, times, repeated := strings.Cut(line, "×")
		n := 1
		if repeated {
			var err error
			if n, err = strconv.Atoi(strings.TrimSpace(times)); err != nil {
				return err
			}
		}
		values := cells(line)
		if len(values) != len(head) {
			return fmt.Errorf("%d cells under %d columns: %s", len(values), len(head), line)
		}
		for range n {
			c.Rows.Records = append(c.Rows.Records, facts.Record{Origin: uint64(len(c.Rows.Records) + 1), Line: int64(len(c.Rows.Records) + 1)})
			row := rows.Add(len(c.Rows.Records) - 1)
			for i, name := range head {
				if err := c.set(rows, row, name, values[i]); err != nil {
					return err
				}
			}
			derive(rows, row)
		}
	}
	return nil
}

// set sets one cell; "" and "-" leave null.
func (c *Case) set(rows *facts.Rows, row int, name, value string) error {
	t := rows.Table
	switch attr, ok := strings.CutPrefix(name, "attr."); {
	case value == "" || value == "-":
		return nil
	case ok:
		rows.SetAttr(row, attr, value)
		return nil
	case t.HasMoment(name):
		m, err := c.moment(value)
		rows.SetMoment(row, t.Col(name+"_at"), m)
		return err
	}
	i := t.Col(name)
	if i < 0 {
		return fmt.Errorf("no column %s", name)
	}
	if t.Columns[i].Kind == facts.Text {
		rows.SetText(row, i, value)
		return nil
	}
	v, err := c.whole(t.Columns[i].Kind, value)
	rows.SetInt(row, i, v)
	return err
}

func (c *Case) whole(kind facts.Kind, value string) (int64, error) {
	switch kind {
	case facts.Bool:
		return map[string]int64{"yes": 1, "no": 0}[value], nil
	case facts.Day, facts.Instant:
		m, err := c.moment(value)
		if kind == facts.Day {
			return m.Day, err
		}
		return m.At.UnixMicro(), err
	}
	a, ok := callpace.ParseAmount(value)
	if !ok {
		return 0, fmt.Errorf("no number: %s", value)
	}
	switch kind {
	case facts.Seconds:
		return int64(a) / 1000, nil
	case facts.Amount:
		return int64(a), nil
	}
	return int64(a / callpace.One), nil
}

func (c *Case) moment(value string) (facts.Moment, error) {
	zone := c.clock.Zone()
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02 15:04Z"} {
		if strings.HasSuffix(layout, "Z") {
			zone = time.UTC
		}
		if t, err := time.ParseInLocation(layout, value, zone); err == nil {
			return c.clock.Moment(t), nil
		}
	}
	t, err := time.Parse(time.DateOnly, value)
	return c.clock.DayMoment(t.Year(), t.Month(), t.Day()), err
}

var weekdays = map[string]time.Weekday{"monday": time.Monday, "saturday": time.Saturday, "sunday": time.Sunday}

// organisation reads lines such as "zone Asia/Tehran".
func (c *Case) organisation(lines []string) error {
	said := map[string]string{"zone": "UTC", "calendar": string(facts.Gregorian), "week": "monday"}
	for _, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		if said[word] == "" {
			return fmt.Errorf("no such word: %s", word)
		}
		said[word] = rest
	}
	zone, err := time.LoadLocation(said["zone"])
	start, ok := weekdays[said["week"]]
	if err != nil || !ok {
		return fmt.Errorf("no such zone or weekday: %v", said)
	}
	c.clock = facts.NewClock(zone)
	c.Calendar = calendar.New(facts.Calendar(said["calendar"]), start)
	return nil
}

// derive fills what follows from a row alone, where the case leaves it out.
func derive(rows *facts.Rows, row int) {
	t := rows.Table
	text := func(name string) string { return rows.Cols[t.Col(name)].Text(row) }
	setInt := func(name string, v int64) {
		if i := t.Col(name); !rows.Cols[i].Has(row) {
			rows.SetInt(row, i, v)
		}
	}
	number := func(b bool) int64 {
		if b {
			return 1
		}
		return 0
	}
	inOrg := func(column, currency string) {
		if i := t.Col(column); rows.Cols[i].Has(row) {
			if text(currency) == "" {
				rows.SetText(row, t.Col(currency), Currency)
			}
			if text(currency) == Currency {
				setInt(column+"_org", rows.Cols[i].Int(row))
			}
		}
	}
	switch t {
	case facts.Calls:
		f, _ := callpace.FlagsOf(callpace.Outcome(text("outcome")))
		setInt("reached", number(f.Human))
		setInt("contacted", number(f.RightParty))
		inOrg("cost", "cost_currency")
	case facts.Orders:
		setInt("share", int64(callpace.One))
		inOrg("amount", "currency")
		inOrg("margin", "currency")
	case facts.Costs:
		inOrg("amount", "currency")
	case facts.LeadStory:
		setInt("recorded", 1)
	}
}

func (c *Case) question(lines []string) error {
	q := Question{Query: kpi.Query{Scope: kpi.Everything(), Now: Now.In(c.clock.Zone()), Calendar: c.Calendar, Currency: Currency}}
	for i, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		switch word {
		case "ask":
			q.Query.KPIs, q.text = list(rest), rest
		case "by":
			q.Query.By = list(rest)
			q.text += " by " + rest
		case "where":
			q.Query.Where = append(q.Query.Where, rest)
			q.text += " where " + rest
		case "period":
			p, err := c.Calendar.Parse(rest, c.clock.Moment(Now).Day)
			if err != nil {
				return err
			}
			q.Query.Period = &calendar.Range{From: p.From, To: p.To}
			q.text += " " + rest
		case "sort":
			name, desc, _ := strings.Cut(rest, " ")
			q.Query.Sort, q.Query.Desc = name, desc == "desc"
		case "limit":
			q.Query.Limit, _ = strconv.Atoi(rest)
		case "set":
			if err := q.set(rest); err != nil {
				return err
			}
		case "costs": // costs by calls
			var err error
			if q.Query.Allocation, err = kpi.ParseAllocation(strings.TrimPrefix(rest, "by ")); err != nil {
				return err
			}
			q.text += " costs " + rest
		case "scope": // team east, or agent ana
			if of, names, _ := strings.Cut(rest, " "); of == "team" {
				q.Query.Scope = kpi.Only(list(names), nil)
			} else {
				q.Query.Scope = kpi.Only(nil, list(names))
			}
			q.text += " for " + rest
		case "fails":
			q.fails = rest
		case "want":
			q.head = append(append([]string{}, q.Query.By...), q.Query.KPIs...)
			for _, l := range lines[i+1:] {
				row := cells(l)
				if len(row) != len(q.head) {
					return fmt.Errorf("%d cells for %v: %s", len(row), q.head, l)
				}
				q.want = append(q.want, row)
			}
			c.Questions = append(c.Questions, q)
			return nil
		default:
			return fmt.Errorf("no such word: %s", word)
		}
	}
	if q.fails == "" {
		return fmt.Errorf("neither want nor fails")
	}
	c.Questions = append(c.Questions, q)
	return nil
}

// set reads KPI.SETTING=NUMBER.
func (q *Question) set(text string) error {
	name, value, _ := strings.Cut(text, "=")
	id, setting, _ := strings.Cut(name, ".")
	if q.Query.Settings == nil {
		q.Query.Settings = map[string]map[string]any{}
	}
	if q.Query.Settings[id] == nil {
		q.Query.Settings[id] = map[string]any{}
	}
	n, err := strconv.Atoi(value)
	q.Query.Settings[id][setting] = n
	if err != nil {
		var items []any
		for _, s := range strings.Split(value, ",") {
			items = append(items, s)
		}
		q.Query.Settings[id][setting] = items
	}
	return nil
}

func list(s string) []string {
	out := strings.Split(s, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
