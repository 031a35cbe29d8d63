package inbound_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestFeed_Reconcile(t *testing.T) {
	h := newFeedHost(t)
	h.account.Folders = []string{"INBOX", "Orders"}
	h.deliver("old", 20)
	h.feed.Label(h.feed.Key(3), "Orders")
	h.pass()
	h.deliver("new", 2)
	r, err := h.syncer().Reconcile(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, 22, r.Total)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 20}, r.Server)
	assert.True(t, r.Complete)
	require.Len(t, r.Gaps, 2)
	assert.Equal(t, inbound.GapUnrecorded, r.Gaps[0].Kind)
	h.pass()
	r, err = h.syncer().Reconcile(t.Context(), "shop")
	require.NoError(t, err)
	assert.Empty(t, r.Gaps)
	h.expect("reconciling reads nothing", append(numbered("old", 20), numbered("new", 2)...)...)
}

func TestFeed_ReconcileCountsRepeatedMessagesOnce(t *testing.T) {
	h := newFeedHost(t)
	h.fetcher = wholeFetcher{&oddServer{Fetcher: h.feed, listed: func(l *inbound.Listing) {
		l.Refs = append(l.Refs, l.Refs...)
	}}}
	h.deliver("old", 9)
	h.pass()
	h.deliver("new", 1)
	r, err := h.syncer().Reconcile(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, 10, r.Total)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 9}, r.Server)
	assert.Len(t, r.Gaps, 1)
}

func TestFeed_Replay(t *testing.T) {
	h := newFeedHost(t)
	h.account.CreateCustomer = false
	h.deliver("old", 20)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 20}, h.pass().Outcomes)
	token := h.token()
	h.feed.Deliver(mail("c0@example.com", "not listed yet"))
	clear(h.read) // headers, so far
	report, err := h.syncer().Replay(t.Context(), "shop", "c0@example.com")
	require.NoError(t, err)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 4}, report.Outcomes)
	h.expect("the mail of one sender", "old 0", "old 5", "old 10", "old 15")
	assert.Equal(t, token, h.token(), "what the feed tells of others is not skipped")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
}

func TestFeed_MarkSeen(t *testing.T) {
	h := newFeedHost(t)
	h.account.MarkSeen = true
	h.deliver("old", 9)
	h.feed.Deliver(mail("news@example.com", "offer", "List-Id: <news.example.com>"))
	h.pass()
	assert.Equal(t, []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9}, h.feed.Seen())
	assert.Empty(t, h.pass().Outcomes, "our own marks come back as changes")
	for subject, n := range h.read {
		assert.Equal(t, 1, n, subject)
	}
}

func TestFeed_DeleteUploaded(t *testing.T) {
	for name, exact := range map[string]bool{"estimates": false, "exact sizes": true} {
		t.Run(name, func(t *testing.T) {
			h := newFeedHost(t)
			h.feed.ExactSizes, h.account.DeleteUploaded = exact, true
			h.deliver("old", 20)
			h.feed.Label(h.feed.Key(3), "Archive")
			h.feed.Deliver(mail("news@example.com", "offer", "List-Id: <news.example.com>"))
			assert.Equal(t, 20, h.pass().Deleted)
			assert.Equal(t, []uint32{21}, h.feed.UIDs(), "what is not uploaded stays")
			assert.Empty(t, h.feed.UIDsOf("Archive"), "under no label is anything left")
			assert.Empty(t, h.pass().Outcomes)
			h.expect("deletion", numbered("old", 20)...)
		})
	}
}

func TestFeed_EstimatesOnlyPlan(t *testing.T) {
	h := newFeedHost(t)
	h.config.Limits.MessageBytes = 600 // less than the estimate of each
	h.deliver("small", 3)
	h.feed.Deliver(append(mail("a@example.com", "large"), strings.Repeat("x", 700)...))
	h.pass()
	for _, e := range h.emails() {
		assert.Equal(t, e.Subject == "large", e.Truncated(), e.Subject)
	}
	assert.Len(t, h.emails(), 4)
}
