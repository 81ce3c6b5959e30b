package auth

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/store"
)

// codeFailures end a session that awaits its code: the password is asked for again.
const codeFailures = 5

// SignIn checks a login and its password and starts a session; where the
// account has a second factor, one that is only good for ConfirmCode. It fails
// with the same words and after the same work whatever was wrong, and with a
// Limit error where there were too many attempts.
func (s *Service) SignIn(ctx context.Context, login, password string, v Visitor) (SignedIn, error) {
	login = FoldLogin(login)
	counters, err := s.guesses(ctx, login, v, loginAtPlace, loginAlone)
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	if err := s.attempt(ctx, counters...); err != nil {
		return SignedIn{}, err
	}
	a, err := s.state.Accounts().FindAccountByLogin(ctx, login)
	if err != nil && !absent(err) {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	if len(password) > 4*LongestPassword {
		password = ""
	}
	fits, renew, err := s.hasher.check(ctx, a.Password, password)
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	if !fits || !a.DisabledAt.IsZero() {
		return SignedIn{}, s.refuse(ctx, a.ID, "password", v)
	}
	var better string
	if renew {
		if better, err = s.hasher.hash(ctx, password); err != nil {
			return SignedIn{}, fmt.Errorf("sign in: %w", err)
		}
	}
	return s.admit(ctx, a, better, counters, v)
}

// refuse writes down a failed sign-in. For a login that does not exist the
// entry has no account, and no login: it may be a password.
func (s *Service) refuse(ctx context.Context, accountID, what string, v Visitor) error {
	err := s.Audit(ctx, Entry{AccountID: accountID, Action: SignInFailed, Detail: map[string]any{"wrong": what}, Address: v.Address})
	if err != nil {
		return err
	}
	return signInFailed()
}

// admit starts the session of an account whose password was right a moment ago.
func (s *Service) admit(ctx context.Context, checked store.Account, betterHash string, counters []counter, v Visitor) (in SignedIn, err error) {
	err = s.state.Update(ctx, func(tx store.State) error {
		a, err := tx.Accounts().FindAccount(ctx, checked.ID)
		if err != nil {
			return err
		}
		// While the hash was computed, the account may have been disabled or
		// have got another password.
		if !a.DisabledAt.IsZero() || a.Password != checked.Password {
			return signInFailed()
		}
		if err := succeed(ctx, tx, s.now(), counters...); err != nil {
			return err
		}
		if betterHash != "" {
			if err := tx.Accounts().UpdateHash(ctx, a.ID, a.Password, betterHash); err != nil {
				return err
			}
		}
		if a.TOTPSecret != "" {
			in, err = s.open(ctx, tx, a, store.StageCode, v)
			return err
		}
		in, err = s.welcome(ctx, tx, a, "password", v)
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	return in, nil
}

// welcome starts an open session.
func (s *Service) welcome(ctx context.Context, tx store.State, a store.Account, by string, v Visitor) (SignedIn, error) {
	in, err := s.open(ctx, tx, a, store.StageOpen, v)
	if err != nil {
		return SignedIn{}, err
	}
	// A browser keeps its secret, unless that is not one of this account.
	in.Device = v.Device
	known, err := tx.Accounts().KnowsDevice(ctx, a.Login, digest(v.Device), s.now().Add(-deviceMemory))
	if err != nil {
		return SignedIn{}, err
	}
	if !known {
		in.Device = newSecret()
	}
	if err := tx.Accounts().KnowDevice(ctx, a.ID, digest(in.Device), s.now()); err != nil {
		return SignedIn{}, err
	}
	return in, s.audit(ctx, tx, Entry{AccountID: a.ID, Action: SignInSucceeded, Detail: map[string]any{"by": by}, Address: v.Address})
}

// ConfirmCode completes a sign-in by a code of the authenticator app or by a
// recovery code, and gives a new token; the one before ends. A wrong code is an
// Invalid error, the fifth ends the attempt to sign in.
func (s *Service) ConfirmCode(ctx context.Context, token, typed string, v Visitor) (SignedIn, error) {
	x, a, err := s.session(ctx, token, store.StageCode)
	if err != nil {
		return SignedIn{}, err
	}
	counters, err := s.guesses(ctx, a.Login, v, codeAtPlace, codeAlone)
	if err != nil {
		return SignedIn{}, fmt.Errorf("confirm a code: %w", err)
	}
	if err := s.attempt(ctx, counters...); err != nil {
		return SignedIn{}, err
	}
	var in SignedIn
	var wrong error
	err = s.state.Update(ctx, func(tx store.State) error {
		by, err := s.useCode(ctx, tx, a, typed)
		if err != nil {
			return err
		}
		if by == "" {
			wrong = wrongCode()
			return s.noteWrongCode(ctx, tx, x, v)
		}
		// TRICKY: this also fails where another request with the same token was first.
		if err := tx.Sessions().DeleteSession(ctx, a.ID, x.ID); absent(err) {
			return sessionEnded()
		} else if err != nil {
			return err
		}
		if err := succeed(ctx, tx, s.now(), counters...); err != nil {
			return err
		}
		in, err = s.welcome(ctx, tx, a, by, v)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return SignedIn{}, fmt.Errorf("confirm a code: %w", err)
	}
	return in, nil
}

// useCode takes a code and tells of which kind it was, "" for none that fits.
func (s *Service) useCode(ctx context.Context, tx store.State, a store.Account, typed string) (kind string, err error) {
	code, fits := readCode(typed), false
	if len(code) == codeDigits {
		step, ok := matchTOTP(a.TOTPSecret, code, s.now(), a.TOTPStep)
		if ok {
			fits, err = tx.Accounts().UseTOTPStep(ctx, a.ID, step)
		}
		kind = "code"
	} else {
		fits, err = tx.Accounts().UseRecoveryCode(ctx, a.ID, digest(code))
		kind = "recovery_code"
	}
	if !fits {
		kind = ""
	}
	return kind, err
}

func (s *Service) noteWrongCode(ctx context.Context, tx store.State, x store.Session, v Visitor) error {
	if err := s.audit(ctx, tx, Entry{AccountID: x.AccountID, Action: SignInFailed, Detail: map[string]any{"wrong": "code"}, Address: v.Address}); err != nil {
		return err
	}
	now, err := tx.Sessions().FindSession(ctx, x.Hash)
	if absent(err) {
		return sessionEnded()
	} else if err != nil {
		return err
	}
	if now.Failures++; now.Failures >= codeFailures {
		return tx.Sessions().DeleteSession(ctx, now.AccountID, now.ID)
	}
	return tx.Sessions().UpdateSession(ctx, now)
}

// confirmPassword asks for the identity's password again, before what a
// borrowed session must not do. A wrong one is an Invalid error.
func (s *Service) confirmPassword(ctx context.Context, id Identity, password string) error {
	if err := id.inPerson(); err != nil {
		return err
	}
	counters, err := s.guesses(ctx, id.Account.Login, id.Visitor, loginAtPlace, loginAlone)
	if err != nil {
		return err
	}
	if err := s.attempt(ctx, counters...); err != nil {
		return err
	}
	a, err := s.state.Accounts().FindAccount(ctx, id.Account.ID)
	if err != nil {
		return err
	}
	if len(password) > 4*LongestPassword {
		password = ""
	}
	fits, _, err := s.hasher.check(ctx, a.Password, password)
	if err != nil {
		return err
	}
	if !fits {
		return wrongPassword()
	}
	return s.state.Update(ctx, func(tx store.State) error { return succeed(ctx, tx, s.now(), counters...) })
}
