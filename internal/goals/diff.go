package goals

import (
	"slices"
	"strings"

	"github.com/callpace/callpace/internal/goal"
)

// compare lists the lines of YAML in which a goal differs from what it was.
func (c *Change) compare() error {
	after, err := lines(c.Goal)
	if err != nil {
		return err
	}
	var before []string
	if c.Was != nil {
		if before, err = lines(c.Was.Goal); err != nil {
			return err
		}
	}
	for _, l := range before {
		if !slices.Contains(after, l) {
			c.Lines = append(c.Lines, Line{"-", l})
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			c.Lines = append(c.Lines, Line{"+", l})
		}
	}
	return nil
}

// lines are those of a goal's YAML, each under the names that it stands
// below, so that two equal lines mean the same.
func lines(g goal.Goal) ([]string, error) {
	g.ID, g.Version = "", 0
	data, err := goal.Marshal([]goal.Goal{g})
	if err != nil {
		return nil, err
	}
	var out, above []string
	var depth []int
	for _, l := range strings.Split(strings.TrimRight(string(data), "\n"), "\n")[1:] {
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
	return out, nil
}
