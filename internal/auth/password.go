package auth

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/fold"
)

// How long a password is, in characters.
const (
	ShortestPassword = 12
	LongestPassword  = 256
)

// CheckPassword gives an Invalid error where a password is too short or too
// long, is easily guessed, or holds what is known about the person and the
// organisation: about are logins and names.
func CheckPassword(password string, about ...string) error {
	if n := utf8.RuneCountInString(norm.NFKC.String(password)); n < ShortestPassword {
		return callpace.E(callpace.Invalid, "auth.password_short", "count", ShortestPassword)
	} else if n > LongestPassword {
		return callpace.E(callpace.Invalid, "auth.password_long", "count", LongestPassword)
	}
	text := fold.Text(password)
	bare := lettersOf(text)
	for _, a := range about {
		for _, word := range tellingWords(a) {
			if strings.Contains(bare, word) {
				return callpace.E(callpace.Invalid, "auth.password_about_you")
			}
		}
	}
	if min(guessingEffort(text), guessingEffort(bare)) < leastEffort { // signs between letters hide nothing
		return callpace.E(callpace.Invalid, "auth.password_common")
	}
	return nil
}

// shortestTelling is the length from which a word tells of somebody.
const shortestTelling = 4

// tellingWords are the words of a login or a name that no password may hold, and
// all of them together.
func tellingWords(about string) (out []string) {
	local, _, _ := strings.Cut(about, "@")
	words := strings.FieldsFunc(fold.Text(local), func(c rune) bool { return lettersOf(string(c)) == "" })
	for _, word := range append(words, lettersOf(fold.Text(about)), strings.Join(words, "")) {
		if utf8.RuneCountInString(word) >= shortestTelling {
			out = append(out, word)
		}
	}
	return out
}

// FoldLogin brings an e-mail address to the form that logins are compared in.
func FoldLogin(login string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(login)))
}
