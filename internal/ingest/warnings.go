package ingest

import "github.com/callpace/callpace/internal/facts"

// warnings counts what inputs were warned of, by kind, in the order of first
// appearance. It is for the report of this run only.
type warnings map[int][]WarningCount

func (w warnings) add(input int, list []facts.Warning) {
next:
	for _, x := range list {
		for i := range w[input] {
			if w[input][i].Reason.Key == x.Reason.Key {
				w[input][i].Count++
				continue next
			}
		}
		w[input] = append(w[input], WarningCount{Count: 1, Reason: x.Reason, Line: x.Line})
	}
}

func (w warnings) of(input int) []WarningCount { return w[input] }
