package duck

// #include <stdlib.h>
import "C"

import "unsafe"

// arena is memory outside Go's heap for the bytes of long strings. DuckDB's
// string_t points into it while a chunk is appended; the appender copies the
// chunk, and then the arena is used again. One copy in Go replaces a call into
// C for every long string.
type arena struct {
	blocks []unsafe.Pointer
	sizes  []int
	block  int // index of the block in use
	used   int // bytes of it
}

const arenaBlock = 1 << 20

// put copies s into the arena and gives its address.
func (a *arena) put(s string) unsafe.Pointer {
	for a.block < len(a.blocks) && a.sizes[a.block]-a.used < len(s) {
		a.block, a.used = a.block+1, 0
	}
	if a.block == len(a.blocks) {
		size := max(arenaBlock, len(s))
		a.blocks = append(a.blocks, C.malloc(C.size_t(size)))
		a.sizes = append(a.sizes, size)
	}
	p := unsafe.Add(a.blocks[a.block], a.used)
	copy(unsafe.Slice((*byte)(p), len(s)), s)
	a.used += len(s)
	return p
}

func (a *arena) reset() { a.block, a.used = 0, 0 }

func (a *arena) free() {
	for _, p := range a.blocks {
		C.free(p)
	}
	*a = arena{}
}
