package journal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/journal/disk/faulty"
)

// TestAddFaults lets every single call fail once, in every way, while rows are
// added. What was acknowledged is there, what was not is there as a whole or not at all, and what is
// added again is not lost.
func TestAddFaults(t *testing.T) {
	for _, how := range []faulty.Fault{faulty.EIO, faulty.ENOSPC, faulty.Short, faulty.Sync, faulty.Crash} {
		for _, restart := range []bool{true, false} {
			for k := 1; addOnce(t, how, restart, k); k += stride {
			}
		}
	}
}

func addOnce(t *testing.T, how faulty.Fault, restart bool, k int) (hit bool) {
	dir, fs := t.TempDir(), quick()
	o := small
	o.FS = fs
	j := open(t, dir, o)
	first, err := j.Add(ctx, arrival("events", ""), 0, []byte("one\n"))
	require.NoError(t, err)
	fs.FailAt(k, how)
	_, err = j.Add(ctx, arrival("events", ""), first.Input, []byte(rows("two", 5)))
	hit = fs.Hit()
	fs.Heal()
	if restart {
		require.NoError(t, j.Close())
		if err != nil {
			require.NoError(t, fs.PowerCut())
		}
		require.NoError(t, removeIndexSometimes(dir, k))
		j = open(t, dir, o)
	}
	want := "one\n" + rows("two", 5)
	if err != nil {
		again, err := j.Add(ctx, arrival("events", ""), 0, []byte(rows("two", 5)))
		require.NoError(t, err)
		require.Equal(t, rows("two", 5), read(t, j, again.Stream))
		require.Contains(t, []string{want, "one\n"}, read(t, j, first.Stream), "fault %d at call %d", how, k)
	} else {
		require.Equal(t, want, read(t, j, first.Stream))
	}
	in, err := j.Input(ctx, first.Input)
	require.NoError(t, err)
	require.Equal(t, Committed, in.Status)
	sound(t, j)
	require.NoError(t, j.Close())
	return hit
}
