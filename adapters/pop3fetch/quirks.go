package pop3fetch

import (
	"sync/atomic"
)

// quirks are what a Fetcher has learned of a server. They are kept for the Fetcher's
// lifetime, are the same for all accounts there, and contain nothing about them.
type quirks struct {
	known [trials]atomic.Int32 // by trial: a support
	top   atomic.Bool          // the server has answered TOP
}

// trial is something that Open tries with a server, and that ends the connection to some.
type trial int

const (
	capaBeforeLogin trial = iota
	capaAfterLogin
	pipelining
	trials // how many there are
)

// may returns what can be tried with the server.
func (q *quirks) may() (may [trials]bool) {
	for t := range may {
		may[t] = support(q.known[t].Load()) != unsupported
	}
	return may
}

// passed remembers that a trial went well.
func (q *quirks) passed(t trial) { q.known[t].Store(int32(supported)) }

// failed remembers that a connection ended with a trial. If the trial has gone well
// before, it was not to blame.
func (q *quirks) failed(t trial) {
	q.known[t].CompareAndSwap(int32(supportUnknown), int32(unsupported))
}

// forget takes failed back: the server answers nothing else either.
func (q *quirks) forget(t trial) {
	q.known[t].CompareAndSwap(int32(unsupported), int32(supportUnknown))
}
