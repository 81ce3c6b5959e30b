package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"

	"github.com/callpace/callpace/internal/store"
)

const recoveryCodes = 10

// recoveryText leaves out the letters that are taken for digits or for each other (i, l, o, u).
var recoveryText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newRecoveryCode gives 80 random bits in four groups of four characters: too
// many to guess, and so many that a plain hash may be stored.
func newRecoveryCode() string {
	var b [10]byte
	_, _ = rand.Read(b[:])
	s := recoveryText.EncodeToString(b[:])
	return strings.Join([]string{s[:4], s[4:8], s[8:12], s[12:]}, "-")
}

func replaceRecoveryCodes(ctx context.Context, tx store.State, accountID string) ([]string, error) {
	codes, hashes := make([]string, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newRecoveryCode()
		hashes[i] = digest(readCode(codes[i]))
	}
	return codes, tx.Accounts().ReplaceRecoveryCodes(ctx, accountID, hashes)
}
