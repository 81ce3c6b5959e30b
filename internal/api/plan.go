package api

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
)

type planInput struct {
	Chain     string   `query:"chain" maxLength:"500" doc:"A chain's name, or written out: sales <- appointments <- calls. Else the usual one"`
	Unit      string   `query:"unit" maxLength:"200" doc:"Of target; else the chain's last"`
	Target    float64  `query:"target" required:"true" minimum:"0" maximum:"1000000000"`
	Done      float64  `query:"done" minimum:"0" maximum:"1000000000" doc:"Already there"`
	Open      bool     `query:"open" doc:"Count what open appointments will bring, too"`
	Days      int      `query:"days" minimum:"0" maximum:"10000" doc:"Working days; else those left of the period"`
	Period    string   `query:"period" maxLength:"60" doc:"this-month, 2026-12, 2026-Q4; else the running month"`
	Where     []string `query:"where,explode" maxItems:"20" doc:"Condition on what rates are measured by, such as team == \"East\""`
	Rates     []string `query:"rates,explode" maxItems:"12" doc:"A rate by the unit to which it leads: appointments=15%; may be given several times. Else as measured in the last quarter"`
	GivenOnly bool     `query:"given_only" doc:"Of the usual chain, leave stages out whose rate is not given"`
	PerHour   float64  `query:"per_hour" minimum:"0" maximum:"1000000" doc:"Calls an agent makes in an hour; else as measured"`
	Hours     float64  `query:"hours" minimum:"0" maximum:"24" doc:"Hours on the line of an agent's day; else as measured"`
	Agents    float64  `query:"agents" minimum:"0" maximum:"100000"`
}

type planOutput struct{ Body track.PlanAnswer }

func (a *API) planOperation() {
	add(a, huma.Operation{OperationID: "plan", Method: "GET", Path: "/plan", Summary: "Work a number back to what each working day asks for.", Errors: []int{404},
		Description: "Along a chain of KPIs, by the caller's own rates or by those that are given."}, auth.ViewOwn, a.plan)
}

// plan is asked in the caller's own scope, as all figures are.
func (a *API) plan(ctx context.Context, c *caller, in *planInput) (*planOutput, error) {
	w := goals.PlanWords{Chain: in.Chain, Unit: in.Unit, Target: in.Target, Done: in.Done, Open: in.Open, Days: in.Days, Period: in.Period, Where: in.Where, GivenOnly: in.GivenOnly,
		Rates: map[string]string{}, PerHour: in.PerHour, Hours: in.Hours, Agents: in.Agents}
	for _, text := range in.Rates {
		unit, rate, _ := strings.Cut(text, "=")
		w.Rates[strings.TrimSpace(unit)] = rate
	}
	out := &planOutput{}
	err := a.bookOf(ctx, c, c.asker(), func(b goalBook) error {
		p, err := b.Plan(ctx, w)
		out.Body = p.Answer()
		return err
	})
	return out, err
}
