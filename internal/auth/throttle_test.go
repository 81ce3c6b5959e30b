package auth

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace"
)

// try makes a wrong guess and gives the seconds to wait, 0 where it was tried.
func (w *world) try(login string, v Visitor) int {
	w.t.Helper()
	_, err := w.SignIn(ctx, login, "wrong", v)
	var e *callpace.Error
	require.ErrorAs(w.t, err, &e)
	if e.Code == callpace.Limit {
		require.Contains(w.t, []string{"auth.wait", "auth.wait_minutes"}, e.Key)
		return e.Args["seconds"].(int)
	}
	require.Equal(w.t, "auth.sign_in_failed", e.Key)
	return 0
}

func TestDelayGrows(t *testing.T) {
	f := func(login string) {
		t.Helper()
		w := newWorld(t)
		w.add("ana@example.hr", Agent)
		for range loginAtPlace.free {
			require.Zero(t, w.try(login, away))
		}
		for _, want := range []int{1, 2, 4, 8, 16, 32, 64} {
			require.Equal(t, want, w.try(login, away))
			w.pass(time.Duration(want)*time.Second - time.Millisecond)
			require.Equal(t, 1, w.try(login, away), "waiting does not make it longer")
			w.pass(time.Millisecond)
			require.Zero(t, w.try(login, away))
		}
	}
	f("ana@example.hr")
	f("nobody@example.hr") // the same for a login that does not exist
}

func TestDelayHasAnEnd(t *testing.T) {
	w := newWorld(t)
	for range 300 {
		wait := w.try("ana@example.hr", away)
		require.LessOrEqual(t, wait, int(loginAtPlace.longest/time.Second))
		w.pass(time.Duration(wait) * time.Second)
	}
}

func TestWaitIsToldInMinutesWhereLong(t *testing.T) {
	f := func(wait time.Duration, key string, count int) {
		t.Helper()
		var e *callpace.Error
		require.ErrorAs(t, slowDown(wait), &e)
		require.Equal(t, []any{key, count}, []any{e.Key, e.Args["count"]})
	}
	f(time.Millisecond, "auth.wait", 1)
	f(90*time.Second, "auth.wait", 90)
	f(91*time.Second, "auth.wait_minutes", 2)
	f(15*time.Minute, "auth.wait_minutes", 15)
}

// In a day at full speed a guesser gets some tries, not thousands.
func TestGuessesADay(t *testing.T) {
	w := newWorld(t)
	tries, begin := 0, w.Now()
	for w.Now().Sub(begin) < 24*time.Hour {
		wait := w.try("ana@example.hr", away)
		if wait == 0 {
			tries++
		}
		w.pass(time.Duration(wait) * time.Second)
	}
	require.Greater(t, tries, 90)
	require.Less(t, tries, 200)
}

func TestSuccessForgives(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	for range 10 {
		for range loginAtPlace.free - 1 {
			require.Zero(t, w.try("ana@example.hr", home))
		}
		w.signIn("ana@example.hr")
		w.pass(10 * time.Minute)
	}
}

func TestFailuresAreForgotten(t *testing.T) {
	w := newWorld(t)
	for range loginAtPlace.free {
		require.Zero(t, w.try("ana@example.hr", away))
	}
	require.Equal(t, 1, w.try("ana@example.hr", away))
	w.pass(time.Duration(loginAtPlace.free) * loginAtPlace.recover)
	for range loginAtPlace.free {
		require.Zero(t, w.try("ana@example.hr", away))
	}
	require.Equal(t, 1, w.try("ana@example.hr", away))
}

// An attack on a login from a thousand places neither gets far nor keeps the
// owner out.
func TestNobodyBlocksAnother(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	known := w.signIn("ana@example.hr")
	tries := 0
	for i := range 1000 {
		if w.try("ana@example.hr", Visitor{Address: fmt.Sprintf("203.0.%d.%d", i/250, i%250)}) == 0 {
			tries++
		}
	}
	require.Equal(t, loginAlone.free, tries)
	require.Positive(t, w.try("ana@example.hr", away))

	// At once in the browser used before, even at the attacker's address.
	_, err := w.SignIn(ctx, "ana@example.hr", good, Visitor{Address: "203.0.0.1", Device: known.Device})
	require.NoError(t, err)
	// Anywhere else after half a minute at most.
	w.pass(loginAlone.longest)
	_, err = w.SignIn(ctx, "ana@example.hr", good, home)
	require.NoError(t, err)
	// Another's device helps nobody.
	require.Zero(t, w.try("bo@example.hr", Visitor{Address: "203.0.0.1", Device: known.Device}))
}

func TestPlaceIsSlowedDown(t *testing.T) {
	f := func(address func(i int) string) {
		t.Helper()
		w := newWorld(t)
		tries := 0
		for i := range 100 {
			if w.try(fmt.Sprintf("a%d@example.hr", i), Visitor{Address: address(i)}) == 0 {
				tries++
			}
		}
		require.Equal(t, placeAlone.free, tries)
	}
	f(func(int) string { return "203.0.113.5" })
	f(func(i int) string { return fmt.Sprintf("2001:db8:1:2::%x", i) }) // one customer's network
	f(func(i int) string { return "::ffff:203.0.113.5" })
}

// Guesses at the same time are no better than one after the other.
func TestGuessesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.add("ana@example.hr", Agent)
	var tried atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := w.SignIn(ctx, "ana@example.hr", "wrong", away)
			var e *callpace.Error
			if errors.As(err, &e) && e.Key == "auth.sign_in_failed" {
				tried.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, loginAtPlace.free, tried.Load())
}

func TestThrottleIsKept(t *testing.T) {
	w := newWorld(t)
	for range loginAtPlace.free {
		require.Zero(t, w.try("ana@example.hr", away))
	}
	again := New(w.state, w.Now) // the program was started anew
	again.hasher = newHasher(cheap)
	_, err := again.SignIn(ctx, "ana@example.hr", "wrong", away)
	w.fails(err, callpace.Limit, "auth.wait")
}

func TestResetRequestsAreFew(t *testing.T) {
	f := func(login string, mailed bool) {
		t.Helper()
		w := newWorld(t)
		w.add("ana@example.hr", Agent)
		for range resetLogin.free {
			_, ok, err := w.RequestReset(ctx, login, away)
			require.NoError(t, err)
			require.Equal(t, mailed, ok)
		}
		_, _, err := w.RequestReset(ctx, login, home)
		w.fails(err, callpace.Limit, "auth.wait_minutes")
	}
	f("ana@example.hr", true)
	f("nobody@example.hr", false)
}
