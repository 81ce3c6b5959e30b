package web

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/web/chart"
)

// How much a drawing can hold before it says less, not more.
const (
	mostBars    = 20
	mostSeries  = 8
	mostColumns = 40
	mostDots    = 2000
	namedDots   = 12
)

// valuesIn lists the values of a dimension in a frame: times and numbers in
// their order, names by the size of a column.
func (r *request) valuesIn(f *kpi.Frame, dim, column int) []string {
	var out []string
	weight := map[string]float64{}
	for _, row := range f.Rows {
		k := row.Key[dim]
		if _, ok := weight[k]; !ok {
			out = append(out, k)
		}
		if x := row.Figures[column]; x.Valid {
			weight[k] += math.Max(x.Number, x.Den)
		}
	}
	if !ordered(f.Dims[dim]) {
		slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(weight[b], weight[a]) })
		return out
	}
	slices.SortStableFunc(out, func(a, b string) int {
		x, err := strconv.Atoi(a)
		y, err2 := strconv.Atoi(b)
		switch {
		case err != nil || err2 != nil:
		case f.Dims[dim] == "weekday":
			return cmp.Compare(r.calendar().PlaceInWeek(int64(x)), r.calendar().PlaceInWeek(int64(y)))
		default:
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a, b)
	})
	return out
}

// ordered tells whether the values of a dimension have an order of their own.
func ordered(dimension string) bool {
	return slices.Contains(ofTime, dimension) || dimension == "hour" || dimension == "weekday" || dimension == "attempt" || dimension == "talk_bucket"
}

// figuresAt finds the figures of a frame by their keys.
func figuresAt(f *kpi.Frame, column int) func(key ...string) kpi.Figure {
	found := map[string]kpi.Figure{}
	for _, row := range f.Rows {
		found[keyText(row.Key)] = row.Figures[column]
	}
	return func(key ...string) kpi.Figure { return found[keyText(key)] }
}

// courseAt finds the figures of a course: of a place without rows, what that comes to.
func courseAt(f *kpi.Frame, column int) func(key ...string) kpi.Figure {
	found := figuresAt(f, column)
	with := map[string]bool{}
	for _, row := range f.Rows {
		with[keyText(row.Key)] = true
	}
	return func(key ...string) kpi.Figure {
		if with[keyText(key)] {
			return found(key...)
		}
		return f.Columns[column].None
	}
}

func keyText(key []string) (text string) {
	for _, k := range key {
		text += k + "\x00"
	}
	return text
}

// heats draws a map of each KPI: the first dimension down, the second across.
func (r *request) heats(v view, f *kpi.Frame) (out []drawing, err error) {
	for i, c := range f.Columns {
		down, across := r.valuesIn(f, 0, i), r.valuesIn(f, 1, i)
		d := drawing{Title: r.reader.Title(c), Sub: r.undrawn("", len(across), mostColumns)}
		across = across[:min(len(across), mostColumns)]
		down, d.Pager = cut(r, v, "heat-"+strconv.Itoa(i), down, func(k string) string { return r.place(f.Dims[0], k) })
		find := figuresAt(f, i)
		h := chart.Heat{Label: r.reader.Title(c)}
		for _, k := range across {
			h.Columns = append(h.Columns, r.shortPlace(f.Dims[1], k))
		}
		top, where := math.Inf(-1), ""
		for _, d := range down {
			row := chart.HeatRow{Label: r.shortPlace(f.Dims[0], d)}
			for _, a := range across {
				x := find(d, a)
				one := chart.HeatCell{Value: math.NaN()}
				if x.Valid {
					place := r.place(f.Dims[0], d) + r.reader.Text("core.list_comma") + r.place(f.Dims[1], a)
					one = chart.HeatCell{Value: x.Number, Text: r.brief(c.Unit, x), Thin: slices.Contains(x.Marks, kpi.Small),
						Title: place + ": " + r.reader.Figure(c.Unit, x) + r.inBrackets(r.partsOf(c, x)), Href: viewOf(r.drill(viewOf(r.drill(v, f.Dims[0], d)), f.Dims[1], a)).to("/kpi/" + c.Name)}
					if !one.Thin && x.Number > top {
						top, where = x.Number, place
					}
				}
				row.Cells = append(row.Cells, one)
			}
			h.Rows = append(h.Rows, row)
		}
		if lo, hi := h.Range(); hi > lo {
			h.Least, h.Most = r.reader.Value(c.Unit, lo, ""), r.reader.Value(c.Unit, hi, "")
			h.Thin = r.reader.T("explore.thin", map[string]any{"count": kpi.SmallGroup})
		}
		if where != "" {
			d.Title = r.reader.T("explore.peak", map[string]any{"kpi": d.Title, "value": r.reader.Value(c.Unit, top, ""), "place": where})
		}
		if d.Heat, err = h.HTML(); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// brief writes a figure into a small cell: the unit stands in the title.
func (r *request) brief(u kpi.Unit, x kpi.Figure) string {
	switch {
	case u == kpi.UnitPercent:
		return r.reader.Number(100*x.Number, 0)
	case u == kpi.UnitSeconds:
		return r.reader.Duration(math.Round(x.Number))
	}
	return r.amount(x.Number)
}

func (r *request) inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return r.reader.T("figures.brackets", map[string]any{"text": text})
}

// lines draws courses: KPIs of one unit in one chart, or each by the values of
// a dimension.
func (r *request) lines(v view, x exploration, f *kpi.Frame) ([]drawing, error) {
	happened, err := r.annotations(*f.Period)
	if err != nil {
		return nil, err
	}
	today, err := r.asker().Today()
	if err != nil {
		return nil, err
	}
	shown := *f
	if f.Period.From <= today {
		shown.Period = &calendar.Range{From: f.Period.From, To: min(f.Period.To, today+1)}
	}
	places := r.placesOf(&shown, x.unit)
	var out []drawing
	for _, columns := range r.together(f, x.split == "") {
		c := f.Columns[columns[0]]
		s := newScaled(c)
		line := chart.Line{Title: r.titles(f, columns), Notes: notesAt(happened, places)}
		d := drawing{Title: line.Title, Sub: r.reader.T("trend.sub_plain", map[string]any{"unit": r.reader.Text("trend.per." + x.unit)}), Table: r.tableOf(f, columns)}
		for _, p := range places {
			line.X = append(line.X, chart.Place{Label: r.reader.PlaceShort(x.unit, p.Key), Long: r.place(x.unit, p.Key), Href: r.drill(v, x.unit, p.Key)})
		}
		for _, i := range columns {
			splits := []string{""}
			if x.split != "" {
				splits = r.valuesIn(f, 1, i)
				d.Sub = r.undrawn(d.Sub, len(splits), mostSeries)
				splits = splits[:min(len(splits), mostSeries)]
			}
			find := courseAt(f, i)
			for _, value := range splits {
				one := chart.Series{Name: r.reader.Title(f.Columns[i])}
				for j, p := range places {
					key := []string{p.Key}
					if x.split != "" {
						key, one.Name = append(key, value), r.place(x.split, value)
					}
					one.Points = append(one.Points, s.point(r, find(key...)))
					if j == len(places)-1 && x.unit != "hour" && p.Has(today) {
						one.Partial = &j
					}
				}
				line.Series = append(line.Series, one)
			}
		}
		if len(line.Series) == 1 {
			line.Series[0].Role = chart.Main
			d.Title = r.spread(f, columns[0], x.unit)
		}
		line.Y = s.axis(r)
		if d.Chart, err = chart.Script(line); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// together groups the columns that share a chart: those of one unit, or each
// for itself.
func (r *request) together(f *kpi.Frame, units bool) (out [][]int) {
	for i, c := range f.Columns {
		j := slices.IndexFunc(out, func(g []int) bool { return units && f.Columns[g[0]].Unit == c.Unit })
		if j < 0 {
			out = append(out, []int{i})
			continue
		}
		out[j] = append(out[j], i)
	}
	return out
}

func (r *request) titles(f *kpi.Frame, columns []int) (text string) {
	for _, i := range columns {
		if text != "" {
			text += r.reader.Text("core.list_comma")
		}
		text += r.reader.Title(f.Columns[i])
	}
	return text
}

// undrawn adds to a line under a chart how many it does not show.
func (r *request) undrawn(sub string, have, shown int) string {
	if have <= shown {
		return sub
	}
	left := r.reader.T("explore.left_out", map[string]any{"count": have - shown})
	if sub == "" {
		return left
	}
	return sub + " · " + left
}

// tableOf is the table beside a chart, of some columns.
func (r *request) tableOf(f *kpi.Frame, columns []int) *grid {
	part := &kpi.Frame{Dims: f.Dims, Period: f.Period}
	for _, i := range columns {
		part.Columns = append(part.Columns, f.Columns[i])
	}
	for _, row := range f.Rows {
		one := kpi.FrameRow{Key: row.Key}
		for _, i := range columns {
			one.Figures = append(one.Figures, row.Figures[i])
		}
		part.Rows = append(part.Rows, one)
	}
	g := r.table("table-"+strconv.Itoa(columns[0]), r.titles(f, columns), part, false)
	return &g
}

// bars compares the values of a dimension: lying where they are names, for
// names need room; in groups where there is a second dimension.
func (r *request) bars(v view, f *kpi.Frame) (out []drawing, err error) {
	for i, c := range f.Columns {
		names := valuesInRows(f)
		d := drawing{Title: r.reader.Title(c), Table: r.tableOf(f, []int{i}), Tall: len(names) > 10}
		if len(f.Dims) == 1 {
			d.Title = r.spread(f, i, f.Dims[0])
		}
		d.Sub = r.undrawn(r.reader.T("parts.by", map[string]any{"kpi": r.reader.Title(c), "dimension": r.reader.Dimension(f.Dims[0])}), len(names), mostBars)
		names = names[:min(len(names), mostBars)]
		b := chart.Bar{Title: d.Title, Across: !ordered(f.Dims[0])}
		for _, k := range names {
			b.X = append(b.X, chart.Place{Label: r.shortPlace(f.Dims[0], k), Long: r.place(f.Dims[0], k), Href: viewOf(r.drill(v, f.Dims[0], k)).to("/kpi/" + c.Name)})
		}
		s := newScaled(c)
		s.lo = 0
		find := figuresAt(f, i)
		groups := []string{""}
		if len(f.Dims) == 2 {
			groups = r.valuesIn(f, 1, i)
			d.Sub = r.undrawn(d.Sub, len(groups), mostSeries)
			groups = groups[:min(len(groups), mostSeries)]
		}
		for _, g := range groups {
			one := chart.Series{Name: r.reader.Title(c), Role: chart.Main}
			band := chart.Band{Name: r.reader.Text("trend.interval")}
			for _, k := range names {
				key := []string{k}
				if len(f.Dims) == 2 {
					key, one.Name, one.Role = append(key, g), r.place(f.Dims[1], g), ""
				}
				x := find(key...)
				one.Points = append(one.Points, s.point(r, x))
				low, high := chart.Gap, chart.Gap
				if x.Interval && x.Valid {
					low, high = chart.Value(x.Low), chart.Value(x.High)
					s.see(x.Low, x.High, x)
				}
				band.Low, band.High, band.Text = append(band.Low, low), append(band.High, high), append(band.Text, r.reader.Interval(c.Unit, x))
			}
			if len(f.Dims) == 1 {
				one.Bands = []chart.Band{band}
			}
			b.Series = append(b.Series, one)
		}
		if c.Target != nil {
			s.see(*c.Target, *c.Target, kpi.Figure{})
			b.Target = &chart.Target{Value: chart.Value(*c.Target), Text: r.reader.T("kpi.target", map[string]any{"value": r.reader.Value(c.Unit, *c.Target, "")})}
		}
		b.Y = s.axis(r)
		if d.Chart, err = chart.Script(b); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// valuesInRows lists the values of the first dimension as the rows have them.
func valuesInRows(f *kpi.Frame) (out []string) {
	for _, row := range f.Rows {
		if !slices.Contains(out, row.Key[0]) {
			out = append(out, row.Key[0])
		}
	}
	return out
}

// scatter sets two KPIs against each other, a dot for each value of a
// dimension; the greatest and least have their names beside them.
func (r *request) scatter(v view, f *kpi.Frame) ([]drawing, error) {
	cx, cy := f.Columns[0], f.Columns[1]
	sx, sy := newScaled(cx), newScaled(cy)
	s := chart.Scatter{}
	left := 0
	for _, row := range f.Rows {
		x, y := row.Figures[0], row.Figures[1]
		if !x.Valid || !y.Valid {
			continue
		}
		if len(s.Dots) == mostDots {
			left++
			continue
		}
		px, py := sx.point(r, x), sy.point(r, y)
		s.Dots = append(s.Dots, chart.Dot{X: px.Value, Y: py.Value, Name: r.place(f.Dims[0], row.Key[0]),
			Text: r.reader.Title(cx) + ": " + px.Text + "\n" + r.reader.Title(cy) + ": " + py.Text, Size: 0})
	}
	if len(s.Dots) == 0 {
		return nil, nil
	}
	nameExtremes(s.Dots)
	s.X, s.Y = sx.axis(r), sy.axis(r)
	s.X.Name, s.Y.Name = r.reader.Title(cx), r.reader.Title(cy)
	d := drawing{Title: r.reader.T("explore.against", map[string]any{"x": r.reader.Title(cx), "y": r.reader.Title(cy), "dimension": r.reader.Dimension(f.Dims[0])}),
		Sub: r.reader.T("explore.dots", map[string]any{"count": len(s.Dots), "dimension": r.reader.Dimension(f.Dims[0])}), Tall: true, Table: r.tableOf(f, []int{0, 1})}
	s.Title, d.Sub = d.Title, r.undrawn(d.Sub, len(s.Dots)+left, mostDots)
	var err error
	d.Chart, err = chart.Script(s)
	return []drawing{d}, err
}

// nameExtremes has the dots named that lie farthest out.
func nameExtremes(dots []chart.Dot) {
	if len(dots) <= namedDots {
		for i := range dots {
			dots[i].Named = true
		}
		return
	}
	order := make([]int, len(dots))
	for i := range order {
		order[i] = i
	}
	for _, by := range []func(chart.Dot) float64{func(d chart.Dot) float64 { return float64(d.X) }, func(d chart.Dot) float64 { return float64(d.Y) }} {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(by(dots[a]), by(dots[b])) })
		for n := range namedDots / 4 {
			dots[order[n]].Named, dots[order[len(order)-1-n]].Named = true, true
		}
	}
}
