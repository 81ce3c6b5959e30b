package main

import "github.com/KimMachineGun/automemlimit/memlimit"

// leastMB is the least memory that questions of a server make do with.
const leastMB = 256

// memoryMB is what the questions of a server may take for their work: what was
// asked for, or an eighth of what the machine or the container has.
func memoryMB(asked uint) int {
	if asked > 0 {
		return max(leastMB, int(asked))
	}
	has := uint64(0)
	for _, limit := range []memlimit.Provider{memlimit.FromCgroup, memlimit.FromSystem} {
		if n, err := limit(); err == nil && n > 0 && (has == 0 || n < has) {
			has = n
		}
	}
	return max(leastMB, int(has>>20/8))
}
