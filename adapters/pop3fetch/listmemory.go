package pop3fetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/postroom/postroom/inbound"
)

const (
	// defaultListMemory is enough for a maildrop of a million messages.
	defaultListMemory = 40 << 20
	// smallList is what each list may take besides: a large one does not delay it.
	smallList = 256 << 10
	// listWait is how long a session waits until the lists of others are released.
	listWait = 5 * time.Minute
)

// listMemory is the memory for the lists of all sessions of a Fetcher.
type listMemory struct {
	total int64
	free  *semaphore.Weighted
}

func newListMemory(total int64) *listMemory {
	if total <= 0 {
		total = defaultListMemory
	}
	return &listMemory{total, semaphore.NewWeighted(total)}
}

// listShare is what one session has of it.
type listShare struct {
	of   *listMemory
	used int64 // bytes of the list
	held int64 // of them, bytes of the listMemory
}

// reserve waits for so many bytes more.
func (s *listShare) reserve(ctx context.Context, bytes int64) error {
	more := s.more(bytes)
	if more > s.of.total {
		return s.exceeded()
	}
	ctx, cancel := context.WithTimeout(ctx, listWait)
	defer cancel()
	if err := s.of.free.Acquire(ctx, more); err != nil {
		return s.exceeded()
	}
	s.used, s.held = s.used+bytes, s.held+more
	return nil
}

// grow takes so many bytes more, if they are free.
func (s *listShare) grow(bytes int64) error {
	more := s.more(bytes)
	if !s.of.free.TryAcquire(more) {
		return s.exceeded()
	}
	s.used, s.held = s.used+bytes, s.held+more
	return nil
}

// more returns what bytes more take of the listMemory.
func (s *listShare) more(bytes int64) int64 { return max(0, s.used+bytes-smallList-s.held) }

// exceeded is the error of a list for which there is no memory. If this is the only large
// list, waiting does not help.
func (s *listShare) exceeded() error {
	err := &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary,
		Err:  errors.New("the lists of other maildrops take all the memory for lists"),
		Hint: "retried automatically; if this continues, raise ListMemory of pop3fetch.Options"}
	if s.of.free.TryAcquire(s.of.total - s.held) {
		s.of.free.Release(s.of.total - s.held)
		err.Class = inbound.ErrPermanent
		err.Err = fmt.Errorf("the list of the maildrop takes more than %d MiB of memory", s.of.total>>20)
		err.Hint = "move mail out of the maildrop, use IMAP, or raise ListMemory of pop3fetch.Options"
	}
	return err
}

// release gives all of it back.
func (s *listShare) release() {
	held := s.held
	s.used, s.held = 0, 0
	s.of.free.Release(held)
}
