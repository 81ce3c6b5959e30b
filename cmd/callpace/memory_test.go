package main

import (
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/stretchr/testify/require"
)

func TestMemoryOfAServer(t *testing.T) {
	require.Equal(t, 700, memoryMB(700))
	require.Equal(t, leastMB, memoryMB(1), "less would not do")
	has, err := memlimit.FromSystem()
	require.NoError(t, err)
	require.LessOrEqual(t, memoryMB(0), max(leastMB, int(has>>20/8)), "a container may have less than its machine")
	require.GreaterOrEqual(t, memoryMB(0), leastMB)
}
