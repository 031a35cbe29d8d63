package inbound_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// While a pass hangs, another process takes over the account. The pass must commit
// nothing afterwards.
func TestLease_LostCommitsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("a@example.com", "one"))
		var hung atomic.Bool
		points := &inboundtest.Failpoints{Fail: func(_ int, name string) error {
			switch {
			case name == "before HaveEmails":
				hung.Store(true)
				time.Sleep(2 * time.Minute)
				_, err := h.store.Acquire(t.Context(), "account/shop", "another process", time.Minute)
				return err
			case name == "before Acquire" && hung.Load():
				return errors.New("the database does not answer")
			}
			return nil
		}}
		store := h.config.Store
		h.config.Store = points.Store(store)
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrLeaseLost)
		assert.Empty(t, h.emails())
		assert.Empty(t, h.outcomes())
		intended, err := store.IntendedCustomers(t.Context(), "shop", "main", []string{"a@example.com"})
		require.NoError(t, err)
		assert.Empty(t, intended)
		time.Sleep(2 * time.Minute)
		h.config.Store = store
		h.pass()
		assert.Len(t, h.emails(), 1)
	})
}

// A second pass of an account waits for the lease of a process that was killed, but
// not for one that keeps renewing it.
func TestLease_OnePassAtATime(t *testing.T) {
	for name, renews := range map[string]bool{"killed": false, "at work": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.box.Deliver(mail("a@example.com", "one"))
				acquire := func() {
					_, err := h.store.Acquire(t.Context(), "account/shop", "another process", 30*time.Second)
					assert.NoError(t, err)
				}
				acquire()
				if renews {
					go func() {
						for range 6 {
							time.Sleep(10 * time.Second)
							acquire()
						}
					}()
				}
				began := time.Now()
				_, err := h.syncer().Sync(t.Context(), "shop")
				assert.GreaterOrEqual(t, time.Since(began), 30*time.Second)
				assert.Less(t, time.Since(began), 40*time.Second)
				if renews {
					require.ErrorIs(t, err, inbound.ErrBusy)
					assert.Empty(t, h.outcomes())
				} else {
					require.NoError(t, err)
					assert.Len(t, h.emails(), 1)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// A call that does not wait for a lease fails without a pause.
func TestLease_NoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		_, err := h.store.Acquire(t.Context(), "outbox", "another process", 30*time.Second)
		require.NoError(t, err)
		_, err = h.syncer().Dispatch(t.Context())
		require.NoError(t, err, "nothing is to be delivered")
		require.NoError(t, h.store.Add(t.Context(), []notify.Notification{{ID: "1", ManagerID: "m1"}}))
		began := time.Now()
		_, err = h.syncer().Dispatch(t.Context())
		require.ErrorIs(t, err, inbound.ErrBusy)
		assert.Zero(t, time.Since(began))
	})
}
