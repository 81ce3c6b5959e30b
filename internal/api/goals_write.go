package api

import (
	"context"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

// GoalWords are a goal as it is sent: in one line, or by fields.
type GoalWords struct {
	Text      string   `json:"text,omitempty" maxLength:"500" doc:"The whole goal in one line, such as: 50 sales of product=X next month. Excludes the fields"`
	Lang      string   `json:"lang,omitempty" enum:"en,hr,uk,fa,ro,zh" doc:"Language of the words; else that of Accept-Language, else the account's"`
	Draft     bool     `json:"draft,omitempty" doc:"Keep it a draft, even where nothing is missing"`
	KPI       string   `json:"kpi,omitempty" maxLength:"200" doc:"id, id:variant or name"`
	Target    string   `json:"target,omitempty" maxLength:"200" doc:"50, 6 %, +15 %, +2 points, between 3 and 6 min"`
	Baseline  string   `json:"baseline,omitempty" maxLength:"200" doc:"previous month, year ago, 5 %"`
	Period    string   `json:"period,omitempty" maxLength:"200" doc:"next month, in the next 60 days, 2026-Q4, weekly"`
	Team      string   `json:"team,omitempty" maxLength:"200"`
	Agent     string   `json:"agent,omitempty" maxLength:"200"`
	Each      string   `json:"each,omitempty" enum:"agent,team" doc:"For each one, with the target each one's own"`
	Where     []string `json:"where,omitempty" maxItems:"20" doc:"Conditions, such as product = 'X'"`
	Better    string   `json:"better,omitempty" enum:"higher,lower"`
	Means     string   `json:"means,omitempty" maxLength:"500" doc:"By which it is to be reached"`
	Guardrail []string `json:"guardrails,omitempty" maxItems:"10" doc:"KPIs that must not suffer: conversion rate; conversion rate at least 5 %"`
	Weight    string   `json:"weight,omitempty" maxLength:"20" doc:"In a scorecard"`
	Owner     string   `json:"owner,omitempty" maxLength:"200"`
	Objective string   `json:"objective,omitempty" maxLength:"200" doc:"Of the business, that it serves"`
	Name      string   `json:"name,omitempty" maxLength:"200"`
}

type addGoalInput struct{ Body GoalWords }

type changeGoalInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		GoalWords
		Version int `json:"version,omitempty" minimum:"1" doc:"That the change was made from; absent: whatever it is"`
	}
}

// words are those of the body.
func (w GoalWords) words(c *caller) (goals.Words, error) {
	lang := w.Lang
	if lang == "" {
		lang = c.reader.Lang()
	}
	fields := goal.Fields{Name: w.Name, KPI: w.KPI, Target: w.Target, Baseline: w.Baseline, Period: w.Period, Team: w.Team, Agent: w.Agent, Each: w.Each, Where: w.Where,
		Better: w.Better, Means: w.Means, Guardrails: w.Guardrail, Weight: w.Weight, Owner: w.Owner, Objective: w.Objective}
	if w.Text != "" && w.KPI+w.Target+w.Period != "" {
		return goals.Words{}, callpace.E(callpace.Invalid, "goals.text_or_fields")
	}
	return goals.Words{Lang: lang, Text: w.Text, Fields: fields, Draft: w.Draft}, nil
}

// read makes a goal of the words.
func (b goalBook) read(ctx context.Context, c *caller, w GoalWords) (goal.Goal, error) {
	words, err := w.words(c)
	if err != nil {
		return goal.Goal{}, err
	}
	return b.Read(ctx, b.sight, words)
}

func (a *API) addGoal(ctx context.Context, c *caller, in *addGoalInput) (*goalOutput, error) {
	out := &goalOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.read(ctx, c, in.Body)
		if err != nil {
			return err
		}
		kept, err := a.writing(ctx, c, b, "set", func(in goals.Book) (store.Goal, error) {
			return in.Add(ctx, store.Goal{Goal: g, Author: c.who.Account.Name})
		})
		if err != nil {
			return err
		}
		return b.show(ctx, c, kept, out)
	})
	return out, err
}

// show tells a goal that was just written. Where nothing can be said of it, the
// goal alone is the answer: it stands written, and whoever were told of an error
// would write it again.
func (b goalBook) show(ctx context.Context, c *caller, g store.Goal, out *goalOutput) error {
	r, err := b.Look(ctx, g, true)
	if err == nil {
		out.Body, err = b.answer(ctx, c, g, r)
	}
	if err != nil {
		out.Body = shownGoal{GoalAnswer: goals.Answer(g, nil), Title: c.reader.GoalTitle(g.Goal)}
	}
	return nil
}

func (a *API) checkGoal(ctx context.Context, c *caller, in *addGoalInput) (*goalOutput, error) {
	out := &goalOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.read(ctx, c, in.Body)
		if err != nil {
			return err
		}
		r, err := b.Try(ctx, g)
		if err != nil {
			return err
		}
		out.Body, err = b.answer(ctx, c, store.Goal{Goal: g}, r)
		return err
	})
	return out, err
}

func (a *API) changeGoal(ctx context.Context, c *caller, in *changeGoalInput) (*goalOutput, error) {
	out := &goalOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.read(ctx, c, in.Body.GoalWords)
		if err != nil {
			return err
		}
		was, err := b.Settable(ctx, b.sight, in.ID)
		if err != nil {
			return err
		}
		g.ID, g.Version = was.ID, in.Body.Version
		was.Goal = g
		kept, err := a.writing(ctx, c, b, "changed", func(in goals.Book) (store.Goal, error) { return in.Change(ctx, was, c.who.Account.Name) })
		if err != nil {
			return err
		}
		return b.show(ctx, c, kept, out)
	})
	return out, err
}

func (a *API) closeGoal(ctx context.Context, c *caller, in *goalInput) (*goalOutput, error) {
	out := &goalOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.Settable(ctx, b.sight, in.ID)
		if err != nil {
			return err
		}
		kept, err := a.writing(ctx, c, b, "closed", func(in goals.Book) (store.Goal, error) { return in.Close(ctx, g, c.who.Account.Name) })
		if err != nil {
			return err
		}
		return b.show(ctx, c, kept, out)
	})
	return out, err
}

func (a *API) deleteGoal(ctx context.Context, c *caller, in *goalInput) (*struct{}, error) {
	return nil, a.book(ctx, c, func(b goalBook) error {
		g, err := b.Settable(ctx, b.sight, in.ID)
		if err != nil {
			return err
		}
		_, err = a.writing(ctx, c, b, "deleted", func(in goals.Book) (store.Goal, error) { return g, in.State.Goals().DeleteGoal(ctx, g.ID) })
		return err
	})
}
