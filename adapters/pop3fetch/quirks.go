package pop3fetch

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/postroom/postroom/inbound"
)

// quirks are what a Fetcher has learned of a server. They are kept for the Fetcher's
// lifetime, are the same for all accounts there, and have nothing of them in them.
type quirks struct {
	// capa says whether the server can be asked for its capabilities in a state: a
	// support.
	capa [2]atomic.Int32
	// top means that the server has answered TOP.
	top atomic.Bool
}

// sessionState is a state in which a server can be asked for its capabilities (RFC
// 2449, section 5).
type sessionState int

const (
	beforeLogin sessionState = iota
	afterLogin
)

// asks returns the states in which the server can be asked for its capabilities.
func (q *quirks) asks() (ask [2]bool) {
	for state := range ask {
		ask[state] = support(q.capa[state].Load()) != unsupported
	}
	return ask
}

// answered remembers that the server has listed its capabilities.
func (q *quirks) answered(state sessionState) { q.capa[state].Store(int32(supported)) }

// failed remembers that a connection ended when the server was asked. If it has answered
// before, the question was not to blame.
func (q *quirks) failed(state sessionState) {
	q.capa[state].CompareAndSwap(int32(supportUnknown), int32(unsupported))
}

// forget takes failed back: the server answers nothing else either.
func (q *quirks) forget(state sessionState) {
	q.capa[state].CompareAndSwap(int32(unsupported), int32(supportUnknown))
}

// servers are the quirks by host and port.
type servers struct {
	mu     sync.Mutex
	byAddr map[string]*quirks
}

// of returns what is known of an account's server.
func (s *servers) of(a inbound.Account) *quirks {
	addr := net.JoinHostPort(strings.ToLower(a.Host), strconv.Itoa(a.Port))
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.byAddr[addr]
	if one == nil {
		if s.byAddr == nil {
			s.byAddr = make(map[string]*quirks)
		}
		one = new(quirks)
		s.byAddr[addr] = one
	}
	return one
}
