package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

type rowsCommand struct {
	question
	Limit int    `default:"20" placeholder:"N"`
	Kpi   string `arg:"" name:"kpi" placeholder:"KPI"`
}

// Run shows the rows behind a number.
func (c *rowsCommand) Run(ctx context.Context, a *app) error {
	defs, err := catalogue(c.Definitions)
	if err != nil {
		return err
	}
	return a.with(ctx, func(f *ingest.Folder) error {
		q, _, err := a.query(f, []string{c.Kpi}, c.question)
		if err != nil {
			return err
		}
		engine := f.Store().Engine()
		spec, err := defs.RowsBehind(ctx, engine, q, nil)
		if err != nil {
			return err
		}
		spec.Limit = c.Limit
		count, err := engine.Count(ctx, *spec)
		if err != nil {
			return err
		}
		set, err := engine.Rows(ctx, *spec)
		if err != nil {
			return err
		}
		clock, err := f.Settings().Clock()
		if err != nil {
			return err
		}
		a.endProgress()
		return a.printRows(set, count, clock)
	})
}

// printRows writes a listing. People see the columns that have a value in any
// row and are no bookkeeping; programs see them all.
func (a *app) printRows(set kpi.RowSet, count int64, clock *facts.Clock) error {
	head := []string{"input", "line"}
	for _, c := range set.Columns {
		head = append(head, c.Name)
	}
	var rows [][]string
	for _, r := range set.Rows {
		row := []string{blankZero(r.Input), blankZero(r.Line)}
		for i, c := range set.Columns {
			if dayOnly(set, r, i) {
				row = append(row, cell(facts.Day, r.Cells[i+1], clock))
				continue
			}
			row = append(row, cell(c.Kind, r.Cells[i], clock))
		}
		rows = append(rows, row)
	}
	switch a.Output {
	case "csv":
		return writeCSV(a.stdout, head, rows)
	case "json":
		list := []map[string]any{}
		for _, row := range rows {
			m := map[string]any{}
			for i, v := range row {
				m[head[i]] = nullable(v != "", v)
			}
			list = append(list, m)
		}
		return writeJSON(a.stdout, map[string]any{"count": count, "rows": list})
	}
	g := grid{}
	var shown []int
	for i, h := range head {
		if i >= 2 && (hidden[h] || strings.HasSuffix(h, "_day") || strings.HasSuffix(h, "_hour")) || !anyValue(rows, i) {
			continue
		}
		shown = append(shown, i)
		g.head, g.right = append(g.head, h), append(g.right, i >= 2 && set.Columns[i-2].Kind != facts.Text && set.Columns[i-2].Kind != facts.Instant)
	}
	for _, row := range rows {
		var cells []string
		for _, i := range shown {
			cells = append(cells, row[i])
		}
		g.add(cells...)
	}
	if len(rows) > 0 {
		g.print(a.stdout)
	}
	a.line("rows.count", "count", count, "shown", len(rows))
	return nil
}

// dayOnly tells whether column i is the instant of a moment of which no time of
// day is known: its columns M_at, M_day and M_hour stand in this order.
func dayOnly(set kpi.RowSet, r kpi.Row, i int) bool {
	m, at := strings.CutSuffix(set.Columns[i].Name, "_at")
	return at && i+2 < len(set.Columns) && set.Columns[i+2].Name == m+"_hour" && r.Cells[i].Valid && !r.Cells[i+2].Valid
}

// hidden are the columns that only programs need.
var hidden = map[string]bool{"origin": true, "agent_alias": true, "lead_ref": true, "cost_org": true, "amount_org": true, "margin_org": true}

func anyValue(rows [][]string, i int) bool {
	for _, r := range rows {
		if r[i] != "" {
			return true
		}
	}
	return false
}

func blankZero(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// cell writes one value: times in the organisation's zone, days as dates.
func cell(k facts.Kind, c kpi.Cell, clock *facts.Clock) string {
	if !c.Valid {
		return ""
	}
	switch k {
	case facts.Text:
		return c.Text
	case facts.Bool:
		return strconv.FormatBool(c.Int != 0)
	case facts.Seconds:
		return callpace.Amount(c.Int * 1000).String()
	case facts.Amount:
		return callpace.Amount(c.Int).String()
	case facts.Instant:
		return time.UnixMicro(c.Int).In(clock.Zone()).Format("2006-01-02 15:04:05")
	case facts.Day:
		return isoDay(c.Int)
	case facts.Hash:
		return fmt.Sprintf("%016x", uint64(c.Int))
	}
	return strconv.FormatInt(c.Int, 10)
}

func isoDay(day int64) string { return facts.DateOf(day).Format("2006-01-02") }
