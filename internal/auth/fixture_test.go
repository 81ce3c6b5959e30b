package auth

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

const good = "a long enough phrase"

var (
	ctx  = context.Background()
	home = Visitor{Address: "192.0.2.1", UserAgent: "Firefox"}
	away = Visitor{Address: "198.51.100.7", UserAgent: "curl"}
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type world struct {
	*Service
	*clock
	t     *testing.T
	dir   string
	admin Identity
}

// cheap hashes make the tests quick; TestHash takes the real ones.
var cheap = cost{64, 1, 1}

func unclaimedWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(ctx, dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	c := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	s := New(db, c.Now)
	s.hasher = newHasher(cheap)
	s.Organisation = func(context.Context) string { return "Adria Prodaja" }
	return &world{Service: s, clock: c, t: t, dir: dir}
}

// newWorld is an organisation with an admin.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := unclaimedWorld(t)
	token, err := w.CreateSetupLink(ctx)
	require.NoError(t, err)
	in, err := w.CompleteSetup(ctx, token, FirstAdmin{"root@example.hr", "Rada", good, "hr", "Adria Prodaja"}, home)
	require.NoError(t, err)
	w.admin = w.who(in)
	return w
}

// add makes an account that can sign in with the good password.
func (w *world) add(login string, role Role, more ...func(*store.Account)) store.Account {
	w.t.Helper()
	a := store.Account{Login: login, Name: "Somebody", Role: string(role), Agent: "ana", Teams: []string{"East"}, Language: "en"}
	for _, f := range more {
		f(&a)
	}
	a, token, err := w.Invite(ctx, w.admin, a)
	require.NoError(w.t, err)
	_, err = w.RedeemLink(ctx, token, good, home)
	require.NoError(w.t, err)
	return a
}

func (w *world) who(in SignedIn) Identity {
	w.t.Helper()
	id, err := w.Resume(ctx, in.Token, home)
	require.NoError(w.t, err)
	return id
}

func (w *world) signIn(login string) SignedIn {
	w.t.Helper()
	in, err := w.SignIn(ctx, login, good, home)
	require.NoError(w.t, err)
	return in
}

// enrol gives an account a second factor.
func (w *world) enrol(login string) (secret string, recovery []string) {
	w.t.Helper()
	id := w.who(w.signIn(login))
	e, err := w.BeginSecondFactor(ctx, id, good)
	require.NoError(w.t, err)
	recovery, err = w.ConfirmSecondFactor(ctx, id, w.code(e.Secret, 0))
	require.NoError(w.t, err)
	return e.Secret, recovery
}

// code is what the telephone shows some steps from now.
func (w *world) code(secret string, steps int64) string {
	w.t.Helper()
	key, err := base32Text.DecodeString(secret)
	require.NoError(w.t, err)
	return totp(key, w.Now().Unix()/stepSeconds+steps, codeDigits)
}

// fails checks the code and key of an error.
func (w *world) fails(err error, code callpace.Code, key string) {
	w.t.Helper()
	fails(w.t, err, code, key)
}

func fails(t *testing.T, err error, code callpace.Code, key string) {
	t.Helper()
	var e *callpace.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, key, e.Key)
	require.Equal(t, code, e.Code)
}

func (w *world) ended(in SignedIn) {
	w.t.Helper()
	_, err := w.Resume(ctx, in.Token, home)
	w.fails(err, callpace.Unauthenticated, "auth.session_ended")
}

// actions lists the audit log, the earliest first.
func (w *world) actions() (out []Action) {
	w.t.Helper()
	all, err := w.state.Audit().FindAuditEntries(ctx, store.AuditFilter{Limit: 1000})
	require.NoError(w.t, err)
	for i := range all {
		out = append(out, Action(all[len(all)-1-i].Action))
	}
	return out
}
