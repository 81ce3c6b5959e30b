package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/question"
)

// planPage works a number of sales back to calls per working day, and says
// what another rate would change.
type planPage struct {
	shell
	Numbers []planInput
	Rates   []slider
	Teams   []choice
	Fault   string
	Plan    *planView
}

// planInput is one number that is typed.
type planInput struct{ Name, Label, Value string }

// planView is a plan as a page shows it.
type planView struct {
	Steps                  grid
	Notes                  []string
	Worth                  []string // ranked
	WorthTitle             string
	Expect, Sure           string // calls a day, said large
	ExpectLabel, SureLabel string
}

func (r *request) plan() error {
	page := planPage{shell: r.shell("nav.plan", "plan")}
	v := r.view()
	a := r.asker()
	err := r.bookOf(a, func(b goalBook) error {
		var where []string
		if team := v.get("team"); team != "" {
			where = []string{question.Equal("team", team)}
		}
		h, err := b.Desk.History(r.Context(), where, "sales")
		if err != nil {
			return err
		}
		month := b.Desk.Base.Calendar.Span(calendar.Month, b.Desk.Today)
		ask := track.Ask{Unit: track.Sales, Target: 50}
		b.Desk.Over(&ask, calendar.Range{From: b.Desk.Today, To: month.To})
		h.Fill(&ask)
		ask.Open = 0
		r.fillAsk(&page, v, &ask)
		p, err := ask.Solve()
		if err != nil {
			page.Fault = r.reader.Error(err)
			return nil
		}
		p.Ranks = h.Rank(p.Goal)
		page.Plan = r.planView(p)
		return nil
	})
	if err != nil {
		return err
	}
	teams, err := r.valuesOf("team")
	if err != nil {
		return err
	}
	page.Teams = []choice{{Label: r.reader.Text("web.all"), Selected: v.get("team") == ""}}
	for _, t := range teams {
		page.Teams = append(page.Teams, choice{Label: t, URL: t, Selected: t == v.get("team")})
	}
	return r.page("plan", page)
}

// fillAsk lays what is asked for over what history says, and shows both.
func (r *request) fillAsk(page *planPage, v view, ask *track.Ask) {
	days := float64(ask.Days)
	for _, n := range []struct {
		name string
		into *float64
	}{{"sales", &ask.Target}, {"done", &ask.Done}, {"days", &days}, {"agents", &ask.Agents}, {"per_hour", &ask.PerHour}, {"hours", &ask.Hours}} {
		if x, err := strconv.ParseFloat(strings.ReplaceAll(plainDigits(v.get(n.name)), ",", "."), 64); err == nil && x >= 0 && x < 1e9 {
			*n.into = x
		}
		page.Numbers = append(page.Numbers, planInput{Name: n.name, Label: r.reader.Text("plan.input." + n.name), Value: strconv.FormatFloat(math.Round(*n.into*10)/10, 'f', -1, 64)})
	}
	ask.Days = int(days)
	for _, x := range []struct {
		name string
		into **plan.Rate
	}{{track.Contacts, &ask.Rates.Contact}, {track.Appointments, &ask.Rates.Appointment}, {track.Sales, &ask.Rates.Close}} {
		measured := *x.into
		if measured == nil && v.get(x.name) == "" {
			continue // a stage that the data do not know
		}
		in := slider{ID: "r-" + x.name, Name: x.name, Label: r.reader.Text("plan.rate." + x.name), Min: "0.1", Max: "100", Step: "0.1", Unit: "%"}
		if measured != nil {
			in.Hint = r.reader.T("plan.own", map[string]any{"rate": r.rateText(*measured)})
		}
		if text := v.get(x.name); text != "" {
			if rate, err := track.ParseRate(plainDigits(text) + "%"); err == nil && !sameRate(measured, rate) {
				*x.into = &rate
			}
		}
		if *x.into != nil {
			p, _ := (*x.into).Value()
			in.Value, in.Text = strconv.FormatFloat(math.Round(1000*p)/10, 'f', -1, 64), r.reader.Percent(p, 1)
		}
		page.Rates = append(page.Rates, in)
	}
}

// sameRate tells that a slider was not moved off the measured rate.
func sameRate(measured *plan.Rate, set plan.Rate) bool {
	if measured == nil {
		return false
	}
	a, _ := measured.Value()
	b, _ := set.Value()
	return math.Abs(a-b) < 0.0006
}

func (r *request) rateText(rate plan.Rate) string {
	v, _ := rate.Value()
	text := r.reader.Percent(v, 1)
	if c, ok := rate.Counts(); ok {
		text = r.reader.T("plan.measured", map[string]any{"rate": text, "x": r.reader.Number(c.X, 0), "n": r.reader.Number(c.N, 0)})
	}
	return text
}

// rateCell is a rate with its counts below.
func (r *request) rateCell(rate plan.Rate) cell {
	v, _ := rate.Value()
	out := number(r.reader.Percent(v, 1))
	if c, ok := rate.Counts(); ok {
		out.Sub = r.reader.T("plan.counts", map[string]any{"x": r.reader.Number(c.X, 0), "n": r.reader.Number(c.N, 0)})
	}
	return out
}

func (r *request) planView(p track.Planned) *planView {
	text, b := r.reader.Text, p.Plan.Begin
	v := &planView{Expect: r.reader.Int(b.ExpectedPerDay), Sure: r.reader.Int(b.SurePerDay)}
	v.ExpectLabel, v.SureLabel, v.WorthTitle = text("plan.calls_a_day"), text("plan.to_be_sure"), text("plan.worth_most")
	if p.Ask.Days == 0 {
		v.Expect, v.Sure, v.ExpectLabel = r.reader.Int(b.Expected), r.reader.Int(b.Sure), text("plan.calls_in_all")
	}
	v.Steps = grid{ID: "steps", Caption: text("plan.steps"), Head: []gridHead{{Title: text("plan.column.step")}, {Title: text("plan.column.expected"), Numeric: true}, {Title: text("plan.column.sure"), Numeric: true}, {Title: text("plan.column.rate"), Numeric: true}}}
	for i, s := range p.Plan.Steps {
		sure, rate := "", number("")
		if i == 0 {
			sure = r.reader.Int(b.Sure)
		} else {
			rate = r.rateCell(p.Goal.Stages[i-1].Rate)
		}
		v.Steps.Rows = append(v.Steps.Rows, []cell{{Text: goal.Print(r.reader, p.Label(s.Unit)), Header: true}, number(r.reader.Int(s.Number)), number(sure), rate})
	}
	if p.Ask.Days > 0 {
		row := func(label string, a, b string) {
			v.Steps.Rows = append(v.Steps.Rows, []cell{{Text: label, Header: true}, number(a), number(b), number("")})
		}
		row(r.reader.T("plan.per_day", map[string]any{"count": p.Ask.Days}), r.reader.Int(b.ExpectedPerDay), r.reader.Int(b.SurePerDay))
		if expected, sure, ok := p.PerAgentDay(); ok {
			row(r.reader.T("plan.per_agent_day", map[string]any{"count": int64(p.Ask.Agents)}), r.reader.Number(expected, 1), r.reader.Number(sure, 1))
		}
	}
	if p.Ask.Done > 0 || p.Ask.Open > 0 {
		v.Notes = append(v.Notes, r.reader.T("plan.already", map[string]any{"done": r.reader.Number(p.Ask.Done, 0), "open": r.reader.Number(p.Ask.Open, 1), "need": p.Plan.Need}))
	}
	v.Notes = append(v.Notes, r.reader.T("plan.chance", map[string]any{"chance": r.reader.Percent(p.Plan.Chance, 0)}))
	v.Notes = append(v.Notes, r.messages(append(p.Ratios(), p.Notes()...))...)
	v.Notes = append(v.Notes, r.loadNotes(p)...)
	for _, w := range p.Ranks {
		if w.Saves > 0 {
			v.Worth = append(v.Worth, r.reader.T("plan.worth", map[string]any{"stage": goal.Print(r.reader, p.RateLabel(w.Stage)), "from": r.reader.Percent(w.From, 1), "to": r.reader.Percent(w.To, 1), "saves": w.Saves}))
		}
	}
	return v
}

func (r *request) loadNotes(p track.Planned) (out []string) {
	if l := p.Load; l != nil {
		out = append(out, r.reader.T("plan.load", map[string]any{"count": int64(math.Ceil(l.AgentDays - 1e-9)), "days": r.reader.Number(l.AgentDays, 1), "hours": r.reader.Number(l.Hours, 0)}))
		if l.Available > 0 {
			out = append(out, r.reader.T("plan.used", map[string]any{"available": r.reader.Number(l.Available, 0), "used": r.reader.Percent(l.Used, 0), "sure": r.reader.Percent(p.Sure.Used, 0)}))
		}
	}
	if l := p.Leads; l != nil {
		out = append(out, r.reader.T("plan.leads", map[string]any{"needed": l.Needed, "left": l.Left, "missing": l.Missing}))
	}
	return out
}

func dayRange(day int64) calendar.Range { return calendar.Range{From: day, To: day + 1} }
