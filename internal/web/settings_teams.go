package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/calendar"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/facts/duck"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/jobs"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/present/export"
)

// teamsPage is the roster: spellings that nobody has explained, and who is in
// which team since when.
type teamsPage struct {
	shell
	Tabs       []choice
	Unresolved []spellingRow
	Spellings  grid // of these: its pager and its files
	Count      int  // of spellings that nobody has explained
	Agents     []agentRow
	Roster     grid // of the agents: its pager and its files
	Member     formView
}

// spellingRow is an alias that no roster explains, with whom it might mean.
type spellingRow struct {
	Alias, Sources string
	Rows           string
	Suggested      string
	Form           formView
}

type agentRow struct {
	Name, Aliases, Sources string
	Rows                   string
	Spans                  []string
}

const (
	teamsPath = "/settings/teams"
	newAgent  = "=new" // no name, since names are cleaned of nothing but space
)

func (r *request) teams() error { return r.teamsPage(http.StatusOK, "", r.filled()) }

func (r *request) teamsPage(status int, failed string, f *filled) error {
	var all []duck.Agent
	var spans []duck.TeamSpan
	err := r.readFolder(func(ctx context.Context, f *ingest.Folder) (err error) {
		if all, err = f.Store().Agents(ctx); err == nil {
			spans, err = f.Store().TeamSpans(ctx)
		}
		return err
	})
	if err != nil {
		return err
	}
	s, tabs := r.settingsShell("teams")
	p := teamsPage{shell: s, Tabs: tabs}
	agents, teams := r.resolved(all)
	v := r.view()
	var unresolved, known []duck.Agent
	for _, a := range all {
		if a.Provisional {
			unresolved = append(unresolved, a)
		} else {
			known = append(known, a)
		}
	}
	p.Count = len(unresolved)
	name := func(a duck.Agent) string { return strings.Join(append([]string{a.Name, a.Team}, a.Aliases...), "\n") }
	p.Spellings = r.namedGrid("spellings", "settings.unresolved")
	columns := r.fileColumns("column.alias", "column.source", "column.rows", "settings.alias_means")
	p.Spellings.Files = offerList(r, v, p.Spellings.ID, p.Spellings.Caption, unresolved, columns, func(a duck.Agent) []export.Cell {
		return append(texts(a.Name, strings.Join(a.Sources, ", ")), numberCell(a.Rows), texts(likeliest(a.Name, agents))[0])
	})
	unresolved, p.Spellings.Pager = cut(r, v, "spellings", unresolved, name)
	for _, a := range unresolved {
		p.Unresolved = append(p.Unresolved, r.spelling(a, agents, failed, f))
	}
	p.Roster = r.rosterGrid(v, known, spans)
	known, p.Roster.Pager = cut(r, v, "roster", known, name)
	for _, a := range known {
		row := agentRow{Name: a.Name, Aliases: strings.Join(a.Aliases, ", "), Sources: strings.Join(a.Sources, ", "), Rows: r.reader.Int(a.Rows)}
		for _, x := range spans {
			if x.Agent == a.Name {
				row.Spans = append(row.Spans, r.teamSpan(x))
			}
		}
		p.Agents = append(p.Agents, row)
	}
	if f.fault != "" { // of a spelling that is no longer in the list
		p.Notices = append(p.Notices, notice{"bad", f.fault})
	}
	p.Member = r.memberForm(agents, teams, failed, f)
	return r.pageStatus(status, "settings_teams", p)
}

// rosterGrid offers the roster in files: a row for each agent and team.
func (r *request) rosterGrid(v view, known []duck.Agent, spans []duck.TeamSpan) grid {
	g := r.namedGrid("roster", "settings.teams")
	of := map[string][]duck.TeamSpan{}
	for _, x := range spans {
		of[x.Agent] = append(of[x.Agent], x)
	}
	var rows [][]string
	for _, a := range known {
		one := of[a.Name]
		if len(one) == 0 {
			one = []duck.TeamSpan{{From: duck.OpenStart, To: duck.OpenEnd}}
		}
		for _, x := range one {
			from, to := "", ""
			if x.From > duck.OpenStart {
				from = present.Day(x.From)
			}
			if x.To < duck.OpenEnd {
				to = present.Day(x.To - 1)
			}
			rows = append(rows, []string{a.Name, x.Team, from, to, strings.Join(a.Aliases, ", ")})
		}
	}
	g.Files = offerList(r, v, g.ID, g.Caption, rows, r.fileColumns("column.agent", "column.team", "column.from", "column.to", "column.alias"), func(row []string) []export.Cell { return texts(row...) })
	return g
}

// resolved are the agents that a roster knows, and the teams.
func (r *request) resolved(all []duck.Agent) (agents, teams []string) {
	return namesOf(slices.DeleteFunc(slices.Clone(all), func(a duck.Agent) bool { return a.Provisional }))
}

func (r *request) spelling(a duck.Agent, agents []string, failed string, f *filled) spellingRow {
	if failed != a.Name {
		f = &filled{r: r, faults: map[string]string{}}
	}
	row := spellingRow{Alias: a.Name, Sources: strings.Join(a.Sources, ", "), Rows: r.reader.Int(a.Rows), Suggested: likeliest(a.Name, agents)}
	pairs := []string{newAgent, r.reader.Text("settings.alias_new")}
	for _, name := range agents[:min(len(agents), mostOffered)] {
		pairs = append(pairs, name, name)
	}
	chosen := newAgent
	if row.Suggested != "" {
		chosen = row.Suggested
	}
	means := formField{Kind: "select", Name: "agent", Label: r.reader.Text("settings.alias_means"), Groups: choices(chosen, pairs...)}
	if len(agents) > mostOffered { // typed; nothing is a new agent
		means = formField{Kind: "text", Name: "agent", Label: means.Label, Value: f.or("agent", row.Suggested), Hint: r.reader.Text("settings.alias_new"), Optional: true}.suggest(agents, staffNamesPath)
	}
	row.Form = f.view(teamsPath+"/alias", "settings.alias_assign", formField{Kind: "hidden", Name: "alias", Value: a.Name}, means)
	return row
}

func (r *request) teamSpan(x duck.TeamSpan) string {
	if x.From <= duck.OpenStart && x.To >= duck.OpenEnd {
		return x.Team
	}
	from, to := "…", "…"
	if x.From > duck.OpenStart {
		from = r.reader.Date(x.From)
	}
	if x.To < duck.OpenEnd {
		to = r.reader.Date(x.To - 1)
	}
	return r.reader.T("settings.team_span", map[string]any{"team": x.Team, "from": from, "to": to})
}

func (r *request) memberForm(agents, teams []string, failed string, f *filled) formView {
	if failed != "member" {
		f = &filled{r: r, faults: map[string]string{}}
	}
	text := r.reader.Text
	agent := formField{Kind: "text", Name: "agent", Label: text("column.agent"), Value: f.or("agent", "")}.suggest(agents, staffNamesPath)
	if len(agents) <= mostOffered {
		var pairs []string
		for _, name := range agents {
			pairs = append(pairs, name, name)
		}
		agent = formField{Kind: "select", Name: "agent", Label: agent.Label, Groups: choices(agent.Value, pairs...)}
	}
	today := r.calendar().Key(calendar.Day, facts.DayOf(r.now.Date()))
	return f.view(teamsPath+"/member", "settings.member_save",
		agent,
		formField{Kind: "text", Name: "team", Label: text("column.team"), Value: f.or("team", ""), Suggest: teams},
		formField{Kind: "text", Name: "from", Label: text("settings.member_from"), Hint: text("settings.member_from_hint"), Value: f.or("from", today), LTR: true},
		formField{Kind: "text", Name: "to", Label: text("settings.member_to"), Hint: text("settings.member_to_hint"), Value: f.or("to", ""), Optional: true, LTR: true})
}

// takeAlias says whom a spelling means, in every source that has it.
func (r *request) takeAlias() error {
	f := r.filled()
	alias, agent := f.values.Get("alias"), f.get("agent")
	var of *duck.Agent
	var agents []string
	err := r.readFolder(func(ctx context.Context, f *ingest.Folder) error {
		all, err := f.Store().Agents(ctx)
		agents, _ = r.resolved(all)
		if i := slices.IndexFunc(all, func(a duck.Agent) bool { return a.Name == alias && a.Provisional }); i >= 0 {
			of = &all[i]
		}
		return err
	})
	if err != nil {
		return err
	}
	if agent == newAgent || agent == "" {
		agent = alias
	} else if agent = meant(agents, agent); agent == "" {
		f.wrong("agent", "settings.alias_no_agent")
	}
	if of == nil {
		f.fault = r.reader.Text("settings.alias_gone")
	}
	if f.bad() {
		return r.teamsPage(f.status(nil), alias, f)
	}
	var rows []rosterRow
	for _, source := range of.Sources {
		rows = append(rows, rosterRow{agent: agent, alias: alias, source: source})
	}
	return r.changeRoster("alias", rows...)
}

// takeMember puts an agent into a team from a day on.
func (r *request) takeMember() error {
	f := r.filled()
	agents, _, err := r.staff()
	if err != nil {
		return err
	}
	row := rosterRow{agent: meant(agents, f.get("agent")), team: cleanText(f.get("team")), from: r.day(f, "from"), to: r.day(f, "to")}
	if row.agent == "" {
		f.wrong("agent", "settings.alias_no_agent")
	}
	if row.team == "" {
		f.wrong("team", "settings.no_team")
	}
	if row.from != "" && row.to != "" && row.to < row.from {
		f.wrong("to", "store.days_reversed")
	}
	if f.bad() {
		return r.teamsPage(f.status(nil), "member", f)
	}
	return r.changeRoster("member", row)
}

// day reads a day of the organisation's calendar as one of the Gregorian; "" is none.
func (r *request) day(f *filled, name string) string {
	text := plainDigits(f.get(name))
	if text == "" {
		return ""
	}
	today, err := r.asker().Today()
	if err == nil {
		var day int64
		if day, err = r.calendar().ParseDay(text, today); err == nil {
			return facts.DateOf(day).Format("2006-01-02")
		}
	}
	f.faults[name] = r.reader.Error(err)
	return ""
}

// changeRoster brings rows into the roster and answers when that is done, or
// with how far it is where it takes long.
func (r *request) changeRoster(what string, rows ...rosterRow) error {
	if err := r.s.Auth.Audit(r.Context(), r.who.Entry(auth.SettingsChanged, "roster", map[string]any{"what": what, "rows": len(rows)})); err != nil {
		return err
	}
	j, err := r.s.Jobs.Add(r.Context(), jobs.Job{Kind: "roster", By: r.who.Account.Name, Back: teamsPath}, func(ctx context.Context, j *jobs.Run) error {
		return r.s.Folder.Write(ctx, j.Progress, func(f *ingest.Folder) error {
			j.Fix()
			return importRoster(ctx, f, r.now, rows)
		})
	})
	if err != nil {
		return err
	}
	return r.awaitJob(j, teamsPath+"?done="+what)
}
