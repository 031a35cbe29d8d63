package inbound_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// A message whose UID is below the watermark may show late. Near the watermark the
// next pass finds it, further below the daily comparison does.
func TestPlan_FindsLateLowerUID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		for range 250 {
			h.box.Deliver(mail("a@example.com", "filler"))
		}
		h.box.Deliver(mail("a@example.com", "far below"))
		for range 250 {
			h.box.Deliver(mail("a@example.com", "filler"))
		}
		h.box.Deliver(mail("a@example.com", "just below"), mail("a@example.com", "last"))
		h.box.Hide(true, 251, 502)
		h.pass()
		require.Len(t, h.emails(), 2, "the filler and the last")
		h.box.Hide(false, 251, 502)
		h.pass()
		assert.Len(t, h.emails(), 3, "the one within the overlap")
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 4, "the daily comparison")
	})
}

// A clock that was moved back must not delay the daily comparison.
func TestPlan_ComparedInTheFuture(t *testing.T) {
	h := newHost(t)
	h.deliverFrom("guest", 250)
	h.box.Hide(true, 3)
	h.pass()
	h.box.Hide(false, 3)
	h.pass()
	require.Len(t, h.emails(), 249, "far below the watermark")
	state, err := h.store.FolderState(t.Context(), "shop", "INBOX")
	require.NoError(t, err)
	state.ComparedAt = time.Now().AddDate(1, 0, 0)
	require.NoError(t, h.store.SetFolderState(t.Context(), "shop", "INBOX", state))
	h.pass()
	assert.Len(t, h.emails(), 250)
}

// A listing may omit a message once and show it again later.
func TestPlan_VanishedMessageReappears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
		h.box.Deliver(mail("stuck@example.com", "one"), mail("a@example.com", "two"))
		h.pass()
		require.Equal(t, inbound.Failed, h.outcomes()["1"])
		h.box.Hide(true, 1)
		time.Sleep(2 * time.Minute)
		h.pass()
		require.Equal(t, inbound.Vanished, h.outcomes()["1"])
		h.box.Hide(false, 1)
		h.config.CustomerRepo = h.customers
		h.pass()
		assert.Equal(t, inbound.Uploaded, h.outcomes()["1"])
	})
}

// A POP3 server may reuse the unique-id of a deleted message. A different size shows
// it.
func TestKeyReused_DifferentSize(t *testing.T) {
	h := newHost(t)
	h.use(inbound.POP3)
	h.account.DeleteUploaded = true
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	require.Len(t, h.emails(), 2)
	require.Empty(t, h.box.UIDs())

	h.box.Restore(1)
	h.box.Deliver(mail("b@example.com", "a different size"))
	h.pass()
	assert.Len(t, h.emails(), 3)
	assert.Empty(t, h.box.UIDs(), "the new message is deleted, too")
}

// A reused unique-id of a message of the same size is found by the daily comparison.
func TestKeyReused_SameSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.DeleteUploaded = true
		h.box.Deliver(mail("a@example.com", "one"))
		h.pass()
		h.box.Restore(1)
		h.box.Deliver(mail("a@example.com", "two"))
		h.pass()
		assert.Len(t, h.emails(), 1, "not read in every pass: some servers list deleted messages for weeks")
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 2)
		assert.Empty(t, h.box.UIDs())
	})
}
