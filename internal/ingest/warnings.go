package ingest

import (
	"slices"
	"sync"

	"github.com/callpace/callpace/internal/facts"
)

// warnings counts what inputs were warned of, by kind, in the order of first
// appearance. It is for the reports of this run only, of the latest inputs.
type warnings struct {
	mu     sync.Mutex
	counts map[int][]WarningCount
	inputs []int // in the order in which they were warned of
}

// warnedInputs is of how many inputs the warnings are kept.
const warnedInputs = 1000

func (w *warnings) add(input int, list []facts.Warning) {
	if len(list) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	counts, known := w.counts[input]
	if !known {
		w.make(input)
	}
	counts = slices.Clone(counts) // somebody may be reading them
next:
	for _, x := range list {
		for i := range counts {
			if counts[i].Reason.Key == x.Reason.Key {
				counts[i].Count++
				continue next
			}
		}
		counts = append(counts, WarningCount{Count: 1, Reason: x.Reason, Line: x.Line})
	}
	w.counts[input] = counts
}

// make makes room for an input.
func (w *warnings) make(input int) {
	if w.counts == nil {
		w.counts = map[int][]WarningCount{}
	}
	if w.inputs = append(w.inputs, input); len(w.inputs) > warnedInputs {
		delete(w.counts, w.inputs[0])
		w.inputs = w.inputs[1:]
	}
}

func (w *warnings) of(input int) []WarningCount {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counts[input]
}
