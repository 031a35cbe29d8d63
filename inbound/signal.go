package inbound

import (
	"context"
	"time"
)

// signal wakes a goroutine that may be at work; what it is sent meanwhile is one
// signal.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

// send never blocks.
func (s signal) send() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// loop calls work now, when it is woken, and after the pause that work has returned.
func loop(ctx context.Context, woken signal, work func() (pause time.Duration)) {
	for ctx.Err() == nil {
		awaitWake(ctx, woken, work())
	}
}

// awaitWake waits until it is woken, d has passed, or ctx ends.
func awaitWake(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}
