package inboundtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/inbound"
)

// together calls fn n times concurrently, with 0, 1, ..., and waits for all of them.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			fn(i)
		})
	}
	close(begin)
	wg.Wait()
}

func concurrentOnesAllCommit(s *store) {
	together(8, func(i int) {
		for n := range 5 {
			err := s.Atomic(s.ctx(), func(ctx context.Context) error {
				if _, err := s.Lookup(ctx, "shop", []inbound.SourceID{uid(1)}); err != nil {
					return err
				}
				id := uid(uint32(1 + i*5 + n))
				return s.Record(ctx, "shop", []inbound.LedgerEntry{row(id, inbound.Uploaded)})
			})
			if err != nil {
				s.Errorf("Atomic beside others: %v", err)
			}
			if _, err := s.Store.Outcomes(s.ctx(), "shop"); err != nil {
				s.Errorf("Outcomes beside transactions: %v", err)
			}
		}
	})
	if n := len(s.entries()); n != 40 {
		s.Errorf("40 concurrent transactions left %d rows", n)
	}
}

// concurrentAdds: two processes may upload the same messages, when the lease of one
// has expired.
func concurrentAdds(s *store) {
	const callers, batches = 6, 5
	raw := func(batch, n int) []byte { return pattern(270_000*(n%2) + 10*batch + n) }
	together(callers, func(caller int) {
		for batch := range batches {
			var emails []inbound.NewEmail
			for n := range 4 {
				e := newEmail(fmt.Sprintf("e%d-%d", batch, n), raw(batch, n))
				e.Subject = fmt.Sprint("of caller ", caller)
				emails = append(emails, e)
			}
			if err := s.AddEmails(s.ctx(), emails); err != nil {
				s.Errorf("AddEmails beside others who add the same: %v", err)
			}
			key := fmt.Sprint("kept", batch)
			if err := s.Store.KeepRaw(s.ctx(), key, bytes.NewReader(raw(batch, 1))); err != nil {
				s.Errorf("KeepRaw beside others who keep the same: %v", err)
			}
		}
	})
	ids := s.emails()
	if slices.Sort(ids); len(slices.Compact(ids)) != 4*batches {
		s.Errorf("%d callers added the same %d emails, and there are %d", callers, 4*batches, len(ids))
	}
	for batch := range batches {
		for n := range 4 {
			s.expectRaw(fmt.Sprintf("e%d-%d", batch, n), raw(batch, n))
		}
		s.expectRaw(fmt.Sprint("kept", batch), raw(batch, 1))
	}
}

func oneOfMany(s *store) {
	for round := range 10 {
		name := fmt.Sprint("lease", round)
		for again := range 2 { // first a lease that has no row yet, then one that was released
			var got atomic.Int32
			var owner atomic.Value
			together(10, func(i int) {
				me := fmt.Sprint("owner", i)
				_, err := s.Acquire(s.ctx(), name, me, time.Hour)
				if err == nil {
					got.Add(1)
					owner.Store(me)
				} else if !errors.Is(err, inbound.ErrBusy) {
					s.Errorf("Acquire beside others: %v, want inbound.ErrBusy", err)
				}
			})
			if n := got.Load(); n != 1 {
				s.Fatalf("%d of 10 got the lease in round %d.%d, want one", n, round, again)
			}
			s.check(s.Release(s.ctx(), name, owner.Load().(string)), "Release")
		}
	}
}

// confirmHolds: what is committed under a lease is committed before somebody else
// can have it, even if it has expired.
func confirmHolds(s *store) {
	token := s.acquire("a", "one", time.Nanosecond)
	taken := make(chan error, 1)
	err := s.Atomic(s.ctx(), func(ctx context.Context) error {
		if err := s.Confirm(ctx, "a", token); err != nil {
			return err
		}
		go func() {
			_, err := s.Acquire(s.ctx(), "a", "two", time.Hour)
			taken <- err
		}()
		select {
		case err := <-taken:
			s.Errorf("Acquire returned %v while a transaction ran that had confirmed the lease: it has to wait", err)
			taken <- err
		case <-time.After(100 * time.Millisecond): // longer than it takes anywhere
		}
		return s.Confirm(ctx, "a", token)
	})
	s.check(err, "a transaction that confirms a lease")
	s.check(<-taken, "Acquire of an expired lease, after the transaction")
	s.expectLost("a", token, "two has taken over")
}
