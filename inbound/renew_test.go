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
		elapse(10 * time.Minute)
		h.box.Deliver(mail("iris@example.com", "unseen"))
		elapse(time.Hour)
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
					elapse(time.Duration(rand.Int64N(int64(3 * time.Hour))))
					h.box.Deliver(mail("iris@example.com", "unseen"))
					elapse(tc.within)
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
				elapse(after + time.Second)
				h.box.Deliver(mail("iris@example.com", "unseen"))
				elapse(time.Hour + interval*11/10)
				require.Len(t, h.emails(), 1)
				stop()
			})
		}
	})
}

// Whatever is missing on the server, a comparison leaves the connection there.
func TestRenew_FolderThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		h.account.Folders = []string{"INBOX", "Gone"}
		stop := h.run(h.syncer())
		for i := range 80 {
			elapse(59 * time.Second)
			h.box.Deliver(mail("iris@example.com", fmt.Sprint("mail ", i)))
			elapse(time.Second)
			assert.Len(t, h.emails(), i+1)
		}
		assert.EqualValues(t, 2, logins.Load())
		stop()
	})
}

// Where all sessions are in use, a kept one is replaced without waiting for others.
func TestRenew_NoRoomForASecondSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		boxes := newManyBoxes()
		h.config.Budget = inbound.NewBudget(inbound.BudgetOptions{Sessions: 3})
		h.fetcher = boxes
		accounts := []inbound.Account{h.sibling("one"), h.sibling("two"), h.sibling("three")}
		for _, a := range accounts[1:] { // their initial uploads take hours
			box := boxes.box(a.Username)
			for i := range 1000 {
				box.Deliver(mail("iris@example.com", fmt.Sprint(a.ID, i)))
			}
			box.InterceptMessage = func([]byte) error {
				time.Sleep(9 * time.Second)
				return nil
			}
		}
		box := boxes.box(accounts[0].Username)
		stop := h.run(h.syncerOf(accounts...))
		for i := range 30 {
			elapse(5 * time.Minute)
			box.Deliver(mail("iris@example.com", fmt.Sprint("new ", i)))
			elapse(2 * time.Second)
			list, err := h.store.ListEmails(t.Context(), inbound.EmailFilter{AccountID: "one"}, "", 100)
			require.NoError(t, err)
			assert.Len(t, list, i+1)
		}
		assert.Equal(t, 3, boxes.counts()["one"])
		stop()
	})
}

// Mail that arrives while the sessions are compared is uploaded then: the new session has
// listed it, and does not tell of it.
func TestRenew_MailInBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, logins := pushing(t)
		h.box.InterceptFolder = func(step, _ string) error {
			if step == "list" && logins.Load() == 2 && len(h.box.UIDs()) == 0 {
				h.box.Deliver(mail("iris@example.com", "in between"))
			}
			return nil
		}
		var states []inbound.HealthState
		h.config.Store = &healthStates{h.store, &states}
		stop := h.run(h.syncer())
		for logins.Load() < 2 {
			elapse(time.Second)
		}
		elapse(time.Second)
		assert.Len(t, h.emails(), 1)
		assert.NotContains(t, states, inbound.HealthStaleView)
		stop()
	})
}
