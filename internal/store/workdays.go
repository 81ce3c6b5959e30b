package store

import (
	"context"

	"github.com/callpace/callpace/internal/calendar"
)

// WorkRulesSetting is the name of the setting that holds the organisation's
// calendar.WorkRules.
const WorkRulesSetting = "work_rules"

// WorkRules are the organisation's working days; the country's own where
// nothing was set, and every day where the country's are not known.
func (s State) WorkRules(ctx context.Context, country string) (rules calendar.WorkRules, err error) {
	for _, known := range calendar.Countries() {
		if known == country {
			rules.Country = country
		}
	}
	return rules, s.Settings().FindSetting(ctx, WorkRulesSetting, &rules)
}

// Working gives the organisation's working days.
func (s State) Working(ctx context.Context, country string) (*calendar.Working, error) {
	rules, err := s.WorkRules(ctx, country)
	if err != nil {
		return nil, err
	}
	return calendar.NewWorking(rules)
}
