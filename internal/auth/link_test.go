package auth

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

var rada = FirstAdmin{"Rada@Example.hr", "  Rada   R. ", good, "hr", "Adria Prodaja"}

func TestSetup(t *testing.T) {
	w := unclaimedWorld(t)
	needed, err := w.NeedsSetup(ctx)
	require.NoError(t, err)
	require.True(t, needed)
	old, err := w.CreateSetupLink(ctx)
	require.NoError(t, err)
	token, err := w.CreateSetupLink(ctx)
	require.NoError(t, err)

	refused := func(token string, f FirstAdmin, code callpace.Code, key string) {
		t.Helper()
		_, err := w.CompleteSetup(ctx, token, f, home)
		w.fails(err, code, key)
	}
	refused(old, rada, callpace.NotFound, "auth.link_ended")
	refused("", rada, callpace.NotFound, "auth.link_ended")
	weak := rada
	weak.Password = "adria prodaja!"
	refused(token, weak, callpace.Invalid, "auth.password_about_you")
	nameless := rada
	nameless.Name = " "
	refused(token, nameless, callpace.Invalid, "auth.no_name")

	in, err := w.CompleteSetup(ctx, token, rada, home)
	require.NoError(t, err)
	id := w.who(in)
	require.Equal(t, "Rada R.", id.Account.Name)
	require.True(t, id.May(ManageAccounts))
	require.True(t, id.Scope(false).All())
	refused(token, rada, callpace.NotFound, "auth.link_ended")
	_, err = w.CreateSetupLink(ctx)
	w.fails(err, callpace.Conflict, "auth.already_set_up")
}

func TestSetupLinkLastsHalfAnHour(t *testing.T) {
	w := unclaimedWorld(t)
	token, err := w.CreateSetupLink(ctx)
	require.NoError(t, err)
	w.pass(30*time.Minute - time.Second)
	_, err = w.FindLink(ctx, token)
	require.NoError(t, err)
	w.pass(time.Second)
	_, err = w.CompleteSetup(ctx, token, rada, home)
	w.fails(err, callpace.NotFound, "auth.link_ended")
}

func TestSetupAtOnce(t *testing.T) {
	w := unclaimedWorld(t)
	token, err := w.CreateSetupLink(ctx)
	require.NoError(t, err)
	var done atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := w.CompleteSetup(ctx, token, rada, home); err == nil {
				done.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, done.Load())
	n, err := w.state.Accounts().CountAccounts(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestLinksAreForTheirPurpose(t *testing.T) {
	w := unclaimedWorld(t)
	setup, err := w.CreateSetupLink(ctx)
	require.NoError(t, err)
	_, err = w.RedeemLink(ctx, setup, good, home)
	w.fails(err, callpace.NotFound, "auth.link_ended")

	w = newWorld(t)
	a := w.add("ana@example.hr", Agent)
	reset, purpose, err := w.CreateLink(ctx, w.admin, a.ID)
	require.NoError(t, err)
	require.Equal(t, store.LinkReset, purpose)
	_, err = w.CompleteSetup(ctx, reset, rada, home)
	w.fails(err, callpace.NotFound, "auth.link_ended")
}

func TestInvitation(t *testing.T) {
	w := newWorld(t)
	a, token, err := w.Invite(ctx, w.admin, store.Account{Login: "Lea@Example.hr", Name: "Lea", Role: "lead", Teams: []string{"East"}, Language: "hr"})
	require.NoError(t, err)
	require.Equal(t, "lea@example.hr", a.Login)
	_, err = w.RedeemLink(ctx, token, "short", home)
	w.fails(err, callpace.Invalid, "auth.password_short")

	again, purpose, err := w.CreateLink(ctx, w.admin, a.ID)
	require.NoError(t, err)
	require.Equal(t, store.LinkInvitation, purpose)
	_, err = w.RedeemLink(ctx, token, good, home)
	w.fails(err, callpace.NotFound, "auth.link_ended") // the newer one counts
	w.pass(invitationTime - time.Second)
	_, err = w.RedeemLink(ctx, again, good, home)
	require.NoError(t, err)
	_, err = w.RedeemLink(ctx, again, "quite another phrase", home)
	w.fails(err, callpace.NotFound, "auth.link_ended")
	w.signIn("lea@example.hr")
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	a := w.add("ana@example.hr", Agent)
	first, ok, err := w.RequestReset(ctx, " ANA@example.hr", home)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, a.ID, first.Account.ID)
	second, ok, err := w.RequestReset(ctx, "ana@example.hr", home)
	require.NoError(t, err)
	require.True(t, ok)
	w.signIn("ana@example.hr") // a request changes nothing
	_, err = w.RedeemLink(ctx, second.Token, "quite another phrase", home)
	require.NoError(t, err)
	_, err = w.RedeemLink(ctx, first.Token, good, home)
	w.fails(err, callpace.NotFound, "auth.link_ended") // all links end with the first used

	late, _, err := w.RequestReset(ctx, "ana@example.hr", home)
	require.NoError(t, err)
	w.pass(resetTime)
	_, err = w.RedeemLink(ctx, late.Token, good, home)
	w.fails(err, callpace.NotFound, "auth.link_ended")

	third, _, err := w.RequestReset(ctx, "ana@example.hr", home)
	require.NoError(t, err)
	require.NoError(t, w.DisableAccount(ctx, w.admin, a.ID))
	_, err = w.RedeemLink(ctx, third.Token, good, home)
	w.fails(err, callpace.NotFound, "auth.link_ended")
	_, ok, err = w.RequestReset(ctx, "ana@example.hr", away)
	require.NoError(t, err)
	require.False(t, ok)
}

// A reset does not get round the second factor.
func TestResetKeepsTheSecondFactor(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	w.enrol("ana@example.hr")
	r, _, err := w.RequestReset(ctx, "ana@example.hr", home)
	require.NoError(t, err)
	_, err = w.RedeemLink(ctx, r.Token, good, home)
	require.NoError(t, err)
	require.True(t, w.signIn("ana@example.hr").NeedsCode)
}
