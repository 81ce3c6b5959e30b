package auth

import (
	"time"

	"github.com/callpace/callpace"
)

// signInFailed is the one answer to a sign-in that does not succeed, whatever
// the reason: no such login, a wrong password, a disabled account.
func signInFailed() error { return callpace.E(callpace.Unauthenticated, "auth.sign_in_failed") }

func sessionEnded() error { return callpace.E(callpace.Unauthenticated, "auth.session_ended") }

func tokenRefused() error { return callpace.E(callpace.Unauthenticated, "auth.token_refused") }

func wrongCode() error { return callpace.E(callpace.Invalid, "auth.wrong_code") }

func wrongPassword() error { return callpace.E(callpace.Invalid, "auth.wrong_password") }

func linkEnded() error { return callpace.E(callpace.NotFound, "auth.link_ended") }

func forbidden() error { return callpace.E(callpace.Forbidden, "auth.forbidden") }

// slowDown tells how long to wait: in seconds, or in minutes where they are
// many. The argument seconds, never 0, is for whoever has to say it to a program.
func slowDown(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	if seconds > 90 {
		return callpace.E(callpace.Limit, "auth.wait_minutes", "count", (seconds+59)/60, "seconds", seconds)
	}
	return callpace.E(callpace.Limit, "auth.wait", "count", seconds, "seconds", seconds)
}

func absent(err error) bool { return callpace.CodeOf(err) == callpace.NotFound }
