package auth

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

func TestSessionsRunOut(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	idle := w.signIn("ana@example.hr")
	w.pass(idleTimeout - time.Second)
	w.who(idle) // used in time
	w.pass(idleTimeout - time.Second)
	w.who(idle)
	w.pass(idleTimeout)
	w.ended(idle)

	busy := w.signIn("ana@example.hr")
	for range int(lifetime/(6*time.Hour)) - 1 {
		w.pass(6 * time.Hour)
		w.who(busy)
	}
	w.pass(6 * time.Hour)
	w.ended(busy)

	require.NoError(t, w.Sweep(ctx))
	left, err := w.state.Sessions().FindSessions(ctx, w.admin.Account.ID)
	require.NoError(t, err)
	require.Empty(t, left)
}

// Where the disk takes nothing, who is signed in, or has a token, reads on.
func TestReadingNeedsNoWriting(t *testing.T) {
	w := newWorld(t)
	var log strings.Builder
	w.Log = slog.New(slog.NewTextHandler(&log, nil))
	in := w.signIn(w.admin.Account.Login)
	secret, _, err := w.CreateToken(ctx, w.who(in), "pbx", Analyst, w.Now().Add(time.Hour))
	require.NoError(t, err)
	db, err := sql.Open("sqlite", filepath.Join(w.dir, store.Name))
	require.NoError(t, err)
	for _, table := range []string{"sessions", "tokens"} {
		_, err = db.ExecContext(ctx, "CREATE TRIGGER full_"+table+" BEFORE UPDATE ON "+table+" BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	w.pass(touchEvery)
	for range 3 {
		w.who(in)
		_, err = w.ResumeToken(ctx, secret, away)
		require.NoError(t, err)
	}
	require.Equal(t, 1, strings.Count(log.String(), "the disk is full"), "told once: %s", &log)
}

// Each way in which an account changes ends its sessions at once.
func TestSessionsEndAtOnce(t *testing.T) {
	f := func(what string, change func(w *world, a store.Account)) {
		t.Helper()
		w := newWorld(t)
		a := w.add("ana@example.hr", Agent)
		other := w.add("bo@example.hr", Agent)
		in, kept := w.signIn(a.Login), w.signIn(other.Login)
		w.who(in)
		change(w, a)
		_, err := w.Resume(ctx, in.Token, home)
		require.Error(t, err, what)
		w.fails(err, callpace.Unauthenticated, "auth.session_ended")
		w.who(kept)
	}
	f("disabled", func(w *world, a store.Account) { require.NoError(t, w.DisableAccount(ctx, w.admin, a.ID)) })
	f("disabled behind the service", func(w *world, a store.Account) {
		require.NoError(t, w.state.Accounts().UpdateDisabled(ctx, a.ID, w.Now()))
	})
	f("another role", func(w *world, a store.Account) {
		a.Role = string(Lead)
		require.NoError(t, w.UpdateAccount(ctx, w.admin, a))
	})
	f("another login", func(w *world, a store.Account) {
		a.Login = "ana.b@example.hr"
		require.NoError(t, w.UpdateAccount(ctx, w.admin, a))
	})
	f("another password", func(w *world, a store.Account) {
		require.NoError(t, w.ChangePassword(ctx, w.who(w.signIn(a.Login)), good, "quite another phrase"))
	})
	f("reset", func(w *world, a store.Account) {
		r, ok, err := w.RequestReset(ctx, a.Login, home)
		require.NoError(t, err)
		require.True(t, ok)
		_, err = w.RedeemLink(ctx, r.Token, "quite another phrase", home)
		require.NoError(t, err)
	})
	f("signed out everywhere", func(w *world, a store.Account) {
		require.NoError(t, w.SignOutEverywhere(ctx, w.who(w.signIn(a.Login)), a.ID))
	})
	f("signed out by the admin", func(w *world, a store.Account) { require.NoError(t, w.SignOutEverywhere(ctx, w.admin, a.ID)) })
	f("ended from another session", func(w *world, a store.Account) {
		id := w.who(w.signIn(a.Login))
		all, err := w.state.Sessions().FindSessions(ctx, a.ID)
		require.NoError(t, err)
		for _, x := range all {
			if x.ID != id.Session.ID {
				require.NoError(t, w.EndSession(ctx, id, x.ID))
			}
		}
	})
}

func TestOwnPasswordChangeKeepsThisSession(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	in := w.signIn("ana@example.hr")
	id := w.who(in)
	w.fails(w.ChangePassword(ctx, id, "wrong", "quite another phrase"), callpace.Invalid, "auth.wrong_password")
	w.fails(w.ChangePassword(ctx, id, good, "Adria Prodaja 1"), callpace.Invalid, "auth.password_about_you")
	require.NoError(t, w.ChangePassword(ctx, id, good, "quite another phrase"))
	w.who(in)
	_, err := w.SignIn(ctx, "ana@example.hr", good, home)
	w.fails(err, callpace.Unauthenticated, "auth.sign_in_failed")
}

func TestChangedScopeHoldsAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.add("lea@example.hr", Lead)
	in := w.signIn(a.Login)
	require.Equal(t, []string{"East"}, w.who(in).Scope(false).Teams())
	a.Teams = []string{"West"}
	require.NoError(t, w.UpdateAccount(ctx, w.admin, a))
	require.Equal(t, []string{"West"}, w.who(in).Scope(false).Teams())
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	first, second := w.signIn("ana@example.hr"), w.signIn("ana@example.hr")
	id := w.who(first)
	require.NoError(t, w.SignOut(ctx, id))
	w.ended(first)
	w.who(second)
	require.NoError(t, w.SignOut(ctx, id), "twice is no error")
	other := w.add("bo@example.hr", Agent)
	w.fails(w.SignOutEverywhere(ctx, w.who(second), other.ID), callpace.Forbidden, "auth.forbidden")
}

// Sessions start, are used and end together; after the account is disabled no
// request gets through.
func TestSessionsAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.add("ana@example.hr", Agent)
	var disabled atomic.Bool
	var wg sync.WaitGroup
	problems := make(chan error, 1000)
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				in, err := w.SignIn(ctx, a.Login, good, Visitor{Address: fmt.Sprintf("192.0.2.%d", i+10)})
				if err != nil {
					if !disabled.Load() && callpace.CodeOf(err) != callpace.Unauthenticated {
						problems <- err
					}
					continue
				}
				was := disabled.Load()
				if _, err := w.Resume(ctx, in.Token, home); err == nil && was {
					problems <- errors.New("a session outlived its account")
				}
			}
		})
	}
	wg.Go(func() {
		time.Sleep(20 * time.Millisecond)
		if err := w.DisableAccount(ctx, w.admin, a.ID); err != nil {
			problems <- err
		}
		disabled.Store(true)
	})
	wg.Wait()
	close(problems)
	for err := range problems {
		t.Error(err)
	}
	left, err := w.state.Sessions().FindSessions(ctx, a.ID)
	require.NoError(t, err)
	require.Empty(t, left)
	_, _, err = w.state.Audit().VerifyAudit(ctx)
	require.NoError(t, err)
}

func TestCut(t *testing.T) {
	require.Equal(t, "Chrome", cut("Chr\x00o\nm\xffe", 200))
	require.Equal(t, "čć", cut("čćž", 5))
}
