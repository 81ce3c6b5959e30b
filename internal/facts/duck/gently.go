package duck

import (
	"context"
	"errors"
	"fmt"
)

// Gently runs fn with one thread of the engine, for who writes all the time: the
// other processors are for those who ask and who send.
func (s *Store) Gently(ctx context.Context, fn func() error) error {
	if err := s.setThreads(ctx, "SET threads = 1"); err != nil {
		return err
	}
	usual := "RESET threads"
	if s.options.Threads > 0 {
		usual = fmt.Sprint("SET threads = ", s.options.Threads)
	}
	err := fn()
	return errors.Join(err, s.setThreads(context.WithoutCancel(ctx), usual))
}

func (s *Store) setThreads(ctx context.Context, statement string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed { // what closed it is told elsewhere, and opening sets them anew
		return nil
	}
	return s.exec(ctx, statement)
}
