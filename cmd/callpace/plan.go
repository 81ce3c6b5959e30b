package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/plan"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
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
	Chain           string   `placeholder:"CHAIN"`
	Target          float64  `placeholder:"N"`
	Rate            []string `placeholder:"UNIT=RATE" sep:"none"`
	LeadsLeft       int64    `placeholder:"N" default:"-1"`
	AttemptsPerLead float64  `placeholder:"N"`
}

// Run works a number of sales back to calls per working day. It needs no data;
// rates that are not given are those of the data folder, where there is one.
func (c *planCommand) Run(ctx context.Context, a *app) error {
	ask, err := c.ask()
	if err != nil {
		return usageError{err}
	}
	if !c.needsHistory() || !ingest.Exists(a.Data) {
		if c.Chain != "" {
			if ask.Chain, err = track.ParseChain(c.Chain); err != nil {
				return usageError{err}
			}
			if err := c.set(&ask); err != nil {
				return usageError{err}
			}
		}
		return c.answer(a, ask, track.History{}, nil)
	}
	return a.book(ctx, func(b goals.Book) error {
		chain, err := b.Chain(ctx, c.Chain)
		if err != nil {
			return usageError{err}
		}
		if c.Chain != "" || c.alongUsual() {
			ask.Chain = chain
		}
		if err := c.set(&ask); err != nil {
			return usageError{err}
		}
		if err := c.days(b.Desk, &ask); err != nil {
			return err
		}
		var where []string
		if c.Team != "" {
			where = append(where, question.Equal("team", c.Team))
		}
		where = append(where, c.Where...)
		along := ask.Chain
		if along == nil {
			along = track.Standard(track.Sales)
		}
		history, err := b.Desk.ChainHistory(ctx, where, along)
		if err != nil {
			return err
		}
		history.Fill(&ask)
		if ask.Done == 0 && ask.Unit == track.Sales {
			if ask.Done, err = b.Desk.Sum(ctx, "sales", where, calendar.Range{From: ask.From, To: b.Desk.Today + 1}); err != nil {
				return err
			}
		}
		return c.answer(a, ask, history, b.Desk.Catalogue)
	})
}

func (c *planCommand) answer(a *app, ask track.Ask, history track.History, catalogue *kpi.Catalogue) error {
	p, err := ask.Solve()
	if err != nil {
		return usageError{err}
	}
	p.Catalogue, p.Ranks = catalogue, history.Rank(p.Goal)
	return a.printPlan(p)
}

func (c *planCommand) needsHistory() bool {
	return c.CloseRate+c.AppointmentRate+c.ContactRate == "" && len(c.Rate) == 0 || c.Team != "" || c.Period != ""
}

// alongUsual tells that nothing names the stages, so that the usual chain holds.
func (c *planCommand) alongUsual() bool {
	return c.CloseRate+c.AppointmentRate+c.ContactRate == "" && c.Appointments == 0 && c.Contacts == 0
}

// ask reads the flags.
func (c *planCommand) ask() (a track.Ask, err error) {
	a = track.Ask{Unit: track.Sales, Target: c.Sales, Done: c.Done, Days: c.Days, PerHour: c.CallsPerHour, Hours: c.Hours, Agents: c.Agents, Absent: c.Absent, AttemptsPerLead: c.AttemptsPerLead}
	switch {
	case c.Sales > 0:
	case c.Appointments > 0:
		a.Unit, a.Target = track.Appointments, c.Appointments
	case c.Contacts > 0:
		a.Unit, a.Target = track.Contacts, c.Contacts
	}
	if c.LeadsLeft >= 0 {
		a.LeadsLeft = &c.LeadsLeft
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

// set lays target and rates over a chain of one's own.
func (c *planCommand) set(a *track.Ask) error {
	if a.Chain == nil {
		return nil
	}
	a.Unit = a.Chain[len(a.Chain)-1].Name
	if c.Target > 0 {
		a.Target = c.Target
	}
	for _, text := range c.Rate {
		unit, rate, _ := strings.Cut(text, "=")
		at := slices.IndexFunc(a.Chain, func(u track.Unit) bool { return u.Name == strings.TrimSpace(unit) })
		if at < 1 {
			return callpace.E(callpace.Invalid, "plan.bad_set_rate", "text", text)
		}
		r, err := track.ParseRate(rate)
		if err != nil {
			return err
		}
		a.Chain[at].Rate = &r
	}
	return nil
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
	d.Over(ask, calendar.Range{From: max(p.From, d.Today), To: p.To})
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
	rd := a.reader(p.Catalogue)
	g := grid{head: []string{a.text("plan.column.step"), a.text("plan.column.expected"), a.text("plan.column.sure"), a.text("plan.column.rate")}, right: []bool{false, true, true, true}}
	for i, s := range p.Plan.Steps {
		sure, rate := "", ""
		if i == 0 {
			sure = a.say.Int(p.Plan.Begin.Sure)
		} else {
			rate = a.rate(p.Goal.Stages[i-1].Rate)
		}
		g.add(goal.Print(rd, p.Label(s.Unit)), a.say.Int(s.Number), sure, rate)
	}
	if p.Ask.Days > 0 {
		g.add(a.say.T("plan.per_day", map[string]any{"count": p.Ask.Days}), a.say.Int(p.Plan.Begin.ExpectedPerDay), a.say.Int(p.Plan.Begin.SurePerDay), "")
		if expected, sure, ok := p.PerAgentDay(); ok {
			g.add(a.say.T("plan.per_agent_day", map[string]any{"count": int64(p.Ask.Agents)}), a.say.Number(expected, 1), a.say.Number(sure, 1), "")
		}
	}
	g.print(a.stdout)
	if p.Ask.Done > 0 || p.Ask.Open > 0 {
		a.line("plan.already", "done", a.say.Number(p.Ask.Done, 0), "open", a.say.Number(p.Ask.Open, 1), "need", p.Plan.Need)
	}
	a.line("plan.chance", "chance", goal.Chance(a.say, p.Plan.Chance))
	for _, m := range append(p.Ratios(), p.Notes()...) {
		fmt.Fprintln(a.stdout, goal.Print(rd, m))
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
			a.line("plan.worth", "stage", goal.Print(a.reader(p.Catalogue), p.RateLabel(w.Stage)), "from", a.say.Percent(w.From, 1), "to", a.say.Percent(w.To, 1), "count", w.Saves)
		}
	}
}
