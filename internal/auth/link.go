package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

// How long links work.
const (
	setupTime      = 30 * time.Minute
	invitationTime = 7 * 24 * time.Hour
	resetTime      = time.Hour
)

// NeedsSetup tells whether there is no account yet.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := s.state.Accounts().CountAccounts(ctx)
	return n == 0, err
}

// CreateSetupLink gives the token of a set-up link, good for 30 minutes, for
// the console and nowhere else. Those given before end. Once there is an
// account it is a Conflict.
func (s *Service) CreateSetupLink(ctx context.Context) (token string, err error) {
	err = s.state.Update(ctx, func(tx store.State) error {
		if err := unclaimed(ctx, tx); err != nil {
			return err
		}
		if err := tx.Links().DeleteSetupLinks(ctx); err != nil {
			return err
		}
		token, err = s.link(ctx, tx, store.LinkSetup, "", setupTime)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("create set-up link: %w", err)
	}
	return token, nil
}

func unclaimed(ctx context.Context, tx store.State) error {
	n, err := tx.Accounts().CountAccounts(ctx)
	if err == nil && n > 0 {
		return callpace.E(callpace.Conflict, "auth.already_set_up")
	}
	return err
}

func (s *Service) link(ctx context.Context, tx store.State, purpose, accountID string, lasts time.Duration) (string, error) {
	now, token := s.now(), newSecret()
	return token, tx.Links().CreateLink(ctx, store.Link{Hash: digest(token), Purpose: purpose, AccountID: accountID,
		CreatedAt: now, ExpiresAt: now.Add(lasts)})
}

// FindLink gives a link that still works, without using it; any other is NotFound.
func (s *Service) FindLink(ctx context.Context, token string) (store.Link, error) {
	l, err := s.state.Links().FindLink(ctx, digest(token))
	if absent(err) || err == nil && (!l.UsedAt.IsZero() || !s.now().Before(l.ExpiresAt)) {
		return store.Link{}, linkEnded()
	}
	return l, err
}

// FirstAdmin is who sets an organisation up.
type FirstAdmin struct{ Login, Name, Password, Language, Organisation string }

// CompleteSetup makes the first account, an admin's, and signs it in. It works
// once, while there is no account.
func (s *Service) CompleteSetup(ctx context.Context, token string, f FirstAdmin, v Visitor) (in SignedIn, err error) {
	a, err := s.checkSetup(ctx, token, f)
	if err != nil {
		return SignedIn{}, err
	}
	if a.Password, err = s.hasher.hash(ctx, f.Password); err != nil {
		return SignedIn{}, fmt.Errorf("set up: %w", err)
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Links().UseLink(ctx, digest(token), s.now()); absent(err) {
			return linkEnded()
		} else if err != nil {
			return err
		}
		if err := unclaimed(ctx, tx); err != nil {
			return err
		}
		a, err := tx.Accounts().CreateAccount(ctx, a)
		if err != nil {
			return err
		}
		if err := s.audit(ctx, tx, Entry{AccountID: a.ID, Action: SetUp, Object: a.ID, Address: v.Address}); err != nil {
			return err
		}
		in, err = s.welcome(ctx, tx, a, "set_up", v)
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("set up: %w", err)
	}
	return in, nil
}

// CheckSetup tells why CompleteSetup would refuse, and changes nothing.
func (s *Service) CheckSetup(ctx context.Context, token string, f FirstAdmin) error {
	_, err := s.checkSetup(ctx, token, f)
	return err
}

func (s *Service) checkSetup(ctx context.Context, token string, f FirstAdmin) (store.Account, error) {
	if l, err := s.FindLink(ctx, token); err != nil {
		return store.Account{}, err
	} else if l.Purpose != store.LinkSetup {
		return store.Account{}, linkEnded()
	}
	a := store.Account{Login: FoldLogin(f.Login), Name: cleanName(f.Name), Role: string(Admin), Language: f.Language, CreatedAt: s.now(), PasswordAt: s.now()}
	if err := checkAccount(a); err != nil {
		return store.Account{}, err
	}
	return a, CheckPassword(f.Password, a.Login, a.Name, f.Organisation)
}

// Reset is a link to set a new password, to be mailed to its account.
type Reset struct {
	Token   string
	Account store.Account
}

// RequestReset answers "forgot my password". ok is false where nothing is to
// be mailed; the page says the same in both cases, and the mail is sent after
// it was answered. Too many requests are a Limit error, whether or not the login exists.
func (s *Service) RequestReset(ctx context.Context, login string, v Visitor) (r Reset, ok bool, err error) {
	login = FoldLogin(login)
	if err := s.attempt(ctx, counter{resetLogin, login}, counter{resetPlace, v.place()}); err != nil {
		return Reset{}, false, err
	}
	a, err := s.state.Accounts().FindAccountByLogin(ctx, login)
	if absent(err) || err == nil && !a.DisabledAt.IsZero() {
		return Reset{}, false, nil
	} else if err != nil {
		return Reset{}, false, fmt.Errorf("request a reset: %w", err)
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		if r.Token, err = s.link(ctx, tx, store.LinkReset, a.ID, resetTime); err != nil {
			return err
		}
		return s.audit(ctx, tx, Entry{Action: LinkMade, Object: a.ID, Detail: map[string]any{"purpose": store.LinkReset}, Address: v.Address})
	})
	if err != nil {
		return Reset{}, false, fmt.Errorf("request a reset: %w", err)
	}
	r.Account = identify(a, v).Account
	return r, true, nil
}

// RedeemLink sets the password of an invitation's or a reset's account. The
// link, all others of the account and all of its sessions end; the person then
// signs in, with the second factor where there is one.
func (s *Service) RedeemLink(ctx context.Context, token, password string, v Visitor) (store.Account, error) {
	l, err := s.FindLink(ctx, token)
	if err != nil {
		return store.Account{}, err
	}
	a, err := s.state.Accounts().FindAccount(ctx, l.AccountID)
	if absent(err) || err == nil && !a.DisabledAt.IsZero() {
		return store.Account{}, linkEnded()
	} else if err != nil {
		return store.Account{}, fmt.Errorf("redeem a link: %w", err)
	}
	if err := CheckPassword(password, a.Login, a.Name, s.organisation(ctx)); err != nil {
		return store.Account{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return store.Account{}, fmt.Errorf("redeem a link: %w", err)
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Links().UseLink(ctx, l.Hash, s.now()); absent(err) {
			return linkEnded()
		} else if err != nil {
			return err
		}
		return s.setPassword(ctx, tx, a.ID, hash, "", Entry{AccountID: a.ID, Action: PasswordChanged, Object: a.ID,
			Detail: map[string]any{"by": l.Purpose}, Address: v.Address})
	})
	if err != nil {
		return store.Account{}, fmt.Errorf("redeem a link: %w", err)
	}
	return identify(a, v).Account, nil
}

// setPassword keeps a hash and ends what the password before allowed, except
// one session ("" for none).
func (s *Service) setPassword(ctx context.Context, tx store.State, accountID, hash, except string, e Entry) error {
	if err := tx.Accounts().UpdatePassword(ctx, accountID, hash, s.now()); err != nil {
		return err
	}
	if err := tx.Links().DeleteLinks(ctx, accountID); err != nil {
		return err
	}
	if _, err := tx.Sessions().DeleteSessions(ctx, accountID, except); err != nil {
		return err
	}
	return s.audit(ctx, tx, e)
}

func (s *Service) organisation(ctx context.Context) string {
	if s.Organisation == nil {
		return ""
	}
	return s.Organisation(ctx)
}
