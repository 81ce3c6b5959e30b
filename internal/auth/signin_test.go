package auth

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	w.add("Ana@Example.hr", Agent)
	in, err := w.SignIn(ctx, " ANA@example.HR ", good, home)
	require.NoError(t, err)
	require.False(t, in.NeedsCode)
	require.Len(t, in.Token, 43)
	id := w.who(in)
	require.Equal(t, "ana@example.hr", id.Account.Login)
	require.Empty(t, id.Account.Password)

	// The token itself is nowhere in the state.
	x, err := w.state.Sessions().FindSessions(ctx, id.Account.ID)
	require.NoError(t, err)
	require.Len(t, x, 1)
	require.Equal(t, digest(in.Token), x[0].Hash)
}

// Whatever is wrong, the answer is the same.
func TestSignInTellsNothing(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	off := w.add("off@example.hr", Agent)
	require.NoError(t, w.DisableAccount(ctx, w.admin, off.ID))
	_, _, err := w.Invite(ctx, w.admin, store.Account{Login: "new@example.hr", Name: "New", Role: "qa", Language: "en"})
	require.NoError(t, err)

	var texts []string
	f := func(login, password string) {
		t.Helper()
		_, err := w.SignIn(ctx, login, password, home)
		w.fails(err, callpace.Unauthenticated, "auth.sign_in_failed")
		texts = append(texts, err.Error())
	}
	f("ana@example.hr", "wrong")
	f("ana@example.hr", "")
	f("nobody@example.hr", good)
	f("off@example.hr", good)
	f("new@example.hr", "")
	f("", "")
	f("ana@example.hr", string(make([]byte, 1<<20)))
	for _, text := range texts {
		require.Equal(t, texts[0], text)
	}
	require.Equal(t, SignInFailed, w.actions()[len(w.actions())-1])
}

func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	before := w.signIn("ana@example.hr")
	secret, recovery := w.enrol("ana@example.hr")
	require.Len(t, recovery, 10)
	w.ended(before)

	half := w.signIn("ana@example.hr")
	require.True(t, half.NeedsCode)
	require.Empty(t, half.Device)
	w.ended(half) // not good for a page
	require.True(t, w.AwaitsCode(ctx, half.Token))

	_, err := w.ConfirmCode(ctx, half.Token, w.code(secret, 0), home)
	w.fails(err, callpace.Invalid, "auth.wrong_code") // used for enrolling
	w.pass(stepSeconds * time.Second)
	in, err := w.ConfirmCode(ctx, half.Token, w.code(secret, 0), home)
	require.NoError(t, err)
	require.True(t, w.who(in).SecondFactor)
	require.NotEqual(t, half.Token, in.Token)
	_, err = w.ConfirmCode(ctx, half.Token, w.code(secret, 1), home)
	w.fails(err, callpace.Unauthenticated, "auth.session_ended")

	// A code works once, in whichever session.
	half = w.signIn("ana@example.hr")
	_, err = w.ConfirmCode(ctx, half.Token, w.code(secret, 0), home)
	w.fails(err, callpace.Invalid, "auth.wrong_code")
	_, err = w.ConfirmCode(ctx, half.Token, w.code(secret, 1), home)
	require.NoError(t, err)

	// So does a recovery code.
	half = w.signIn("ana@example.hr")
	_, err = w.ConfirmCode(ctx, half.Token, recovery[3], home)
	require.NoError(t, err)
	half = w.signIn("ana@example.hr")
	_, err = w.ConfirmCode(ctx, half.Token, recovery[3], home)
	w.fails(err, callpace.Invalid, "auth.wrong_code")

	// The half session does not wait for ever.
	w.pass(codeTime)
	_, err = w.ConfirmCode(ctx, half.Token, w.code(secret, 0), home)
	w.fails(err, callpace.Unauthenticated, "auth.session_ended")
}

func TestWrongCodesEndTheSignIn(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	secret, _ := w.enrol("ana@example.hr")
	half := w.signIn("ana@example.hr")
	for range codeFailures {
		_, err := w.ConfirmCode(ctx, half.Token, "000000", home)
		w.fails(err, callpace.Invalid, "auth.wrong_code")
	}
	w.pass(time.Minute)
	_, err := w.ConfirmCode(ctx, half.Token, w.code(secret, 0), home)
	w.fails(err, callpace.Unauthenticated, "auth.session_ended")
	half = w.signIn("ana@example.hr")
	_, err = w.ConfirmCode(ctx, half.Token, "000000", home)
	w.fails(err, callpace.Invalid, "auth.wrong_code")
	_, err = w.ConfirmCode(ctx, half.Token, "000000", home)
	w.fails(err, callpace.Limit, "auth.wait") // a new sign-in does not give new guesses
}

// Of many requests with the same code at once, one gets in.
func TestCodesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	secret, _ := w.enrol("ana@example.hr")
	w.pass(time.Minute)
	half := w.signIn("ana@example.hr")
	code := w.code(secret, 0)
	var in sync.Map
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, err := w.ConfirmCode(ctx, half.Token, code, home); err == nil {
				in.Store(got.Token, true)
			}
		})
	}
	wg.Wait()
	n := 0
	in.Range(func(any, any) bool { n++; return true })
	require.Equal(t, 1, n)
}

func TestRemoveSecondFactor(t *testing.T) {
	w := newWorld(t)
	a := w.add("ana@example.hr", Agent)
	_, recovery := w.enrol("ana@example.hr")
	half := w.signIn("ana@example.hr")
	in, err := w.ConfirmCode(ctx, half.Token, recovery[0], home)
	require.NoError(t, err)
	id := w.who(in)
	w.fails(w.RemoveSecondFactor(ctx, id, "wrong"), callpace.Invalid, "auth.wrong_password")
	renewed, err := w.RenewRecoveryCodes(ctx, id, good)
	require.NoError(t, err)
	require.NotContains(t, renewed, recovery[1])
	require.NoError(t, w.RemoveSecondFactor(ctx, id, good))
	require.False(t, w.signIn("ana@example.hr").NeedsCode)

	w.pass(time.Minute)
	w.enrol("ana@example.hr")
	require.NoError(t, w.ResetSecondFactor(ctx, w.admin, a.ID))
	require.False(t, w.signIn("ana@example.hr").NeedsCode)
	n, err := w.state.Accounts().CountRecoveryCodes(ctx, a.ID)
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestEnrolmentHasToBegin(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	id := w.who(w.signIn("ana@example.hr"))
	_, err := w.ConfirmSecondFactor(ctx, id, "123456")
	w.fails(err, callpace.Conflict, "auth.no_enrolment")
	_, err = w.PendingSecondFactor(ctx, id)
	w.fails(err, callpace.Conflict, "auth.no_enrolment")
	_, err = w.BeginSecondFactor(ctx, id, "wrong")
	w.fails(err, callpace.Invalid, "auth.wrong_password")
	e, err := w.BeginSecondFactor(ctx, id, good)
	require.NoError(t, err)
	again, err := w.PendingSecondFactor(ctx, id)
	require.NoError(t, err)
	require.Equal(t, e, again)
	_, err = w.ConfirmSecondFactor(ctx, id, "000000")
	w.fails(err, callpace.Invalid, "auth.wrong_code")
	require.False(t, w.signIn("ana@example.hr").NeedsCode, "an offer changes nothing")
}

func TestHashIsMadeAnewWhenTheCostChanges(t *testing.T) {
	w := newWorld(t)
	a := w.add("ana@example.hr", Agent)
	w.hasher = newHasher(cost{128, 1, 1})
	w.signIn("ana@example.hr")
	found, err := w.state.Accounts().FindAccount(ctx, a.ID)
	require.NoError(t, err)
	require.Contains(t, found.Password, "m=128,")
	w.signIn("ana@example.hr")
}
