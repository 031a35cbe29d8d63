package inbound_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestFeed_FailedMessageIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		omitted := ""
		h.fetcher = wholeFetcher{&oddServer{Fetcher: h.feed, omits: func(ref inbound.Ref) bool { return ref.Key == omitted }}}
		h.deliver("old", 20)
		h.pass()
		h.deliver("new", 3)
		omitted = h.feed.Key(22)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Failed: 1}, h.pass().Outcomes)
		pages := h.lists()
		h.pass()
		assert.Equal(t, 1, *pages, "not due yet: only changes are listed")
		omitted = ""
		time.Sleep(time.Minute)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
		h.expect("the feed has not told of it again", slices.Concat(numbered("old", 20), numbered("new", 3))...)
		*pages = 0
		time.Sleep(time.Minute)
		h.pass()
		assert.Equal(t, 1, *pages, "nothing is due now")
	})
}

func TestFeed_FailedMessageThatIsGoneHasVanished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		h.deliver("old", 9)
		h.pass()
		h.deliver("new", 2)
		key := h.feed.Key(10)
		h.feed.Intercept = func(step string) error {
			if step == "fetch" {
				h.feed.Label(key, "Spam")
				h.feed.Unlabel(key, "INBOX")
			}
			return nil
		}
		h.pass()
		h.expect("it was read by its key", slices.Concat(numbered("old", 9), numbered("new", 2))...)

		h.deliver("more", 2)
		gone := h.feed.Key(12)
		h.feed.Intercept = func(step string) error {
			if step == "fetch" {
				h.feed.Remove(12)
			}
			return nil
		}
		assert.Equal(t, inbound.Failed, h.outcomesAfter()[gone])
		h.feed.Intercept = nil
		time.Sleep(time.Minute)
		assert.Equal(t, inbound.Vanished, h.outcomesAfter()[gone])
	})
}

func TestFeed_NewKeyOfAMessageIsADuplicate(t *testing.T) {
	h := newFeedHost(t)
	h.account.DeleteUploaded, h.account.DeleteAfter = true, time.Hour
	h.deliver("old", 9)
	h.pass()
	old := h.feed.Key(4)
	now := h.feed.Rekey(old, "")
	outcomes := h.outcomesAfter()
	assert.Equal(t, inbound.Duplicate, outcomes[now])
	assert.Equal(t, inbound.Uploaded, outcomes[old])
	assert.Equal(t, 2, h.read["old 3"], "at the cost of a download")
	h.feed.Rekey(now, old)
	assert.Empty(t, h.pass().Outcomes, "the former key is known")
	assert.Len(t, h.emails(), 9)
	assert.Equal(t, 2, h.read["old 3"])
	h.account.DeleteAfter = 0
	h.pass()
	assert.Empty(t, h.feed.UIDs(), "one key of it has nothing to delete")
}

func TestFeed_AnotherGenerationIsComparedByContent(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 20)
	h.pass()
	h.feed.Regenerate("immutable")
	h.deliver("new", 1)
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 20, inbound.Uploaded: 1}, report.Outcomes)
	assert.Len(t, h.emails(), 21)
	assert.Empty(t, h.pass().Outcomes)
}

func TestFeed_KeysThatDifferByCaseAreTwoMessages(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 2)
	one, other := h.feed.Key(1), h.feed.Key(2)
	require.True(t, one != other && strings.EqualFold(one, other))
	h.account.DeleteUploaded = true
	h.fetcher = wholeFetcher{&oddServer{Fetcher: h.feed, omits: func(ref inbound.Ref) bool { return ref.Key == other }}}
	assert.Equal(t, map[string]inbound.Outcome{one: inbound.Uploaded, other: inbound.Failed}, h.outcomesAfter())
	assert.Equal(t, []uint32{2}, h.feed.UIDs())
	h.expect("the other one is not it", "old 0")
}
