package inbound

import (
	"errors"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// Throttle is what a server limits that wants a pause.
type Throttle string

// What servers limit. The zero value means that the server does not say.
const (
	ThrottleUnknown     Throttle = ""
	ThrottleTraffic     Throttle = "traffic"     // how much is read, most often in a day
	ThrottleLogins      Throttle = "logins"      // how often one logs in
	ThrottleConnections Throttle = "connections" // how many there are at the same time
)

// ThrottleOf returns what the server limits: that of the first Error of class ErrThrottled
// in err's tree that says it.
func ThrottleOf(err error) Throttle {
	for branch := range tree(err) {
		if e, ok := branch.(*Error); ok && e.Throttle != "" && errors.Is(e, ErrThrottled) {
			return e.Throttle
		}
	}
	return ThrottleUnknown
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
