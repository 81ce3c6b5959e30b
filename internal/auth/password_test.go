package auth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace"
)

func TestCheckPassword(t *testing.T) {
	f := func(password, key string) {
		t.Helper()
		err := CheckPassword(password, "ana.anic@example.hr", "Ana Anić", "Adria Prodaja")
		if key == "" {
			require.NoError(t, err)
			return
		}
		fails(t, err, callpace.Invalid, key)
	}
	f("elevenchars", "auth.password_short")
	f("twelve chars", "")
	f("шістнадцять слів", "")
	f("رمز خیلی بلند من", "")
	f("一二三四五六七八九十百", "auth.password_short") // 11 characters, 33 bytes
	f("一二三四五六七八九十百千", "")
	f(strings.Repeat("dobar dan ", 26), "auth.password_long")
	f("aaaaaaaaaaaaaa", "auth.password_common")
	f("121212121212", "auth.password_common")
	f("123456789012", "auth.password_common")
	f("098765432109", "auth.password_common")
	f("Password1234", "auth.password_common")
	f("PASSWORD!!!!2026", "auth.password_common")
	f("passwordpassword", "auth.password_common")
	f("Lozinka12345!", "auth.password_common")
	f("qwertyuiop[]12", "auth.password_common")
	f("my password is green", "")
	f("iloveyou1234", "auth.password_common")
	f("michaeljordan23", "auth.password_common")
	f("Sunshine sunshine", "auth.password_common")
	f("P@$$w0rd!P@$$w0rd!", "auth.password_common")
	f("jennifer.1987.", "auth.password_common")
	f("1q2w3e4r5t6y", "auth.password_common")
	f("poiuytrewqlkjh", "auth.password_common")
	f("йцукен123456", "auth.password_common")
	f("Пароль-2026-Пароль", "auth.password_common")
	f("گذرواژه۱۲۳۴۵۶", "auth.password_common")
	f("密码密码密码密码密码密码", "auth.password_common")
	f("abcdefghijklmnopqrstuvwxyz", "auth.password_common")
	f("+385 91 123 4567", "auth.password_common")
	f("correct horse battery staple", "auth.password_common") // it is famous
	f("kišobran na terasi 7", "")
	f("seven quiet herons", "")
	f("x7#Kp2!vQz9w", "")
	f("Ana.Anic@Example.hr", "auth.password_about_you")
	f("ana.anic-2026!", "auth.password_about_you")
	f("we are Adria Prodaja", "auth.password_about_you")
	f("ANAANIĆ has a key", "auth.password_about_you")
	f("kuća obitelji Anic", "auth.password_about_you")
	f("najbolja prodaja je jutarnja", "auth.password_about_you")
}

// The lists that guesses begin with are there, and no text is too odd to weigh.
func TestGuessingEffort(t *testing.T) {
	require.Greater(t, len(commonWords()), 10_000)
	for text, effort := range map[string]int{
		"":                   0,
		"xvqk":               4,
		"password":           wordEffort,
		"p4$$w0rd":           wordEffort,
		"password2026":       wordEffort + runEffort,
		"qwertzuiop":         wordEffort - 1, // a row of keys before it is a word
		"defghi":             runEffort,
		"739482":             3,
		"xvqkxvqkxvqk":       4 + runEffort,
		"xvqk password xvqk": 4 + 1 + wordEffort + 1 + runEffort,
	} {
		require.Equal(t, effort, guessingEffort(text), text)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, LongestPassword, -1).Draw(t, "text")
		effort := guessingEffort(text)
		require.LessOrEqual(t, effort, utf8.RuneCountInString(text))
		require.LessOrEqual(t, guessingEffort(text+text), effort+runEffort, "said twice is hardly harder")
	})
}

func TestHash(t *testing.T) {
	h := newHasher(owasp)
	encoded, err := h.hash(ctx, good)
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$`, encoded)
	again, err := h.hash(ctx, good)
	require.NoError(t, err)
	require.NotEqual(t, encoded, again, "salted")

	f := func(encoded, password string, fits, renew bool) {
		t.Helper()
		gotFits, gotRenew, err := h.check(ctx, encoded, password)
		require.NoError(t, err)
		require.Equal(t, []bool{fits, renew}, []bool{gotFits, gotRenew})
	}
	f(encoded, good, true, false)
	f(encoded, good+" ", false, false)
	f("", "", false, false)
	f("", good, false, false)
	f(h.nobody, "", false, false)
	old, err := newHasher(cheap).hash(ctx, good)
	require.NoError(t, err)
	f(old, good, true, true)
	f(old, "another", false, false)
	// The same text however the keyboard composes it.
	composed, err := h.hash(ctx, "čakovec i međimurje")
	require.NoError(t, err)
	f(composed, "c\u030cakovec i međimurje", true, false)
}

// Unknown logins cost a hash of the same cost as known ones.
func TestNobodyCostsTheSame(t *testing.T) {
	nobody, ok := parseHash(newHasher(owasp).nobody)
	require.True(t, ok)
	require.Equal(t, owasp, nobody.cost)
	require.Len(t, nobody.key, keyBytes)
}

func TestHashesAreFewAtATime(t *testing.T) {
	h := newHasher(cheap)
	for range atOnce {
		h.turns <- struct{}{}
	}
	short, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	errs := make(chan error, atOnce+waiting)
	for range atOnce + waiting {
		wg.Go(func() { _, err := h.hash(short, good); errs <- err })
	}
	require.Eventually(t, func() bool { return h.queue.Load() == atOnce+waiting }, waitFor, tick)
	_, err := h.hash(ctx, good)
	fails(t, err, callpace.Limit, "auth.busy")
	cancel()
	wg.Wait()
	close(errs)
	for err := range errs {
		require.ErrorIs(t, err, context.Canceled)
	}
	for range atOnce {
		<-h.turns
	}
	_, err = h.hash(ctx, good)
	require.NoError(t, err, "the queue is empty again")
}

func FuzzParseHash(f *testing.F) {
	seed, _ := newHasher(cheap).hash(ctx, good)
	for _, s := range []string{seed, newHasher(owasp).nobody, "", "$$$$$", "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 22),
		"$argon2id$v=19$m= 64,t=+1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 22), "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 22)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		h, ok := parseHash(encoded)
		if !ok {
			return
		}
		require.Equal(t, encoded, h.String())
		require.LessOrEqual(t, h.cost.memory, most.memory)
		require.NotZero(t, h.cost.passes)
		require.NotZero(t, h.cost.lanes)
	})
}
