package demo

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMake(t *testing.T) {
	now := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
	files, err := Make(1, now)
	require.NoError(t, err)
	rows := map[string]int{}
	for _, f := range files {
		rows[f.Name] = bytes.Count(f.Data, []byte("\n")) - 1
	}
	t.Log(rows)
	require.InDelta(t, 250_000, rows["calls.csv"], 25_000)

	again, err := Make(1, now)
	require.NoError(t, err)
	require.Equal(t, files, again, "the same seed and day give the same bytes")
}
