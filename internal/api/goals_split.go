package api

import (
	"context"

	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/store"
)

type splitInput struct {
	ID     string   `path:"id" maxLength:"60"`
	Levels []string `query:"levels" maxItems:"2" enum:"team,agent" doc:"Among whom: teams, agents, or teams and in them agents"`
	By     string   `query:"by" enum:"equal,history,capacity" doc:"What they weigh"`
	Lock   []string `query:"lock,explode" maxItems:"1000" maxLength:"300" doc:"NAME=NUMBER set by hand, or TEAM/NAME=NUMBER; in the goal's unit"`
}

type saveSplitInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Levels  []string `json:"levels,omitempty" maxItems:"2" enum:"team,agent" doc:"Among whom: teams, agents, or teams and in them agents"`
		By      string   `json:"by,omitempty" enum:"equal,history,capacity" doc:"What they weigh"`
		Lock    []string `json:"lock,omitempty" maxItems:"1000" maxLength:"300" doc:"NAME=NUMBER set by hand, or TEAM/NAME=NUMBER; in the goal's unit"`
		Version int      `json:"version,omitempty" minimum:"1" doc:"Of the goal, that was seen; absent: whatever it is"`
	}
}

type splitOutput struct{ Body goals.SplitAnswer }

func (a *API) previewSplit(ctx context.Context, c *caller, in *splitInput) (*splitOutput, error) {
	return a.split(ctx, c, in.ID, goals.SplitWords{Levels: in.Levels, By: in.By, Locks: in.Lock}, nil)
}

func (a *API) saveSplit(ctx context.Context, c *caller, in *saveSplitInput) (*splitOutput, error) {
	return a.split(ctx, c, in.ID, goals.SplitWords{Levels: in.Body.Levels, By: in.Body.By, Locks: in.Body.Lock}, func(b goalBook, g store.Goal, s *goals.Split) error {
		g.Version = in.Body.Version
		_, err := a.writing(ctx, c, b, "split", func(in goals.Book) (store.Goal, error) {
			return g, in.CascadeTree(ctx, g, s, c.who.Account.Name)
		})
		return err
	})
}

// split divides a goal, and has the split saved where save is given.
func (a *API) split(ctx context.Context, c *caller, id string, w goals.SplitWords, save func(goalBook, store.Goal, *goals.Split) error) (*splitOutput, error) {
	out := &splitOutput{}
	err := a.book(ctx, c, func(b goalBook) error {
		g, err := b.Settable(ctx, b.sight, id)
		if err != nil {
			return err
		}
		s, err := b.SplitBy(ctx, g, w)
		if err != nil {
			return err
		}
		out.Body = s.Answer(g)
		if save == nil {
			return nil
		}
		return save(b, g, s)
	})
	return out, err
}
