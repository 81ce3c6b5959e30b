package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/overview"
)

// agentsPage lists teams and agents with their key figures.
type agentsPage struct {
	shell
	Lead     string
	Controls controls
	Faults   faults
	Ranks    []choice
	Teams    *grid
	Agents   *grid
	How      string
	Notes    []string
	Waiting  int // requests for corrections that are open
	Empty    *empty
}

// agentKPIs are the key figures of teams and agents.
var agentKPIs = []string{"calls", "calls_per_hour", "reach_rate", "appointment_rate", "conversion_rate", "sales", "revenue", "quality_score"}

// defaultRank is the KPI by which agents are ranked unless another is asked for.
const defaultRank = "conversion_rate"

func agentPath(name string) string { return "/agents/" + url.PathEscape(name) }
func teamPath(name string) string  { return "/teams/" + url.PathEscape(name) }

func (r *request) agents() error {
	page := agentsPage{shell: r.shell("nav.agents", "agents")}
	return r.opens(agentKPIs, &page.Controls, &page.Faults, func(v view, q kpi.Query, _ *calendar.Period, _ int64) error {
		return r.fillAgents(&page, v, q)
	}, func(status int) (err error) {
		if page.Waiting, err = r.waiting(); err != nil {
			return err
		}
		return r.pageStatus(status, "agents", page)
	})
}

// opens is what the pages about people begin with: the address without what
// says nothing, the question of its days so far, and the bar above. fill
// answers the question, unless the address asks for what there is not; show
// lays the page out.
func (r *request) opens(kpis []string, bar *controls, f *faults, fill func(v view, q kpi.Query, p *calendar.Period, today int64) error, show func(status int) error) error {
	v := r.view()
	if to, ok := v.short(); ok {
		return r.redirect(to)
	}
	q, p, err := r.asker().Query(v.words(kpis...))
	if err != nil && !f.take(r, err) {
		return err
	}
	if *bar, err = r.controls(v, p); err != nil {
		return err
	}
	if p != nil && !f.Any() {
		today, err := r.asker().Today()
		if err != nil {
			return err
		}
		span := p.ToDate(today)
		q.Period = &span
		if err := fill(v, q, p, today); err != nil && !f.take(r, err) {
			return err
		}
	}
	bar.Faults = *f
	return show(cmp.Or(f.status, http.StatusOK))
}

func (r *request) fillAgents(page *agentsPage, v view, q kpi.Query) error {
	rank := rankOf(v)
	ranked := plain(q, []string{rank}, "agent")
	ranked.Shrink, ranked.Sort, ranked.Desc = true, rank, r.highFirst(rank)
	var teams, agents, order, watched, members *kpi.Frame
	err := r.frames(asking{into: &teams, q: plain(q, agentKPIs, "team")}, asking{into: &agents, q: plain(q, agentKPIs, "agent")},
		asking{into: &order, q: ranked}, asking{into: &watched, q: overview.Judged(q, overview.Watched, "campaign", "agent")},
		asking{into: &members, q: plain(q, []string{"calls"}, "team", "agent")})
	if err != nil {
		return err
	}
	if len(agents.Rows) == 0 {
		page.Empty = r.nothingYet()
		return nil
	}
	for _, name := range agentKPIs {
		page.Ranks = append(page.Ranks, choice{r.reader.Name(name), v.with("rank", name), name == rank})
	}
	page.Lead = r.reader.T("agents.ranked", map[string]any{"kpi": r.reader.Name(rank)})
	page.How, page.Notes = r.reader.Text("agents.how"), r.reader.Notes(agents)
	page.Teams = r.teamsGrid(v, teams)
	page.Agents = r.agentsGrid(v, ranking{agents, order, overview.Behind(watched), teamsOf(members)})
	return nil
}

// rankOf is the KPI that a view ranks agents by.
func rankOf(v view) string {
	if name := v.get("rank"); slices.Contains(agentKPIs, name) {
		return name
	}
	return defaultRank
}

func (r *request) highFirst(name string) bool {
	d, err := r.defs.Find(name)
	return err != nil || d.Better != "lower"
}

// teamsOf gives each agent the team with most of their calls.
func teamsOf(members *kpi.Frame) map[string]string {
	out, most := map[string]string{}, map[string]float64{}
	for _, row := range members.Rows {
		if x := row.Figures[0]; x.Valid && x.Number > most[row.Key[1]] {
			out[row.Key[1]], most[row.Key[1]] = row.Key[0], x.Number
		}
	}
	return out
}

func (r *request) teamsGrid(v view, f *kpi.Frame) *grid {
	if len(f.Rows) == 0 {
		return nil
	}
	g := &grid{ID: "teams", Caption: r.reader.Text("agents.teams")}
	g.Files, g.ToFile = r.offerFrame(v, g.ID, g.Caption, f, false), r.reader.Text("export.save")
	rows, now := r.ordered(v, g.ID, f)
	rows, g.Pager = cut(r, v, g.ID, rows, func(row kpi.FrameRow) string { return row.Key[0] })
	g.Tall, g.Head = len(rows) > 20, []gridHead{sortable(v, g.ID+".sort", r.reader.Dimension("team"), "team", now, false)}
	for _, c := range f.Columns {
		h := sortable(v, g.ID+".sort", r.reader.Title(c), c.Name, now, c.Better != "lower")
		h.Numeric = true
		g.Head = append(g.Head, h)
	}
	for _, row := range rows {
		name := cell{Text: r.place("team", row.Key[0]), Header: true}
		if row.Key[0] != "" {
			name.URL = v.to(teamPath(row.Key[0]), "team", "")
		}
		cells := []cell{name}
		for i, c := range f.Columns {
			cells = append(cells, r.figure(c.Unit, row.Figures[i]))
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// ranking is what the table of agents is made of.
type ranking struct {
	figures *kpi.Frame     // by agent
	order   *kpi.Frame     // by agent, the KPI that ranks, shrunk
	behind  map[string]int // how often an agent stands out
	teams   map[string]string
}

// rankedAgent is an agent with their place in the ranking; 0 where the KPI has no data.
type rankedAgent struct {
	name   string
	place  int
	shrunk kpi.Figure
}

// ranked lists the agents in their order.
func (k ranking) ranked() (out []rankedAgent) {
	place := 0
	for _, row := range k.order.Rows {
		a := rankedAgent{name: row.Key[0], shrunk: row.Figures[0]}
		if a.name == "" {
			continue
		}
		if a.shrunk.Valid {
			place++
			a.place = place
		}
		out = append(out, a)
	}
	return out
}

// agentsGrid lists agents by their shrunk rank, with the raw one beside it.
func (r *request) agentsGrid(v view, k ranking) *grid {
	all := k.ranked()
	if len(all) == 0 {
		return nil
	}
	by := k.order.Columns[0]
	g := &grid{ID: "agents", Caption: r.reader.Dimension("agent"), Head: []gridHead{{Title: r.reader.Text("agents.rank"), Numeric: true}, {Title: r.reader.Dimension("agent")}}}
	g.Files, g.ToFile = r.offerFrame(v, g.ID, r.reader.Text("agents.agents"), k.figures, false), r.reader.Text("export.save")
	for _, c := range k.figures.Columns {
		g.Head = append(g.Head, gridHead{Title: r.reader.Title(c), Numeric: true, URL: v.firstPages().with("rank", c.Name), Sorted: sortedBy(c.Name == by.Name, r.highFirst(c.Name))})
	}
	g.Head = append(g.Head, gridHead{Title: r.reader.Text("agents.look")})
	shown, pager := cut(r, v, g.ID, all, func(a rankedAgent) string { return a.name })
	g.Pager, g.Tall = pager, len(shown) > 25
	raw, figures := rawRanks(k.order, r.highFirst(by.Name)), rowsByKey(k.figures)
	for _, a := range shown {
		rank := number(r.rankText(a.place))
		rank.Sub = r.reader.T("agents.raw", map[string]any{"rank": r.rankText(raw[a.name])})
		cells := []cell{rank, {Text: a.name, Sub: k.teams[a.name], URL: v.to(agentPath(a.name), "agent", ""), Header: true, Class: "nowrap"}}
		for i, x := range figures[a.name] {
			c := r.figure(k.figures.Columns[i].Unit, x)
			if k.figures.Columns[i].Name == by.Name && a.shrunk.IsShrunk {
				c.Sub = r.reader.T("agents.shrunk", map[string]any{"value": r.reader.Figure(by.Unit, kpi.Figure{Valid: true, Number: a.shrunk.Shrunk, Currency: a.shrunk.Currency})})
			}
			cells = append(cells, c)
		}
		look := cell{}
		if n := k.behind[a.name]; n > 0 {
			look = cell{Text: r.reader.T("agents.findings", map[string]any{"count": n}), URL: v.to(agentPath(a.name), "agent", "") + "#findings"}
		}
		g.Rows = append(g.Rows, append(cells, look))
	}
	return g
}

// rowsByKey are the figures of a frame by the values of its one dimension.
func rowsByKey(f *kpi.Frame) map[string][]kpi.Figure {
	out := make(map[string][]kpi.Figure, len(f.Rows))
	for _, row := range f.Rows {
		out[row.Key[0]] = row.Figures
	}
	return out
}

func sortedBy(is, descending bool) string {
	switch {
	case !is:
		return ""
	case descending:
		return "descending"
	}
	return "ascending"
}

func (r *request) rankText(rank int) string {
	if rank == 0 {
		return "–"
	}
	return r.reader.Int(int64(rank))
}

// rawRanks ranks by the figures as they are; equal figures have the same rank.
func rawRanks(f *kpi.Frame, highFirst bool) map[string]int {
	var values []float64
	for _, row := range f.Rows {
		if x := row.Figures[0]; x.Valid && row.Key[0] != "" {
			values = append(values, x.Number)
		}
	}
	slices.Sort(values)
	out := map[string]int{}
	for _, row := range f.Rows {
		x := row.Figures[0]
		if !x.Valid || row.Key[0] == "" {
			continue
		}
		at, _ := slices.BinarySearch(values, x.Number)
		if highFirst {
			at, _ = slices.BinarySearchFunc(values, x.Number, func(v, want float64) int {
				if v <= want {
					return -1
				}
				return 1
			})
			at = len(values) - at
		}
		out[row.Key[0]] = at + 1
	}
	return out
}

// waiting counts the requests for corrections that the reader could answer.
func (r *request) waiting() (int, error) {
	found, err := r.s.State.Corrections().FindCorrections(r.Context(), "open", "")
	scope := r.who.Scope(false)
	n := 0
	for _, c := range found {
		if answersFor(scope, c) {
			n++
		}
	}
	return n, err
}
