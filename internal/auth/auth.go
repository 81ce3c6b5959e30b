// Package auth knows who is asking and what they may do: accounts, passwords,
// second factors, sessions, API tokens, links that work once, and the audit
// log. It speaks no HTTP; whoever does hands in tokens and addresses. What it
// answers to strangers never tells whether a login exists.
package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/callpace/callpace/internal/kpi"
	"github.com/callpace/callpace/internal/store"
)

// Service is the accounts of one organisation. It is safe for concurrent use.
type Service struct {
	// Organisation gives the organisation's name, which no password may be made
	// of and which authenticator apps show; nil where there is none yet.
	Organisation func(context.Context) string
	// SecondFactorRoles gives the roles that must have a second factor; nil: none.
	SecondFactorRoles func(context.Context) ([]string, error)
	// Log is told what could not be noted beside what was asked for; nil: nobody is.
	Log *slog.Logger

	state  *store.DB
	now    func() time.Time
	hasher *hasher
	unseen atomic.Int64 // when the log was last told that "last seen" cannot be written, in seconds since 1970
}

// New makes a Service on an open state.
func New(state *store.DB, now func() time.Time) *Service {
	return &Service{state: state, now: now, hasher: newHasher(owasp)}
}

// unnoted tells the log, as rarely as it is written, that "last seen" could not
// be: on a disk that is full or sick, who may read can read all the same.
func (s *Service) unnoted(ctx context.Context, err error) {
	now := s.now().Unix()
	last := s.unseen.Load()
	if err != nil && s.Log != nil && ctx.Err() == nil && now-last >= int64(touchEvery/time.Second) && s.unseen.CompareAndSwap(last, now) {
		s.Log.Warn("when somebody was last seen cannot be written", "error", err)
	}
}

// Visitor is where a request comes from.
type Visitor struct {
	Address   string // IP address, without a port
	UserAgent string
	// Device is the cookie that an earlier sign-in gave (SignedIn.Device), or "".
	// It lets nobody in: attempts from a known browser are merely counted apart.
	Device string
}

// place is what guesses are counted by: the address, of IPv6 the network that
// one customer has to itself.
func (v Visitor) place() string {
	a, err := netip.ParseAddr(v.Address)
	if err != nil {
		return v.Address
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Identity is who is asking: an account through a session, or through an API token.
type Identity struct {
	Account      store.Account  // without its secrets
	SecondFactor bool           // the account has one
	Confined     bool           // the account lacks one that its role must have: until it is set up, nothing is allowed
	Session      *store.Session // nil through a token
	Token        *store.Token   // nil through a session
	Can          Permissions
	Visitor      Visitor
}

func identify(a store.Account, v Visitor) Identity {
	id := Identity{Account: a, SecondFactor: a.TOTPSecret != "", Can: Role(a.Role).Permissions(), Visitor: v}
	id.Account.Password, id.Account.TOTPSecret, id.Account.TOTPPending = "", "", ""
	return id
}

// May tells whether the identity has a permission.
func (id Identity) May(p Permission) bool { return id.Can.Has(p) }

// Require gives a Forbidden error where the identity lacks a permission.
func (id Identity) Require(p Permission) error {
	if !id.May(p) {
		return forbidden()
	}
	return nil
}

// inPerson refuses what no program may do with a token.
func (id Identity) inPerson() error {
	if id.Session == nil {
		return forbidden()
	}
	return nil
}

// Scope is what the identity's numbers are made of: the own agent, the own
// teams, or everything, narrowed where the account is. With peers, an agent
// sees the numbers of the own teams too.
func (id Identity) Scope(peers bool) kpi.Scope {
	teams, agents := id.Account.Teams, []string(nil)
	if id.Account.Agent != "" {
		agents = []string{id.Account.Agent}
	}
	switch {
	case id.May(ViewAll) && len(teams) == 0:
		return kpi.Everything()
	case id.May(ViewAll), id.May(ViewTeam), id.May(ViewOwn) && peers:
		return kpi.Only(teams, agents)
	case id.May(ViewOwn):
		return kpi.Only(nil, agents)
	}
	return kpi.Scope{}
}

// RowScope is what the identity sees row by row: never a peer's calls.
func (id Identity) RowScope() kpi.Scope {
	if !id.May(SeeRows) {
		return kpi.Scope{}
	}
	return id.Scope(false)
}

// Sweep forgets what has run out: sessions, links, counters, devices. Calling
// it once an hour is often enough; nothing depends on it but the file's size.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	err := s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Sessions().DeleteStaleSessions(ctx, now.Add(-idleTimeout), now); err != nil {
			return err
		}
		if err := tx.Links().DeleteExpiredLinks(ctx, now); err != nil {
			return err
		}
		if err := tx.Throttles().DeleteThrottles(ctx, now.Add(-24*time.Hour)); err != nil {
			return err
		}
		return tx.Accounts().DeleteDevices(ctx, now.Add(-deviceMemory))
	})
	if err != nil {
		return fmt.Errorf("sweep accounts: %w", err)
	}
	return nil
}
