package inbound

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// providerAllowance keeps an account within what its provider lets a program read of a
// mailbox. Old mail waits for it; new mail never does, and only counts. It belongs to one
// pass, which has the account's lease.
type providerAllowance struct {
	known   *records
	access  presets.Access
	backoff presets.Backoff
	usage   *Usage // nil until it is needed

	bytes    int64     // of old mail, reserved in this pass
	messages int       // likewise
	until    time.Time // when old mail may be read again; the zero time: now
	err      error     // of the store: it ends the pass
}

func newAllowance(a Account, preset presets.Preset, known *records) *providerAllowance {
	return &providerAllowance{known: known, access: a.access(preset), backoff: preset.Backoff}
}

// waits reports that no old mail may be read now.
func (a *providerAllowance) waits() bool { return time.Until(a.until) > 0 }

// admit returns as much of a slice of old mail as may be read now: from its beginning or,
// newest first, from its end. If that is nothing, a.until says when to ask again.
func (a *providerAllowance) admit(ctx context.Context, slice []Ref, newest bool) ([]Ref, error) {
	for n := len(slice); ; n /= 2 {
		part, _ := split(slice, n, newest)
		var bytes int64
		for _, ref := range part {
			bytes += ref.expectedSize()
		}
		a.until, a.err = a.reserve(ctx, bytes, n)
		switch {
		case a.err != nil || n == 1 && a.waits():
			return nil, a.err
		case !a.waits():
			a.bytes, a.messages = a.bytes+bytes, a.messages+n
			return part, nil
		}
	}
}

// notBefore returns before when not all of so much old mail can have been read; the zero
// time if no limit matters. Bytes of -1 are unknown. It may be asked after admit.
func (a *providerAllowance) notBefore(messages int, bytes int64) time.Time {
	if a.usage == nil {
		return time.Time{}
	}
	return a.usage.notBefore(a.access, time.Now(), max(bytes, 0), messages)
}

// reserve reserves so much old mail: the zero time says that it may be read now, and it
// counts as read from here on; another time is when to ask again. What counts is durable: a
// process that dies before it has read that much uses up less than the limit, never more.
func (a *providerAllowance) reserve(ctx context.Context, bytes int64, messages int) (until time.Time, err error) {
	if err := a.load(ctx); err != nil {
		return time.Time{}, err
	}
	now := time.Now()
	if at := a.usage.historyAt(a.access, now, bytes, messages); !at.IsZero() {
		return at, nil
	}
	return time.Time{}, a.count(ctx, now, bytes, messages)
}

// countNewMail counts what was read besides old mail. Less than nothing is nothing: old mail that
// was not read after all stays counted as long as that which was admitted with it.
func (a *providerAllowance) countNewMail(ctx context.Context, bytes int64, messages int) error {
	bytes, messages = max(bytes, 0), max(messages, 0)
	if bytes == 0 && messages == 0 || !a.isLimited() {
		return nil
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	return a.count(ctx, time.Now(), bytes, messages)
}

// noteRefusal notes an error of the server: the pause that it states. Where the limit on traffic is reached, old mail
// waits until it is over, also when the server lets in again before: what it gives then is
// for new mail. While old mail waits already, a refusal makes it wait longer only if the
// server says so.
func (a *providerAllowance) noteRefusal(ctx context.Context, err error) error {
	now, pause, isTraffic := time.Now(), RetryAfterOf(err), ThrottleOf(err) == ThrottleTraffic
	if pause == 0 && !isTraffic {
		return nil
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	changed := *a.usage
	if pause > 0 {
		changed.NotBefore = now.Add(pause)
	}
	if isTraffic {
		if a.until = stillAhead(changed.HistoryAfter, now); a.until.IsZero() {
			pause = max(pause, a.backoff.History)
		}
		if after := now.Add(pause); after.After(a.until) {
			a.until = after
		}
		changed.HistoryAfter = a.until
	}
	if changed.NotBefore.Equal(a.usage.NotBefore) && changed.HistoryAfter.Equal(a.usage.HistoryAfter) {
		return nil
	}
	return a.save(ctx, changed)
}

// noteLogin notes when the server was logged in to.
func (a *providerAllowance) noteLogin(ctx context.Context, at time.Time) error {
	if err := a.load(ctx); err != nil {
		return err
	}
	changed := *a.usage
	changed.LoginAt = at
	return a.save(ctx, changed)
}

// isLimited reports that something has to be counted.
func (a *providerAllowance) isLimited() bool {
	return len(limitsOf(a.access, 0, 0)) > 0
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
