package inbound_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestMarkSeen_OnlyUploaded(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen = true
	h.box.Deliver(mail("a@example.com", "one"), mail("shop@shop.example", "own"))
	h.pass()
	assert.Equal(t, []uint32{1}, h.box.Seen())
}

// A message that failed to be committed is marked as read only once it is uploaded.
func TestMarkSeen_NotFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.MarkSeen = true
		h.config.Store = refusingStore{h.store, map[string]bool{"refused": true}}
		h.box.Deliver(mail("iris@example.com", "fine"), mail("iris@example.com", "refused"),
			mail("noor@example.com", "fine too"))
		h.pass()
		assert.Equal(t, []uint32{1, 3}, h.box.Seen())
		h.config.Store = h.store
		time.Sleep(2 * time.Minute)
		h.pass()
		assert.Equal(t, []uint32{1, 2, 3}, h.box.Seen())
	})
}

// Messages that could not be marked are marked by a later pass, and only their
// folder counts as failing.
func TestMarkSeen_RetriedByTheNextPass(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen, h.account.Folders = true, []string{"A", "INBOX"}
	h.box.DeliverTo("A", mail("iris@example.com", "in A"))
	h.box.Deliver(mail("iris@example.com", "one"), mail("iris@example.com", "two"))
	refused := errors.New("[READ-ONLY]")
	odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
		if step == "seen" && folder == "INBOX" {
			return &inbound.Error{Op: "mark", Class: inbound.ErrPermanent, Err: refused}
		}
		return nil
	}}
	h.fetcher = odd
	for range 2 {
		_, err := h.syncer().Sync(t.Context(), "shop")
		require.ErrorIs(t, err, refused)
		assert.ErrorContains(t, err, "folder INBOX")
		assert.Empty(t, h.box.Seen())
		assert.Equal(t, inbound.HealthDegraded, h.health().State)
	}
	odd.before = nil
	h.pass()
	assert.Equal(t, []uint32{1, 2}, h.box.Seen())
	marks := 0
	odd.before = func(step, _ string) error {
		if step == "seen" {
			marks++
		}
		return nil
	}
	h.pass()
	assert.Zero(t, marks, "marked only once")
}
