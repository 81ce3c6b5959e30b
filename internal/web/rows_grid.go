package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/behind"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
)

// firstColumns are those that a person looks for, in their order, after the
// date; the others follow as the fact has them.
var firstColumns = []string{"agent", "team", "lead", "phone", "campaign", "product", "list", "direction", "outcome", "talk_seconds", "amount", "calls", "last_call_at", "stage", "lost_reason"}

// rowText writes cells of rows for the reader.
type rowText struct {
	present.RowText
	r *request
}

func (r *request) rowText(clock *facts.Clock, fact *facts.Table, set kpi.RowSet) rowText {
	return rowText{present.RowText{Reader: r.reader, Clock: clock, Fact: fact, Set: set, Currency: r.settings.Currency}, r}
}

// rowGrid lays rows out: the columns that have a value, the date first and the
// way back to the file last.
func (r *request) rowGrid(p behind.Page, caption string) (*grid, error) {
	clock, err := r.settings.Clock()
	if err != nil {
		return nil, err
	}
	t := r.rowText(clock, p.Fact, p.Set)
	columns := t.columns()
	g := &grid{ID: "rows", Caption: caption, Tall: true}
	for _, i := range columns {
		c := p.Set.Columns[i]
		g.Head = append(g.Head, gridHead{Title: r.reader.Field(p.Fact.Name, c.Name), Numeric: present.Numeric(c.Kind)})
	}
	origin := slices.ContainsFunc(p.Set.Rows, func(row kpi.Row) bool { return row.Input > 0 })
	if origin {
		g.Head = append(g.Head, gridHead{Title: r.reader.Text("rows.read_in")})
	}
	for _, row := range p.Set.Rows {
		cells := make([]cell, 0, len(columns)+1)
		for n, i := range columns {
			c := t.cell(row, i)
			if c.Header = n == 0; c.Header && c.Text == "" {
				c.Text = present.NoData
			}
			cells = append(cells, c)
		}
		if origin {
			cells = append(cells, r.readIn(row))
		}
		g.Rows = append(g.Rows, cells)
	}
	return g, nil
}

// readIn says where a row was read, with a link for those who see imports.
func (r *request) readIn(row kpi.Row) cell {
	if row.Input == 0 {
		return cell{Text: present.NoData}
	}
	c := cell{Text: r.reader.T("rows.origin", map[string]any{"input": row.Input, "line": row.Line})}
	if r.who.May(auth.Import) {
		c.URL = inputURL(row.Input)
	}
	return c
}

// columns are the indexes of the columns shown, in their order.
func (t rowText) columns() []int {
	var order []string
	if len(t.Fact.Moments) > 0 {
		order = append(order, t.Fact.Moments[0]+"_at")
	}
	order = append(order, firstColumns...)
	var first, rest []int
	for i, c := range t.Set.Columns {
		if !t.Shown(i) {
			continue
		}
		if slices.Contains(order, c.Name) {
			first = append(first, i)
		} else {
			rest = append(rest, i)
		}
	}
	slices.SortFunc(first, func(a, b int) int {
		return slices.Index(order, t.Set.Columns[a].Name) - slices.Index(order, t.Set.Columns[b].Name)
	})
	return append(first, rest...)
}

// value is the text of a column of a row, by its name.
func (t rowText) value(row kpi.Row, column string) string {
	i := slices.IndexFunc(t.Set.Columns, func(c facts.Column) bool { return c.Name == column })
	if i < 0 {
		return ""
	}
	return row.Cells[i].Text
}

// cell writes one value, with a link where it names something.
func (t rowText) cell(row kpi.Row, i int) cell {
	c := t.Set.Columns[i]
	out := cell{Text: t.text(row, i)}
	if present.Numeric(c.Kind) {
		out.Class = "num"
	}
	if out.Text == "" {
		return out
	}
	raw := row.Cells[i].Text
	switch {
	case t.Fact == facts.Calls && c.Name == "started_at", t.Fact == facts.Calls && c.Name == "source_id":
		out.URL = callURL(t.value(row, "source"), t.value(row, "source_id"))
	case c.Name == "sale_call", c.Name == "kept_call", c.Name == "call":
		out.URL = callURL(t.value(row, "source"), raw)
	case c.Name == "agent" && t.r.who.May(auth.ViewTeam):
		out.URL = "/agents/" + url.PathEscape(raw)
	case c.Name == "lead", c.Name == "phone", c.Name == "customer" && t.Fact.Has("lead"):
		out.URL = "/calls?q=" + url.QueryEscape(raw)
	}
	return out
}

// callURL is the page of a call; "" where it has no id.
func callURL(source, id string) string {
	if source == "" || id == "" {
		return ""
	}
	return "/calls/" + url.PathEscape(source) + "/" + url.PathEscape(id)
}

// text writes one value, a date without a break in it.
func (t rowText) text(row kpi.Row, i int) string {
	out := t.Text(row, i)
	if k := t.Set.Columns[i].Kind; k == facts.Instant || k == facts.Day {
		return oneLine(out)
	}
	return out
}

// oneLine keeps the parts of a date together.
func oneLine(date string) string { return strings.ReplaceAll(date, " ", "\u00a0") }
