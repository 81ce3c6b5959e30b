package goal

import "strings"

// Scope is whose rows count. The zero value is the whole company.
type Scope struct {
	Team  string `yaml:"team,omitempty" json:"team,omitempty"`
	Agent string `yaml:"agent,omitempty" json:"agent,omitempty"`
	// Each sets the goal for every one: agent (of the team, where one is named)
	// or team. The target is each one's own.
	Each  Each     `yaml:"each,omitempty" json:"each,omitempty"`
	Where []string `yaml:"where,omitempty" json:"where,omitempty"` // filters of KPI queries: product = 'X'
}

// Each names what a goal is multiplied by.
type Each string

// A goal is for all together, or for each of these.
const (
	Together  Each = ""
	EachAgent Each = "agent"
	EachTeam  Each = "team"
)

// Filters gives all conditions of the scope, as KPI queries take them.
func (s Scope) Filters() []string {
	var out []string
	if s.Team != "" {
		out = append(out, "team = "+quote(s.Team))
	}
	if s.Agent != "" {
		out = append(out, "agent = "+quote(s.Agent))
	}
	return append(out, s.Where...)
}

// By gives the dimension that parts the scope, none for all together.
func (s Scope) By() []string {
	if s.Each == Together {
		return nil
	}
	return []string{string(s.Each)}
}

func (s Scope) equal(o Scope) bool {
	return s.Team == o.Team && s.Agent == o.Agent && s.Each == o.Each && strings.Join(s.Where, "\x00") == strings.Join(o.Where, "\x00")
}

// quote makes a text one of an expression, in which a line does not end.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}
