package present

import (
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// Table is a frame for people: everything in it is text of the reader's.
type Table struct {
	Head  []Head
	Rows  [][]string
	Notes []string // what the signs beside figures mean
}

// Head is a column of a Table.
type Head struct {
	Title   string
	Numeric bool // its cells are aligned at their end
	// Sort is what the frame can be sorted by to order this column; empty: nothing.
	Sort string
}

var marks = []struct {
	mark kpi.Mark
	sign string
}{{kpi.Small, "*"}, {kpi.Immature, "†"}, {kpi.MixedCurrencies, "‡"}, {kpi.CostAbove, "§"},
	{kpi.Unattributed, "‖"}, {kpi.CostUnshared, "¤"}, {kpi.Redefined, "¶"}}

// Signs are the signs that stand beside a figure with marks.
func Signs(x kpi.Figure) string {
	signs := ""
	for _, m := range x.Marks {
		for _, known := range marks {
			if known.mark == m {
				signs += known.sign
			}
		}
	}
	return signs
}

// WhyNone says why there is no figure, where that is known.
func (r Reader) WhyNone(x kpi.Figure) string {
	if x.Valid || len(x.Marks) == 0 {
		return ""
	}
	return r.mark(x.Marks[0])
}

func (r Reader) mark(m kpi.Mark) string {
	return r.T("kpi.mark."+string(m), map[string]any{"limit": kpi.SmallGroup})
}

// Notes explain the marks that stand in a frame.
func (r Reader) Notes(f *kpi.Frame) []string {
	return r.notes(f, func(x kpi.Figure) []kpi.Mark { return x.Marks })
}

// CardNotes are Notes where WhyNone stands beside each figure that there is not.
func (r Reader) CardNotes(f *kpi.Frame) []string { return r.notes(f, beside) }

// CardSigns are Signs beside which WhyNone stands.
func CardSigns(x kpi.Figure) string { return Signs(kpi.Figure{Marks: beside(x)}) }

// beside are the marks of a figure that WhyNone does not tell.
func beside(x kpi.Figure) []kpi.Mark {
	if x.Valid || len(x.Marks) == 0 {
		return x.Marks
	}
	return x.Marks[1:]
}

func (r Reader) notes(f *kpi.Frame, of func(kpi.Figure) []kpi.Mark) []string {
	seen := map[kpi.Mark]bool{}
	for _, row := range f.Rows {
		for _, x := range row.Figures {
			for _, m := range of(x) {
				seen[m] = true
			}
		}
	}
	var notes []string
	for _, m := range marks {
		if seen[m.mark] {
			notes = append(notes, m.sign+" "+r.mark(m.mark))
		}
	}
	for _, c := range f.Columns {
		notes = append(notes, r.SettingChanges(c.Changes)...)
	}
	return append(notes, r.equalAge(f)...)
}

// equalAge says that rates whose outcomes come later are compared as they
// stood when the other period was as old, where that leaves anything out.
func (r Reader) equalAge(f *kpi.Frame) []string {
	var names []string
	for _, c := range f.Columns {
		if c.Delayed && f.Compare != nil && f.Period != nil && f.Period.From > f.Compare.From {
			names = append(names, r.Title(c))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{r.T("kpi.equal_age", map[string]any{"kpis": names, "count": f.Period.From - f.Compare.From})}
}

// Followed says by which leads a rate whose outcome comes later was judged;
// empty for any other.
func (r Reader) Followed(days int) string {
	if days == 0 {
		return ""
	}
	return r.T("overview.followed", map[string]any{"count": days})
}

// FindingKind is the word for what a finding is about; "" for people and teams,
// whose names say it.
func (r Reader) FindingKind(f overview.Finding) string {
	if f.By == "agent" || f.By == "team" {
		return ""
	}
	return r.Dimension(f.By)
}

// FollowedIn says it once for findings of one period, which all follow as long.
func (r Reader) FollowedIn(found []overview.Finding) string {
	for _, f := range found {
		if f.Followed > 0 {
			return r.Followed(f.Followed)
		}
	}
	return ""
}

// SettingChanges say from when settings of KPIs count.
func (r Reader) SettingChanges(changes []kpi.SettingChange) []string {
	var out []string
	for _, x := range changes {
		key, args := "kpi.setting.always", map[string]any{"kpi": x.KPI, "setting": x.Name, "value": x.Value}
		if day, ok := x.Day(); ok {
			key, args["from"] = "kpi.setting.from", r.Date(day)
		}
		out = append(out, r.T(key, args))
	}
	return out
}

// Table lays a frame out. intervals adds a column with each figure's interval.
func (r Reader) Table(f *kpi.Frame, intervals bool) Table {
	t := Table{Notes: r.Notes(f)}
	for _, d := range f.Dims {
		t.Head = append(t.Head, Head{Title: r.Dimension(d), Sort: d})
	}
	column := func(title, sort string) { t.Head = append(t.Head, Head{Title: title, Numeric: true, Sort: sort}) }
	shrunk := Shrunk(f)
	for i, c := range f.Columns {
		column(r.Title(c), c.Name)
		if intervals {
			column(r.Text("column.interval"), "")
		}
		if shrunk[i] {
			column(r.Text("column.shrunk"), "")
		}
		if f.Compare != nil {
			column(r.Text("column.before"), "")
			column(r.Text("column.change"), "")
		}
	}
	for _, row := range f.Rows {
		cells := make([]string, 0, len(t.Head))
		for i, k := range row.Key {
			cells = append(cells, r.Key(f.Dims[i], k))
		}
		for i, x := range row.Figures {
			c := f.Columns[i]
			cells = append(cells, r.Figure(c.Unit, x)+Signs(x))
			if intervals {
				cells = append(cells, r.Interval(c.Unit, x))
			}
			if shrunk[i] {
				cells = append(cells, r.Figure(c.Unit, kpi.Figure{Valid: x.IsShrunk, Number: x.Shrunk, Currency: x.Currency}))
			}
			if f.Compare != nil {
				cells = append(cells, r.compared(c, x.Compared)...)
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// Key writes a dimension's value for people: days of the week by their names,
// which for programs are 1 (Monday) to 7. None is a dash.
func (r Reader) Key(dimension, value string) string {
	switch {
	case value == "":
		return NoData
	case dimension == "weekday" && len(value) == 1 && value >= "1" && value <= "7":
		return r.Text("weekday." + value)
	}
	return value
}

// compared are the other period's figure and the change: in brackets where
// chance explains it, after a tilde where that cannot be told.
func (r Reader) compared(c kpi.Column, x *kpi.Compared) []string {
	if x == nil || !x.Valid {
		return []string{NoData, ""}
	}
	change := r.Change(c, x)
	switch {
	case !x.Judged:
		change = "~" + change
	case !x.Beyond:
		change = "(" + change + ")"
	}
	return []string{r.Figure(c.Unit, x.Before), change}
}

// List lays a frame of one row out as a list, a KPI a row: its figure, that of
// the other period and the change.
func (r Reader) List(f *kpi.Frame, title string) Table {
	t := Table{Head: []Head{{Title: title}, {Title: r.Text("column.now"), Numeric: true}, {Title: r.Text("column.before"), Numeric: true}, {Title: r.Text("column.change"), Numeric: true}}}
	if len(f.Rows) != 1 {
		return t
	}
	for i, c := range f.Columns {
		x := f.Rows[0].Figures[i]
		t.Rows = append(t.Rows, append([]string{r.Title(c), r.Figure(c.Unit, x)}, r.compared(c, x.Compared)...))
	}
	return t
}

// Shrunk tells which columns of a frame have shrunk figures.
func Shrunk(f *kpi.Frame) []bool {
	out := make([]bool, len(f.Columns))
	for _, r := range f.Rows {
		for i, x := range r.Figures {
			out[i] = out[i] || x.IsShrunk
		}
	}
	return out
}
