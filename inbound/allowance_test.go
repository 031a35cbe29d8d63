package inbound

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/discover/presets"
)

// usageStore is a store that keeps the usage of one account, and has its lease.
type usageStore struct {
	Store
	t     *testing.T
	usage Usage
	err   error
	calls int
}

func (s *usageStore) Usage(context.Context, string) (Usage, error) {
	s.calls++
	return restarted(s.t, s.usage), s.err
}

func (s *usageStore) SetUsage(_ context.Context, _ string, u Usage) error {
	s.calls++
	if s.err == nil {
		s.usage = u
	}
	return s.err
}

func (s *usageStore) Atomic(ctx context.Context, fn func(context.Context) error) error {
	return fn(ctx)
}

func (s *usageStore) Confirm(context.Context, string, uint64) error { return nil }

// allowanceOf returns the allowance of an account on this host, in a new pass.
func (s *usageStore) allowanceOf(host string) *providerAllowance {
	a := Account{ID: "shop", Protocol: IMAP, Host: host}
	return newAllowance(a, presets.For(host), &records{store: s, fence: fence{s, "account/shop", 1}, account: "shop"})
}

// expectHistory checks when so much old mail may be read.
func (a *providerAllowance) expectHistory(t *testing.T, bytes int64, wait time.Duration) {
	t.Helper()
	until, err := a.reserve(t.Context(), bytes, 1)
	require.NoError(t, err)
	if wait == 0 {
		assert.Zero(t, until)
	} else {
		assert.Equal(t, wait, time.Until(until))
	}
}

const megabyte = 1_000_000

func TestAllowance_HistoryWaitsNewMailDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &usageStore{t: t}
		a := s.allowanceOf("imap.gmail.com")
		a.expectHistory(t, 2000*megabyte, 0)
		a.expectHistory(t, 251*megabyte, day)
		require.NoError(t, a.countNewMail(t.Context(), 240*megabyte, 3))
		a.expectHistory(t, 20*megabyte, day)
		time.Sleep(time.Hour)
		s.allowanceOf("imap.gmail.com").expectHistory(t, 20*megabyte, day-time.Hour)
		require.NoError(t, a.countNewMail(t.Context(), 5000*megabyte, 3))
		assert.EqualValues(t, 7240*megabyte, s.usage.Spans[0].Bytes+s.usage.Spans[1].Bytes)
	})
}

// What was asked for counts before it is read: a process that dies then has not read more
// than it remembers.
func TestAllowance_CountsBeforeReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &usageStore{t: t}
		s.allowanceOf("imap.gmail.com").expectHistory(t, 2250*megabyte, 0)
		s.allowanceOf("imap.gmail.com").expectHistory(t, 1, day)
		time.Sleep(day)
		s.allowanceOf("imap.gmail.com").expectHistory(t, 1, 0)
	})
}

func TestAllowance_RefusedForTraffic(t *testing.T) {
	limit := &Error{Op: OpRead, Class: ErrThrottled, Throttle: ThrottleTraffic, Err: errors.New("bandwidth")}
	for _, host := range []string{"imap.gmail.com", "imap.shop.example"} {
		synctest.Test(t, func(t *testing.T) {
			s := &usageStore{t: t}
			a := s.allowanceOf(host)
			require.NoError(t, a.noteRefusal(t.Context(), errors.Join(errors.New("first"), limit)))
			a.expectHistory(t, 1, day)
			require.NoError(t, a.countNewMail(t.Context(), 5, 1))
			time.Sleep(23 * time.Hour)
			require.NoError(t, s.allowanceOf(host).noteRefusal(t.Context(), limit), "it is the same refusal")
			s.allowanceOf(host).expectHistory(t, 1, time.Hour)
			time.Sleep(time.Hour)
			s.allowanceOf(host).expectHistory(t, 1, 0)
			for _, other := range []error{nil, errors.New("no"),
				&Error{Class: ErrThrottled, Throttle: ThrottleLogins, Err: errors.New("no")},
				&Error{Class: ErrTemporary, Throttle: ThrottleTraffic, Err: errors.New("no")}} {
				require.NoError(t, a.noteRefusal(t.Context(), other))
				a.expectHistory(t, 1, 0)
			}
		})
	}
}

// Where no limit is known, a pass without old mail costs the store nothing.
func TestAllowance_NothingToCount(t *testing.T) {
	s := &usageStore{t: t}
	a := s.allowanceOf("imap.shop.example")
	require.NoError(t, a.countNewMail(t.Context(), 5, 1))
	require.NoError(t, a.noteRefusal(t.Context(), errors.New("no")))
	assert.Zero(t, s.calls)
	a.expectHistory(t, 1<<60, 0)
	a.expectHistory(t, 1<<60, 0)
	assert.Equal(t, 1, s.calls)
	require.NoError(t, s.allowanceOf("imap.gmail.com").countNewMail(t.Context(), 0, 0))
	assert.Equal(t, 1, s.calls)
}

// What was asked for and not read is not given back: it would count longer than that for
// which it makes up.
func TestAllowance_LessThanWasAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &usageStore{t: t}
		a := s.allowanceOf("imap.gmail.com")
		a.expectHistory(t, 2000*megabyte, 0)
		time.Sleep(2 * time.Hour)
		require.NoError(t, a.countNewMail(t.Context(), -1900*megabyte, 3))
		time.Sleep(day - 2*time.Hour)
		a.expectHistory(t, 2000*megabyte, 0)
		a.expectHistory(t, 300*megabyte, day)
		require.NoError(t, a.countNewMail(t.Context(), 10, -3))
		assert.Equal(t, []int{3, 1}, []int{s.usage.Spans[0].Requests, s.usage.Spans[1].Requests})
	})
}

// What could not be recorded is not read.
func TestAllowance_StoreFails(t *testing.T) {
	s := &usageStore{t: t, err: errors.New("disk full")}
	a := s.allowanceOf("imap.gmail.com")
	_, err := a.reserve(t.Context(), 1, 1)
	require.ErrorIs(t, err, s.err)
	s.err = nil
	a.expectHistory(t, 1, 0)
	s.err = errors.New("disk full again")
	_, err = a.reserve(t.Context(), 2000*megabyte, 1)
	require.ErrorIs(t, err, s.err)
	require.ErrorIs(t, a.countNewMail(t.Context(), 1, 1), s.err)
	s.err = nil
	a.expectHistory(t, 2000*megabyte, 0)
}
