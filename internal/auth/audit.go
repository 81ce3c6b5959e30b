package auth

import (
	"context"
	"fmt"

	"github.com/callpace/callpace/internal/store"
)

// Action is what the audit log tells of. Its name in a language is the
// message audit.<action>.
type Action string

// The actions.
const (
	SignInSucceeded     Action = "sign_in"
	SignInFailed        Action = "sign_in_failed"
	SignedOut           Action = "sign_out"
	SignedOutEverywhere Action = "sign_out_everywhere"
	SetUp               Action = "set_up"
	AccountCreated      Action = "account_created"
	AccountUpdated      Action = "account_updated"
	AccountDisabled     Action = "account_disabled"
	AccountEnabled      Action = "account_enabled"
	LinkMade            Action = "link_made"
	PasswordChanged     Action = "password_changed"
	SecondFactorSet     Action = "second_factor_set"
	SecondFactorRemoved Action = "second_factor_removed"
	RecoveryCodesMade   Action = "recovery_codes_made"
	TokenCreated        Action = "token_created"
	TokenRevoked        Action = "token_revoked"
	SettingsChanged     Action = "settings_changed"
	Exported            Action = "exported"
	Imported            Action = "imported"
	Withdrawn           Action = "withdrawn"
	Erased              Action = "erased"
	RecordingHeard      Action = "recording_heard"
	MappingApplied      Action = "mapping_applied"
	CallsDrawn          Action = "calls_drawn"
	KPIDefined          Action = "kpi_defined"
	KPIRetired          Action = "kpi_retired"
	GoalChanged         Action = "goal_changed"
	Rebuilt             Action = "rebuilt"
	BackedUp            Action = "backed_up"
	Restored            Action = "restored"
)

// Actions lists the actions.
func Actions() []Action {
	return []Action{SignInSucceeded, SignInFailed, SignedOut, SignedOutEverywhere, SetUp, AccountCreated, AccountUpdated, AccountDisabled,
		AccountEnabled, LinkMade, PasswordChanged, SecondFactorSet, SecondFactorRemoved, RecoveryCodesMade, TokenCreated, TokenRevoked,
		SettingsChanged, Exported, Imported, Withdrawn, Erased, RecordingHeard, MappingApplied, CallsDrawn,
		KPIDefined, KPIRetired, GoalChanged, Rebuilt, BackedUp, Restored}
}

// Entry is what is written to the audit log. It holds ids and counts, never a
// secret, and nothing about a person that erasing would have to find again.
type Entry struct {
	AccountID string // who; "" where nobody was signed in
	Action    Action
	Object    string // the id or name of what it was done to
	Detail    map[string]any
	Address   string
}

// Entry gives the audit entry of something that the identity does.
func (id Identity) Entry(a Action, object string, detail map[string]any) Entry {
	if id.Token != nil {
		with := map[string]any{"token": id.Token.ID}
		for k, v := range detail {
			with[k] = v
		}
		detail = with
	}
	return Entry{AccountID: id.Account.ID, Action: a, Object: object, Detail: detail, Address: id.Visitor.Address}
}

// Audit writes to the audit log. An export, a withdrawal, an erasure is told of
// before it begins: without the entry it must not happen.
func (s *Service) Audit(ctx context.Context, e Entry) error {
	return s.audit(ctx, s.state.State, e)
}

// Audited makes a change of state and writes what it tells of itself to the
// audit log: both, or neither.
func (s *Service) Audited(ctx context.Context, change func(store.State) (Entry, error)) error {
	return s.state.Update(ctx, func(tx store.State) error {
		e, err := change(tx)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

func (s *Service) audit(ctx context.Context, tx store.State, e Entry) error {
	err := tx.Audit().CreateAuditEntry(ctx, store.AuditEntry{At: s.now(), AccountID: e.AccountID, Action: string(e.Action),
		Object: e.Object, Detail: e.Detail, Address: e.Address})
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}
