package main

import (
	"context"
	"errors"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/goal"
	"github.com/callpace/callpace/internal/goal/track"
	"github.com/callpace/callpace/internal/goals"
	"github.com/callpace/callpace/internal/i18n"
	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/question"
	"github.com/callpace/callpace/internal/store"
	"github.com/callpace/callpace/internal/web"
)

// stateful runs fn on the application's state: the server's, or the one of the
// folder, opened for it and closed again.
func (a *app) stateful(ctx context.Context, fn func(store.State) error) error {
	return a.withState(ctx, func(db *store.DB) error { return fn(db.State) })
}

func (a *app) withState(ctx context.Context, fn func(*store.DB) error) error {
	if a.state != nil {
		return fn(a.state)
	}
	if !ingest.Exists(a.Data) {
		return callpace.E(callpace.NotFound, "store.no_folder", "path", a.Data)
	}
	db, err := store.Open(ctx, a.Data)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// deskOn is what goals are held against in the data folder.
func (a *app) deskOn(ctx context.Context, f *ingest.Folder, s store.State) (d track.Desk, err error) {
	asker := a.asker(f)
	base, _, err := asker.Query(question.Words{})
	if err != nil {
		return d, err
	}
	d = track.Desk{Catalogue: f.Catalogue(), Engine: f.Store().Engine(), Base: base}
	if d.Today, err = asker.Today(); err != nil {
		return d, err
	}
	d.Working, err = s.Working(ctx, f.Settings().Country)
	return d, err
}

// goalContext is what texts of goals are read with.
func (a *app) goalContext(ctx context.Context, d track.Desk) (goal.Context, error) {
	c := goal.Context{Today: d.Today, Calendar: d.Base.Calendar, Catalogue: d.Catalogue, Lang: a.lang, Currency: d.Base.Currency, Tomans: a.showsTomans(d.Base.Currency)}
	return c, d.Names(ctx, &c)
}

// tellGoals says how each goal stands today, so that their history has no gaps
// on days when nobody looks. What cannot be said, the goal's page says.
func (s *server) tellGoals(ctx context.Context) error {
	return s.folder.Read(func(f *ingest.Folder) error {
		desk, err := s.app.deskOn(ctx, f, s.state.State)
		if err != nil {
			return err
		}
		all, err := s.state.Goals().FindGoals(ctx)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(g store.Goal) bool { return g.State != goal.Active })
		_, err = goals.Book{State: s.state.State, Desk: desk, Now: s.app.now()}.Entries(ctx, all)
		return err
	})
}

// showsTomans tells whether people read amounts in tomans; programs get rials.
func (a *app) showsTomans(currency string) bool {
	var org web.Organisation
	if currency != i18n.Rial || !a.hasState() {
		return false
	}
	err := a.stateful(context.Background(), func(st store.State) error {
		return st.Settings().FindSetting(context.Background(), web.OrganisationSetting, &org)
	})
	return err == nil && org.Tomans
}
