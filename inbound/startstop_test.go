package inbound_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Ten processes that start and stop all the time upload everything once, and leave nothing
// behind.
func TestStartStop(t *testing.T) {
	const processes, rounds = 10, 50
	before := runtime.NumGoroutine()
	h := newHost(t)
	h.box.Push = true
	done := make(chan struct{})
	delivered := 0
	var delivering, all sync.WaitGroup
	delivering.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				h.box.Deliver(mail(fmt.Sprintf("c%d@buyer.example", delivered), fmt.Sprint("mail ", delivered)))
				delivered++
			}
		}
	})
	for range processes {
		all.Go(func() {
			for range rounds {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(20_000))*time.Microsecond)
				assert.NoError(t, h.syncer().Run(ctx))
				cancel()
			}
		})
	}
	all.Wait()
	close(done)
	delivering.Wait()
	assert.Zero(t, h.box.Sessions())
	for wait := time.Millisecond; wait < time.Second && runtime.NumGoroutine() > before; wait *= 2 {
		time.Sleep(wait) // a goroutine that ends cannot be waited for
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before)
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	seen := make(map[string]int)
	for _, subject := range h.subjects() {
		seen[subject]++
	}
	assert.Len(t, seen, delivered)
	assert.Len(t, h.subjects(), delivered)
}
