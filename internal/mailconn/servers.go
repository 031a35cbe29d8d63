package mailconn

import (
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/postroom/postroom/inbound"
)

// Servers keeps what a Fetcher learns of servers, by host and port, for the Fetcher's
// lifetime. The zero value is empty. It may be used concurrently; T must allow that, too.
type Servers[T any] struct {
	mu     sync.Mutex
	byAddr map[string]*T
}

// Of returns what is known of an account's server; the zero value at first. It is the
// same for all accounts there.
func (s *Servers[T]) Of(a inbound.Account) *T {
	addr := net.JoinHostPort(strings.ToLower(a.Host), strconv.Itoa(a.Port))
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.byAddr[addr]
	if one == nil {
		if s.byAddr == nil {
			s.byAddr = make(map[string]*T)
		}
		one = new(T)
		s.byAddr[addr] = one
	}
	return one
}
