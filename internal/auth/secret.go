package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"

	"github.com/callpace/callpace"
)

// newSecret gives 256 random bits as 43 characters that need no escaping in a
// URL or a cookie.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program would end
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digest is what is stored of a secret. One round of SHA-256 is enough for what
// cannot be guessed.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// CSRFToken gives a token for the forms of a session, made of its secret (the
// cookie's value; before sign-in that of a random cookie). It differs each
// time, so that compressing a page does not give it away.
func CSRFToken(secret string) string {
	var b [2 * sha256.Size]byte
	_, _ = rand.Read(b[:sha256.Size])
	subtle.XORBytes(b[sha256.Size:], b[:sha256.Size], csrf(secret))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// CheckCSRF gives a Forbidden error where a token was not made of the secret.
func CheckCSRF(secret, token string) error {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if secret == "" || err != nil || len(b) != 2*sha256.Size {
		return callpace.E(callpace.Forbidden, "auth.csrf")
	}
	var got [sha256.Size]byte
	subtle.XORBytes(got[:], b[:sha256.Size], b[sha256.Size:])
	if !hmac.Equal(got[:], csrf(secret)) {
		return callpace.E(callpace.Forbidden, "auth.csrf")
	}
	return nil
}

func csrf(secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("callpace csrf"))
	return mac.Sum(nil)
}
