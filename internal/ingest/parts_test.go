package ingest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/source"
)

// The line that replaces a call may also bring the first value of an attribute,
// here the position in the queue.
func TestACallThatGoesOnBringsNewAttributes(t *testing.T) {
	lines := []string{
		"1791190830|a1|sales|NONE|ABANDON|0|1|30\n",
		"1791190800|a1|sales|NONE|ENTERQUEUE||0912345671|1\n",
	}
	spec := source.Spec{Source: "queues", Format: "asterisk-queue-log"}
	whole := newFolder(t, t.TempDir(), "whole")
	defer whole.Close()
	whole.deliver(t, spec, "queue_log", []byte(strings.Join(lines, "")), 0)

	log := newFolder(t, t.TempDir(), "log")
	defer log.Close()
	for i := range lines {
		log.deliver(t, spec, "queue_log", []byte(strings.Join(lines[:i+1], "")), 0)
	}
	require.Equal(t, whole.facts(t), log.facts(t))
	require.Contains(t, log.facts(t), "attr.position=")
}

// An unterminated last line is read at once, and again when the file goes on,
// whatever its key hashes to.
func TestLastLineWithoutAnEnd(t *testing.T) {
	head := "name,team,ext,since\n"
	for _, name := range strings.Fields("Ana Ivo Eva Kim Mia Luka Nika Jan") {
		f := newFolder(t, t.TempDir(), name)
		r := f.deliver(t, mapped("staff", rosterMapping), "staff.csv", []byte(head+name+",Ea"), 0)
		require.EqualValues(t, 1, r.Read)
		f.deliver(t, mapped("staff", rosterMapping), "staff.csv", []byte(head+name+",East,201,\n"), 0)
		require.Equal(t, 1, strings.Count(f.facts(t), "roster "), name)
		require.Contains(t, f.facts(t), "alias=201")
		require.NoError(t, f.Close())
	}
}
