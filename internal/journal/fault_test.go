package journal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/journal/disk/faulty"
)

// quick does not wait for the disk: only a power failure would tell.
func quick() *faulty.Disk { return &faulty.Disk{Quick: true} }

// TestFaults lets every single call fail once, in every way. What was
// acknowledged is there; sending again completes; nothing is damaged.
func TestFaults(t *testing.T) {
	text := rows("a", 60)
	for _, how := range []faulty.Fault{faulty.EIO, faulty.ENOSPC, faulty.Short, faulty.Sync, faulty.Crash} {
		for _, restart := range []bool{true, false} {
			for k := 1; ; k += stride {
				if !faultOnce(t, text, how, restart, k) {
					require.Greater(t, k, map[bool]int{true: 2, false: 15}[how == faulty.Sync])
					break
				}
			}
		}
	}
}

func faultOnce(t *testing.T, text string, how faulty.Fault, restart bool, k int) (hit bool) {
	dir := t.TempDir()
	fs := quick()
	o := small
	o.FS = fs
	j := open(t, dir, o)
	receive(t, j, text[:333])
	fs.FailAt(k, how)
	_, err := j.Receive(ctx, arrival("calls.csv", text), nil)
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
	want := Committed
	if err != nil {
		r := receive(t, j, text)
		require.False(t, r.Recognised && r.AddedBytes > 0)
	} else {
		in, err := j.Input(ctx, 2)
		require.NoError(t, err)
		require.Equal(t, want, in.Status, "acknowledged")
		require.True(t, receive(t, j, text).Recognised)
	}
	require.Equal(t, text, read(t, j, 1), "fault %d at call %d", how, k)
	sound(t, j)
	require.NoError(t, j.Close())
	return hit
}

// removeIndexSometimes makes every third opening depend on the headers alone.
func removeIndexSometimes(dir string, k int) error {
	if k%3 != 0 {
		return nil
	}
	return removeIndex(dir + "/journal/index.db")
}
