package auth

import (
	"encoding/json"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go/data"

	"github.com/callpace/callpace/internal/fold"
)

// leastEffort is what a password must take to guess (guessingEffort): four
// common words, or three and something between them, or eight characters of no
// pattern.
const leastEffort = 8

// What pieces of a password take to guess, in characters of no pattern.
const (
	wordEffort = 2 // a common password, word or name
	runEffort  = 1 // a year, a row of keys, abc, 321, what stands there already
)

// How long a common word or a run is, in characters.
const (
	shortestPiece = 3
	longestPiece  = 32
)

// guessingEffort tells what a folded text takes to be guessed by somebody who
// tries common words, names and patterns first: the least that any way to read
// it as pieces comes to.
func guessingEffort(text string) int {
	letters := []rune(text)
	plain := []rune(strings.Map(unleet, text)) // as many: unleet leaves nothing out
	words := commonWords()
	best := make([]int, len(letters)+1)
	copied := make([]int, len(letters)) // by distance: how many letters up to here are as those before
	for end := 1; end <= len(letters); end++ {
		best[end] = best[end-1] + 1
		for start := end - shortestPiece; start >= max(0, end-longestPiece); start-- {
			length := end - start
			switch {
			case words[string(letters[start:end])] || words[string(plain[start:end])]:
				best[end] = min(best[end], best[start]+wordEffort)
			case isRun(letters[start:end]):
				best[end] = min(best[end], best[start]+runEffort)
			case areDigits(letters[start:end]):
				best[end] = min(best[end], best[start]+(length+1)/2)
			}
		}
		for distance := 1; distance < end; distance++ {
			if letters[end-1] != letters[end-1-distance] {
				copied[distance] = 0
				continue
			}
			copied[distance]++
			best[end] = min(best[end], best[end-copied[distance]]+runEffort)
		}
	}
	return best[len(letters)]
}

// leet is what people write for letters to be clever.
var leet = map[rune]rune{'@': 'a', '4': 'a', '8': 'b', '3': 'e', '6': 'g', '1': 'i', '!': 'i', '0': 'o', '5': 's', '$': 's', '7': 't'}

func unleet(c rune) rune {
	if letter, ok := leet[c]; ok {
		return letter
	}
	return c
}

// keyRows are keys side by side, of the layouts of the users.
var keyRows = sync.OnceValue(func() (out []string) {
	for _, row := range []string{"1234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiopšđ", "asdfghjklčćž", "yxcvbnm,.-", "azertyuiop",
		"йцукенгшщзхї", "фівапролджє", "ячсмитьбю", "ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"} {
		row = fold.Text(row)
		reversed := []rune(row)
		for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
			reversed[i], reversed[j] = reversed[j], reversed[i]
		}
		out = append(out, row, string(reversed))
	}
	return out
})

// isRun tells whether letters are a year, count up or down, or are a row of keys.
func isRun(letters []rune) bool {
	text := string(letters)
	if len(text) == 4 && (text[:2] == "19" || text[:2] == "20") && areDigits(letters) {
		return true
	}
	for _, row := range keyRows() {
		if strings.Contains(row, text) {
			return true
		}
	}
	step := letters[1] - letters[0]
	if step != 1 && step != -1 {
		return false
	}
	for i := 2; i < len(letters); i++ {
		if letters[i]-letters[i-1] != step {
			return false
		}
	}
	return true
}

func areDigits(letters []rune) bool {
	for _, c := range letters {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// lettersOf leaves the letters and digits of a text.
func lettersOf(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, s)
}

// ownWords are common beside those of the list, which is an English one.
var ownWords = []string{"callpace", "changeme", "changethis", "correcthorsebatterystaple", "lozinka", "zaporka", "sifra", "parola", "пароль", "йцукен",
	"привіт", "رمز", "رمزعبور", "گذرواژه", "سلام", "我爱你", "woaini", "nihao"}

// commonWords reads the lists of zxcvbn, when they are first asked for: most
// commands never do.
var commonWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	add := func(words []string) {
		for _, word := range words {
			if word = fold.Text(word); utf8.RuneCountInString(word) >= shortestPiece {
				out[word] = true
			}
		}
	}
	add(ownWords)
	for _, name := range []string{"Passwords", "MaleNames", "FemaleNames"} {
		var list struct{ List []string }
		// It is a part of the program: that it can be read, a test makes sure.
		text, err := data.Asset("data/" + name + ".json")
		if err == nil && json.Unmarshal(text, &list) == nil {
			add(list.List)
		}
	}
	return out
})
