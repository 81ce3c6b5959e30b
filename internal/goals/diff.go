package goals

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/goal"
)

// compare lists the lines of YAML in which a goal differs from what it was.
func (c *Change) compare() error {
	after, err := bodyOf(c.Goal)
	if err != nil {
		return err
	}
	var before string
	if c.Was != nil {
		if before, err = bodyOf(c.Was.Goal); err != nil {
			return err
		}
	}
	c.Lines = Compare(before, after)
	return nil
}

// bodyOf is a goal as YAML, whatever its id and version.
func bodyOf(g goal.Goal) (string, error) {
	g.ID, g.Version = "", 0
	data, err := goal.Marshal(goal.File{Goals: []goal.Goal{g}})
	_, body, _ := strings.Cut(string(data), "\n")
	return body, err
}

// Compare lists the lines in which one item of YAML differs from another, each
// under the names that it stands below.
func Compare(before, after string) []Line {
	was, is := lines(before), lines(after)
	var out []Line
	for _, l := range was {
		if !slices.Contains(is, l) {
			out = append(out, Line{"-", l})
		}
	}
	for _, l := range is {
		if !slices.Contains(was, l) {
			out = append(out, Line{"+", l})
		}
	}
	return out
}

// lines are those of YAML, each under the names that it stands below, so that
// two equal lines mean the same.
func lines(body string) []string {
	var out, above []string
	var depth []int
	if strings.TrimSpace(body) == "" {
		return nil
	}
	for _, l := range strings.Split(strings.TrimRight(body, "\n"), "\n") {
		text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "- "))
		indent := strings.Index(l, text)
		for len(depth) > 0 && depth[len(depth)-1] >= indent {
			depth, above = depth[:len(depth)-1], above[:len(above)-1]
		}
		if name, ok := strings.CutSuffix(text, ":"); ok {
			depth, above = append(depth, indent), append(above, name)
			continue
		}
		out = append(out, strings.Join(append(slices.Clone(above), text), "."))
	}
	return out
}
