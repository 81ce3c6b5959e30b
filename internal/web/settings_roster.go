package web

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/source"
)

// rosterSource is the source of what is said of people on the pages. It goes
// through the journal like any other's.
const rosterSource = "callpace"

//go:embed settings_roster.yaml
var saidMapping string

// rosterRow is one thing said: an alias in a source, or a team from a day to
// another, which belongs to it. The same thing said again replaces the first.
type rosterRow struct{ agent, alias, source, team, from, to string }

// key is what makes a row the same thing.
func (x rosterRow) key() string {
	if x.alias != "" {
		return "alias\x1f" + x.source + "\x1f" + x.alias
	}
	return "team\x1f" + x.agent + "\x1f" + x.from
}

// importRoster writes rows as a file and takes it in. at makes the file another
// one even where the same was said before and taken back since.
func importRoster(ctx context.Context, f *ingest.Folder, at time.Time, rows []rosterRow) error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	_ = w.Write([]string{"said", "key", "agent", "alias", "source", "team", "from", "to"}) // a buffer cannot fail
	said := at.UTC().Format(time.RFC3339Nano)
	for _, x := range rows {
		_ = w.Write([]string{said, x.key(), x.agent, x.alias, x.source, x.team, x.from, x.to})
	}
	w.Flush()
	_, err := f.Import(ctx, ingest.Delivery{Name: "roster-" + at.UTC().Format("20060102-150405") + ".csv", Size: int64(text.Len()),
		Spec: source.Spec{Source: rosterSource, Format: "mapping", Mapping: saidMapping},
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil }})
	if err != nil {
		return fmt.Errorf("change the roster: %w", err)
	}
	return nil
}

// likeliest is the agent that a spelling seems to mean: the one with most words
// in common, where only one has; "" where it is anybody's guess.
func likeliest(spelling string, agents []string) string {
	best, most, tied := "", 0, false
	words := plainWords(spelling)
	for _, agent := range agents {
		n := 0
		for _, w := range plainWords(agent) {
			for _, v := range words {
				if w == v || len(w) > 4 && len(v) > 4 && (strings.HasPrefix(w, v) || strings.HasPrefix(v, w)) {
					n += len(w)
				}
			}
		}
		switch {
		case n > most:
			best, most, tied = agent, n, false
		case n == most && n > 0:
			tied = true
		}
	}
	if tied {
		return ""
	}
	return best
}

// plainWords are the words of a name without marks, cases and separators.
func plainWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFD.String(name)), func(c rune) bool {
		return strings.ContainsRune(" ._-@,/\\()'’", c)
	})
}
