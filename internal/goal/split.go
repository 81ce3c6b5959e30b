package goal

import "github.com/callpace/callpace/internal/calendar"

// Way is by what a goal is divided.
type Way string

// The ways; each has a message goals.way.<way>.
const (
	Equally    Way = "equal"
	ByHistory  Way = "history"
	ByCapacity Way = "capacity"
)

// Ways are the ways to divide.
func Ways() []Way { return []Way{Equally, ByHistory, ByCapacity} }

// Place is where a part of a split belongs: a team, an agent of it, or an
// agent where teams do not matter. The zero Place is the whole.
type Place struct {
	Team  string `json:"team,omitempty"`
	Agent string `json:"agent,omitempty"`
}

// Place is the part of a split that a scope stands for.
func (s Scope) Place() Place { return Place{s.Team, s.Agent} }

// Division says how a goal was divided, so that it can be divided again in the
// same way, and what has changed since can be told.
type Division struct {
	Levels []Each         `json:"levels"` // team, agent, or both
	Way    Way            `json:"way"`
	Inside map[string]Way `json:"inside,omitempty"` // of a team's people, where it is another
	On     calendar.Date  `json:"on"`
	People []Presence     `json:"people"`
}

// Presence is how many working days of the goal somebody was counted with.
type Presence struct {
	Place
	Days float64 `json:"days"`
}
