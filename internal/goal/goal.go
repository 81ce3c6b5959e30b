// Package goal says what a goal is: a KPI, whose, how much of it, by when and
// by which means. It reads goals from one line of text in six languages, from
// flags and from YAML, tells them back with the dates it understood, and checks
// them against the five letters of SMART. It asks no engine and knows no clock:
// figures, coverage and today come as arguments.
//
// Decisions that its callers share:
//
//   - A change in per cent is relative to the baseline; points, or an amount of
//     the KPI's own unit, are said to be.
//   - A baseline is frozen with its counts when the goal starts. Holidays and
//     corrections that come later move what is expected of each day, never the
//     target.
//   - A recurring goal that begins within a unit counts its first one from that
//     day, a total by its part of the unit's working days.
//   - A goal of a team counts what its members did while they belonged to it.
//     One for each member follows the person, who answers for the working days
//     spent in the team.
//   - Without any history a change has no target yet; a total and a level have.
package goal

import (
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
)

// Goal is what somebody wants a KPI to be. The zero value of a field means that
// nothing was said.
type Goal struct {
	ID         string      `yaml:"id,omitempty" json:"id,omitempty"`
	Name       string      `yaml:"name,omitempty" json:"name,omitempty"`
	KPI        string      `yaml:"kpi" json:"kpi"`                                     // id or id:variant
	KPIVersion int         `yaml:"kpi_version,omitempty" json:"kpi_version,omitempty"` // of the definition it was set by
	Scope      Scope       `yaml:"scope,omitempty" json:"scope"`
	Target     Target      `yaml:"target,omitempty" json:"target"`
	Better     Better      `yaml:"better,omitempty" json:"better,omitempty"`
	Period     Period      `yaml:"period,omitempty" json:"period"`
	Means      string      `yaml:"means,omitempty" json:"means,omitempty"` // by which it is to be reached
	Guardrails []Guardrail `yaml:"guardrails,omitempty" json:"guardrails,omitempty"`
	Weight     Number      `yaml:"weight,omitempty" json:"weight,omitempty"` // in a scorecard; 0: 1
	Owner      string      `yaml:"owner,omitempty" json:"owner,omitempty"`
	Objective  string      `yaml:"objective,omitempty" json:"objective,omitempty"` // of the business, that it serves
	State      State       `yaml:"state,omitempty" json:"state,omitempty"`
	Version    int         `yaml:"version,omitempty" json:"version,omitempty"`
	Text       string      `yaml:"text,omitempty" json:"text,omitempty"` // as it was typed
}

// State is where a goal is in its life.
type State string

// The states. A draft may lack its target or its period.
const (
	Draft  State = "draft"
	Active State = "active"
	Closed State = "closed"
)

// Better says which way a KPI is wanted to move.
type Better string

// The directions.
const (
	Higher Better = "higher"
	Lower  Better = "lower"
	Inside Better = "inside" // a band
)

// TargetKind says what the number of a target is.
type TargetKind string

// The kinds of targets.
const (
	None   TargetKind = ""       // not said yet
	Total  TargetKind = "total"  // reached over the period: 50 sales
	Level  TargetKind = "level"  // of a rate, a mean or a score: 6 %
	Change TargetKind = "change" // relative to the baseline: +15 %
	Points TargetKind = "points" // in the KPI's unit, against the baseline: +2 points
	Band   TargetKind = "band"   // between Low and High
)

// Target is the number. Value, Low and High are in the KPI's unit: per cent as
// a fraction, times in seconds, money in Currency; a Change is a fraction.
type Target struct {
	Kind     TargetKind    `yaml:"kind,omitempty" json:"kind,omitempty"`
	Value    Number        `yaml:"value,omitempty" json:"value,omitempty"`
	Low      Number        `yaml:"low,omitempty" json:"low,omitempty"`
	High     Number        `yaml:"high,omitempty" json:"high,omitempty"`
	Currency string        `yaml:"currency,omitempty" json:"currency,omitempty"`
	Per      calendar.Unit `yaml:"per,omitempty" json:"per,omitempty"` // the KPI is taken per such a unit: calls per (working) day
	// Judge says which of those units count: all of the period on average
	// (empty), or the last whole one ("within three months").
	Judge    Judge    `yaml:"judge,omitempty" json:"judge,omitempty"`
	Baseline Baseline `yaml:"baseline,omitempty" json:"baseline"`
}

// Judge says by which part of its period a goal is judged.
type Judge string

// Last judges by the last whole unit of the period.
const Last Judge = "last"

// BaselineKind says what a change is measured against.
type BaselineKind string

// The baselines.
const (
	NoBaseline BaselineKind = ""
	Previous   BaselineKind = "previous" // the period before, or the Unit before
	YearAgo    BaselineKind = "year_ago" // the same period a year ago
	Fixed      BaselineKind = "fixed"    // Value
)

// Baseline is what a change is measured against; with a Total or a Level it is
// where things stood.
type Baseline struct {
	Kind  BaselineKind  `yaml:"kind,omitempty" json:"kind,omitempty"`
	Unit  calendar.Unit `yaml:"unit,omitempty" json:"unit,omitempty"` // of Previous, where it is another than the period's
	Value Number        `yaml:"value,omitempty" json:"value,omitempty"`
}

// Guardrail is a KPI that must not suffer.
type Guardrail struct {
	KPI        string `yaml:"kpi" json:"kpi"`
	KPIVersion int    `yaml:"kpi_version,omitempty" json:"kpi_version,omitempty"`
	Bound      Bound  `yaml:"bound" json:"bound"`
	// Kind is Level for a Value of its own, Change or Points for one against the
	// baseline; a Change of 0 keeps the KPI where it is.
	Kind     TargetKind `yaml:"kind" json:"kind"`
	Value    Number     `yaml:"value,omitempty" json:"value,omitempty"`
	Currency string     `yaml:"currency,omitempty" json:"currency,omitempty"`
}

// Bound is the side on which a guardrail stands.
type Bound string

// The bounds.
const (
	AtLeast Bound = "at_least"
	AtMost  Bound = "at_most"
)

// Query gives the KPI query for some days of a goal: what it is judged by. By
// and who may see it are left to the caller.
func (g Goal) Query(days calendar.Range) kpi.Query {
	return kpi.Query{KPIs: []string{g.KPI}, By: g.Scope.By(), Where: g.Scope.Filters(), Period: &days}
}
