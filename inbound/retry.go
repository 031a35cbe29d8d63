package inbound

import (
	"time"

	"github.com/postroom/postroom/internal/backoff"
)

// failedAgain counts a failure and sets when to try next.
func (e *LedgerEntry) failedAgain(before int) {
	e.At = time.Now()
	e.Attempts = before + 1
	e.NextTry = e.At.Add(retries.Pause(e.Attempts))
}

// failures is how often the message has failed so far; for a message without a
// record, or with another outcome, that is never.
func (e LedgerEntry) failures() int {
	if e.Outcome != Failed {
		return 0
	}
	return e.Attempts
}

// retries is how the pauses between attempts grow: 1 min, 6 min, 36 min, 3.6 h,
// 21.6 h, and then a day.
var retries = backoff.Policy{First: time.Minute, Factor: 6, Max: 24 * time.Hour}
