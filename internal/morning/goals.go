package morning

import (
	"context"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// mostGoals bounds the goals that a letter tells of, the worst first.
const mostGoals = 8

// standing is what letters need to tell of goals: where they are written down,
// who is in which team, and how each stands, found out once for all letters.
type standing struct {
	state   store.State
	members []goals.Member
	reports map[string]*track.Report
}

func (s *Service) standing(ctx context.Context) (*standing, error) {
	out := &standing{state: s.State.State, reports: map[string]*track.Report{}}
	return out, s.Folder.Read(func(f *ingest.Folder) error {
		agents, err := f.Store().Agents(ctx)
		for _, a := range agents {
			out.members = append(out.members, goals.Member{Agent: a.Name, Team: a.Team})
		}
		return err
	})
}

// goals lists what the running goals ask of today: an agent's own, of others
// all that they see. How they stand is the same for everybody.
func (a About) goals(ctx context.Context, e kpi.Engine, to store.Account) ([]goals.Due, error) {
	if a.standing == nil {
		return nil, nil
	}
	asker := question.Asker{Settings: a.Settings, Policy: a.Policy, Scope: kpi.Everything(), Now: a.Now}
	base, _, err := asker.Query(question.Words{})
	if err != nil {
		return nil, err
	}
	b := goals.Book{State: a.standing.state, Now: a.Now, Desk: track.Desk{Catalogue: a.Catalogue, Engine: e, Base: base}}
	if b.Desk.Today, err = asker.Today(); err != nil {
		return nil, err
	}
	if b.Desk.Working, err = a.standing.state.Working(ctx, a.Settings.Country); err != nil {
		return nil, err
	}
	role := auth.Role(to.Role)
	sight := goals.NewSight(a.Scope(to), to.Agent, role.Permissions().Has(auth.ViewTeam), a.standing.members)
	dues, err := b.Today(ctx, sight, role == auth.Agent, func(g store.Goal) (r *track.Report, err error) {
		r, known := a.standing.reports[g.ID]
		if !known {
			if r, err = b.Look(ctx, g, false); err != nil {
				return nil, err
			}
			a.standing.reports[g.ID] = r
		}
		return sight.Narrow(r, nil, a.Catalogue), nil
	})
	return dues[:min(len(dues), mostGoals)], err
}
