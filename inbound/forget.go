package inbound

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// forgetBatch is how many rows of an account are removed in a transaction. Others wait
	// for it to end.
	forgetBatch = 500
	// forgetPause is the pause between two of them. A process that waits for the right to
	// write may ask for it only every 100 ms.
	forgetPause = 150 * time.Millisecond
)

// Forget removes everything that the store has of an account that was removed: its emails
// with their bytes, its ledger, its notifications, its saved refresh token and the rest of
// what [AccountStore] names. Customers and their managers stay, and so does an email that a
// different account got as well, which is that account's from then on. Mail on the server
// is not touched.
//
// An account that is still there is refused: Remove comes first. Forget waits half a minute
// for the end of the pass of a process that has not noticed the removal yet, and fails with
// ErrBusy then. It works in many short transactions. If it is interrupted or fails, call it
// again: it goes on from there. Forgetting tells which accounts are left. An account of
// which nothing is there is no error.
func (s *SavedAccounts) Forget(ctx context.Context, accountID string) error {
	if err := s.beginToForget(ctx, accountID); err != nil {
		return err
	}
	// The first lease is that of who serves the account, the second that of each pass.
	return s.leases.withLease(ctx, "run/"+accountID, leaseWait, func(ctx context.Context, _ fence) error {
		return s.leases.withLease(ctx, "account/"+accountID, leaseWait, func(ctx context.Context, f fence) error {
			for {
				more := false
				if err := f.fenced(ctx, func(ctx context.Context) (err error) {
					more, err = s.store.ForgetAccount(ctx, accountID, forgetBatch)
					if err == nil && !more {
						err = s.store.DropAccount(ctx, accountID)
					}
					return err
				}); err != nil {
					return fmt.Errorf("inbound: forget account %s: %w", accountID, err)
				}
				if !more {
					return nil
				}
				if err := sleep(ctx, forgetPause); err != nil {
					return err
				}
			}
		})
	})
}

// beginToForget notes that an account is being forgotten.
func (s *SavedAccounts) beginToForget(ctx context.Context, accountID string) error {
	return s.store.Atomic(ctx, func(ctx context.Context) error {
		saved, err := s.store.ListAccounts(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(saved, func(a SavedAccount) bool { return a.ID == accountID && !a.Forgetting }) {
			return fmt.Errorf("inbound: account %s is still there: remove it before it is forgotten", accountID)
		}
		return s.store.PutAccount(ctx, SavedAccount{ID: accountID, Settings: "{}", Forgetting: true})
	})
}

// Forgetting returns the IDs of the accounts of which a Forget has begun and not ended.
func (s *SavedAccounts) Forgetting(ctx context.Context) (ids []string, err error) {
	saved, err := s.store.ListAccounts(ctx)
	for _, a := range saved {
		if a.Forgetting {
			ids = append(ids, a.ID)
		}
	}
	return ids, err
}
