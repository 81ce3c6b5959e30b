package present

import (
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// Answer is a frame as JSON: everything that is known of each figure. The
// command and the API give the same.
type Answer struct {
	Dimensions []string    `json:"dimensions"`
	From       string      `json:"from,omitempty" doc:"First day, as YYYY-MM-DD; absent where no period was asked for"`
	To         string      `json:"to,omitempty" doc:"Last day, included"`
	KPIs       []Column    `json:"kpis"`
	Rows       []AnswerRow `json:"rows"`
}

// Column is a KPI of an Answer.
type Column struct {
	Name    string   `json:"name" doc:"As asked: id or id:variant"`
	Title   string   `json:"title" doc:"Name in the reader's language"`
	Variant string   `json:"variant,omitempty"`
	Version int      `json:"version"`
	Unit    kpi.Unit `json:"unit"`
	Kind    kpi.Kind `json:"kind"`
	Better  string   `json:"better"`
	Target  *float64 `json:"target,omitempty"`
	// As kpi.ParseSetting reads them.
	Settings map[string]string   `json:"settings,omitempty" doc:"Settings that the figures are reckoned by"`
	Changes  []kpi.SettingChange `json:"setting_changes,omitempty" doc:"Settings that changed within the period; those at its end count for all of it"`
}

// AnswerRow is one group: its key by dimension (null: none) and its figures by KPI.
type AnswerRow struct {
	Key     map[string]*string `json:"key"`
	Figures map[string]Figure  `json:"figures"`
}

// Figure is one value with what is known of it.
type Figure struct {
	Value       *float64   `json:"value" doc:"null is no data, which is not zero"`
	Exact       string     `json:"exact,omitempty" doc:"The value without rounding, where it is a count or a sum"`
	Currency    string     `json:"currency,omitempty"`
	Numerator   *float64   `json:"numerator,omitempty"`
	Denominator *float64   `json:"denominator,omitempty"`
	Low         *float64   `json:"low,omitempty" doc:"Lower end of the 95 % interval"`
	High        *float64   `json:"high,omitempty"`
	Shrunk      *float64   `json:"shrunk,omitempty" doc:"Drawn toward the mean of the rows: for rankings"`
	Weight      *float64   `json:"weight,omitempty" doc:"Share of the row's own evidence in shrunk"`
	Marks       []kpi.Mark `json:"marks,omitempty"`
	Compared    *Compared  `json:"compared,omitempty"`
}

// Compared is how a figure stands to that of the other period.
type Compared struct {
	Before       Figure   `json:"before"`
	Difference   *float64 `json:"difference"`
	Low          *float64 `json:"low,omitempty"`
	High         *float64 `json:"high,omitempty"`
	BeyondChance *bool    `json:"beyond_chance,omitempty" doc:"Larger than chance explains, at 95 %; absent where it cannot be judged"`
}

// Answer makes the JSON of a frame.
func (r Reader) Answer(f *kpi.Frame) Answer {
	out := Answer{Dimensions: append([]string{}, f.Dims...), KPIs: []Column{}, Rows: []AnswerRow{}}
	if f.Period != nil {
		out.From, out.To = Day(f.Period.From), Day(f.Period.To-1)
	}
	for _, c := range f.Columns {
		out.KPIs = append(out.KPIs, Column{c.Name, r.Title(c), c.Variant, c.Version, c.Unit, c.Kind, c.Better, c.Target, Settings(c.Settings), c.Changes})
	}
	for _, row := range f.Rows {
		a := AnswerRow{Key: map[string]*string{}, Figures: map[string]Figure{}}
		for i, d := range f.Dims {
			a.Key[d] = nil
			if k := row.Key[i]; k != "" {
				a.Key[d] = &k
			}
		}
		for i, x := range row.Figures {
			a.Figures[f.Columns[i].Name] = answerFigure(x)
		}
		out.Rows = append(out.Rows, a)
	}
	return out
}

func answerFigure(x kpi.Figure) Figure {
	f := Figure{Value: some(x.Valid, x.Number), Currency: x.Currency, Marks: x.Marks,
		Numerator: some(x.Parts, x.Num), Denominator: some(x.Parts, x.Den), Low: some(x.Interval, x.Low), High: some(x.Interval, x.High),
		Shrunk: some(x.IsShrunk, x.Shrunk), Weight: some(x.IsShrunk, x.Weight)}
	if x.Valid && x.IsExact {
		f.Exact = x.Exact.String()
	}
	if c := x.Compared; c != nil {
		f.Compared = &Compared{Before: answerFigure(c.Before), Difference: some(c.Valid, c.Diff), Low: some(c.Judged, c.Low), High: some(c.Judged, c.High)}
		if c.Judged {
			f.Compared.BeyondChance = &c.Beyond
		}
	}
	return f
}

// Settings writes settings for machines.
func Settings(settings map[string]any) map[string]string {
	out := make(map[string]string, len(settings))
	for name, v := range settings {
		out[name] = kpi.SettingText(v)
	}
	return out
}

func some(ok bool, v float64) *float64 {
	if !ok {
		return nil
	}
	return &v
}

// Day writes a day number for machines, as 2026-11-22.
func Day(day int64) string { return facts.DateOf(day).Format("2006-01-02") }
