package fair

import (
	"context"
	"sync"
	"time"
)

// Pacer spaces events evenly. Of users who wait, the one whose last event was longest ago is next.
// After a pause, as many events as fit into a second may follow each other immediately. It is
// safe for concurrent use.
type Pacer[K comparable] struct {
	gap time.Duration

	mu    sync.Mutex
	last  time.Time // of the last event, or when it would have been without a burst
	queue queue[K]
	timer *time.Timer // for the next event; nil if nobody waits
}

// NewPacer returns a pacer with this pause between events.
func NewPacer[K comparable](gap time.Duration) *Pacer[K] { return &Pacer[K]{gap: gap} }

// Wait waits for the turn of an event. After an error, which is the cause of ctx, it has none, and
// nobody waits for it.
func (p *Pacer[K]) Wait(ctx context.Context, user K) error {
	p.mu.Lock()
	w := p.queue.add(user, 1)
	p.serve()
	p.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	default:
	}
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.queue.remove(w) { // its turn came at this moment: somebody else may have it
		p.last = p.last.Add(-p.gap)
	}
	p.serve()
	return context.Cause(ctx)
}

// Idle reports whether nobody waits, and a pause has ended.
func (p *Pacer[K]) Idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.waiting == 0 && time.Since(p.last) > time.Second
}

// serve lets those go on whose turn has come, and sets the timer for the next one.
func (p *Pacer[K]) serve() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	for p.queue.waiting > 0 {
		now := time.Now()
		last := p.last
		if earliest := now.Add(-time.Second); last.Before(earliest) {
			last = earliest
		}
		due := last.Add(p.gap)
		if pause := due.Sub(now); pause > 0 {
			p.timer = time.AfterFunc(pause, func() {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.serve()
			})
			return
		}
		p.last = due
		w := p.queue.next(func(K) int64 { return 0 })
		p.queue.remove(w)
		p.queue.note(w.user)
		close(w.ready)
	}
}
