package inbound

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

// However many accounts begin together, their logins are spread out.
func TestBudget_SpreadsLogins(t *testing.T) {
	for name, tc := range map[string]struct {
		host func(i int) string
		rate float64 // a second
	}{
		"one host":   {func(int) string { return "imap.example.com" }, 5},
		"many hosts": {func(i int) string { return fmt.Sprintf("imap%d.example.com", i) }, 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := NewBudget(BudgetOptions{})
				began := time.Now()
				var mu sync.Mutex
				seconds := make(map[int]int)
				var all sync.WaitGroup
				for i := range 1000 {
					all.Go(func() {
						s, err := b.open(t.Context(), 1, tc.host(i))
						assert.NoError(t, err)
						mu.Lock()
						seconds[int(time.Since(began)/time.Second)]++
						mu.Unlock()
						s.close()
					})
				}
				all.Wait()
				for second, n := range seconds {
					assert.LessOrEqual(t, float64(n), 2*tc.rate+1, second)
				}
				assert.InDelta(t, 1000/tc.rate, time.Since(began).Seconds(), 2)
				assert.Empty(t, b.hosts)
			})
		})
	}
}

// A host that is busy, or whose logins hang, delays no other host.
func TestBudget_BoundsSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetOptions{Sessions: 8, SessionsPerHost: 4})
		var busy []*slot
		for range 4 {
			s, err := b.open(t.Context(), 1, "busy.example.com")
			require.NoError(t, err)
			busy = append(busy, s)
		}
		var kept int
		for _, s := range busy {
			_ = s.keep()
			if s.keep() { // asked twice, it is one
				kept++
			}
		}
		assert.Equal(t, 3, kept, "a quarter is left for those who come and go")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range 10 {
			go func() {
				_, err := b.open(ctx, 1, "Busy.example.com.")
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			}()
		}
		synctest.Wait()
		for range 4 {
			s, err := b.open(t.Context(), 1, "other.example.com")
			require.NoError(t, err)
			defer s.close()
		}
		time.Sleep(2 * time.Hour)
		for _, s := range busy {
			s.close()
		}
		s, err := b.open(t.Context(), 1, "busy.example.com")
		require.NoError(t, err)
		assert.True(t, s.keep())
		s.close()
		assert.Len(t, b.hosts, 1)
		assert.Zero(t, b.sessions.kept)
	})
}

// A login that is given up, as when its account is stopped, delays no other login.
func TestBudget_ForgetsLoginsThatAreGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(BudgetOptions{})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if s, err := b.open(ctx, 1, "imap.example.com"); err == nil {
					s.close()
				}
			})
		}
		all.Wait()
		began := time.Now()
		s, err := b.open(t.Context(), 1, "imap.example.com")
		require.NoError(t, err)
		assert.Less(t, time.Since(began), time.Second)
		s.close()
	})
}
