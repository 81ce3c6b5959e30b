package auth

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

const (
	longestLogin = 254 // RFC 5321
	longestName  = 200
)

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,8})?$`)

func cleanName(name string) string { return strings.Join(strings.Fields(cut(name, longestName)), " ") }

// checkAccount gives an Invalid error where an account is not one that could sign in and see something.
func checkAccount(a store.Account) error {
	address, err := mail.ParseAddress(a.Login)
	switch {
	case err != nil, address.Address != a.Login, len(a.Login) > longestLogin, !strings.Contains(a.Login, "@"):
		return callpace.E(callpace.Invalid, "auth.bad_login")
	case a.Name == "":
		return callpace.E(callpace.Invalid, "auth.no_name")
	case !Role(a.Role).Known():
		return callpace.E(callpace.Invalid, "auth.bad_role", "role", a.Role)
	case !languageTag.MatchString(a.Language):
		return callpace.E(callpace.Invalid, "auth.bad_language", "language", a.Language)
	case slices.Contains(a.Teams, ""):
		return callpace.E(callpace.Invalid, "auth.no_team")
	case Role(a.Role) == Agent && a.Agent == "":
		return callpace.E(callpace.Invalid, "auth.no_agent")
	case Role(a.Role) == Lead && len(a.Teams) == 0:
		return callpace.E(callpace.Invalid, "auth.no_team")
	}
	return nil
}

// manages refuses who may not manage accounts.
func (id Identity) manages() error {
	if err := id.inPerson(); err != nil {
		return err
	}
	return id.Require(ManageAccounts)
}

// Invite makes an account without a password and gives the token of the link,
// good for seven days, by which its person sets one.
func (s *Service) Invite(ctx context.Context, by Identity, a store.Account) (store.Account, string, error) {
	if err := by.manages(); err != nil {
		return store.Account{}, "", err
	}
	made := store.Account{Login: FoldLogin(a.Login), Name: cleanName(a.Name), Role: a.Role, Teams: a.Teams, Agent: a.Agent,
		Language: a.Language, Preferences: a.Preferences, CreatedAt: s.now()}
	if err := checkAccount(made); err != nil {
		return store.Account{}, "", err
	}
	var token string
	err := s.state.Update(ctx, func(tx store.State) (err error) {
		if made, err = tx.Accounts().CreateAccount(ctx, made); err != nil {
			return err
		}
		if token, err = s.link(ctx, tx, store.LinkInvitation, made.ID, invitationTime); err != nil {
			return err
		}
		return s.audit(ctx, tx, by.Entry(AccountCreated, made.ID, map[string]any{"role": made.Role, "teams": made.Teams}))
	})
	if err != nil {
		return store.Account{}, "", fmt.Errorf("invite: %w", err)
	}
	return made, token, nil
}

// CreateLink gives the token of a new link for an account: an invitation where
// it has no password yet, else a reset. Its links before end.
func (s *Service) CreateLink(ctx context.Context, by Identity, accountID string) (token, purpose string, err error) {
	if err := by.manages(); err != nil {
		return "", "", err
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		a, err := tx.Accounts().FindAccount(ctx, accountID)
		if err != nil {
			return err
		}
		lasts := resetTime
		if purpose = store.LinkReset; a.Password == "" {
			purpose, lasts = store.LinkInvitation, invitationTime
		}
		if err := tx.Links().DeleteLinks(ctx, a.ID); err != nil {
			return err
		}
		if token, err = s.link(ctx, tx, purpose, a.ID, lasts); err != nil {
			return err
		}
		return s.audit(ctx, tx, by.Entry(LinkMade, a.ID, map[string]any{"purpose": purpose}))
	})
	if err != nil {
		return "", "", fmt.Errorf("create link: %w", err)
	}
	return token, purpose, nil
}

// UpdateAccount writes what describes an account. A new role or login ends its
// sessions and links; the last admin stays one.
func (s *Service) UpdateAccount(ctx context.Context, by Identity, a store.Account) error {
	if err := by.manages(); err != nil {
		return err
	}
	a.Login, a.Name = FoldLogin(a.Login), cleanName(a.Name)
	if err := checkAccount(a); err != nil {
		return err
	}
	err := s.state.Update(ctx, func(tx store.State) error {
		before, err := tx.Accounts().FindAccount(ctx, a.ID)
		if err != nil {
			return err
		}
		if err := tx.Accounts().UpdateAccount(ctx, a); err != nil {
			return err
		}
		if a.Role != before.Role || a.Login != before.Login {
			if err := s.end(ctx, tx, a.ID); err != nil {
				return err
			}
		}
		if err := keepAdmin(ctx, tx); err != nil {
			return err
		}
		return s.audit(ctx, tx, by.Entry(AccountUpdated, a.ID, changes(before, a)))
	})
	if err != nil {
		return fmt.Errorf("update account: %w", err)
	}
	return nil
}

// changes tells what was changed, without the names of people.
func changes(before, after store.Account) map[string]any {
	out := map[string]any{}
	if before.Role != after.Role {
		out["role_before"], out["role"] = before.Role, after.Role
	}
	if !slices.Equal(before.Teams, after.Teams) {
		out["teams_before"], out["teams"] = before.Teams, after.Teams
	}
	for name, same := range map[string]bool{"login": before.Login == after.Login, "name": before.Name == after.Name, "agent": before.Agent == after.Agent} {
		if !same {
			out[name] = "changed"
		}
	}
	return out
}

// end ends the sessions and links of an account.
func (s *Service) end(ctx context.Context, tx store.State, accountID string) error {
	if _, err := tx.Sessions().DeleteSessions(ctx, accountID, ""); err != nil {
		return err
	}
	return tx.Links().DeleteLinks(ctx, accountID)
}

// keepAdmin refuses a change after which nobody could manage accounts.
func keepAdmin(ctx context.Context, tx store.State) error {
	all, err := tx.Accounts().FindAccounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if Role(a.Role) == Admin && a.DisabledAt.IsZero() && a.Password != "" {
			return nil
		}
	}
	return callpace.E(callpace.Conflict, "auth.last_admin")
}

// DisableAccount shuts an account out at once: its sessions and links end, its
// API tokens stop working. What it wrote stays, and the audit log names it.
func (s *Service) DisableAccount(ctx context.Context, by Identity, accountID string) error {
	return s.setDisabled(ctx, by, accountID, s.now(), AccountDisabled)
}

// EnableAccount lets an account sign in again.
func (s *Service) EnableAccount(ctx context.Context, by Identity, accountID string) error {
	return s.setDisabled(ctx, by, accountID, time.Time{}, AccountEnabled)
}

func (s *Service) setDisabled(ctx context.Context, by Identity, accountID string, since time.Time, what Action) error {
	if err := by.manages(); err != nil {
		return err
	}
	err := s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Accounts().UpdateDisabled(ctx, accountID, since); err != nil {
			return err
		}
		if err := s.end(ctx, tx, accountID); err != nil {
			return err
		}
		if err := keepAdmin(ctx, tx); err != nil {
			return err
		}
		return s.audit(ctx, tx, by.Entry(what, accountID, nil))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// ResetSecondFactor takes the second factor of somebody who lost it away.
// Their sessions end.
func (s *Service) ResetSecondFactor(ctx context.Context, by Identity, accountID string) error {
	if err := by.manages(); err != nil {
		return err
	}
	return s.removeSecondFactor(ctx, by, accountID, "")
}
