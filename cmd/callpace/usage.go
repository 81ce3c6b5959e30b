package main

import (
	"regexp"

	"github.com/callpace/callpace"
)

// The parser's own sentences, and the messages that say the same.
var parserSentences = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean .*)?$`), "usage.unknown_flag"},
	{regexp.MustCompile(`^unexpected argument (.+?)(?:, did you mean .*)?$`), "usage.unexpected_argument"},
	{regexp.MustCompile(`^expected (?:one of )?(.+)$`), "usage.expected"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "usage.missing_flags"},
	{regexp.MustCompile(`^(--\S+ must be one of .+) but got .+$`), "usage.one_of"},
	{regexp.MustCompile(`^(.+) can't be used together$`), "usage.not_together"},
}

// usageDetail puts what the parser says of the command line into a message, so
// that it comes in the reader's language; a sentence not known here stays.
func usageDetail(text string) any {
	for _, s := range parserSentences {
		if m := s.pattern.FindStringSubmatch(text); m != nil {
			return callpace.M(s.key, "what", m[1])
		}
	}
	return text
}
