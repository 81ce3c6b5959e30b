package main

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/question"
)

type planCommand struct {
	Sales           float64  `placeholder:"N"`
	Appointments    float64  `placeholder:"N"`
	Contacts        float64  `placeholder:"N"`
	CloseRate       string   `placeholder:"RATE"`
	AppointmentRate string   `placeholder:"RATE"`
	ContactRate     string   `placeholder:"RATE"`
	Days            int      `placeholder:"N"`
	Period          string   `placeholder:"PERIOD"`
	Done            float64  `placeholder:"N"`
	Team            string   `placeholder:"NAME"`
	Where           []string `placeholder:"COND" sep:"none"`
	CallsPerHour    float64  `placeholder:"N"`
	Hours           float64  `placeholder:"N"`
	Agents          float64  `placeholder:"N"`
	Absent          float64  `placeholder:"N"`
}

// Run works a number of sales back to calls per working day. It needs no data;
// rates that are not given are those of the data folder, where there is one.
func (c *planCommand) Run(ctx context.Context, a *app) error {
	ask, err := c.ask()
	if err != nil {
		return usageError{err}
	}
	history := track.History{}
	if c.needsHistory() && ingest.Exists(a.Data) {
		err := a.with(ctx, func(f *ingest.Folder) error {
			desk, err := a.desk(ctx, f)
			if err != nil {
				return err
			}
			if err := c.days(desk, &ask); err != nil {
				return err
			}
			var where []string
			if c.Team != "" {
				where = append(where, question.Equal("team", c.Team))
			}
			where = append(where, c.Where...)
			if history, err = desk.History(ctx, where, "sales"); err != nil {
				return err
			}
			history.Fill(&ask)
			if ask.Done == 0 && ask.Unit == track.Sales {
				ask.Done, err = desk.Sum(ctx, "sales", where, calendar.Range{From: ask.From, To: desk.Today + 1})
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	p, err := ask.Solve()
	if err != nil {
		return usageError{err}
	}
	p.Ranks = history.Rank(p.Goal)
	return a.printPlan(p)
}

func (c *planCommand) needsHistory() bool {
	return c.CloseRate+c.AppointmentRate+c.ContactRate == "" || c.Team != "" || c.Period != ""
}

// ask reads the flags.
func (c *planCommand) ask() (a track.Ask, err error) {
	a = track.Ask{Unit: track.Sales, Target: c.Sales, Done: c.Done, Days: c.Days, PerHour: c.CallsPerHour, Hours: c.Hours, Agents: c.Agents, Absent: c.Absent}
	switch {
	case c.Sales > 0:
	case c.Appointments > 0:
		a.Unit, a.Target = track.Appointments, c.Appointments
	case c.Contacts > 0:
		a.Unit, a.Target = track.Contacts, c.Contacts
	}
	for _, r := range []struct {
		text string
		into **plan.Rate
	}{{c.ContactRate, &a.Rates.Contact}, {c.AppointmentRate, &a.Rates.Appointment}, {c.CloseRate, &a.Rates.Close}} {
		if r.text == "" {
			continue
		}
		rate, err := track.ParseRate(r.text)
		if err != nil {
			return a, err
		}
		*r.into = &rate
	}
	return a, nil
}

// days counts the working days left of the period, where none are given.
func (c *planCommand) days(d track.Desk, ask *track.Ask) error {
	if ask.From = d.Today + 1; ask.Days > 0 {
		return nil
	}
	text := c.Period
	if text == "" {
		text = "this-month"
	}
	p, err := d.Base.Calendar.Parse(text, d.Today)
	if err != nil {
		return usageError{err}
	}
	ask.From = min(p.From, d.Today+1)
	ask.Days = int(math.Ceil(d.Working.Days(calendar.Range{From: max(p.From, d.Today), To: p.To})))
	return nil
}

func (a *app) printPlan(p track.Planned) error {
	switch a.Output {
	case "json":
		return writeJSON(a.stdout, p.Answer())
	case "csv":
		var rows [][]string
		for _, s := range p.Plan.Steps {
			rows = append(rows, []string{s.Unit, strconv.FormatInt(s.Number, 10)})
		}
		b := p.Plan.Begin
		for _, r := range []struct {
			name string
			n    int64
		}{{"calls_sure", b.Sure}, {"calls_per_day", b.ExpectedPerDay}, {"calls_per_day_sure", b.SurePerDay}} {
			rows = append(rows, []string{r.name, strconv.FormatInt(r.n, 10)})
		}
		return writeCSV(a.stdout, []string{"unit", "number"}, rows)
	}
	a.printSteps(p)
	a.printLoad(p)
	a.printWorth(p)
	return nil
}

// printSteps prints what it takes, from calls to the goal.
func (a *app) printSteps(p track.Planned) {
	g := grid{head: []string{a.text("plan.column.step"), a.text("plan.column.expected"), a.text("plan.column.sure"), a.text("plan.column.rate")}, right: []bool{false, true, true, true}}
	for i, s := range p.Plan.Steps {
		sure, rate := "", ""
		if i == 0 {
			sure = a.say.Int(p.Plan.Begin.Sure)
		} else {
			rate = a.rate(p.Goal.Stages[i-1].Rate)
		}
		g.add(a.text("plan.unit."+s.Unit), a.say.Int(s.Number), sure, rate)
	}
	if p.Ask.Days > 0 {
		g.add(a.say.T("plan.per_day", map[string]any{"count": p.Ask.Days}), a.say.Int(p.Plan.Begin.ExpectedPerDay), a.say.Int(p.Plan.Begin.SurePerDay), "")
		if n := p.Ask.Agents; n > 0 {
			each := func(v int64) string { return a.say.Number(float64(v)/n/float64(p.Ask.Days), 1) }
			g.add(a.say.T("plan.per_agent_day", map[string]any{"count": int64(n)}), each(p.Plan.Begin.Expected), each(p.Plan.Begin.Sure), "")
		}
	}
	g.print(a.stdout)
	if p.Ask.Done > 0 || p.Ask.Open > 0 {
		a.line("plan.already", "done", a.say.Number(p.Ask.Done, 0), "open", a.say.Number(p.Ask.Open, 1), "need", p.Plan.Need)
	}
	a.line("plan.chance", "chance", a.say.Percent(p.Plan.Chance, 0))
	for _, text := range p.Ratios() {
		fmt.Fprintln(a.stdout, a.say.T(text.Key, text.Args))
	}
}

func (a *app) rate(r plan.Rate) string {
	v, _ := r.Value()
	text := a.say.Percent(v, 1)
	if c, ok := r.Counts(); ok {
		text = a.say.T("plan.measured", map[string]any{"rate": text, "x": a.say.Int(int64(c.X)), "n": a.say.Int(int64(c.N))})
	}
	return text
}

// printLoad prints what it asks of people and lists.
func (a *app) printLoad(p track.Planned) {
	if l := p.Load; l != nil {
		a.line("plan.load", "count", callpace.Amount(math.Ceil(l.AgentDays-1e-9))*callpace.One, "days", a.say.Number(l.AgentDays, 1), "hours", a.say.Number(l.Hours, 0))
		if l.Available > 0 {
			a.line("plan.used", "available", a.say.Number(l.Available, 0), "used", a.say.Percent(l.Used, 0), "sure", a.say.Percent(p.Sure.Used, 0))
		}
	}
	if l := p.Leads; l != nil {
		a.line("plan.leads", "needed", l.Needed, "left", l.Left, "missing", l.Missing)
	}
}

// printWorth prints what better rates would save, the most achievable first.
func (a *app) printWorth(p track.Planned) {
	for _, w := range p.Ranks {
		if w.Saves > 0 {
			a.line("plan.worth", "stage", a.text("plan.rate."+p.Goal.Stages[w.Stage].To), "from", a.say.Percent(w.From, 1), "to", a.say.Percent(w.To, 1), "saves", w.Saves)
		}
	}
}
