package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/callpace/callpace"
)

// How long a password is, in characters.
const (
	ShortestPassword = 12
	LongestPassword  = 256
)

// common are what most guesses begin with, in the languages of the users: with
// digits around them they are no password.
var common = []string{
	"password", "passw0rd", "p4ssw0rd", "iloveyou", "letmein", "welcome", "admin", "administrator", "callpace", "qwerty", "qwertyuiop", "qwertz",
	"qwertzuiop", "azerty", "asdfghjkl", "zaqwsx", "zaqxsw", "qazwsx", "qazwsxedc", "qweasdzxc", "abcdefghijkl", "abcdef", "football", "monkey",
	"dragon", "sunshine", "princess", "changeme", "changethis", "correcthorsebatterystaple", "trustno",
	"lozinka", "zaporka", "parola", "пароль", "йцукен", "йцукенгшщзхї", "фівапролдж", "رمزعبور", "گذرواژه", "密码", "woaini",
}

// fewestDifferent characters make a password that is not a pattern.
const fewestDifferent = 5

// CheckPassword gives an Invalid error where a password is too short or too
// long, is one of the first that anybody would try, or is made of what is
// known about the person and the organisation.
func CheckPassword(password string, about ...string) error {
	if n := utf8.RuneCountInString(norm.NFKC.String(password)); n < ShortestPassword {
		return callpace.E(callpace.Invalid, "auth.password_short", "count", ShortestPassword)
	} else if n > LongestPassword {
		return callpace.E(callpace.Invalid, "auth.password_long", "count", LongestPassword)
	}
	bare := barePassword(password)
	different := map[rune]bool{}
	for _, c := range password {
		different[c] = true
	}
	if len(different) < fewestDifferent || isCommon(bare) {
		return callpace.E(callpace.Invalid, "auth.password_common")
	}
	for _, text := range about {
		local, _, _ := strings.Cut(text, "@")
		for _, part := range []string{text, local} {
			if part = barePassword(part); utf8.RuneCountInString(part) >= 4 && strings.Contains(bare, part) {
				return callpace.E(callpace.Invalid, "auth.password_about_you")
			}
		}
	}
	return nil
}

// barePassword folds case and leaves letters and digits only.
func barePassword(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, cases.Fold().String(norm.NFKC.String(s)))
}

// isCommon tells whether nothing but digits stands around common words.
func isCommon(bare string) bool {
	rest := strings.TrimFunc(bare, unicode.IsDigit)
	for _, word := range common {
		if rest == word || rest == word+word {
			return true
		}
	}
	return rest == "" && isRun(bare)
}

// isRun tells whether digits merely count up or down: 123456789012.
func isRun(digits string) bool {
	for i := 1; i < len(digits); i++ {
		if step := (int(digits[i]) - int(digits[i-1]) + 10) % 10; step != 1 && step != 9 {
			return false
		}
	}
	return true
}

// FoldLogin brings an e-mail address to the form that logins are compared in.
func FoldLogin(login string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(login)))
}
