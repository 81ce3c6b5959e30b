package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

func TestWhatAnAccountIs(t *testing.T) {
	w := newWorld(t)
	f := func(key string, change func(a *store.Account)) {
		t.Helper()
		a := store.Account{Login: "lea@example.hr", Name: "Lea", Role: "lead", Teams: []string{"East"}, Agent: "lea", Language: "hr"}
		change(&a)
		_, _, err := w.Invite(ctx, w.admin, a)
		w.fails(err, callpace.Invalid, key)
	}
	for _, login := range []string{"", "lea", "lea@", "@example.hr", "Lea <lea@example.hr>", "lea@example.hr, bo@example.hr", "lea@example.hr\r\nBcc: x@y.z"} {
		f("auth.bad_login", func(a *store.Account) { a.Login = login })
	}
	f("auth.no_name", func(a *store.Account) { a.Name = "\x00 " })
	f("auth.bad_role", func(a *store.Account) { a.Role = "boss" })
	f("auth.bad_language", func(a *store.Account) { a.Language = "../en" })
	f("auth.no_team", func(a *store.Account) { a.Teams = nil })
	f("auth.no_team", func(a *store.Account) { a.Teams = []string{"East", ""} })
	f("auth.no_agent", func(a *store.Account) { a.Role, a.Agent = "agent", "" })
	_, _, err := w.Invite(ctx, w.admin, store.Account{Login: "ROOT@example.hr", Name: "Lea", Role: "qa", Language: "hr"})
	w.fails(err, callpace.Conflict, "store.login_taken")
}

// Every role but admin is refused, and so is an admin's token.
func TestOnlyAdminsManage(t *testing.T) {
	w := newWorld(t)
	victim := w.add("victim@example.hr", Agent)
	all := func(id Identity) {
		t.Helper()
		_, _, err := w.Invite(ctx, id, victim)
		w.fails(err, callpace.Forbidden, "auth.forbidden")
		_, _, err = w.CreateLink(ctx, id, victim.ID)
		w.fails(err, callpace.Forbidden, "auth.forbidden")
		for _, err := range []error{w.UpdateAccount(ctx, id, victim), w.DisableAccount(ctx, id, victim.ID), w.EnableAccount(ctx, id, victim.ID),
			w.ResetSecondFactor(ctx, id, victim.ID), w.SignOutEverywhere(ctx, id, victim.ID)} {
			w.fails(err, callpace.Forbidden, "auth.forbidden")
		}
	}
	for _, r := range Roles() {
		if r != Admin {
			w.add(string(r)+"@example.hr", r)
			all(w.who(w.signIn(string(r) + "@example.hr")))
		}
	}
	secret, _, err := w.CreateToken(ctx, w.admin, "backup", Admin, w.Now().Add(time.Hour))
	require.NoError(t, err)
	token, err := w.ResumeToken(ctx, secret, home)
	require.NoError(t, err)
	all(token)
	w.fails(w.SignOut(ctx, token), callpace.Forbidden, "auth.forbidden")
	w.fails(w.ChangePassword(ctx, token, good, "quite another phrase"), callpace.Forbidden, "auth.forbidden")
	w.fails(w.UpdateProfile(ctx, token, "x", "en", store.Preferences{}), callpace.Forbidden, "auth.forbidden")
	_, err = w.BeginSecondFactor(ctx, token, good)
	w.fails(err, callpace.Forbidden, "auth.forbidden")
	_, _, err = w.CreateToken(ctx, token, "another", Agent, w.Now().Add(time.Hour))
	w.fails(err, callpace.Forbidden, "auth.forbidden")
}

func TestTheLastAdminStays(t *testing.T) {
	w := newWorld(t)
	me := w.admin.Account
	w.fails(w.DisableAccount(ctx, w.admin, me.ID), callpace.Conflict, "auth.last_admin")
	me.Role = string(Manager)
	w.fails(w.UpdateAccount(ctx, w.admin, me), callpace.Conflict, "auth.last_admin")
	_, _, err := w.Invite(ctx, w.admin, store.Account{Login: "two@example.hr", Name: "Two", Role: "admin", Language: "en"})
	require.NoError(t, err)
	w.fails(w.DisableAccount(ctx, w.admin, me.ID), callpace.Conflict, "auth.last_admin") // invited only
	w.add("three@example.hr", Admin)
	require.NoError(t, w.DisableAccount(ctx, w.admin, me.ID))
	_, err = w.SignIn(ctx, me.Login, good, home)
	w.fails(err, callpace.Unauthenticated, "auth.sign_in_failed")
}

func TestDisabledComesBack(t *testing.T) {
	w := newWorld(t)
	a := w.add("ana@example.hr", Agent)
	require.NoError(t, w.DisableAccount(ctx, w.admin, a.ID))
	require.NoError(t, w.EnableAccount(ctx, w.admin, a.ID))
	w.signIn(a.Login)
	w.fails(w.DisableAccount(ctx, w.admin, "absent"), callpace.NotFound, "store.no_account")
}

func TestProfileIsOnesOwn(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	in := w.signIn("ana@example.hr")
	id := w.who(in)
	require.NoError(t, w.UpdateProfile(ctx, id, "Ana A.", "fa", store.Preferences{Digits: "latin", NoMail: true}))
	a := w.who(in).Account
	require.Equal(t, []any{"Ana A.", "fa", "agent", "ana", true}, []any{a.Name, a.Language, a.Role, a.Agent, a.Preferences.NoMail})
	w.fails(w.UpdateProfile(ctx, id, "", "fa", store.Preferences{}), callpace.Invalid, "auth.no_name")
}

func TestToken(t *testing.T) {
	w := newWorld(t)
	w.add("man@example.hr", Manager)
	man := w.who(w.signIn("man@example.hr"))
	expires := w.Now().Add(24 * time.Hour)
	refused := func(name string, role Role, expires time.Time, code callpace.Code, key string) {
		t.Helper()
		_, _, err := w.CreateToken(ctx, man, name, role, expires)
		w.fails(err, code, key)
	}
	refused("x", Admin, expires, callpace.Forbidden, "auth.role_above")
	refused("x", "boss", expires, callpace.Invalid, "auth.bad_role")
	refused(" ", Manager, expires, callpace.Invalid, "auth.no_name")
	refused("x", Manager, w.Now(), callpace.Invalid, "auth.bad_expiry")
	refused("x", Manager, w.Now().Add(longestToken+time.Second), callpace.Invalid, "auth.bad_expiry")
	w.add("agent@example.hr", Agent)
	_, _, err := w.CreateToken(ctx, w.who(w.signIn("agent@example.hr")), "x", Agent, expires)
	w.fails(err, callpace.Forbidden, "auth.forbidden")

	secret, made, err := w.CreateToken(ctx, man, "sheet", Analyst, expires)
	require.NoError(t, err)
	require.Regexp(t, `^cp_[\w-]{43}$`, secret)
	require.Equal(t, secret[:9], made.Prefix)
	id, err := w.ResumeToken(ctx, secret, home)
	require.NoError(t, err)
	require.True(t, id.May(Import))
	require.False(t, id.May(SetGoals), "a manager may, an analyst may not")
	require.Equal(t, made.ID, id.Entry(Exported, "calls", nil).Detail["token"])

	gone := func(secret string) {
		t.Helper()
		_, err := w.ResumeToken(ctx, secret, home)
		w.fails(err, callpace.Unauthenticated, "auth.token_refused")
	}
	gone("cp_" + newSecret())
	gone(secret[3:])
	gone("")
	gone(w.signIn("man@example.hr").Token)
	w.pass(24 * time.Hour)
	gone(secret)
}

func TestTokenFollowsItsAccount(t *testing.T) {
	w := newWorld(t)
	a := w.add("man@example.hr", Manager)
	secret, made, err := w.CreateToken(ctx, w.who(w.signIn(a.Login)), "sheet", Manager, w.Now().Add(time.Hour))
	require.NoError(t, err)
	may := func(p Permission, want bool) {
		t.Helper()
		id, err := w.ResumeToken(ctx, secret, home)
		require.NoError(t, err)
		require.Equal(t, want, id.May(p))
	}
	may(ViewAll, true)
	a.Role = string(Lead)
	require.NoError(t, w.UpdateAccount(ctx, w.admin, a))
	may(ViewAll, false)
	may(ViewTeam, true)
	a.Role = string(Agent)
	require.NoError(t, w.UpdateAccount(ctx, w.admin, a))
	_, err = w.ResumeToken(ctx, secret, home)
	w.fails(err, callpace.Unauthenticated, "auth.token_refused")

	a.Role = string(Manager)
	require.NoError(t, w.UpdateAccount(ctx, w.admin, a))
	require.NoError(t, w.DisableAccount(ctx, w.admin, a.ID))
	_, err = w.ResumeToken(ctx, secret, home)
	w.fails(err, callpace.Unauthenticated, "auth.token_refused")
	require.NoError(t, w.EnableAccount(ctx, w.admin, a.ID))
	may(ViewAll, true)

	other := w.add("bo@example.hr", Manager)
	w.fails(w.RevokeToken(ctx, w.who(w.signIn(other.Login)), made.ID), callpace.NotFound, "store.no_token")
	require.NoError(t, w.RevokeToken(ctx, w.admin, made.ID))
	_, err = w.ResumeToken(ctx, secret, home)
	w.fails(err, callpace.Unauthenticated, "auth.token_refused")
}

func TestWhatIsAudited(t *testing.T) {
	w := newWorld(t)
	a := w.add("ana@example.hr", Analyst)
	_, err := w.SignIn(ctx, a.Login, "wrong", away)
	require.Error(t, err)
	id := w.who(w.signIn(a.Login))
	_, made, err := w.CreateToken(ctx, id, "sheet", Analyst, w.Now().Add(time.Hour))
	require.NoError(t, err)
	require.NoError(t, w.RevokeToken(ctx, id, made.ID))
	require.NoError(t, w.Audit(ctx, id.Entry(Exported, "calls", map[string]any{"rows": 12})))
	require.NoError(t, w.SignOut(ctx, id))
	require.NoError(t, w.DisableAccount(ctx, w.admin, a.ID))
	require.Equal(t, []Action{SetUp, SignInSucceeded, AccountCreated, PasswordChanged, SignInFailed, SignInSucceeded, TokenCreated, TokenRevoked,
		Exported, SignedOut, AccountDisabled}, w.actions())
	n, _, err := w.state.Audit().VerifyAudit(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 11, n)

	// Nothing in it is secret, and erasing a person leaves it as it is.
	all, err := w.state.Audit().FindAuditEntries(ctx, store.AuditFilter{})
	require.NoError(t, err)
	for _, e := range all {
		require.NotContains(t, e.Object, "@")
		for _, v := range e.Detail {
			require.NotEqual(t, good, v)
			require.NotEqual(t, a.Login, v)
		}
	}
	require.Equal(t, away.Address, all[len(all)-5].Address)
}
