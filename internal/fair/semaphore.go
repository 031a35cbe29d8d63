// Package fair shares what is scarce among several users evenly, so that one who wants much
// does not keep the others waiting.
package fair

import (
	"context"
	"sync"
)

// Semaphore has a number of units for users with keys. Of those who wait, the one who holds the
// fewest is next, and of several the one who was served longest ago. It is safe for concurrent
// use.
type Semaphore[K comparable] struct {
	mu    sync.Mutex
	free  int64
	held  map[K]int64
	queue queue[K]
}

// NewSemaphore returns a semaphore with so many units.
func NewSemaphore[K comparable](units int64) *Semaphore[K] {
	return &Semaphore[K]{free: units, held: make(map[K]int64)}
}

// Acquire waits for units, which must not be more than there are in all. After an error, which is
// the cause of ctx, the user has none of them.
func (s *Semaphore[K]) Acquire(ctx context.Context, user K, units int64) error {
	s.mu.Lock()
	if s.queue.waiting == 0 && s.free >= units {
		s.grant(user, units)
		s.mu.Unlock()
		return nil
	}
	w := s.queue.add(user, units)
	s.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.queue.remove(w) { // it was served at this moment
		s.release(user, units)
	}
	s.serve() // it may have kept others waiting
	return context.Cause(ctx)
}

// TryAcquire takes units if they are free and nobody waits.
func (s *Semaphore[K]) TryAcquire(user K, units int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue.waiting > 0 || s.free < units {
		return false
	}
	s.grant(user, units)
	return true
}

// Release gives units back that the user has.
func (s *Semaphore[K]) Release(user K, units int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(user, units)
	s.serve()
}

// Held returns how many units a user has, and how many users have some or wait.
func (s *Semaphore[K]) Held(user K) (units int64, users int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users = len(s.held)
	for waiting := range s.queue.users {
		if s.held[waiting] == 0 {
			users++
		}
	}
	return s.held[user], users
}

func (s *Semaphore[K]) grant(user K, units int64) {
	s.free -= units
	s.held[user] += units
	s.queue.note(user)
}

func (s *Semaphore[K]) release(user K, units int64) {
	s.free += units
	if s.held[user] -= units; s.held[user] == 0 {
		delete(s.held, user)
	}
}

// serve gives those who wait what is free. If it is not enough for the next one, nobody else is
// served before: who wants many units would wait forever.
func (s *Semaphore[K]) serve() {
	for {
		w := s.queue.next(func(user K) int64 { return s.held[user] })
		if w == nil || w.units > s.free {
			return
		}
		s.queue.remove(w)
		s.grant(w.user, w.units)
		close(w.ready)
	}
}
