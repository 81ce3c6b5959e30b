package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

type agentEntry struct {
	Name     string   `json:"name"`
	Team     string   `json:"team" doc:"The latest one"`
	Aliases  []string `json:"aliases"`
	Resolved bool     `json:"resolved" doc:"false: a spelling that no roster knows"`
}

type agentsOutput struct {
	Body struct {
		Agents []agentEntry `json:"agents"`
	}
}

type teamEntry struct {
	Name   string   `json:"name"`
	Agents []string `json:"agents"`
}

type teamsOutput struct {
	Body struct {
		Teams []teamEntry `json:"teams"`
	}
}

type meOutput struct {
	Body struct {
		Account     string            `json:"account"`
		Role        string            `json:"role" doc:"Of the token"`
		Permissions []auth.Permission `json:"permissions"`
		Everything  bool              `json:"everything" doc:"The numbers of the whole organisation are seen"`
		Teams       []string          `json:"teams" doc:"Else those of these teams"`
		Agents      []string          `json:"agents" doc:"and of these agents"`
		Expires     time.Time         `json:"expires" doc:"When the token ends"`
	}
}

func (a *API) people() {
	add(a, huma.Operation{OperationID: "listAgents", Method: "GET", Path: "/agents", Summary: "List agents with their teams."}, auth.ViewTeam, a.listAgents)
	add(a, huma.Operation{OperationID: "listTeams", Method: "GET", Path: "/teams", Summary: "List teams with their agents."}, auth.ViewTeam, a.listTeams)
	add(a, huma.Operation{OperationID: "whoAmI", Method: "GET", Path: "/me", Summary: "Tell whom the token stands for and what it sees."}, auth.ViewOwn, a.whoAmI)
}

// agents are those whom the caller sees.
func (a *API) agentsSeen(ctx context.Context, c *caller) ([]agentEntry, error) {
	out := []agentEntry{}
	scope := c.who.Scope(c.peers)
	err := a.Folder.Read(func(f *ingest.Folder) error {
		agents, err := f.Store().Agents(ctx)
		for _, x := range agents {
			if sees(scope, x.Name, x.Team) {
				out = append(out, agentEntry{x.Name, x.Team, slices.Concat([]string{}, x.Aliases), !x.Provisional})
			}
		}
		return err
	})
	return out, err
}

func sees(s kpi.Scope, agent, team string) bool {
	return s.All() || slices.Contains(s.Agents(), agent) || team != "" && slices.Contains(s.Teams(), team)
}

func (a *API) listAgents(ctx context.Context, c *caller, _ *struct{}) (*agentsOutput, error) {
	out := &agentsOutput{}
	var err error
	out.Body.Agents, err = a.agentsSeen(ctx, c)
	return out, err
}

func (a *API) listTeams(ctx context.Context, c *caller, _ *struct{}) (*teamsOutput, error) {
	agents, err := a.agentsSeen(ctx, c)
	if err != nil {
		return nil, err
	}
	out := &teamsOutput{}
	out.Body.Teams = []teamEntry{}
	for _, x := range agents {
		if x.Team == "" {
			continue
		}
		i := slices.IndexFunc(out.Body.Teams, func(t teamEntry) bool { return t.Name == x.Team })
		if i < 0 {
			i = len(out.Body.Teams)
			out.Body.Teams = append(out.Body.Teams, teamEntry{Name: x.Team})
		}
		out.Body.Teams[i].Agents = append(out.Body.Teams[i].Agents, x.Name)
	}
	slices.SortFunc(out.Body.Teams, func(x, y teamEntry) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

func (a *API) whoAmI(_ context.Context, c *caller, _ *struct{}) (*meOutput, error) {
	out := &meOutput{}
	scope := c.who.Scope(c.peers)
	out.Body.Account, out.Body.Role, out.Body.Permissions = c.who.Account.Name, c.who.Token.Role, c.who.Can
	out.Body.Everything, out.Body.Teams, out.Body.Agents = scope.All(), slices.Concat([]string{}, scope.Teams()), slices.Concat([]string{}, scope.Agents())
	out.Body.Expires = c.who.Token.ExpiresAt
	return out, nil
}
