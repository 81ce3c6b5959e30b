package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

func TestAccount(t *testing.T) {
	r := open(t, t.TempDir()).Accounts()
	a, err := r.CreateAccount(ctx, Account{Login: "ana@example.hr", Name: "Ana Anić", Role: "lead", Teams: []string{"East"}, Agent: "ana",
		Language: "hr", Preferences: Preferences{Theme: "dark"}, CreatedAt: noon, Password: "secret hash", TOTPSecret: "secret seed"})
	require.NoError(t, err)
	found, err := r.FindAccount(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, a, found)
	require.NotContains(t, mustJSON(t, found), "secret")

	_, err = r.CreateAccount(ctx, Account{Login: "ana@example.hr", CreatedAt: noon})
	fails(t, err, callpace.Conflict, "store.login_taken")
	b, err := r.CreateAccount(ctx, Account{Login: "bo@example.hr", CreatedAt: noon})
	require.NoError(t, err)
	b.Login = "ana@example.hr"
	fails(t, r.UpdateAccount(ctx, b), callpace.Conflict, "store.login_taken")
	a.Name, a.Teams, a.Role = "Ana B.", []string{"West", "East"}, "manager"
	require.NoError(t, r.UpdateAccount(ctx, a))
	require.NoError(t, r.UpdateDisabled(ctx, a.ID, noon.Add(time.Hour)))
	found, err = r.FindAccount(ctx, a.ID)
	require.NoError(t, err)
	a.DisabledAt = noon.Add(time.Hour)
	require.Equal(t, a, found)

	require.NoError(t, r.UpdateHash(ctx, a.ID, "another hash", "new"))
	found, err = r.FindAccount(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, "secret hash", found.Password, "a password changed meanwhile is kept")
	fails(t, r.UpdateAccount(ctx, Account{ID: "absent"}), callpace.NotFound, "store.no_account")
}

func TestCodesWorkOnce(t *testing.T) {
	db := open(t, t.TempDir())
	r, a := db.Accounts(), account(t, db, "ana@example.hr")
	use := func(step int64, want bool) {
		t.Helper()
		got, err := r.UseTOTPStep(ctx, a.ID, step)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	use(100, true)
	use(100, false)
	use(99, false)
	use(101, true)

	require.NoError(t, r.ReplaceRecoveryCodes(ctx, a.ID, []string{"one", "two"}))
	require.NoError(t, r.ReplaceRecoveryCodes(ctx, a.ID, []string{"three", "four"}))
	code := func(hash string, want bool) {
		t.Helper()
		got, err := r.UseRecoveryCode(ctx, a.ID, hash)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	code("one", false)
	code("three", true)
	code("three", false)
	n, err := r.CountRecoveryCodes(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestSession(t *testing.T) {
	db := open(t, t.TempDir())
	r, a, b := db.Sessions(), account(t, db, "ana@example.hr"), account(t, db, "bo@example.hr")
	add := func(account Account, hash string, seen time.Time) Session {
		t.Helper()
		x, err := r.CreateSession(ctx, Session{Hash: hash, AccountID: account.ID, Stage: StageOpen, UserAgent: "Firefox", Address: "192.0.2.1",
			CreatedAt: noon, SeenAt: seen, ExpiresAt: noon.Add(time.Hour)})
		require.NoError(t, err)
		return x
	}
	first, second, other := add(a, "1", noon), add(a, "2", noon.Add(time.Minute)), add(b, "3", noon)
	found, err := r.FindSession(ctx, "1")
	require.NoError(t, err)
	require.Equal(t, first, found)
	all, err := r.FindSessions(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, []Session{second, first}, all)

	fails(t, r.DeleteSession(ctx, a.ID, other.ID), callpace.NotFound, "store.no_session")
	n, err := r.DeleteSessions(ctx, a.ID, second.ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	fails(t, r.UpdateSession(ctx, first), callpace.NotFound, "store.no_session")
	require.NoError(t, r.DeleteStaleSessions(ctx, noon.Add(30*time.Second), noon))
	_, err = r.FindSession(ctx, "3")
	fails(t, err, callpace.NotFound, "store.no_session")
	_, err = r.FindSession(ctx, "2")
	require.NoError(t, err)
}

func TestLinkWorksOnce(t *testing.T) {
	db := open(t, t.TempDir())
	r, a := db.Links(), account(t, db, "ana@example.hr")
	require.NoError(t, r.CreateLink(ctx, Link{Hash: "h", Purpose: LinkReset, AccountID: a.ID, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}))
	fails(t, r.UseLink(ctx, "h", noon.Add(time.Hour)), callpace.NotFound, "store.no_link")
	require.NoError(t, r.UseLink(ctx, "h", noon))
	fails(t, r.UseLink(ctx, "h", noon), callpace.NotFound, "store.no_link")
}

func TestToken(t *testing.T) {
	db := open(t, t.TempDir())
	r, a := db.Tokens(), account(t, db, "ana@example.hr")
	x, err := r.CreateToken(ctx, Token{Hash: "h", Prefix: "cp_1234", Name: "sheet", AccountID: a.ID, Role: "analyst", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)})
	require.NoError(t, err)
	require.NoError(t, r.TouchToken(ctx, x.ID, noon))
	require.NoError(t, r.RevokeToken(ctx, x.ID, noon.Add(time.Minute)))
	require.NoError(t, r.RevokeToken(ctx, x.ID, noon.Add(time.Hour)))
	found, err := r.FindTokenByHash(ctx, "h")
	require.NoError(t, err)
	x.UsedAt, x.RevokedAt = noon, noon.Add(time.Minute)
	require.Equal(t, x, found)
	all, err := r.FindTokens(ctx, "")
	require.NoError(t, err)
	require.Equal(t, []Token{x}, all)
}

func TestThrottle(t *testing.T) {
	r := open(t, t.TempDir()).Throttles()
	want := Throttle{ID: "x", Failures: 3, LastAt: noon, BlockedUntil: noon.Add(time.Second)}
	require.NoError(t, r.UpdateThrottle(ctx, want))
	got, err := r.FindThrottle(ctx, "x")
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NoError(t, r.UpdateThrottle(ctx, Throttle{ID: "x"}))
	got, err = r.FindThrottle(ctx, "x")
	require.NoError(t, err)
	require.Equal(t, Throttle{ID: "x"}, got)
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
