package ingest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/source"
)

// check runs a property a few times, since each run opens data folders;
// -rapid.checks=N asks for more.
func check(t *testing.T, times int, property func(t *rapid.T, dir string)) {
	t.Helper()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		require.NoError(t, checks.Value.Set(strconv.Itoa(times)))
		defer func() { require.NoError(t, checks.Value.Set(checks.DefValue)) }()
	}
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "callpace-property-")
		require.NoError(t, err)
		defer os.RemoveAll(dir)
		property(t, dir)
	})
}

// step is one delivery on its way.
type step struct {
	spec      source.Spec
	name      string
	data      []byte
	piece     bool // follows on the one before of the same name
	tentative bool // may be refused: so short that its format cannot be seen
}

// drawSteps draws how a file arrives: whole, growing, in pieces that follow on
// each other, or as several files.
func drawSteps(t *rapid.T, x file) []step {
	text := x.text()
	cuts := func(from int) []int {
		at := rapid.SliceOfNDistinct(rapid.IntRange(from, len(text)), 0, 3, rapid.ID).Draw(t, "cuts")
		return append(slices.Sorted(slices.Values(at)), len(text))
	}
	var steps []step
	switch pick(t, "delivery", "whole", "growing", "pieces", "files") {
	case "whole":
		steps = append(steps, step{spec: x.spec, name: x.name, data: text})
	case "growing":
		for _, to := range cuts(1) {
			steps = append(steps, step{spec: x.spec, name: x.name, data: text[:to], tentative: to < len(text)})
		}
	case "pieces":
		from := 0
		for i, to := range cuts(min(len(x.head)+30, len(text))) {
			steps = append(steps, step{spec: x.spec, name: x.name, data: text[from:to], piece: i > 0})
			from = to
		}
	case "files":
		for rest := x.rows; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "rows")
			steps = append(steps, step{spec: x.spec, name: x.name, data: x.with(rest[:n]).text()})
			rest = rest[n:]
		}
	}
	for _, s := range steps {
		if !s.piece && len(steps) < 6 && rapid.IntRange(0, 4).Draw(t, "again") == 0 {
			s.tentative = true
			steps = append(steps, s)
			break
		}
	}
	return steps
}

// interleave mixes the deliveries of several files; those of one file stay in
// their order.
func interleave(t *rapid.T, files []file) []step {
	var queues [][]step
	for _, x := range files {
		queues = append(queues, drawSteps(t, x))
	}
	var out []step
	for len(queues) > 0 {
		i := rapid.IntRange(0, len(queues)-1).Draw(t, "next")
		out = append(out, queues[i][0])
		if queues[i] = queues[i][1:]; len(queues[i]) == 0 {
			queues = append(queues[:i], queues[i+1:]...)
		}
	}
	return out
}

// take delivers steps and gives those that brought something, by input.
func (f *folder) take(t tb, steps []step) (inputs []int, brought map[int]step) {
	t.Helper()
	last := map[string]int{}
	brought = map[int]step{}
	for _, s := range steps {
		after := 0
		if s.piece {
			after = last[s.name]
		}
		r, err := f.Import(context.Background(), delivery(s.spec, s.name, s.data, after))
		if s.tentative && err != nil {
			continue
		}
		require.NoError(t, err, "%s: %q", s.name, s.data)
		require.Equal(t, r.Read, r.New+r.Updated+r.Unchanged+r.Skipped+r.Rejected, "%s: %+v", s.name, r.Counts)
		if !r.Recognised {
			last[s.name] = r.Input
			inputs, brought[r.Input] = append(inputs, r.Input), s
		}
	}
	return inputs, brought
}

// Any split, repetition and order of the same inputs gives equal facts, and a
// rebuild equals the live state.
func TestSplitsRepetitionsAndOrdersGiveEqualFacts(t *testing.T) {
	check(t, 10, func(t *rapid.T, dir string) {
		files := drawFiles(t)
		plain := newFolder(t, dir, "plain")
		defer plain.Close()
		for _, x := range files {
			plain.whole(t, x)
		}
		split := newFolder(t, dir, "split")
		defer split.Close()
		split.take(t, interleave(t, files))
		require.Equal(t, plain.facts(t), split.facts(t))
		live := split.facts(t)
		require.NoError(t, split.Rebuild(context.Background()))
		require.Equal(t, live, split.facts(t), "rebuilt")
		split.sound(t)
	})
}

// Where two records of one key disagree and nothing says which is newer, the
// later input counts: splits and repetitions still change nothing.
func TestWithoutVersionsTheLaterInputCounts(t *testing.T) {
	check(t, 5, func(t *rapid.T, dir string) {
		x := drawCalls(t)
		x.spec.Mapping = strings.Replace(callsMapping, "row_version: rev\n", "", 1)
		plain := newFolder(t, dir, "plain")
		defer plain.Close()
		plain.whole(t, x)
		split := newFolder(t, dir, "split")
		defer split.Close()
		split.take(t, drawSteps(t, x))
		require.Equal(t, plain.facts(t), split.facts(t))
		require.NoError(t, split.Rebuild(context.Background()))
		require.Equal(t, plain.facts(t), split.facts(t), "rebuilt")
	})
}

// After a withdrawal the facts are those of a folder that the input never
// came to; sending it again brings it back.
func TestWithdrawUndoesExactly(t *testing.T) {
	check(t, 5, func(t *rapid.T, dir string) {
		ctx := context.Background()
		files := drawFiles(t)
		// Versions would let a withdrawn record's older version win anyway;
		// without them the order decides, and what was overwritten must come back.
		for i := range files {
			if rapid.Bool().Draw(t, "unversioned") {
				files[i].spec.Mapping = strings.Replace(files[i].spec.Mapping, "row_version: rev\n", "", 1)
			}
		}
		steps := interleave(t, files)
		f := newFolder(t, dir, "folder")
		defer f.Close()
		inputs, brought := f.take(t, steps)
		all := f.facts(t)

		gone, err := f.Withdraw(ctx, rapid.SampledFrom(inputs).Draw(t, "withdrawn"), true)
		require.NoError(t, err)
		require.NotEmpty(t, gone)
		left := f.facts(t)

		without := newFolder(t, dir, "without")
		defer without.Close()
		var rest []step
		for _, no := range inputs {
			if !slices.Contains(gone, no) {
				rest = append(rest, brought[no])
			}
		}
		without.take(t, rest)
		require.Equal(t, without.facts(t), left, "withdrawn: %v", gone)
		require.NoError(t, f.Rebuild(ctx))
		require.Equal(t, left, f.facts(t), "rebuilt")
		f.sound(t)

		if len(gone) == len(inputs) {
			require.Empty(t, left)
			f.take(t, steps)
			require.Equal(t, all, f.facts(t), "sent again")
		}
	})
}

// A correction of the roster that comes late gives the facts of one that was
// there before everything else, and so does one in the middle.
func TestLateRosterEqualsEarlyRoster(t *testing.T) {
	check(t, 3, func(t *rapid.T, dir string) {
		files := []file{drawCalls(t), drawLegs(t), drawQueue(t), drawLeads(t)}
		roster := drawRoster(t)
		want := ""
		for i, at := range []int{0, len(files), rapid.IntRange(1, len(files)-1).Draw(t, "middle")} {
			f := newFolder(t, dir, strconv.Itoa(i))
			for _, x := range slices.Insert(slices.Clone(files), at, roster) {
				f.whole(t, x)
			}
			if want == "" {
				want = f.facts(t)
			}
			require.Equal(t, want, f.facts(t), "roster at %d", at)
			require.NoError(t, f.Close())
		}
	})
}

// Whatever is done, opening the folder again shows the same facts.
func TestReopeningChangesNothing(t *testing.T) {
	check(t, 2, func(t *rapid.T, dir string) {
		f := newFolder(t, dir, "folder")
		defer func() { f.Close() }()
		f.take(t, interleave(t, drawFiles(t)))
		want := f.facts(t)
		f.reopen(t, func() {})
		require.Equal(t, want, f.facts(t))
		f.reopen(t, func() { require.NoError(t, os.Remove(filepath.Join(f.dir, "facts.duckdb"))) })
		require.Equal(t, want, f.facts(t), "fact file gone")
		f.reopen(t, func() { require.NoError(t, os.Remove(filepath.Join(f.dir, "journal", "index.db"))) })
		require.Equal(t, want, f.facts(t), "index gone")
		f.sound(t)
	})
}
