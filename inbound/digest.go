package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/notify"
)

const (
	// maxSingles is how many notifications of the initial upload of an account a manager
	// gets one by one.
	maxSingles = 20
	// digestEvery is the shortest time between two digests, and the longest for which
	// notifications are held back while the initial upload goes on.
	digestEvery = 24 * time.Hour
)

// settlement is what is done with a backlog.
type settlement int

const (
	keepHolding settlement = iota
	releaseAll
	digestAll
)

// settlementOf is a pure function: what is due for a backlog now. complete says that the
// initial upload of the account is.
func settlementOf(b notify.Backlog, complete bool, now time.Time) settlement {
	switch {
	case !complete && isWithin(now.Sub(b.Since), digestEvery):
		return keepHolding
	case b.Settled+b.Held <= maxSingles:
		return releaseAll
	case isWithin(now.Sub(b.LastDigest), digestEvery):
		return keepHolding
	}
	return digestAll
}

// isWithin reports whether a time is less than limit ago. A time in the future is not: the
// clock was set back.
func isWithin(ago, limit time.Duration) bool { return ago >= 0 && ago < limit }

// settleHeld settles the backlogs that are due, each in a transaction of its own.
func (w *assigner) settleHeld(ctx context.Context) error {
	backlogs, err := w.store.Backlogs(ctx)
	if err != nil {
		return fmt.Errorf("inbound: read notifications that are held back: %w", err)
	}
	var problems []error
	complete := make(map[string]bool)
	for _, b := range backlogs {
		if _, known := complete[b.AccountID]; !known {
			health, err := w.store.Health(ctx, b.AccountID)
			if err != nil {
				return fmt.Errorf("inbound: read health: %w", err)
			}
			complete[b.AccountID] = health.InitialComplete
		}
		now := time.Now()
		settle := w.release
		switch settlementOf(b, complete[b.AccountID], now) {
		case keepHolding:
			continue
		case digestAll:
			settle = w.digest
		}
		err := w.fenced(ctx, func(ctx context.Context) error { return settle(ctx, b, now) })
		if err != nil {
			problems = append(problems, fmt.Errorf("inbound: tell manager %s of the initial upload of account %s: %w",
				b.ManagerID, b.AccountID, err))
			continue
		}
		w.dispatch.send()
	}
	return errors.Join(problems...)
}

func (w *assigner) release(ctx context.Context, b notify.Backlog, _ time.Time) error {
	return w.store.ReleaseHeld(ctx, b.AccountID, b.ManagerID, b.Held)
}

// digest adds the digest of a backlog. Its ID is a new one, since each digest settles
// something.
func (w *assigner) digest(ctx context.Context, b notify.Backlog, now time.Time) error {
	return w.store.DigestHeld(ctx, notify.Notification{
		ID:   fmt.Sprintf("%s/%s/%s/%d", notify.InitialDigest, b.AccountID, b.ManagerID, b.Settled),
		Kind: notify.InitialDigest, AccountID: b.AccountID, Shop: b.Shop, ManagerID: b.ManagerID,
		At: now, Initial: true,
	})
}
