package journal

import (
	"context"
	"iter"
	"sync"
)

// inOrder works on up to n jobs at once and hands the results to take, one by
// one, in the order of the jobs. It returns when all it started has ended, with
// the first error in that order.
func inOrder[J, R any](ctx context.Context, n int, jobs iter.Seq2[J, error], work func(J) (R, error), take func(R) error) error {
	type result struct {
		r   R
		err error
	}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	queue := make(chan chan result, n-1)
	all.Go(func() {
		defer close(queue)
		for job, err := range jobs {
			slot := make(chan result, 1)
			select {
			case queue <- slot:
			case <-ctx.Done():
				return
			}
			if err != nil {
				slot <- result{err: err}
				return
			}
			all.Go(func() {
				r, err := work(job)
				slot <- result{r, err}
			})
		}
	})
	for slot := range queue {
		var got result
		select {
		case got = <-slot:
		case <-ctx.Done():
			return ctx.Err()
		}
		if got.err != nil {
			return got.err
		}
		if err := take(got.r); err != nil {
			return err
		}
	}
	return ctx.Err()
}
