package inbound_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestFeed_StartNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		h.account.Start = fromNow
		h.deliver("old", 20)
		h.feed.DeliverTo("Archive", mail("z@example.com", "archived"))
		time.Sleep(100 * time.Hour)
		h.pass()
		h.expect("what was there is left out, and not read")
		assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 20}, h.counts())
		time.Sleep(time.Hour)
		h.deliver("new", 2)
		h.feed.Label(h.feed.KeyOf("Archive", 1), "INBOX")
		h.pass()
		h.expect("what came since; not what had come to another folder before", numbered("new", 2)...)
		h.feed.ExpireTokens()
		time.Sleep(48 * time.Hour)
		h.deliver("newer", 1)
		h.pass()
		h.expect("all of it listed again", append(numbered("new", 2), "newer 0")...)
	})
}

// Mail that comes while the account is being connected is new, though it is listed
// with what was there.
func TestPromise_NothingLostFromAFeedThatStartsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		h.account.Start = fromNow
		h.deliver("old", 20)
		time.Sleep(100 * time.Hour)
		came := 0
		h.feed.Intercept = func(step string) error {
			if step == "list" && came < 10 {
				time.Sleep(time.Second)
				h.deliver(fmt.Sprint("meanwhile ", came), 1)
				came++
			}
			return nil
		}
		h.pass()
		h.pass()
		want := make(map[string]bool)
		for i := range came {
			want[fmt.Sprintf("meanwhile %d 0", i)] = true
		}
		h.expect("10 came during the listing", slices.Collect(maps.Keys(want))...)
	})
}

// Where a feed gives neither times nor sizes, new mail has nothing in common with what
// was there.
func TestPromise_NothingLostForWantOfTimesAndSizes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		h.account.Start = fromNow
		h.fetcher = wholeFetcher{&oddServer{Fetcher: h.feed, listed: func(l *inbound.Listing) {
			for i := range l.Refs {
				l.Refs[i].Received = time.Time{}
			}
		}}}
		h.deliver("old", 1)
		h.pass()
		h.feed.Remove(1)
		h.feed.Regenerate("another")
		h.deliver("new", 1)
		h.pass()
		assert.Equal(t, numbered("new", 1), h.subjects())
	})
}

// A feed lists in no order: a page of messages that nobody knows is no sign of a
// server that has renumbered its mail.
func TestFeed_StartNowWithAServerWhoseClockIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		h.account.Start = fromNow
		h.deliver("old", 1)
		time.Sleep(100 * time.Hour)
		h.pass()
		h.feed.Remove(1)
		h.feed.ExpireTokens()
		time.Sleep(time.Minute)
		h.feed.DeliverAt("INBOX", time.Now().Add(-10*time.Minute), mail("a@example.com", "new"))
		h.pass()
		h.expect("it came after the account was connected", "new")
	})
}

func TestFeed_StartSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFeedHost(t)
		h.deliver("old", 20)
		time.Sleep(48 * time.Hour)
		h.account.Start = inbound.Start{Since: time.Now().Add(-time.Hour)}
		h.deliver("new", 20)
		report := h.pass()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 20, inbound.Ignored: 20}, report.Outcomes)
		h.expect("since a date", numbered("new", 20)...)
		h.account.Start = inbound.Start{}
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 20}, h.pass().Outcomes)
		h.expect("all mail", append(numbered("new", 20), numbered("old", 20)...)...)
	})
}
