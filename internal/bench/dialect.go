package main

import (
	"fmt"
	"strings"
	"text/template"
)

// dialect is what differs between the engines' SQL.
type dialect struct {
	count   func(where string) string       // how many rows fit
	avg     func(what, where string) string // the mean over the rows that fit
	first   func(where string) string       // when the first call began that fits
	week    func(at string) string          // the Monday of a moment's week, as text
	seconds func(from, to string) string    // between two moments
}

func filterCount(where string) string { return "count(*) FILTER (WHERE " + where + ")" }

func filterAvg(what, where string) string {
	return fmt.Sprintf("avg(%s) FILTER (WHERE %s)", what, where)
}

func filterFirst(where string) string { return "min(started_at) FILTER (WHERE " + where + ")" }

// What the dispositions of the log mean; see callpace.FlagsOf.
const (
	reached   = "disposition IN ('WN', 'ANS', 'CB', 'NI', 'INT', 'APPT', 'SALE', 'LOST')"
	contacted = "disposition IN ('CB', 'NI', 'INT', 'APPT', 'SALE', 'LOST')"
	lead      = "coalesce(nullif(lead_id, ''), phone)"
)

// write fills a question's SQL for an engine: from and to are its days, the
// last one excluded.
func (d dialect) write(text string, values map[string]string) (string, error) {
	t, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"count": d.count, "avg": d.avg, "week": d.week, "seconds": d.seconds,
		"sum": func(what, where string) string {
			return fmt.Sprintf("sum(CASE WHEN %s THEN %s ELSE 0 END)", where, what)
		},
		"first": d.first,
		"in": func(at string) string {
			return fmt.Sprintf("%s >= '%s' AND %[1]s < '%[3]s'", at, values["From"], values["To"])
		},
		"ratio":     func(n, of string) string { return fmt.Sprintf("1e0 * %s / nullif(%s, 0)", n, of) },
		"reached":   func() string { return reached },
		"contacted": func() string { return contacted },
		"lead":      func() string { return lead },
		"and":       func(terms ...string) string { return strings.Join(terms, " AND ") },
		"or":        func(terms ...string) string { return "(" + strings.Join(terms, " OR ") + ")" },
	}).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, values)
	return b.String(), err
}

// literals writes a row of the log as SQL values.
func literals(row []string) string {
	out := make([]string, len(row))
	for i, name := range columnNames {
		switch {
		case row[i] == "":
			out[i] = "NULL"
		case strings.HasSuffix(name, "_s"), name == "attempt", name == "cost":
			out[i] = row[i]
		default:
			out[i] = "'" + strings.ReplaceAll(row[i], "'", "''") + "'"
		}
	}
	return strings.Join(out, ", ")
}

// assignments sets every column but the key; %s stands for the column.
func assignments(format string) string {
	var list []string
	for _, name := range columnNames[1:] {
		list = append(list, name+" = "+fmt.Sprintf(format, name))
	}
	return strings.Join(list, ", ")
}
