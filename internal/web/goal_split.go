package web

import (
	"net/http"
	"strings"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
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
func locked(parts []goals.Share, by goal.Number, get func(string) string) (map[goal.Place]goal.Number, error) {
	out := map[goal.Place]goal.Number{}
	for _, p := range parts {
		if get("lock."+p.Name()) == "" {
			continue
		}
		var n goal.Number
		if err := n.UnmarshalText([]byte(plainDigits(get("value." + p.Name())))); err != nil {
			return nil, err
		}
		if n*by/by != n { // beyond the range
			return nil, callpace.E(callpace.Invalid, "goal.bad_number", "text", get("value."+p.Name()))
		}
		out[p.Place] = n * by
	}
	return out, nil
}

// shares divides as the form says.
func (r *request) shares(b goalBook, g store.Goal, get func(string) string) (*goals.Split, error) {
	rep, err := r.stands(b, g, false)
	if err != nil {
		return nil, err
	}
	ask := goals.SplitAsk{Levels: []goal.Each{goal.Each(get("to"))}, Way: goal.Way(get("way"))}
	if ask.Levels[0] != goal.EachAgent && ask.Levels[0] != goal.EachTeam {
		ask.Levels[0] = goal.EachTeam
	}
	if ask.Way != goal.ByHistory && ask.Way != goal.ByCapacity {
		ask.Way = goal.Equally
	}
	s, err := b.SplitOf(r.Context(), g, rep, ask)
	if err != nil {
		return nil, err
	}
	if ask.Locks, err = locked(s.Parts, r.typedIn(g.Goal), get); err != nil {
		return nil, err
	}
	if s, err = b.SplitOf(r.Context(), g, rep, ask); err != nil {
		return nil, err
	}
	return s, s.Err()
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
		s, err := r.shares(b, g, get)
		if err != nil {
			if callpace.CodeOf(err) == callpace.Internal {
				return err
			}
			failed, s = err, &goals.Split{}
		}
		to, way := goal.EachTeam, s.Ask.Way
		if len(s.Ask.Levels) > 0 {
			to = s.Ask.Levels[0]
		}
		page.Whole, page.Chosen = w.Figure(g.Target.Value.Float()), [2]string{string(to), string(way)}
		for _, x := range []goal.Each{goal.EachTeam, goal.EachAgent} {
			page.To = append(page.To, choice{Label: r.reader.Text("goals.each." + string(x)), URL: string(x), Selected: x == to})
		}
		for _, x := range goal.Ways() {
			page.Way = append(page.Way, choice{Label: r.reader.Text("goals.way." + string(x)), URL: string(x), Selected: x == way})
		}
		by := r.typedIn(g.Goal)
		for _, sh := range s.Parts {
			row := splitRow{Who: sh.Name(), Usual: w.Figure(sh.Usual), Value: (sh.Value / by).String(), Name: "value." + sh.Name(), LockName: "lock." + sh.Name(), Locked: sh.Locked}
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
		s, err := r.shares(b, g, get)
		if err != nil {
			return err
		}
		return r.writing(b, "split", func(in goals.Book) (string, error) {
			return id, in.CascadeTree(r.Context(), g, s, r.who.Account.Name)
		})
	})
	if err != nil {
		if callpace.CodeOf(err) == callpace.Internal {
			return err
		}
		return r.splitForm(r.status(err), get, err)
	}
	return r.redirect("/goals/" + id + "?done=split")
}
