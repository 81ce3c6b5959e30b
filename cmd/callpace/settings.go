package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

type settingsCommand struct {
	Change settingsChangeCommand `cmd:"" default:"withargs"`
	Kpi    settingsKpiCommand    `cmd:""`
}

type settingsChangeCommand struct {
	Zone            string   `placeholder:"ZONE"`
	Currency        string   `placeholder:"CODE"`
	Country         string   `placeholder:"CODE"`
	WeekStart       string   `enum:",monday,tuesday,wednesday,thursday,friday,saturday,sunday" default:"" placeholder:"DAY"`
	Calendar        string   `enum:",gregorian,solar-hijri" default:"" placeholder:"NAME"`
	AnsweredSeconds *float64 `placeholder:"N"`
	CreditDays      *int     `placeholder:"N"`
	CallbackMinutes *int     `placeholder:"N"`
	CostAllocation  string   `placeholder:"WAY"`
}

// Run shows the organisation's settings, or changes those that are given. A
// change makes the facts anew, since they depend on it.
func (c *settingsChangeCommand) Run(ctx context.Context, a *app) error {
	return a.replace(ctx, func(f *ingest.Folder) error {
		s := c.apply(f.Settings())
		if s != f.Settings() {
			if err := ingest.CheckSettings(s); err != nil {
				return usageError{err}
			}
			if err := a.audited(ctx, auth.SettingsChanged, "facts", nil); err != nil {
				return err
			}
			if err := f.SetSettings(ctx, s); err != nil {
				return err
			}
		}
		if err := c.allocate(ctx, a, f); err != nil {
			return err
		}
		a.endProgress()
		costs := f.Policy().Allocation.String()
		if a.Output == "json" {
			return writeJSON(a.stdout, struct {
				facts.Settings
				CostAllocation string `json:"cost_allocation"`
			}{s, costs})
		}
		g := grid{head: []string{a.text("column.setting"), a.text("column.value")}}
		for _, x := range [][2]string{{"zone", s.Zone}, {"currency", s.Currency}, {"country", s.Country}, {"week-start", strings.ToLower(s.WeekStart.String())},
			{"calendar", string(s.Calendar)}, {"answered-seconds", fmt.Sprint(s.AnsweredSeconds)}, {"credit-days", fmt.Sprint(s.CreditDays)},
			{"callback-minutes", fmt.Sprint(s.CallbackMinutes)}, {"cost-allocation", costs}} {
			g.add(x[0], x[1])
		}
		if a.Output == "csv" {
			return writeCSV(a.stdout, []string{"setting", "value"}, g.rows)
		}
		g.print(a.stdout)
		return nil
	})
}

// apply lays the flags that were given over settings.
func (c *settingsChangeCommand) apply(s facts.Settings) facts.Settings {
	if c.Zone != "" {
		s.Zone = c.Zone
	}
	if c.Currency != "" {
		s.Currency = strings.ToUpper(c.Currency)
	}
	if c.Country != "" {
		s.Country = strings.ToUpper(c.Country)
	}
	if c.WeekStart != "" {
		s.WeekStart = weekday(c.WeekStart)
	}
	if c.Calendar != "" {
		s.Calendar = facts.Calendar(c.Calendar)
	}
	if c.AnsweredSeconds != nil {
		s.AnsweredSeconds = *c.AnsweredSeconds
	}
	if c.CreditDays != nil {
		s.CreditDays = *c.CreditDays
	}
	if c.CallbackMinutes != nil {
		s.CallbackMinutes = *c.CallbackMinutes
	}
	return s
}

// allocate sets by what costs are shared. No facts depend on it.
func (c *settingsChangeCommand) allocate(ctx context.Context, a *app, f *ingest.Folder) error {
	if c.CostAllocation == "" {
		return nil
	}
	p := f.Policy()
	var err error
	if p.Allocation, err = kpi.ParseAllocation(c.CostAllocation); err != nil {
		return usageError{err}
	}
	if err := a.audited(ctx, auth.SettingsChanged, "cost_allocation", nil); err != nil {
		return err
	}
	return f.SetPolicy(ctx, p)
}
