package web

import (
	"net/http"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi"
)

// splitPage divides a goal among teams or agents.
type splitPage struct {
	shell
	Head    string
	Back    choice
	Action  string
	To, Way []choice
	Chosen  [2]string // to, way
	Rows    []splitRow
	Others  []splitRow // set by hand, on other pages
	Pager   *pager
	Page    string // the number of this one
	Whole   string
	Fault   string
}

// splitRow is one share; Value is what the box holds.
type splitRow struct {
	Who, Usual, Value string
	Name, LockName    string
	Locked            bool
}

func (r *request) splitGoal() error { return r.splitForm(http.StatusOK, r.URL.Query().Get, nil) }

// typedIn is how many of its unit one is that people see and type of a goal:
// ten rials are a toman.
func (r *request) typedIn(g goal.Goal) goal.Number {
	if e, err := r.defs.Explain(g.KPI); err != nil || e.Unit != kpi.UnitMoney {
		return 1
	}
	by, _ := r.reader.Money(g.Target.Currency)
	return goal.Number(by)
}

// locked reads the numbers set by hand: boxes lock.WHO and value.WHO, in which
// one is by of the goal's unit.
func locked(names []string, by goal.Number, get func(string) string) (map[string]goal.Number, error) {
	out := map[string]goal.Number{}
	for _, who := range names {
		if get("lock."+who) == "" {
			continue
		}
		var n goal.Number
		if err := n.UnmarshalText([]byte(plainDigits(get("value." + who)))); err != nil {
			return nil, err
		}
		if n*by/by != n { // beyond the range
			return nil, callpace.E(callpace.Invalid, "goal.bad_number", "text", get("value."+who))
		}
		out[who] = n * by
	}
	return out, nil
}

// shares divides as the form says.
func (r *request) shares(b goalBook, g goal.Goal, get func(string) string) (to goal.Each, way goals.Way, shares []goals.Share, err error) {
	to, way = goal.Each(get("to")), goals.Way(get("way"))
	if to != goal.EachAgent && to != goal.EachTeam {
		if to = goal.EachTeam; g.Scope.Team != "" {
			to = goal.EachAgent
		}
	}
	if way != goals.ByHistory && way != goals.ByCapacity {
		way = goals.Equally
	}
	names, _, err := b.Desk.Usual(r.Context(), g, string(to), dayRange(b.Desk.Today))
	if err != nil {
		return to, way, nil, err
	}
	fixed, err := locked(names, r.typedIn(g), get)
	if err != nil {
		return to, way, nil, err
	}
	shares, err = b.Split(r.Context(), g, to, way, fixed)
	return to, way, shares, err
}

func (r *request) splitForm(status int, get func(string) string, failed error) error {
	page := splitPage{shell: r.shell("goals.split", "goals")}
	err := r.book(func(b goalBook) error {
		g, err := b.Settable(r.Context(), b.sight, r.PathValue("id"))
		if err != nil {
			return err
		}
		page.Head, page.Back, page.Action = r.reader.GoalTitle(g.Goal), choice{Label: r.reader.GoalTitle(g.Goal), URL: "/goals/" + g.ID}, "/goals/"+g.ID+"/split"
		rep, err := r.stands(b, g, false)
		if err != nil {
			return err
		}
		w := r.words(rep)
		to, way, shares, err := r.shares(b, g.Goal, get)
		if err != nil {
			if callpace.CodeOf(err) == callpace.Internal {
				return err
			}
			failed = err
		}
		page.Whole, page.Chosen = w.Figure(g.Target.Value.Float()), [2]string{string(to), string(way)}
		for _, x := range []goal.Each{goal.EachTeam, goal.EachAgent} {
			page.To = append(page.To, choice{Label: r.reader.Text("goals.each." + string(x)), URL: string(x), Selected: x == to})
		}
		for _, x := range goals.Ways() {
			page.Way = append(page.Way, choice{Label: r.reader.Text("goals.way." + string(x)), URL: string(x), Selected: x == way})
		}
		by := r.typedIn(g.Goal)
		for _, sh := range shares {
			row := splitRow{Who: sh.Who, Usual: w.Figure(sh.Usual), Value: (sh.Value / by).String(), Name: "value." + sh.Who, LockName: "lock." + sh.Who, Locked: sh.Locked}
			page.Rows = append(page.Rows, row)
		}
		all := page.Rows
		page.Rows, page.Pager = cut(r, r.view(), "shares", all, nil)
		page.Page = r.view().get("shares.page")
		here := map[string]bool{}
		for _, row := range page.Rows {
			here[row.Who] = true
		}
		for _, row := range all {
			if row.Locked && !here[row.Who] {
				page.Others = append(page.Others, row)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if failed != nil {
		page.Fault, status = r.reader.Error(failed), max(status, r.status(failed))
	}
	return r.pageStatus(status, "goal_split", page)
}

// takeSplit writes the shares down as goals of their own.
func (r *request) takeSplit() error {
	get, id := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }, r.PathValue("id")
	err := r.book(func(b goalBook) error {
		g, err := b.Settable(r.Context(), b.sight, id)
		if err != nil {
			return err
		}
		to, _, shares, err := r.shares(b, g.Goal, get)
		if err != nil {
			return err
		}
		return b.Cascade(r.Context(), g, to, shares, r.who.Account.Name)
	})
	if err != nil {
		if callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		return r.splitForm(r.status(err), get, err)
	}
	return r.redirect("/goals/" + id + "?done=split")
}
