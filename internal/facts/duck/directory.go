package duck

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/fold"
)

// Membership is one row of the roster: an agent with an alias, a team or both,
// valid from a day to the day before another.
type Membership struct {
	Agent       string // canonical name
	Name        string // as it is to be shown; also an alias, always and anywhere
	Team        string
	Alias       string
	AliasSource string // "": in every source
	From, To    int64  // days; OpenStart and OpenEnd where unbounded; To is exclusive
}

// The open ends of a membership.
const (
	OpenStart = math.MinInt32
	OpenEnd   = math.MaxInt32
)

// Undated asks a Directory about a row without a date: the latest entry holds.
const Undated = OpenEnd

// Directory tells who stands behind a spelling and in which team, by the
// roster. Spellings match whatever their case and spacing; where none does so,
// by fold.Text: علي meets علی, Maric Marić and ۲۰۱ 201, as long as that leads
// to one agent. One that matches nobody is a provisional agent, named as spelled.
type Directory struct {
	aliases map[string][]Membership     // by folded alias, best first
	names   map[string]string           // canonical name by folded name
	alike   map[string][]string         // keys of the two above, by fold.Text of them
	teams   map[string][]facts.TeamSpan // by agent: disjoint, in order of time
}

// NewDirectory makes the directory of a roster, in whatever order it comes.
func NewDirectory(roster []Membership) *Directory {
	d := &Directory{aliases: map[string][]Membership{}, names: map[string]string{}, alike: map[string][]string{}, teams: map[string][]facts.TeamSpan{}}
	teams := map[string][]facts.TeamSpan{}
	for _, m := range roster {
		d.name(m.Agent, m.Agent)
		if m.Name != "" && m.Name != m.Agent {
			d.alias(Membership{Agent: m.Agent, Alias: m.Name, From: OpenStart, To: OpenEnd})
		}
		if m.Alias != "" {
			d.alias(m)
		}
		if m.Team != "" && m.From < m.To {
			teams[m.Agent] = append(teams[m.Agent], facts.TeamSpan{Team: m.Team, From: m.From, To: m.To})
		}
	}
	for _, spans := range d.aliases {
		slices.SortFunc(spans, betterAlias)
	}
	for agent, spans := range teams {
		d.teams[agent] = facts.Disjoint(spans)
	}
	return d
}

func (d *Directory) name(spelling, agent string) {
	key := oneCase(spelling)
	if have, ok := d.names[key]; !ok || agent < have {
		d.names[key] = agent
	}
	d.likens(key)
}

func (d *Directory) alias(m Membership) {
	key := oneCase(m.Alias)
	d.aliases[key] = append(d.aliases[key], m)
	d.likens(key)
}

func (d *Directory) likens(key string) {
	if like := fold.Text(key); !slices.Contains(d.alike[like], key) {
		d.alike[like] = append(d.alike[like], key)
	}
}

// betterAlias puts aliases of one source before general ones, later before
// earlier, and settles the rest by name.
func betterAlias(a, b Membership) int {
	specific := func(m Membership) int {
		if m.AliasSource != "" {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(specific(a), specific(b)), cmp.Compare(b.To, a.To), cmp.Compare(b.From, a.From),
		cmp.Compare(a.Agent, b.Agent))
}

// Agent gives the agent behind a spelling in a source on a day (or Undated).
func (d *Directory) Agent(source, spelling string, day int64) string {
	if len(d.names) == 0 {
		return spelling
	}
	if agent, ok := d.known(source, oneCase(spelling), day); ok {
		return agent
	}
	var found []string
	for _, key := range d.alike[fold.Text(spelling)] {
		if agent, ok := d.known(source, key, day); ok && !slices.Contains(found, agent) {
			found = append(found, agent)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return spelling
}

func (d *Directory) known(source, key string, day int64) (agent string, ok bool) {
	for _, m := range d.aliases[key] {
		if (m.AliasSource == "" || m.AliasSource == source) && (day == Undated || m.From <= day && day < m.To) {
			return m.Agent, true
		}
	}
	agent, ok = d.names[key]
	return agent, ok
}

// Team gives the team of an agent on a day (or Undated), "" where there is none.
func (d *Directory) Team(agent string, day int64) string {
	spans := d.teams[agent]
	if len(spans) == 0 {
		return ""
	}
	if day == Undated {
		return spans[len(spans)-1].Team
	}
	for _, s := range spans {
		if s.From <= day && day < s.To {
			return s.Team
		}
	}
	return ""
}

func oneCase(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// loadDirectory reads the roster as it stands.
func (s *Store) loadDirectory(ctx context.Context) error {
	var roster []Membership
	err := s.each(ctx, "SELECT agent, coalesce(name, ''), coalesce(team, ''), coalesce(alias, ''), coalesce(alias_source, ''), from_day, to_day "+
		"FROM roster WHERE agent IS NOT NULL", nil, func(scan func(...any) error) error {
		m := Membership{From: OpenStart, To: OpenEnd}
		var from, to sql.NullTime
		if err := scan(&m.Agent, &m.Name, &m.Team, &m.Alias, &m.AliasSource, &from, &to); err != nil {
			return err
		}
		if from.Valid {
			m.From = dayNumber(from.Time)
		}
		if to.Valid {
			m.To = dayNumber(to.Time)
		}
		roster = append(roster, m)
		return nil
	})
	if err == nil {
		s.directory = NewDirectory(roster)
	}
	return err
}

// The open ends as team_spans has them: dates that the engine can hold.
const (
	unboundedFrom = -2_000_000
	unboundedTo   = 100_000_000
)

// storeTeams writes the directory's teams to team_spans, for SQL that joins them.
func (s *Store) storeTeams(ctx context.Context) error {
	if err := s.exec(ctx, "DELETE FROM team_spans"); err != nil {
		return err
	}
	var agents, teams []string
	var from, to, latest []int64
	for _, agent := range slices.Sorted(maps.Keys(s.directory.teams)) {
		spans := s.directory.teams[agent]
		for i, span := range spans {
			agents, teams = append(agents, agent), append(teams, span.Team)
			from, to = append(from, max(span.From, unboundedFrom)), append(to, min(span.To, unboundedTo))
			isLatest := int64(0)
			if i == len(spans)-1 {
				isLatest = 1
			}
			latest = append(latest, isLatest)
		}
	}
	return s.insert(ctx, "team_spans", []field{{"agent", textColumn(agents)}, {"team", textColumn(teams)},
		{"from_day", intColumn(facts.Day, from)}, {"to_day", intColumn(facts.Day, to)}, {"latest", intColumn(facts.Bool, latest)}},
		len(agents), nil)
}

func dayNumber(t time.Time) int64 { return facts.DayOf(t.Year(), t.Month(), t.Day()) }
