package inboundtest

import (
	"context"
	"time"

	"github.com/postroom/postroom/inbound"
)

// watchingSession is a session that can wait for new mail.
type watchingSession struct {
	*session
	next map[string]uint64 // by folder, what the UID of new mail would be when it was last listed
}

var _ inbound.Watcher = (*watchingSession)(nil)

// List implements [inbound.Session].
func (s *watchingSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	listing, err := s.session.List(ctx, folder, from)
	if err == nil {
		s.next[folder] = listing.NextPosition
	}
	return listing, err
}

// Watch implements [inbound.Watcher].
func (s *watchingSession) Watch(ctx context.Context, folder string, limit time.Duration,
	wake <-chan struct{}) error {
	if err := s.box.stepIn(ctx, "watch", folder); err != nil {
		return err
	}
	s.box.mu.Lock()
	_, err := s.open(folder)
	s.box.mu.Unlock()
	if err != nil {
		return err
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		change := s.box.watch()
		if s.isNew(folder) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			return nil
		case <-wake:
			return nil
		case <-change:
		}
	}
}

// isNew reports mail in the folder that was not there when it was last listed.
func (s *watchingSession) isNew(folder string) bool {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	f := s.box.folders[folder]
	return f != nil && uint64(f.next) > s.next[folder]
}
