package web

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
	"github.com/callpace/callpace/internal/store"
)

const recordingsMapping = "{version: 1, key: id, facts: {calls: {id: id, started: started, direction: {value: outbound}, channel: {value: phone}, agent: ext, outcome: {value: answered}, recording: file}}}"

// Whatever part of a recording is asked for, and however that is written, the
// audit log tells of the hearing; of its pieces it tells once.
func TestEveryHearingIsAudited(t *testing.T) {
	s := newSite(t)
	s.Recordings = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(s.Recordings, "r.wav"), make([]byte, 1000), 0o600))
	s.imports("rec", "rec.csv", recordingsMapping,
		"id,started,ext,file\n1,2026-11-20 10:00:00,101,r.wav\n2,2026-11-20 11:00:00,101,r.wav\n")
	b := s.as(auth.QA)
	hear := func(call, part string) {
		b.header["Range"] = part
		a := b.get("/calls/rec/" + call + "/recording")
		require.Contains(t, []int{200, 206, 416}, a.status, part)
	}
	heard := func() int {
		entries, err := s.State.Audit().FindAuditEntries(t.Context(), store.AuditFilter{Action: string(auth.RecordingHeard)})
		require.NoError(t, err)
		return len(entries)
	}
	for i, part := range []string{"", "bytes=0-", "bytes=1-", "bytes=00-", "bytes= 0-", "bytes=-999", "bytes=5-9"} {
		s.clock.pass(time.Hour)
		hear("1", part)
		require.Equal(t, i+1, heard(), "%q", part)
	}
	before := heard()
	s.clock.pass(time.Hour)
	for _, part := range []string{"bytes=0-", "bytes=100-", "bytes=200-"} {
		hear("1", part)
	}
	require.Equal(t, before+1, heard())
	hear("2", "bytes=1-")
	require.Equal(t, before+2, heard())
}
