package inbound_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// due returns the accounts that are due now.
func (h *host) due(s *inbound.Syncer) []string {
	h.t.Helper()
	ids, err := s.Due(h.t.Context(), time.Now())
	require.NoError(h.t, err)
	return ids
}

// The store says when an account is due, to all processes.
func TestSyncDue_OnePassOfManyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.deliverFrom("anna", 2)
		opened := 0
		h.box.Intercept = func(step string) error {
			if step == "open" {
				opened++
			}
			return nil
		}
		processes := []*inbound.Syncer{h.syncer(), h.syncer(), h.syncer()}
		var uploaded int
		for _, s := range processes {
			report, next, err := s.SyncDue(t.Context(), "shop", inbound.DueOptions{})
			require.NoError(t, err)
			uploaded += report.Outcomes[inbound.Uploaded]
			assert.InDelta(t, 6*time.Minute, time.Until(next), float64(time.Minute))
			assert.Equal(t, h.health().NextAttempt, next)
			assert.Empty(t, h.due(s))
		}
		assert.Equal(t, []int{2, 1}, []int{uploaded, opened})
		time.Sleep(7 * time.Minute)
		h.deliverFrom("ben", 1)
		assert.Equal(t, []string{"shop"}, h.due(processes[1]))
		report, _, err := processes[1].SyncDue(t.Context(), "shop", inbound.DueOptions{})
		require.NoError(t, err)
		assert.Equal(t, 1, report.Outcomes[inbound.Uploaded])
	})
}

// SyncDue does not wait for the end of a different pass.
func TestSyncDue_BusyElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpload(t, inbound.IMAP, 100, time.Second)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, _, err := u.syncer().SyncDue(ctx, "shop", inbound.DueOptions{})
			ended <- err
		}()
		time.Sleep(10 * time.Second)
		other, began := u.syncer(), time.Now()
		assert.Equal(t, []string{"shop"}, u.due(other), "until a pass has ended")
		for _, now := range []bool{false, true} {
			_, _, err := other.SyncDue(t.Context(), "shop", inbound.DueOptions{Now: now})
			require.ErrorIs(t, err, inbound.ErrBusy)
		}
		assert.Zero(t, time.Since(began))
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
		assert.Equal(t, []string{"shop"}, u.due(other), "a pass that was stopped has not ended")
		report, _, err := other.SyncDue(t.Context(), "shop", inbound.DueOptions{})
		require.NoError(t, err)
		assert.Equal(t, 100, len(u.order))
		assert.Less(t, report.Outcomes[inbound.Uploaded], 100)
	})
}

// An initial upload goes on from call to call, and new mail comes first in each of them.
func TestSyncDue_HistoryTime(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			eachOrder(t, func(t *testing.T, order inbound.Order) {
				u := newUpload(t, protocol, 300, time.Second)
				u.account.InitialOrder = order
				passes, total := 0, 0
				for !u.health().InitialComplete {
					began := time.Now()
					report, next, err := u.syncer().SyncDue(t.Context(), "shop",
						inbound.DueOptions{HistoryTime: 20 * time.Second})
					require.NoError(t, err)
					passes, total = passes+1, total+report.Outcomes[inbound.Uploaded]
					if h := u.health(); !h.InitialComplete {
						assert.Equal(t, inbound.HealthInitialUpload, h.State)
						assert.Equal(t, total, h.InitialDone)
						assert.InDelta(t, 301, h.InitialTotal, 1)
						assert.InDelta(t, 21*time.Second, time.Since(began), float64(4*time.Second))
						assert.LessOrEqual(t, time.Until(next), time.Second)
						assert.False(t, h.LastSuccess.IsZero())
					}
					if passes == 3 {
						u.box.Deliver(mail("late@example.com", "new"))
						began = time.Now()
						defer func() { assert.Less(t, u.at["new"]-began.Sub(u.started), 30*time.Second) }()
					}
					time.Sleep(time.Until(next))
				}
				assert.Len(t, u.order, 301)
				assert.InDelta(t, 15, passes, 3)
				assert.Equal(t, inbound.HealthOK, u.health().State)
				assert.Greater(t, time.Until(u.health().NextAttempt), time.Duration(-time.Minute))
				u.expectOrder(order, 300)
			})
		})
	}
}

// Between the passes of an initial upload is the pause between logins that the provider wants.
func TestSyncDue_HistoryTimeKeepsToLoginPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpload(t, inbound.POP3, 60, time.Second)
		u.account.Host = "pop.gmail.com"
		began := time.Now()
		_, next, err := u.syncer().SyncDue(t.Context(), "shop", inbound.DueOptions{HistoryTime: 10 * time.Second})
		require.NoError(t, err)
		assert.InDelta(t, time.Minute, next.Sub(began), float64(time.Second))
	})
}

// What the server wants is kept to by every caller; who asks for a pass gets one otherwise.
func TestSyncDue_Now(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		refusal := error(&inbound.Error{Class: inbound.ErrAuth, Err: errors.New("wrong password")})
		h.box.Intercept = func(step string) error {
			if step == "open" {
				return refusal
			}
			return nil
		}
		call := func(now bool) (next time.Time, err error) {
			_, next, err = h.syncer().SyncDue(t.Context(), "shop", inbound.DueOptions{Now: now})
			return next, err
		}
		next, err := call(false)
		require.ErrorIs(t, err, inbound.ErrAuth)
		assert.Zero(t, next, "it is left alone")
		assert.Empty(t, h.due(h.syncer()))
		_, err = call(false)
		require.NoError(t, err)
		_, err = call(true)
		require.ErrorIs(t, err, inbound.ErrAuth)
		refusal = &inbound.Error{Class: inbound.ErrThrottled, RetryAfter: time.Hour, Err: errors.New("too many")}
		next, err = call(true)
		require.ErrorIs(t, err, inbound.ErrThrottled)
		assert.GreaterOrEqual(t, time.Until(next), time.Hour)
		refusal = nil
		again, err := call(true)
		require.NoError(t, err)
		assert.Equal(t, next, again, "there was no pass")
		time.Sleep(time.Until(next))
		assert.Equal(t, []string{"shop"}, h.due(h.syncer()))
		_, err = call(false)
		require.NoError(t, err)
		assert.Equal(t, inbound.HealthOK, h.health().State)

		time.Sleep(10 * time.Minute)
		refusal = &inbound.Error{Class: inbound.ErrTemporary, RetryAfter: time.Hour, Err: errors.New("maintenance")}
		next, err = call(false)
		require.ErrorIs(t, err, inbound.ErrTemporary)
		again, err = call(true)
		require.NoError(t, err)
		assert.Equal(t, next, again, "the server has stated a pause")
	})
}

// Accounts come and go, and no process has to be told.
func TestSyncDue_AccountSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		source := &accountList{accounts: []inbound.Account{h.account, h.sibling("second")}}
		set := func(list ...inbound.Account) { source.change(func() { source.accounts = list }) }
		h.config.AccountSource = source
		s := h.syncerOf()
		assert.Equal(t, []string{"second", "shop"}, h.due(s))
		_, _, err := s.SyncDue(t.Context(), "shop", inbound.DueOptions{})
		require.NoError(t, err)
		assert.Equal(t, []string{"second"}, h.due(s))
		paused, inactive := h.sibling("paused"), h.sibling("inactive")
		paused.Paused, inactive.Inactive = true, true
		set(h.account, paused, inactive, h.sibling("third"))
		assert.Equal(t, []string{"third"}, h.due(s))
		_, _, err = s.SyncDue(t.Context(), "second", inbound.DueOptions{})
		require.ErrorIs(t, err, inbound.ErrNotFound)
		for _, id := range []string{"paused", "inactive"} {
			report, next, err := s.SyncDue(t.Context(), id, inbound.DueOptions{Now: true})
			require.NoError(t, err)
			assert.Zero(t, next)
			assert.Zero(t, report.Listed)
		}
		set(h.account, h.sibling("fourth"))
		_, _, err = s.SyncDue(t.Context(), "fourth", inbound.DueOptions{})
		require.NoError(t, err, "a new account is there without Due")
	})
}

// A clock that was set back does not stop an account; a long interval is none.
func TestDue_ClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.Interval = 72 * time.Hour
		s := h.syncer()
		_, next, err := s.SyncDue(t.Context(), "shop", inbound.DueOptions{})
		require.NoError(t, err)
		assert.Empty(t, h.due(s))
		ids, err := s.Due(t.Context(), next)
		require.NoError(t, err)
		assert.Equal(t, []string{"shop"}, ids)
		ids, err = s.Due(t.Context(), time.Now().Add(-200*time.Hour))
		require.NoError(t, err)
		assert.Equal(t, []string{"shop"}, ids)
	})
}
