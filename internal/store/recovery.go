package store

import (
	"context"
	"fmt"
)

// ReplaceRecoveryCodes keeps the hashes of new recovery codes; older ones stop
// working. None removes all.
func (r Accounts) ReplaceRecoveryCodes(ctx context.Context, id string, hashes []string) error {
	err := r.s.Update(ctx, func(s State) error {
		if _, err := change(ctx, s.write, "DELETE FROM recovery_codes WHERE account_id = $1", id); err != nil {
			return err
		}
		for _, h := range hashes {
			if _, err := change(ctx, s.write, "INSERT INTO recovery_codes (account_id, hash) VALUES ($1, $2)", id, h); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("replace recovery codes of %s: %w", id, err)
	}
	return nil
}

// UseRecoveryCode takes a code, which then is gone; false tells that there is none such.
func (r Accounts) UseRecoveryCode(ctx context.Context, id, hash string) (bool, error) {
	n, err := change(ctx, r.s.write, "DELETE FROM recovery_codes WHERE account_id = $1 AND hash = $2", id, hash)
	if err != nil {
		return false, fmt.Errorf("use a recovery code of %s: %w", id, err)
	}
	return n == 1, nil
}

// CountRecoveryCodes tells how many codes are left.
func (r Accounts) CountRecoveryCodes(ctx context.Context, id string) (n int, err error) {
	if err = r.s.read.QueryRowContext(ctx, "SELECT count(*) FROM recovery_codes WHERE account_id = $1", id).Scan(&n); err != nil {
		return 0, fmt.Errorf("count recovery codes of %s: %w", id, err)
	}
	return n, nil
}
