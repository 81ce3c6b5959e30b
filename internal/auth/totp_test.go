package auth

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"rsc.io/qr"
)

const (
	waitFor = time.Minute
	tick    = time.Millisecond
)

// RFC 6238, appendix B, SHA-1.
func TestTOTPVectors(t *testing.T) {
	f := func(unix int64, want string) {
		t.Helper()
		require.Equal(t, want, totp([]byte("12345678901234567890"), unix/stepSeconds, 8))
	}
	f(59, "94287082")
	f(1111111109, "07081804")
	f(1111111111, "14050471")
	f(1234567890, "89005924")
	f(2000000000, "69279037")
	f(20000000000, "65353130")
}

func TestMatchTOTP(t *testing.T) {
	key := []byte("12345678901234567890")
	secret := base32Text.EncodeToString(key)
	now := time.Unix(1234567890, 0)
	current := now.Unix() / stepSeconds
	f := func(offset, used int64, want bool) {
		t.Helper()
		step, ok := matchTOTP(secret, totp(key, current+offset, codeDigits), now, used)
		require.Equal(t, want, ok)
		if ok {
			require.Equal(t, current+offset, step)
		}
	}
	f(-2, 0, false)
	f(-1, 0, true)
	f(0, 0, true)
	f(1, 0, true)
	f(2, 0, false)
	f(0, current, false)
	f(-1, current, false)
	f(1, current, true)
	_, ok := matchTOTP("", totp(nil, current, codeDigits), now, 0)
	require.False(t, ok, "no secret, no code")
}

func TestReadCode(t *testing.T) {
	f := func(typed, want string) {
		t.Helper()
		require.Equal(t, want, readCode(typed))
	}
	f(" 123 456\n", "123456")
	f("۱۲۳۴۵۶", "123456")
	f("١٢٣٤٥٦", "123456")
	f("１２３４５６", "123456")
	f("ABCD-EFGH–jkmn 0oO1", "abcdefghjkmn0001")
	f("il", "11")
	f("', DROP", "dr0p")
}

func FuzzCode(f *testing.F) {
	f.Add("123 456")
	f.Add("۱۲۳۴۵۶")
	f.Add("abcd-efgh-jkmn-pqrs")
	f.Add(strings.Repeat("9", 1000))
	plain := regexp.MustCompile(`^[0-9a-z]{0,64}$`)
	f.Fuzz(func(t *testing.T, typed string) {
		code := readCode(typed)
		require.Regexp(t, plain, code)
		require.Equal(t, code, readCode(code))
		_, ok := matchTOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", typed, time.Unix(59, 0), 0)
		require.False(t, ok && len(typed) != codeDigits)
		_, _ = matchTOTP(typed, code, time.Unix(59, 0), 0)
	})
}

func TestRecoveryCode(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		code := newRecoveryCode()
		require.Regexp(t, `^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$`, code)
		require.False(t, seen[code])
		seen[code] = true
		require.Equal(t, readCode(code), readCode(strings.ToUpper(strings.ReplaceAll(code, "-", " "))))
	}
}

func TestProvisioningURI(t *testing.T) {
	require.Equal(t, "otpauth://totp/Adria%20Prodaja%20callpace:ana@example.hr?secret=ABC&issuer=Adria%20Prodaja%20callpace",
		provisioningURI("ABC", "ana@example.hr", "Adria Prodaja callpace"))
	require.NotContains(t, provisioningURI("ABC", `a"<&@x`, "<b>"), "<")
}

// The drawing says, module by module, what the encoder says.
func TestQR(t *testing.T) {
	uri := provisioningURI(newTOTPSecret(), "ana.anic@example.hr", "Adria Prodaja callpace")
	svg, err := qrSVG(uri)
	require.NoError(t, err)
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
	}
	code, err := qr.Encode(uri, qr.M)
	require.NoError(t, err)
	drawn := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-`).FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		length, _ := strconv.Atoi(m[3])
		for i := range length {
			drawn[[2]int{x + i - 4, y - 4}] = true
		}
	}
	for y := range code.Size {
		for x := range code.Size {
			require.Equal(t, code.Black(x, y), drawn[[2]int{x, y}], "%d,%d", x, y)
		}
	}
}

func TestCSRF(t *testing.T) {
	secret := newSecret()
	a, b := CSRFToken(secret), CSRFToken(secret)
	require.NotEqual(t, a, b)
	require.NoError(t, CheckCSRF(secret, a))
	require.NoError(t, CheckCSRF(secret, b))
	flipped := []byte(a)
	flipped[80] ^= 1
	for _, wrong := range []string{"", "x", string(flipped), a[:len(a)-1], a + "A", CSRFToken(newSecret()), CSRFToken("")} {
		fails(t, CheckCSRF(secret, wrong), "forbidden", "auth.csrf")
	}
	fails(t, CheckCSRF("", CSRFToken("")), "forbidden", "auth.csrf")
}
