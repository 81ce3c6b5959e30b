package duck

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/callpace/callpace/internal/facts/factsql"
)

// attributeCache keeps which attributes there are: every filtered question
// wants to know. commits counts what was committed since the file was opened;
// whoever asks after a commit has returned is told what it brought.
type attributeCache struct {
	begun   atomic.Int64 // one more than commits while a commit is under way
	commits atomic.Int64

	mu    sync.Mutex
	as    int64 // of which commit known is, at least
	known factsql.Attributes
}

// attributes gives all attributes with their columns; the answer is shared, and
// not to be changed.
func (e *Engine) attributes(ctx context.Context) (factsql.Attributes, error) {
	if e.cache == nil {
		return e.readAttributes(ctx)
	}
	// Counted before the reading: what is committed meanwhile is read again.
	as := e.version()
	e.cache.mu.Lock()
	known, fresh := e.cache.known, e.cache.known != nil && e.cache.as >= as
	e.cache.mu.Unlock()
	if fresh {
		return known, nil
	}
	known, err := e.readAttributes(ctx)
	if err != nil {
		return nil, err
	}
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	if e.cache.known == nil || as > e.cache.as {
		e.cache.known, e.cache.as = known, as
	}
	return known, nil
}

func (e *Engine) readAttributes(ctx context.Context) (factsql.Attributes, error) {
	attrs := factsql.Attributes{}
	err := e.each(ctx, "SELECT fact, name, col FROM attributes", nil, func(cols []any) error {
		attrs[factsql.Attribute{Fact: cols[0].(string), Name: cols[1].(string)}] = cols[2].(string)
		return nil
	})
	return attrs, err
}
