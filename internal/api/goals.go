package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
)

// shownGoal is a goal with how it stands, and what people read of it.
type shownGoal struct {
	goals.GoalAnswer
	Title      string       `json:"title" doc:"As pages name it"`
	Understood []goalTerm   `json:"understood" doc:"The goal told back, in the reader's language"`
	Letters    []goalLetter `json:"letters" doc:"The five letters of SMART in the reader's language"`
}

// goalTerm is a term with its text.
type goalTerm struct {
	Term string `json:"term"`
	Text string `json:"text"`
}

// goalLetter is one of SMART in words.
type goalLetter struct {
	Letter  string   `json:"letter" enum:"S,M,A,R,T"`
	Verdict string   `json:"verdict" enum:"good,look,lacking,unknown"`
	Reasons []string `json:"reasons"`
	Advice  []string `json:"advice"`
}

type goalOutput struct{ Body shownGoal }

type goalInput struct {
	ID string `path:"id" maxLength:"60"`
}

type goalsInput struct {
	Closed bool `query:"closed" doc:"Closed ones, too"`
}

// goalEntry is a goal of a list. What cannot be said of it says Fault.
type goalEntry struct {
	goals.GoalAnswer
	Title string `json:"title"`
	Fault string `json:"fault,omitempty" doc:"Why nothing can be said of it, in the reader's language"`
}

type goalsOutput struct {
	Body struct {
		Goals []goalEntry `json:"goals" doc:"In the order in which they were made"`
	}
}

type versionsOutput struct {
	Body struct {
		Versions []goalVersion `json:"versions" doc:"The first one first"`
		Days     []track.Told  `json:"days" doc:"What was said of the running period, day by day; of a goal for all together"`
	}
}

// goalVersion is a goal as it stood from a day on.
type goalVersion struct {
	Goal goal.Goal `json:"goal"`
	From string    `json:"from"`
	By   string    `json:"by,omitempty"`
}

type cardsInput struct {
	By string `query:"by" enum:"agent,team" default:"agent"`
}

type cardsOutput struct {
	Body struct {
		Cards []goals.CardAnswer `json:"cards" doc:"The best first"`
	}
}

func (a *API) goalOperations() {
	add(a, huma.Operation{OperationID: "listGoals", Method: "GET", Path: "/goals", Summary: "List goals with how they stand.",
		Description: "The company's, those of the own team, and those of the people whose numbers are seen."}, auth.ViewOwn, a.listGoals)
	add(a, huma.Operation{OperationID: "showGoal", Method: "GET", Path: "/goals/{id}", Summary: "Show a goal: pace, SMART, plan, result.", Errors: []int{404}}, auth.ViewOwn, a.showGoal)
	add(a, huma.Operation{OperationID: "listVersions", Method: "GET", Path: "/goals/{id}/versions", Summary: "List what a goal was before, and what was said of it.", Errors: []int{404}}, auth.ViewOwn, a.listVersions)
	add(a, huma.Operation{OperationID: "addGoal", Method: "POST", Path: "/goals", Summary: "Set a goal.", DefaultStatus: 201,
		Description: "In one line of text, in the language of lang or Accept-Language, or by fields, each of which is read as the same words would be in the line. " +
			"The answer tells back what was understood, with the dates."}, auth.SetGoals, a.addGoal)
	add(a, huma.Operation{OperationID: "checkGoal", Method: "POST", Path: "/goals/check", Summary: "Check a goal without setting it."}, auth.SetGoals, a.checkGoal)
	add(a, huma.Operation{OperationID: "changeGoal", Method: "PUT", Path: "/goals/{id}", Summary: "Write a goal anew: a version of its own.", Errors: []int{404, 409},
		Description: "With the version that the change was made from; where somebody has changed the goal since, that is a conflict (409)."}, auth.SetGoals, a.changeGoal)
	add(a, huma.Operation{OperationID: "closeGoal", Method: "POST", Path: "/goals/{id}/close", Summary: "Close a goal with its result as it is now.", Errors: []int{404, 409}}, auth.SetGoals, a.closeGoal)
	add(a, huma.Operation{OperationID: "deleteGoal", Method: "DELETE", Path: "/goals/{id}", Summary: "Delete a goal with its history.", DefaultStatus: 204, Errors: []int{404}}, auth.SetGoals, a.deleteGoal)
	add(a, huma.Operation{OperationID: "previewSplit", Method: "GET", Path: "/goals/{id}/split", Summary: "Divide a goal among teams and agents, without saving it.", Errors: []int{404, 409},
		Description: "A total, or the level of a rate or a mean. Parts sum to the whole to the last unit. Without parameters: as it was divided before, else in equal shares."}, auth.SetGoals, a.previewSplit)
	add(a, huma.Operation{OperationID: "saveSplit", Method: "PUT", Path: "/goals/{id}/split", Summary: "Divide a goal, and write the parts down as goals of their own.", Errors: []int{404, 409},
		Description: "Parts that there were get another version where their number is another. With the version that was seen; where somebody has changed the goal since, and where parts set by hand do not come to the whole, that is a conflict (409)."}, auth.SetGoals, a.saveSplit)
	add(a, huma.Operation{OperationID: "listScorecards", Method: "GET", Path: "/scorecard", Summary: "Weigh the goals of each agent, or team, into one figure."}, auth.ViewOwn, a.listScorecards)
}

// goalBook is the goals as the caller may look at them.
type goalBook struct {
	goals.Book
	sight goals.Sight
	seen  []store.Goal
}

// book runs fn on the goals. How a goal stands is reckoned over all rows; what
// of it is seen, the sight decides.
func (a *API) book(ctx context.Context, c *caller, fn func(goalBook) error) error {
	asker := c.asker()
	asker.Scope = kpi.Everything()
	return a.bookOf(ctx, c, asker, fn)
}

// writing changes a goal, and tells the audit log what was done to which.
func (a *API) writing(ctx context.Context, c *caller, b goalBook, did string, change func(goals.Book) (store.Goal, error)) (kept store.Goal, err error) {
	err = a.Auth.Audited(ctx, func(tx store.State) (_ auth.Entry, err error) {
		in := b.Book
		in.State = tx
		kept, err = change(in)
		return c.who.Entry(auth.GoalChanged, kept.ID, map[string]any{"did": did}), err
	})
	return kept, err
}

func (a *API) bookOf(ctx context.Context, c *caller, asker question.Asker, fn func(goalBook) error) error {
	base, _, err := asker.Query(question.Words{})
	if err != nil {
		return err
	}
	today, err := asker.Today()
	if err != nil {
		return err
	}
	working, err := a.State.Working(ctx, c.settings.Country)
	if err != nil {
		return err
	}
	return a.Folder.Read(func(f *ingest.Folder) error {
		b := goalBook{Book: goals.Book{State: a.State.State, Now: c.now,
			Desk: track.Desk{Catalogue: c.defs, Engine: f.Store().Engine(), Base: base, Working: working, Today: today}}}
		if b.sight, err = c.sight(ctx, f); err != nil {
			return err
		}
		if b.seen, err = b.Goals(ctx, b.sight); err != nil {
			return err
		}
		return fn(b)
	})
}

func (c *caller) sight(ctx context.Context, f *ingest.Folder) (goals.Sight, error) {
	scope := c.who.Scope(c.peers)
	var members []goals.Member
	if !scope.All() {
		agents, err := f.Store().Agents(ctx)
		if err != nil {
			return goals.Sight{}, err
		}
		for _, x := range agents {
			members = append(members, goals.Member{Agent: x.Name, Team: x.Team})
		}
	}
	return goals.NewSight(scope, c.who.Account.Agent, c.who.May(auth.ViewTeam), members), nil
}

// answer is a goal as the caller sees it.
func (b goalBook) answer(ctx context.Context, c *caller, g store.Goal, r *track.Report) (out shownGoal, err error) {
	r = b.sight.Narrow(r, goals.Plain(b.seen), b.Desk.Catalogue)
	if out.GoalAnswer, err = b.Answer(ctx, g, r, true); err != nil {
		return out, err
	}
	out.Title, out.Letters = c.reader.GoalTitle(g.Goal), []goalLetter{}
	parts, err := g.Describe(b.Desk.Catalogue, b.Desk.Base.Calendar)
	for _, p := range parts {
		out.Understood = append(out.Understood, goalTerm{goal.Print(c.reader, p.Label), goal.Print(c.reader, p.Text)})
	}
	for _, k := range r.Checks {
		l := goalLetter{string(k.Letter), string(k.Verdict), []string{}, []string{}}
		for _, m := range k.Reasons {
			l.Reasons = append(l.Reasons, goal.Print(c.reader, m))
		}
		for _, m := range k.Advice {
			l.Advice = append(l.Advice, goal.Print(c.reader, m))
		}
		out.Letters = append(out.Letters, l)
	}
	return out, err
}

func (a *API) listGoals(ctx context.Context, c *caller, in *goalsInput) (*goalsOutput, error) {
	out := &goalsOutput{}
	out.Body.Goals = []goalEntry{}
	err := a.book(ctx, c, func(b goalBook) error {
		entries, err := b.Entries(ctx, b.open(in.Closed))
		for _, e := range entries {
			r := b.sight.Narrow(e.Report, goals.Plain(b.seen), c.defs)
			x := goalEntry{GoalAnswer: goals.Answer(e.Goal, r), Title: c.reader.GoalTitle(e.Goal.Goal)}
			if e.Fault != nil {
				x.Fault = c.reader.Error(e.Fault)
			}
			out.Body.Goals = append(out.Body.Goals, x)
		}
		return err
	})
	return out, err
}

// open are the goals that are seen, without those that are closed.
func (b goalBook) open(closedToo bool) (out []store.Goal) {
	for _, g := range b.seen {
		if closedToo || g.State != goal.Closed {
			out = append(out, g)
		}
	}
	return out
}

func (a *API) showGoal(ctx context.Context, c *caller, in *goalInput) (*goalOutput, error) {
	out := &goalOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.Goal(ctx, b.sight, in.ID)
		if err != nil {
			return err
		}
		r, err := b.Look(ctx, g, true)
		if err != nil {
			return err
		}
		out.Body, err = b.answer(ctx, c, g, r)
		return err
	})
	return out, err
}

func (a *API) listVersions(ctx context.Context, c *caller, in *goalInput) (*versionsOutput, error) {
	out := &versionsOutput{}
	out.Body.Versions, out.Body.Days = []goalVersion{}, []track.Told{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.Goal(ctx, b.sight, in.ID)
		if err != nil {
			return err
		}
		history, err := b.History(ctx, b.sight, g)
		if err != nil {
			return err
		}
		for _, v := range history {
			v.Goal.ID = g.ID
			out.Body.Versions = append(out.Body.Versions, goalVersion{v.Goal, v.From.String(), v.By})
		}
		days, err := b.State.Goals().FindTold(ctx, g.ID, "", b.Desk.Instance(g.Goal).From)
		out.Body.Days = append(out.Body.Days, days...)
		return err
	})
	return out, err
}

func (a *API) listScorecards(ctx context.Context, c *caller, in *cardsInput) (*cardsOutput, error) {
	out := &cardsOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		settings, err := goals.FindCardSettings(ctx, b.State)
		if err != nil {
			return err
		}
		entries, err := b.Entries(ctx, b.open(false))
		for i := range entries {
			entries[i].Report = b.sight.Narrow(entries[i].Report, goals.Plain(b.seen), c.defs)
		}
		out.Body.Cards = goals.CardsAnswer(goals.Cards(entries, goal.Each(in.By), settings))
		return err
	})
	return out, err
}
