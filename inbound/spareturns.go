package inbound

import (
	"sync"

	"github.com/postroom/postroom/assign"
)

// spareTurns are turns that were claimed for customers who did not need them: the
// host had taken the customer, or deleted the record. The next customers of the
// group get them, so that shares stay even.
type spareTurns struct {
	mu sync.Mutex
	by map[string][]assign.Manager // by group
}

func (s *spareTurns) take(group string) []assign.Manager {
	s.mu.Lock()
	defer s.mu.Unlock()
	turns := s.by[group]
	delete(s.by, group)
	return turns
}

func (s *spareTurns) put(group string, turns []assign.Manager) {
	if len(turns) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = make(map[string][]assign.Manager)
	}
	s.by[group] = append(s.by[group], turns...)
}
