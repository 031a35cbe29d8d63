package inbound_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// blindServer is a server whose first session shows nothing that arrives after a time.
type blindServer struct {
	*inboundtest.Mailbox
	logins int
	since  time.Time
}

type blindSession struct {
	inbound.Session
	inbound.Watcher
	since time.Time
}

func (s *blindServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	session, err := s.Mailbox.Open(ctx, a, login)
	if s.logins++; s.logins > 1 || err != nil {
		return session, err
	}
	return &blindSession{session, session.(inbound.Watcher), s.since}, nil
}

func (s *blindSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	from.Received = true
	l, err := s.Session.List(ctx, folder, from)
	l.Refs = slices.DeleteFunc(l.Refs, func(ref inbound.Ref) bool {
		hidden := ref.Received.After(s.since)
		if hidden {
			l.NextPosition--
		}
		return hidden
	})
	return l, err
}

// A connection that shows an old state until the next login is found within an hour, and
// said to be so.
func TestRun_BlindConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := pushing(t)
		blind := &blindServer{Mailbox: h.box, since: time.Now().Add(time.Minute)}
		h.fetcher = blind
		var states []inbound.HealthState
		h.config.Store = &healthStates{h.store, &states}
		h.box.Deliver(mail("iris@example.com", "first"))
		stop := h.run(h.syncer())
		time.Sleep(10 * time.Minute)
		h.box.Deliver(mail("iris@example.com", "unseen"))
		time.Sleep(time.Hour)
		assert.Len(t, h.emails(), 2)
		assert.Equal(t, 2, blind.logins)
		stop()
		assert.Equal(t, []inbound.HealthState{inbound.HealthInitialUpload, inbound.HealthOK, inbound.HealthStaleView,
			inbound.HealthOK}, states)
	})
}

// However a connection goes blind, new mail is found within the time that is stated for it.
func TestRun_BlindInEveryWay(t *testing.T) {
	const interval = 6 * time.Minute
	for name, tc := range map[string]struct {
		watch  func(ctx context.Context, limit time.Duration) error
		within time.Duration
	}{
		"no word of new mail": {func(ctx context.Context, limit time.Duration) error { return waitFor(ctx, limit) },
			interval * 11 / 10},
		"an end that nobody hears of": {func(ctx context.Context, limit time.Duration) error {
			if err := waitFor(ctx, limit+15*time.Second); err != nil { // DONE has a time limit
				return err
			}
			return fmt.Errorf("%w: no answer to DONE", inbound.ErrDirty)
		}, interval*11/10 + 16*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			for range 100 {
				synctest.Test(t, func(t *testing.T) {
					h, _ := pushing(t)
					server := &watchServer{Fetcher: h.box}
					server.watch = tc.watch
					h.fetcher = server
					stop := h.run(h.syncer())
					time.Sleep(time.Duration(rand.Int64N(int64(3 * time.Hour))))
					h.box.Deliver(mail("iris@example.com", "unseen"))
					time.Sleep(tc.within)
					require.Len(t, h.emails(), 1)
					stop()
				})
			}
		})
	}
	t.Run("an old state until the next login", func(t *testing.T) {
		for range 100 {
			synctest.Test(t, func(t *testing.T) {
				h, _ := pushing(t)
				after := time.Duration(rand.Int64N(int64(50 * time.Minute)))
				h.fetcher = &blindServer{Mailbox: h.box, since: time.Now().Add(after)}
				stop := h.run(h.syncer())
				time.Sleep(after + time.Second)
				h.box.Deliver(mail("iris@example.com", "unseen"))
				time.Sleep(time.Hour + interval*11/10)
				require.Len(t, h.emails(), 1)
				stop()
			})
		}
	})
}
