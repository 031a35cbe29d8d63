package inbound

import "errors"

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
