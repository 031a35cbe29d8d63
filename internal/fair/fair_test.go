package fair

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A user with a thousand wishes delays one with a single wish by no more than what is under way.
func TestSemaphore_SharesEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSemaphore[string](4)
		var order []string
		var mu sync.Mutex
		var all sync.WaitGroup
		use := func(user string, units int64) {
			all.Go(func() {
				assert.NoError(t, s.Acquire(t.Context(), user, units))
				mu.Lock()
				order = append(order, user)
				mu.Unlock()
				time.Sleep(time.Second)
				s.Release(user, units)
			})
			synctest.Wait()
		}
		for range 1000 {
			use("flood", 1)
		}
		use("a", 1)
		use("b", 3)
		use("a", 1)
		all.Wait()
		assert.Equal(t, []string{"flood", "flood", "flood", "flood"}, order[:4])
		assert.ElementsMatch(t, []string{"a", "b"}, order[4:6])
		assert.Contains(t, order[6:10], "a")
		assert.Equal(t, int64(4), s.free)
		assert.Empty(t, s.held)
	})
}

func TestSemaphore_GivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSemaphore[int](2)
		assert.True(t, s.TryAcquire(1, 1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { assert.ErrorIs(t, s.Acquire(ctx, 2, 2), context.DeadlineExceeded) }()
		synctest.Wait()
		assert.False(t, s.TryAcquire(3, 1), "somebody waits")
		require.NoError(t, s.Acquire(t.Context(), 3, 1), "after the one who wanted two has given up")
		s.Release(1, 1)
		s.Release(3, 1)
		assert.Equal(t, int64(2), s.free)
	})
}

// Whoever comes while another one floods has the next turn, and the pace stays.
func TestPacer_SharesEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer[string](200 * time.Millisecond)
		began := time.Now()
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() { assert.NoError(t, p.Wait(t.Context(), "flood")) })
		}
		synctest.Wait()
		for i := range 10 {
			all.Go(func() {
				began := time.Now()
				assert.NoError(t, p.Wait(t.Context(), fmt.Sprint("user ", i)))
				assert.LessOrEqual(t, time.Since(began), 11*200*time.Millisecond)
			})
		}
		all.Wait()
		assert.InDelta(t, 1010/5, time.Since(began).Seconds(), 2)
		assert.False(t, p.Idle())
		time.Sleep(2 * time.Second)
		assert.True(t, p.Idle())
	})
}

func TestPacer_GivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer[int](time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		for range 10_000 {
			go func() { _ = p.Wait(ctx, 1) }()
		}
		time.Sleep(time.Hour)
		began := time.Now()
		require.NoError(t, p.Wait(t.Context(), 2))
		assert.LessOrEqual(t, time.Since(began), 2*time.Second)
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Zero(t, p.queue.waiting)
		assert.Nil(t, p.timer)
	})
}
