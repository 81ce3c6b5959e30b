package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what RFC 6238 and every authenticator app use; HMAC does not need collisions to be hard
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
)

const (
	stepSeconds = 30
	codeDigits  = 6
	drift       = 1 // steps that a telephone's clock may be off
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// newTOTPSecret gives 160 random bits, as RFC 4226 asks for.
func newTOTPSecret() string {
	var b [20]byte
	_, _ = rand.Read(b[:])
	return base32Text.EncodeToString(b[:])
}

// totp is the code of a time step (RFC 6238; RFC 4226 section 5.3).
func totp(secret []byte, step int64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	number := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0xf:]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, number%modulus)
}

// matchTOTP gives the time step of a code that fits around now, after the last
// step that was used. All steps are compared, whichever fits.
func matchTOTP(secret, code string, now time.Time, used int64) (step int64, ok bool) {
	key, err := base32Text.DecodeString(secret)
	if err != nil || len(key) == 0 {
		return 0, false
	}
	current := now.Unix() / stepSeconds
	for at := current - drift; at <= current+drift; at++ {
		if subtle.ConstantTimeCompare([]byte(totp(key, at, codeDigits)), []byte(code)) == 1 && at > used {
			step, ok = at, true
		}
	}
	return step, ok
}

// readCode brings a typed code to plain digits and lower-case letters: people
// type spaces and dashes, and digits of their own script.
func readCode(typed string) string {
	const longest = 64
	var b strings.Builder
	for _, c := range typed {
		switch {
		case b.Len() == longest:
			return b.String()
		case c >= '۰' && c <= '۹':
			b.WriteRune('0' + c - '۰')
		case c >= '٠' && c <= '٩':
			b.WriteRune('0' + c - '٠')
		case c >= '０' && c <= '９':
			b.WriteRune('0' + c - '０')
		case c == 'o', c == 'O': // recovery codes have neither; people do
			b.WriteByte('0')
		case c == 'i', c == 'I', c == 'l', c == 'L':
			b.WriteByte('1')
		case c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)):
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// provisioningURI is what an authenticator app reads from the QR code.
func provisioningURI(secret, login, issuer string) string {
	label := url.PathEscape(strings.ReplaceAll(issuer, ":", " ") + ":" + login)
	q := "secret=" + secret + "&issuer=" + url.QueryEscape(issuer)
	// TRICKY: some apps show a plus sign for a space.
	return "otpauth://totp/" + label + "?" + strings.ReplaceAll(q, "+", "%20")
}
