package web

import (
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// teamPage is a team: its figures, its funnel's weak place, its agents.
type teamPage struct {
	shell
	Lead      string
	Controls  controls
	Faults    faults
	Cards     []card
	Notes     []string
	Funnel    *drawn
	FunnelURL string
	Weakest   string
	Agents    *grid
	AgentsURL string
	How       string
	Empty     *empty
}

func (r *request) team() error {
	name := r.PathValue("name")
	if err := r.maySee("team", name); err != nil {
		return err
	}
	page := teamPage{shell: r.shell("nav.agents", "agents")}
	page.Title = name
	return r.opens(agentKPIs, &page.Controls, &page.Faults, func(v view, q kpi.Query, p *calendar.Period, today int64) error {
		return r.askTeam(&page, v, q, p, name, today)
	}, func(status int) error { return r.pageStatus(status, "team", page) })
}

type teamFrames struct{ now, courses, stages, agents, order, watched, teams, all *kpi.Frame }

func (r *request) askTeam(page *teamPage, v view, q kpi.Query, p *calendar.Period, name string, today int64) error {
	about := v.clone()
	about.values.Set("team", name)
	var f teamFrames
	mine := narrowed(q, "team", name)
	whole, stages, ranked := mine, mine, plain(mine, []string{rankOf(v)}, "agent")
	whole.Intervals = true
	stages.KPIs, stages.Intervals = overview.Stages, true
	ranked.Shrink, ranked.Sort, ranked.Desc = true, rankOf(v), r.highFirst(rankOf(v))
	err := r.frames(asking{into: &f.now, q: whole}, asking{into: &f.courses, q: r.courseQuery(mine, agentKPIs, p, today)}, asking{into: &f.stages, q: stages},
		asking{into: &f.agents, q: plain(mine, agentKPIs, "agent")}, asking{into: &f.order, q: ranked}, asking{into: &f.watched, q: overview.Judged(q, overview.Watched, "campaign", "agent")},
		asking{into: &f.teams, q: overview.Judged(q, overview.Steps, "team")}, asking{into: &f.all, q: plain(q, append(slices.Clone(overview.Steps), "sales"))})
	if err != nil {
		return err
	}
	return r.fillTeam(page, about, name, f)
}

func (r *request) fillTeam(page *teamPage, about view, name string, f teamFrames) error {
	if nothing(f.now) {
		page.Empty = r.nothingYet()
		return nil
	}
	page.Lead, page.Cards, page.Notes = r.comparedWith(f.now), r.cards(about, f.now, f.courses), r.reader.Notes(f.now)
	o := overview.Overview{Stages: f.stages}
	if worst, ok := overview.Weakest(f.teams, f.all, name); ok {
		o.Weakest, page.Weakest = &worst.Finding, r.lossText("team", worst)
	}
	drawing, err := r.stages(about, &o)
	page.Funnel, page.FunnelURL = &drawn{Title: r.reader.Text("overview.funnel"), Chart: drawing}, about.to("/funnel", "by", "agent")
	page.Agents = r.agentsGrid(about, ranking{f.agents, f.order, overview.Behind(f.watched), nil})
	page.How, page.AgentsURL = r.reader.Text("agents.how"), about.to("/agents")
	return err
}
