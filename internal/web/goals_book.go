package web

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/pace"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/present"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

func goalRoutes() []route {
	return []route{
		{pattern: "GET /goals", needs: auth.ViewOwn, handle: (*request).goals},
		{pattern: "GET /goals/new", needs: auth.SetGoals, handle: (*request).newGoal},
		{pattern: "POST /goals/new", needs: auth.SetGoals, handle: (*request).takeGoal},
		{pattern: "GET /goals/{id}", needs: auth.ViewOwn, handle: (*request).goalPage},
		{pattern: "POST /goals/{id}/close", needs: auth.SetGoals, handle: (*request).closeGoal},
		{pattern: "POST /goals/{id}/delete", needs: auth.SetGoals, handle: (*request).dropGoal},
		{pattern: "GET /goals/{id}/split", needs: auth.SetGoals, handle: (*request).splitGoal},
		{pattern: "POST /goals/{id}/split", needs: auth.SetGoals, handle: (*request).takeSplit},
		{pattern: "GET /plan", needs: auth.ViewOwn, handle: (*request).plan},
		{pattern: "POST /plan/chain", needs: auth.DefineKPIs, handle: (*request).takeChain},
		{pattern: "GET /scorecard", needs: auth.ViewOwn, handle: (*request).scorecard},
		{pattern: "POST /scorecard/weights", needs: auth.SetGoals, handle: (*request).keepWeights},
		{pattern: "POST /scorecard", needs: auth.SetGoals, handle: (*request).takeScorecard},
		{pattern: "GET /settings/calendar", needs: auth.ManageSettings, handle: (*request).workdays},
		{pattern: "POST /settings/calendar", needs: auth.ManageSettings, handle: (*request).takeWorkdays},
	}
}

// goalBook is the goals of the organisation as the reader may look at them.
type goalBook struct {
	goals.Book
	sight goals.Sight
	seen  []store.Goal // in the order in which they were made
}

// book runs fn on the goals. How a goal stands is the same whoever looks, so
// it is reckoned over all rows; who may see it, the sight decides.
func (r *request) book(fn func(goalBook) error) error {
	a := r.asker()
	a.Scope = kpi.Everything()
	return r.bookOf(a, fn)
}

// writing changes a goal, and tells the audit log what was done to which.
func (r *request) writing(b goalBook, did string, change func(goals.Book) (id string, err error)) error {
	return r.s.Auth.Audited(r.Context(), func(tx store.State) (auth.Entry, error) {
		in := b.Book
		in.State = tx
		id, err := change(in)
		return r.who.Entry(auth.GoalChanged, id, map[string]any{"did": did}), err
	})
}

func (r *request) bookOf(a question.Asker, fn func(goalBook) error) error {
	b := goalBook{Book: goals.Book{State: r.s.State.State, Now: r.now}}
	base, _, err := a.Query(question.Words{})
	if err != nil {
		return err
	}
	today, err := a.Today()
	if err != nil {
		return err
	}
	working, err := r.working()
	if err != nil {
		return err
	}
	if b.sight, err = r.sight(); err != nil {
		return err
	}
	if b.seen, err = b.Goals(r.Context(), b.sight); err != nil {
		return err
	}
	return r.read(func(e kpi.Engine) error {
		b.Desk = track.Desk{Catalogue: r.defs, Engine: e, Base: base, Working: working, Today: today}
		return fn(b)
	})
}

// sight is what of the goals the reader sees.
func (r *request) sight() (goals.Sight, error) {
	scope := r.who.Scope(r.org.SeePeers)
	if scope.All() {
		return goals.NewSight(scope, r.who.Account.Agent, true, nil), nil
	}
	members, err := r.s.memo.recall(r.known(), "members", func() (any, error) {
		var list []goals.Member
		err := r.s.Folder.Read(func(f *ingest.Folder) error {
			agents, err := f.Store().Agents(context.WithoutCancel(r.Context()))
			for _, a := range agents {
				list = append(list, goals.Member{Agent: a.Name, Team: a.Team})
			}
			return err
		})
		return list, err
	})
	if err != nil {
		return goals.Sight{}, err
	}
	return goals.NewSight(scope, r.who.Account.Agent, r.who.May(auth.ViewTeam), members.([]goals.Member)), nil
}

// stampOf tells the states of a goal apart.
func stampOf(g store.Goal) string {
	return fmt.Sprint(g.ID, " ", g.Version, " ", g.State, " ", g.UpdatedAt.UnixMicro())
}

// stands reports on a goal as the reader sees it; what it is made of is worked
// out once an hour, and after a write.
func (r *request) stands(b goalBook, g store.Goal, deep bool) (*track.Report, error) {
	v, err := r.recallOf(b, fmt.Sprintf("goal %s %t %d", stampOf(g), deep, r.now.Unix()/3600), func() (any, error) {
		return b.Look(context.WithoutCancel(r.Context()), g, deep) // others may wait for the same
	})
	if err != nil {
		return nil, err
	}
	return b.narrow(v.(*track.Report)), nil
}

// recallOf keeps what is worked out of goals: it holds on one day, and by the
// working days as they are settled.
func (r *request) recallOf(b goalBook, key string, fill func() (any, error)) (any, error) {
	return r.s.memo.recall(r.known(), fmt.Sprint(key, " ", b.Desk.Today, " ", b.Desk.Working.Key()), fill)
}

func (b goalBook) narrow(rep *track.Report) *track.Report {
	return b.sight.Narrow(rep, goals.Plain(b.seen), b.Desk.Catalogue)
}

// badge is a status in a shape and a word.
type badge struct{ Text, Icon, Class string }

func (r *request) badge(state goal.State, rep *track.Report) badge {
	switch {
	case state == goal.Draft:
		return badge{r.reader.Text("goal.state.draft"), "pencil", ""}
	case rep == nil:
		return badge{r.reader.Text(pace.NoData.Key()), "circle-dashed", ""}
	case !rep.Begun:
		return badge{r.reader.Text("goals.not_begun"), "clock", ""}
	}
	return r.statusBadge(rep.Status)
}

func (r *request) statusBadge(s pace.Status) badge {
	b := badge{Text: r.reader.Text(s.Key()), Icon: "circle-dashed"}
	switch s {
	case pace.Ahead, pace.OnTrack, pace.Reached:
		b.Icon, b.Class = "circle-check", "good"
	case pace.AtRisk:
		b.Icon, b.Class = "triangle-alert", "warn"
	case pace.OffTrack, pace.Missed:
		b.Icon, b.Class = "circle-x", "bad"
	}
	return b
}

func (r *request) words(rep *track.Report) present.GoalWords {
	return present.GoalWords{Reader: r.reader, Report: rep}
}
