package dynamodb

import (
	"context"
	"sync"
)

// each does n things, some side by side, begun in their order. The first error ends the rest, and is given.
func (s *Store) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	hands := make(chan struct{}, s.o.Concurrent)
	var all sync.WaitGroup
	for i := range n {
		hands <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-hands }()
			if err := do(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}
