package inbound_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// Mail that a different program has marked as deleted, and drafts, are recorded and not
// uploaded. When the mark is taken off they are, and when they go nothing happens.
func TestWithhold_MarkedMailIsNotUploaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("mia", assign.Free)
		h.box.Deliver(mail("spam@example.com", "deleted"), mail("tom@example.com", "draft"),
			mail("anna@example.com", "fine"), mail("gone@example.com", "expunged"))
		h.box.MarkDeleted(1, 4)
		h.box.MarkDraft(2)
		report := h.pass()
		assert.Equal(t, []string{"fine"}, h.subjects())
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Ignored: 3}, report.Outcomes)
		assert.Equal(t, 1, report.CustomersCreated)
		assert.Len(t, h.notified.list, 2, "of fine alone")
		assert.Equal(t, inbound.HealthOK, h.health().State)
		assert.True(t, h.health().InitialComplete)
		for key, reason := range map[string]string{"1": "deleted", "2": "draft", "4": "deleted"} {
			row := h.row(key)
			assert.Equal(t, inbound.Ignored, row.Outcome)
			assert.Contains(t, row.Reason, reason)
		}
		r, err := h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		assert.Empty(t, r.Gaps)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Ignored: 3}, r.Server)

		time.Sleep(3 * time.Hour)
		assert.Empty(t, h.pass().Outcomes, "that they are still marked is no news")
		h.box.Remove(4)
		h.box.Unmark(1)
		r, err = h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		require.Len(t, r.Gaps, 1)
		assert.Equal(t, inbound.GapPending, r.Gaps[0].Kind)
		h.pass()
		assert.Equal(t, []string{"fine", "deleted"}, h.subjects())
		h.box.Unmark(2)
		time.Sleep(24 * time.Hour)
		h.pass()
		assert.Equal(t, []string{"fine", "deleted", "draft"}, h.subjects())
		assert.Equal(t, inbound.Vanished, h.row("4").Outcome)
		assert.Contains(t, h.row("4").Reason, "gone from the server; before: a different program")
		r, err = h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		assert.Empty(t, r.Gaps)
	})
}

// row returns the record of a message.
func (h *host) row(key string) inbound.LedgerEntry {
	h.t.Helper()
	list, err := h.store.Entries(h.t.Context(), "shop", "", inbound.SourceID{}, 1000)
	require.NoError(h.t, err)
	for _, row := range list {
		if row.Key == key {
			return row
		}
	}
	h.t.Fatalf("no record of %s", key)
	return inbound.LedgerEntry{}
}

// At the beginning of a large folder, what is marked is asked for by itself: the folder
// is not listed from there. The pauses grow with the age of the mark.
func TestWithhold_FarBelowTheWatermark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("a@example.com", "first"), mail("a@example.com", "second"))
		h.box.MarkDeleted(1, 2)
		for i := range 700 {
			h.box.Deliver(mail("a@example.com", fmt.Sprint("filler ", i)))
		}
		listed := 0
		h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) { listed += len(l.Refs) }}
		looked := func() (again int) {
			listed = 0
			h.pass()
			return listed - 200
		}
		h.pass()
		require.Len(t, h.emails(), 700)
		assert.Equal(t, 2, looked(), "in each pass while the mark is new")
		time.Sleep(50 * time.Minute)
		assert.Equal(t, 2, looked())
		assert.Equal(t, h.row("1").At, h.row("1").NextTry, "nothing is recorded")

		time.Sleep(2 * time.Hour)
		assert.Equal(t, 2, looked())
		assert.Zero(t, looked(), "a quarter of three hours later")
		time.Sleep(43 * time.Minute)
		assert.Equal(t, 2, looked())
		h.box.Unmark(1)
		assert.Zero(t, looked())
		h.box.Remove(2)
		time.Sleep(time.Hour)
		assert.Equal(t, 1, looked())
		assert.Len(t, h.emails(), 701)
		assert.Equal(t, inbound.Vanished, h.row("2").Outcome)
		time.Sleep(2 * time.Hour)
		assert.Zero(t, looked())
	})
}

// More messages are marked than one pass looks at: those that failed come all the same.
func TestWithhold_ManyMarkedMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		var uids []uint32
		for i := range 500 {
			uids = append(uids, h.box.Deliver(mail("a@example.com", fmt.Sprint("deleted ", i))))
		}
		h.box.MarkDeleted(uids...)
		for i := range 300 {
			h.box.Deliver(mail("a@example.com", fmt.Sprint("filler ", i)))
		}
		h.pass()
		require.Len(t, h.emails(), 300)
		time.Sleep(2 * time.Hour)
		h.box.Unmark(500)
		for range 5 {
			h.pass()
			time.Sleep(time.Minute)
		}
		assert.Contains(t, h.subjects(), "deleted 499", "after five passes of 100")
	})
}

// What is uploaded stays so when it is marked: also what an interrupted deletion of our
// own has marked.
func TestWithhold_UploadedMailStaysUploaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
		h.pass()
		h.box.MarkDeleted(1)
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Equal(t, inbound.Uploaded, h.row("1").Outcome)
		h.account.DeleteUploaded = true
		h.pass()
		assert.Empty(t, h.box.UIDs())
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.counts())
	})
}

// A message that we have deleted, and that the server still lists, keeps its record while
// it is marked.
func TestWithhold_DeletedMailStillListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("a@example.com", "one"))
		h.pass()
		require.NoError(t, h.store.MarkDeleted(t.Context(), "shop", []inbound.SourceID{h.row("1").SourceID}))
		h.box.MarkDeleted(1)
		time.Sleep(25 * time.Hour)
		before := h.row("1")
		assert.Empty(t, h.pass().Outcomes)
		assert.Equal(t, before, h.row("1"))
		h.box.Unmark(1)
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.False(t, h.row("1").Deleted, "it is read and compared")
		assert.Len(t, h.emails(), 1)
	})
}

// A deletion leaves what somebody else has marked.
func TestWithhold_DeletionLeavesMarkedMail(t *testing.T) {
	h := newHost(t)
	h.account.DeleteUploaded = true
	h.box.Deliver(mail("a@example.com", "marked"), mail("a@example.com", "fine"), mail("a@example.com", "draft"))
	h.box.MarkDeleted(1)
	h.box.MarkDraft(3)
	h.pass()
	assert.Equal(t, []uint32{1, 3}, h.box.UIDs())
	h.box.Unmark(1)
	h.pass()
	assert.Equal(t, []uint32{3}, h.box.UIDs())
	assert.Equal(t, []string{"fine", "marked"}, h.subjects())
}

// A message that failed is not tried again while it is marked.
func TestWithhold_FailedMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("a@example.com", "stuck"), mail("a@example.com", "fine"), mail("a@example.com", "well"))
		omitted := true
		h.fetcher = &oddServer{Fetcher: h.box, omits: func(ref inbound.Ref) bool { return omitted && ref.Key == "1" }}
		h.pass()
		require.Equal(t, inbound.Failed, h.row("1").Outcome)
		h.box.MarkDeleted(1)
		time.Sleep(time.Hour)
		h.pass()
		assert.Equal(t, inbound.Ignored, h.row("1").Outcome)
		omitted = false
		h.box.Unmark(1)
		h.pass()
		assert.Equal(t, inbound.Uploaded, h.row("1").Outcome)
	})
}

// The start comes first: what is before it is ignored for ever, marked or not.
func TestWithhold_BeforeStart(t *testing.T) {
	h := newHost(t)
	h.account.Start = fromNow
	h.box.Deliver(mail("a@example.com", "old draft"))
	h.box.MarkDraft(1)
	h.pass()
	assert.True(t, h.row("1").BeforeStart)
	h.box.Deliver(mail("a@example.com", "new draft"))
	h.box.MarkDraft(2)
	h.pass()
	h.box.Unmark(1, 2)
	h.pass()
	assert.Equal(t, []string{"new draft"}, h.subjects())
}

// Replay uploads unmatched mail, but not what somebody has deleted since.
func TestWithhold_ReplayLeavesMarkedMail(t *testing.T) {
	h := newHost(t)
	h.account.CreateCustomer = false
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	h.box.MarkDeleted(1)
	_, err := h.syncer().Replay(t.Context(), "shop", "a@example.com")
	require.NoError(t, err)
	assert.Equal(t, []string{"two"}, h.subjects())
	assert.Equal(t, inbound.Unmatched, h.row("1").Outcome)
	h.box.Unmark(1)
	_, err = h.syncer().Replay(t.Context(), "shop", "a@example.com")
	require.NoError(t, err)
	assert.Equal(t, []string{"two", "one"}, h.subjects())
}

// In a new generation the marks are those of now.
func TestWithhold_RenumberedFolder(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "marked"), mail("a@example.com", "fine"), mail("a@example.com", "later"))
	h.box.MarkDeleted(1)
	h.pass()
	h.box.Renumber()
	h.box.Unmark(1)
	h.box.MarkDeleted(3)
	h.pass()
	assert.Equal(t, []string{"fine", "later", "marked"}, h.subjects())
	h.box.Unmark(3)
	h.pass()
	assert.Len(t, h.emails(), 3, "it was uploaded before")
}
