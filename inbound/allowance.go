package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// providerAllowance keeps an account within what its provider lets a program read of a mailbox. Old
// mail waits for it; new mail never does, and only counts. It belongs to one pass, which
// has the account's lease.
type providerAllowance struct {
	known   *records
	access  presets.Access
	backoff presets.Backoff
	usage   *Usage // nil until it is needed
}

func newAllowance(a Account, known *records) *providerAllowance {
	preset, access := a.preset()
	return &providerAllowance{known: known, access: access, backoff: preset.Backoff}
}

// History asks for so much old mail: the zero time says that it may be read now, and then
// it counts as read; another time is when to ask again. What counts is durable, so that a
// process which dies before it has read that much uses up less than the limit, never more.
func (a *providerAllowance) History(ctx context.Context, bytes int64, messages int) (until time.Time, err error) {
	if err := a.load(ctx); err != nil {
		return time.Time{}, err
	}
	now := time.Now()
	if at := a.usage.historyAt(a.access, now, bytes, messages); !at.IsZero() {
		return at, nil
	}
	return time.Time{}, a.count(ctx, now, bytes, messages)
}

// NewMail counts what was read besides old mail.
func (a *providerAllowance) NewMail(ctx context.Context, bytes int64, messages int) error {
	if bytes <= 0 && messages <= 0 || !a.isLimited() {
		return nil
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	return a.count(ctx, time.Now(), bytes, messages)
}

// Refused notes an error of the server. Where the limit on traffic is reached, old mail
// waits until it is over, also when the server lets in again before: what it gives then is
// for new mail.
func (a *providerAllowance) Refused(ctx context.Context, err error) error {
	if ThrottleOf(err) != ThrottleTraffic {
		return nil
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	changed := *a.usage
	changed.HistoryAfter = time.Now().Add(max(a.backoff.History, RetryAfterOf(err)))
	return a.save(ctx, changed)
}

// isLimited reports that something has to be counted.
func (a *providerAllowance) isLimited() bool {
	return a.access.BytesPerHour > 0 || a.access.BytesPerDay > 0 ||
		a.access.RequestsPerHour > 0 || a.access.RequestsPerDay > 0
}

func (a *providerAllowance) count(ctx context.Context, now time.Time, bytes int64, messages int) error {
	if !a.isLimited() {
		return nil
	}
	return a.save(ctx, a.usage.add(now, bytes, messages))
}

func (a *providerAllowance) load(ctx context.Context) error {
	if a.usage != nil {
		return nil
	}
	usage, err := a.known.store.Usage(ctx, a.known.account)
	if err != nil {
		return fmt.Errorf("inbound: read how much was read of the mailbox: %w", err)
	}
	a.usage = &usage
	return nil
}

// save replaces the usage. After an error it is read again.
func (a *providerAllowance) save(ctx context.Context, changed Usage) error {
	err := a.known.fenced(ctx, func(ctx context.Context) error {
		return a.known.store.SetUsage(ctx, a.known.account, changed)
	})
	if err != nil {
		a.usage = nil
		return fmt.Errorf("inbound: record how much was read of the mailbox: %w", err)
	}
	a.usage = &changed
	return nil
}

// retryAfter returns how long to leave the account's server alone after an error: as long
// as the server asks for, or, if it wants a pause without saying how long, as long as its
// provider is known to want; 0 for other errors.
func (a Account) retryAfter(err error) time.Duration {
	if stated := RetryAfterOf(err); stated > 0 || !errors.Is(err, ErrThrottled) {
		return stated
	}
	backoff := presets.For(a.Host).Backoff
	switch ThrottleOf(err) {
	case ThrottleTraffic:
		return backoff.Traffic
	case ThrottleLogins:
		return backoff.Logins
	}
	return backoff.Other
}
