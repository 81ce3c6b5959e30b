package web

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/callpace/callpace/internal/ingest"
	"github.com/callpace/callpace/internal/kpi"
)

// memo keeps what many pages ask for alike as long as nothing is written:
// which dimensions there are, and their values.
type memo struct {
	mu      sync.Mutex
	known   known
	kept    map[string]any
	figures int // in the frames that are kept
	flight  singleflight.Group
}

// known is what answers depend on: the facts, and what the organisation
// settled, its definitions included.
type known struct {
	revision int64
	settled  *ingest.Settled
}

// mostKept bounds a memo; beyond it all is forgotten, which costs a few
// milliseconds.
const mostKept = 2000

// mostFigures bounds those of all frames that are kept, about 250 bytes each,
// largestFrame those of one: the tables of a company of some thousand people,
// which are gone through page by page.
const mostFigures, largestFrame = 300_000, 60_000

// recall gives what is kept under a key, or makes it. What went wrong is not kept.
func (m *memo) recall(by known, key string, fill func() (any, error)) (any, error) {
	m.mu.Lock()
	if m.known != by || len(m.kept) > mostKept || m.figures > mostFigures {
		m.known, m.kept, m.figures = by, map[string]any{}, 0
	}
	v, ok := m.kept[key]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err, _ := m.flight.Do(fmt.Sprintf("%d %p %s", by.revision, by.settled, key), fill)
	if err != nil {
		return nil, err
	}
	size := 0
	if f, ok := v.(*kpi.Frame); ok {
		if size = len(f.Rows) * len(f.Columns); size > largestFrame {
			return v, nil
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, have := m.kept[key]; !have && m.known == by && m.kept != nil {
		m.kept[key], m.figures = v, m.figures+size
	}
	return v, nil
}

// remembering is an engine that asks only once what depends on nothing but
// the data: whether a fact has rows, and which dimensions these carry. Every
// query begins with that question.
type remembering struct {
	kpi.Engine
	memo  *memo
	known known
}

// Aggregate answers a Select.
func (e remembering) Aggregate(ctx context.Context, s kpi.Select) ([]kpi.Group, error) {
	if !s.Undated || s.ByDay || s.MaxGroups != 1 || len(s.Dims)+len(s.Where) > 0 {
		return e.Engine.Aggregate(ctx, s)
	}
	key := fmt.Sprintf("%s %#v", s.Fact.Name, s.Scope)
	for _, m := range s.Measures {
		key += fmt.Sprintf(" %s %s", m.ID, m.Agg)
	}
	v, err := e.memo.recall(e.known, key, func() (any, error) {
		// Others may wait for the same: it does not end with this request.
		return e.Engine.Aggregate(context.WithoutCancel(ctx), s)
	})
	if err != nil {
		return nil, err
	}
	return v.([]kpi.Group), nil
}
