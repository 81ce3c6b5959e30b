package mapping

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every key of this package has its text in every language, and no text is idle.
func TestMessages(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	used := map[string]bool{}
	for _, f := range files {
		if filepath.Base(f) == "messages_test.go" || regexp.MustCompile(`_test\.go$`).MatchString(f) {
			continue
		}
		for _, m := range regexp.MustCompile(`"(mapping\.[a-z_.]+)"`).FindAllStringSubmatch(string(read(t, f)), -1) {
			used[m[1]] = true
		}
	}
	placeholder := regexp.MustCompile(`\{[a-z]+\}`)
	english := map[string]string{}
	for _, lang := range []string{"en", "hr", "uk", "fa", "ro", "zh"} {
		got := textsOf(t, lang)
		if lang == "en" {
			english = got
		}
		for key := range used {
			require.Contains(t, got, key, lang)
			require.ElementsMatch(t, placeholder.FindAllString(english[key], -1), placeholder.FindAllString(got[key], -1), lang+" "+key)
		}
		for key := range got {
			require.True(t, used[key], "%s: nobody says %s", lang, key)
		}
	}
}
