package auth

import (
	"context"
	"fmt"
	"slices"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/store"
)

// ChangePassword gives the identity a new password. Its other sessions end.
func (s *Service) ChangePassword(ctx context.Context, id Identity, before, after string) error {
	if err := s.confirmPassword(ctx, id, before); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	if err := CheckPassword(after, id.Account.Login, id.Account.Name, s.organisation(ctx)); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, after)
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		return s.setPassword(ctx, tx, id.Account.ID, hash, id.Session.ID, id.Entry(PasswordChanged, id.Account.ID, nil))
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

// UpdateProfile writes what people choose for themselves: name, language and preferences.
func (s *Service) UpdateProfile(ctx context.Context, id Identity, name, language string, p store.Preferences) error {
	if err := id.inPerson(); err != nil {
		return err
	}
	return s.state.Update(ctx, func(tx store.State) error {
		a, err := tx.Accounts().FindAccount(ctx, id.Account.ID)
		if err != nil {
			return err
		}
		a.Name, a.Language, a.Preferences = cleanName(name), language, p
		if err := checkAccount(a); err != nil {
			return err
		}
		return tx.Accounts().UpdateAccount(ctx, a)
	})
}

// Enrolment is what an authenticator app needs. Secret is for typing, SVG is
// the same as a QR code.
type Enrolment struct{ Secret, URI, SVG string }

// BeginSecondFactor offers a new second factor. Nothing changes until a code
// of it is confirmed.
func (s *Service) BeginSecondFactor(ctx context.Context, id Identity, password string) (Enrolment, error) {
	if err := s.confirmPassword(ctx, id, password); err != nil {
		return Enrolment{}, fmt.Errorf("begin second factor: %w", err)
	}
	secret := newTOTPSecret()
	if err := s.state.Accounts().UpdatePendingTOTP(ctx, id.Account.ID, secret); err != nil {
		return Enrolment{}, fmt.Errorf("begin second factor: %w", err)
	}
	return s.enrolment(ctx, id, secret)
}

// PendingSecondFactor gives the offer that is still to be confirmed, for
// showing it again; without one it is a Conflict.
func (s *Service) PendingSecondFactor(ctx context.Context, id Identity) (Enrolment, error) {
	if err := id.inPerson(); err != nil {
		return Enrolment{}, err
	}
	a, err := s.state.Accounts().FindAccount(ctx, id.Account.ID)
	if err != nil {
		return Enrolment{}, fmt.Errorf("pending second factor: %w", err)
	}
	if a.TOTPPending == "" {
		return Enrolment{}, callpace.E(callpace.Conflict, "auth.no_enrolment")
	}
	return s.enrolment(ctx, id, a.TOTPPending)
}

func (s *Service) enrolment(ctx context.Context, id Identity, secret string) (Enrolment, error) {
	issuer := "callpace"
	if name := s.organisation(ctx); name != "" {
		issuer = cut(name, 60) + " callpace"
	}
	uri := provisioningURI(secret, id.Account.Login, issuer)
	svg, err := qrSVG(uri)
	return Enrolment{secret, uri, svg}, err
}

// ConfirmSecondFactor puts the offered second factor in force by a code of it
// and gives ten recovery codes, which are shown this once. Other sessions end.
func (s *Service) ConfirmSecondFactor(ctx context.Context, id Identity, typed string) (recovery []string, err error) {
	if err := id.inPerson(); err != nil {
		return nil, err
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		a, err := tx.Accounts().FindAccount(ctx, id.Account.ID)
		if err != nil {
			return err
		}
		if a.TOTPPending == "" {
			return callpace.E(callpace.Conflict, "auth.no_enrolment")
		}
		step, ok := matchTOTP(a.TOTPPending, readCode(typed), s.now(), 0)
		if !ok {
			return wrongCode()
		}
		if err := tx.Accounts().UpdateTOTP(ctx, a.ID, a.TOTPPending, step); err != nil {
			return err
		}
		if _, err := tx.Sessions().DeleteSessions(ctx, a.ID, id.Session.ID); err != nil {
			return err
		}
		if recovery, err = replaceRecoveryCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		return s.audit(ctx, tx, id.Entry(SecondFactorSet, a.ID, nil))
	})
	if err != nil {
		return nil, fmt.Errorf("confirm second factor: %w", err)
	}
	return recovery, nil
}

// RenewRecoveryCodes gives ten new recovery codes; the ones before end.
func (s *Service) RenewRecoveryCodes(ctx context.Context, id Identity, password string) (recovery []string, err error) {
	if err := s.confirmPassword(ctx, id, password); err != nil {
		return nil, fmt.Errorf("renew recovery codes: %w", err)
	}
	err = s.state.Update(ctx, func(tx store.State) error {
		a, err := tx.Accounts().FindAccount(ctx, id.Account.ID)
		if err != nil {
			return err
		}
		if a.TOTPSecret == "" {
			return callpace.E(callpace.Conflict, "auth.no_second_factor")
		}
		if recovery, err = replaceRecoveryCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		return s.audit(ctx, tx, id.Entry(RecoveryCodesMade, a.ID, nil))
	})
	if err != nil {
		return nil, fmt.Errorf("renew recovery codes: %w", err)
	}
	return recovery, nil
}

// RemoveSecondFactor takes the identity's second factor away; a Conflict where
// its role must have one.
func (s *Service) RemoveSecondFactor(ctx context.Context, id Identity, password string) error {
	if err := s.confirmPassword(ctx, id, password); err != nil {
		return fmt.Errorf("remove second factor: %w", err)
	}
	if demanded, err := s.demandsSecondFactor(ctx, id.Account.Role); err != nil {
		return fmt.Errorf("remove second factor: %w", err)
	} else if demanded {
		return callpace.E(callpace.Conflict, "auth.factor_demanded")
	}
	return s.removeSecondFactor(ctx, id, id.Account.ID, id.Session.ID)
}

// demandsSecondFactor tells whether accounts of a role must have a second factor.
func (s *Service) demandsSecondFactor(ctx context.Context, role string) (bool, error) {
	if s.SecondFactorRoles == nil {
		return false, nil
	}
	roles, err := s.SecondFactorRoles(ctx)
	return slices.Contains(roles, role), err
}

func (s *Service) removeSecondFactor(ctx context.Context, by Identity, accountID, except string) error {
	return s.state.Update(ctx, func(tx store.State) error {
		if err := tx.Accounts().UpdateTOTP(ctx, accountID, "", 0); err != nil {
			return err
		}
		if err := tx.Accounts().ReplaceRecoveryCodes(ctx, accountID, nil); err != nil {
			return err
		}
		if _, err := tx.Sessions().DeleteSessions(ctx, accountID, except); err != nil {
			return err
		}
		return s.audit(ctx, tx, by.Entry(SecondFactorRemoved, accountID, nil))
	})
}
