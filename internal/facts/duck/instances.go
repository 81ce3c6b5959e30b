package duck

import (
	"sync"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// instances is DuckDB's list of the files that this process has open.
//
// TRICKY: opening a file that is on the list and is being closed waits, spinning,
// for the end of that, under no context. After an error in the middle of a
// question, as of a damaged page, DuckDB can keep a closed file for good, and
// the wait has no end. So whoever gives a file up begins a new list.
var instances struct {
	mu   sync.Mutex
	list *mapping.InstanceCache // nil: the next to open begins one
}

func init() {
	duckdb.GetInstanceCache = func() mapping.InstanceCache {
		instances.mu.Lock()
		defer instances.mu.Unlock()
		if instances.list == nil {
			list := mapping.CreateInstanceCache()
			instances.list = &list
		}
		return *instances.list
	}
}

// GiveUp has the fact file that was closed last be opened without waiting for
// what DuckDB may still hold of it: after an error, or when another file takes
// its place. What is held then is lost until the process ends.
func GiveUp() {
	instances.mu.Lock()
	defer instances.mu.Unlock()
	instances.list = nil
}
