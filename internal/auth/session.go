package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/callpace/callpace/internal/store"
)

// How long sessions last.
const (
	idleTimeout = 12 * time.Hour
	lifetime    = 7 * 24 * time.Hour
	codeTime    = 10 * time.Minute // for the second factor
	touchEvery  = time.Minute      // "last seen" is no more exact, so that reading pages hardly writes
)

const longestUserAgent = 200

// SignedIn is what a sign-in gave.
type SignedIn struct {
	Token     string // for the cookie; it is nowhere else
	NeedsCode bool   // the second factor is still awaited (ConfirmCode)
	ExpiresAt time.Time
	Account   store.Account
	Device    string // for a cookie that lasts 90 days; "" while the code is awaited
}

// open starts a session in a transaction.
func (s *Service) open(ctx context.Context, tx store.State, a store.Account, stage string, v Visitor) (SignedIn, error) {
	now, token, lasts := s.now(), newSecret(), lifetime
	if stage == store.StageCode {
		lasts = codeTime
	}
	x, err := tx.Sessions().CreateSession(ctx, store.Session{Hash: digest(token), AccountID: a.ID, Stage: stage,
		UserAgent: cut(v.UserAgent, longestUserAgent), Address: v.Address, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(lasts)})
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Token: token, NeedsCode: stage == store.StageCode, ExpiresAt: x.ExpiresAt, Account: identify(a, v).Account}, nil
}

// Resume tells who a session's token belongs to, as the account is now. A
// session that ended, for whatever reason, is an Unauthenticated error. What
// lasts longer than a request (a stream) asks again from time to time.
func (s *Service) Resume(ctx context.Context, token string, v Visitor) (Identity, error) {
	x, a, err := s.session(ctx, token, store.StageOpen)
	if err != nil {
		return Identity{}, err
	}
	if now := s.now(); now.Sub(x.SeenAt) >= touchEvery {
		s.unnoted(ctx, s.state.Sessions().TouchSession(ctx, x.ID, v.Address, now))
	}
	id := identify(a, v)
	id.Session = &x
	if !id.SecondFactor {
		if id.Confined, err = s.demandsSecondFactor(ctx, a.Role); err != nil {
			return Identity{}, fmt.Errorf("resume session: %w", err)
		}
	}
	if id.Confined {
		id.Can = nil
	}
	return id, nil
}

// Readers lists who can sign in, as their accounts are now, who was here last
// first: for work in their name beside requests. None of them is in person.
func (s *Service) Readers(ctx context.Context) ([]Identity, error) {
	all, err := s.state.Accounts().FindAccounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("list readers: %w", err)
	}
	var out []Identity
	seen := map[string]time.Time{}
	for _, a := range all {
		if !a.DisabledAt.IsZero() || a.Password == "" {
			continue
		}
		sessions, err := s.state.Sessions().FindSessions(ctx, a.ID)
		if err != nil {
			return nil, fmt.Errorf("list readers: %w", err)
		}
		if len(sessions) > 0 {
			seen[a.ID] = sessions[0].SeenAt
		}
		out = append(out, identify(a, Visitor{}))
	}
	slices.SortStableFunc(out, func(a, b Identity) int { return seen[b.Account.ID].Compare(seen[a.Account.ID]) })
	return out, nil
}

// AwaitsCode tells whether a token is that of a sign-in whose second factor is
// still awaited.
func (s *Service) AwaitsCode(ctx context.Context, token string) bool {
	_, _, err := s.session(ctx, token, store.StageCode)
	return err == nil
}

// session gives a live session at a stage, with its account.
func (s *Service) session(ctx context.Context, token, stage string) (store.Session, store.Account, error) {
	none := func(err error) (store.Session, store.Account, error) { return store.Session{}, store.Account{}, err }
	x, err := s.state.Sessions().FindSession(ctx, digest(token))
	if absent(err) {
		return none(sessionEnded())
	} else if err != nil {
		return none(fmt.Errorf("resume session: %w", err))
	}
	now := s.now()
	if x.Stage != stage || !now.Before(x.ExpiresAt) || now.Sub(x.SeenAt) >= idleTimeout {
		return none(sessionEnded())
	}
	a, err := s.state.Accounts().FindAccount(ctx, x.AccountID)
	if absent(err) || err == nil && !a.DisabledAt.IsZero() {
		return none(sessionEnded())
	} else if err != nil {
		return none(fmt.Errorf("resume session: %w", err))
	}
	return x, a, nil
}

// SignOut ends the identity's session.
func (s *Service) SignOut(ctx context.Context, id Identity) error {
	if err := id.inPerson(); err != nil {
		return err
	}
	return s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Sessions().DeleteSession(ctx, id.Account.ID, id.Session.ID); err != nil && !absent(err) {
			return err
		}
		return s.audit(ctx, tx, id.Entry(SignedOut, id.Session.ID, nil))
	})
}

// EndSession ends another session of the identity's own account.
func (s *Service) EndSession(ctx context.Context, id Identity, sessionID string) error {
	if err := id.inPerson(); err != nil {
		return err
	}
	return s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Sessions().DeleteSession(ctx, id.Account.ID, sessionID); err != nil {
			return err
		}
		return s.audit(ctx, tx, id.Entry(SignedOut, sessionID, nil))
	})
}

// SignOutEverywhere ends all sessions of an account: the identity's own, this
// one included, or, for who manages accounts, anybody's.
func (s *Service) SignOutEverywhere(ctx context.Context, id Identity, accountID string) error {
	if err := id.inPerson(); err != nil {
		return err
	}
	if accountID != id.Account.ID {
		if err := id.Require(ManageAccounts); err != nil {
			return err
		}
	}
	return s.state.Update(ctx, func(tx store.State) error {
		n, err := tx.Sessions().DeleteSessions(ctx, accountID, "")
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, id.Entry(SignedOutEverywhere, accountID, map[string]any{"sessions": n}))
	})
}

// cut shortens a text to a number of bytes, at a character's border, and
// leaves out what is no text.
func cut(s string, length int) string {
	clean := make([]rune, 0, min(len(s), length))
	size := 0
	for _, c := range s {
		if c < ' ' || c == '\uFFFD' || c == '\u007f' {
			continue
		}
		if size += len(string(c)); size > length {
			break
		}
		clean = append(clean, c)
	}
	return string(clean)
}
