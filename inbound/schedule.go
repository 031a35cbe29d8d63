package inbound

import (
	"errors"
	"time"

	"github.com/postroom/postroom/internal/backoff"
)

// maxPause is the longest pause after failures.
const maxPause = time.Hour

// nextPass is when the next pass of an account is due, after one that has ended with these
// errors and this health: after the interval give or take a tenth, so that accounts do not
// move in step; after failures twice as long each time, but a first failure is tried again
// within half a minute. After refused logins the pauses grow faster, since repeating them
// may lock the mailbox, and in the end there is no next pass: that is the zero time. After a
// pass that went well it is not later than HistoryAfter. It is never less than a second, and
// never less than the server has asked for, or its provider is known to want.
func nextPass(a Account, h Health, fatal, partial error, now time.Time) time.Time {
	policy, failures := backoff.Policy{First: a.Interval, Jitter: 0.1}, 0
	if fatal != nil && !isElsewhere(fatal) {
		policy.First, policy.Factor, policy.Max, failures = 30*time.Second, 2, max(maxPause, a.Interval), h.Failures
	}
	if errors.Is(fatal, ErrAuth) {
		if !h.mayRetry() {
			return time.Time{}
		}
		policy.Factor, failures = 6, h.Refusals
	}
	pause := policy.Pause(failures)
	if fatal == nil && !h.HistoryAfter.IsZero() {
		pause = min(pause, h.HistoryAfter.Sub(now))
	}
	return now.Add(max(minInterval, pause, a.retryAfter(oneOrAll(fatal, partial))))
}

// isElsewhere reports a pass that has ended because of a different one of the account, which
// was under way, or has taken the lease over, as it does when this process was stopped for a
// while. The account is not to blame.
func isElsewhere(err error) bool { return errors.Is(err, ErrBusy) || errors.Is(err, ErrLeaseLost) }
