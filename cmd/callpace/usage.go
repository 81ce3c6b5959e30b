package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/callpace/callpace"
)

// The parser's own sentences, and the messages that say the same. In front of
// what a value lacks stands the flag or argument: --limit=N, <file>.
var parserSentences = []struct {
	pattern *regexp.Regexp
	key     string
	args    []string // what the groups of the pattern are
}{
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean .*)?$`), "usage.unknown_flag", []string{"what"}},
	{regexp.MustCompile(`^unexpected argument (.+?)(?:, did you mean .*)?$`), "usage.unexpected_argument", []string{"what"}},
	{regexp.MustCompile(`^missing flags: (.+)$`), "usage.missing_flags", []string{"what"}},
	{regexp.MustCompile(`^missing positional arguments (.+)$`), "usage.expected", []string{"what"}},
	{regexp.MustCompile(`^(\S+) must be one of (.+) but got "(.*)"$`), "usage.one_of", []string{"what", "values", "value"}},
	{regexp.MustCompile(`^(.+) can't be used together$`), "usage.not_together", []string{"what"}},
	{regexp.MustCompile(`^(\S+): expected \S+ value but got "EOL"`), "usage.no_value", []string{"what"}},
	{regexp.MustCompile(`^(\S+): expected \S+ value but got "(.+?)" \((?:long|short) flag(?: remainder)?\)`), "usage.flag_as_value", []string{"what", "value"}},
	{regexp.MustCompile(`^(\S+): expected (?:a valid \d+ bit u?int|an int) but got "(.*?)"`), "usage.not_whole", []string{"what", "value"}},
	{regexp.MustCompile(`^(\S+): expected a float but got "(.*?)"`), "usage.not_number", []string{"what", "value"}},
	{regexp.MustCompile(`^(\S+): expected duration but got "(.*?)"`), "usage.not_duration", []string{"what", "value"}},
	{regexp.MustCompile(`^(\S+): bool value must be .+ but got "(.*)"$`), "usage.not_bool", []string{"what", "value"}},
	{regexp.MustCompile(`^(\S+): (?:missing value, expecting|expected) "<key>=<value>`), "usage.not_pair", []string{"what"}},
	{regexp.MustCompile(`^expected (?:one of )?(.+)$`), "usage.expected", []string{"what"}},
}

// usageDetail puts what the parser says of the command line into a message, so
// that it comes in the reader's language; a sentence not known here stays.
func usageDetail(err error) any {
	text := err.Error()
	if why := new(callpace.Error); errors.As(err, &why) { // our own, of a path
		what, _, _ := strings.Cut(text, ": ")
		return callpace.M("usage.wrong", "what", what, "why", why)
	}
	for _, s := range parserSentences {
		if m := s.pattern.FindStringSubmatch(text); m != nil {
			args := make([]any, 0, 2*len(s.args))
			for i, name := range s.args {
				args = append(args, name, m[i+1])
			}
			return callpace.M(s.key, args...)
		}
	}
	return text
}
