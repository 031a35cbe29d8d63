package inbound_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// feedHost is a host whose mailbox is a provider's.
type feedHost struct {
	*host
	feed *inboundtest.Feed
	read map[string]int // how often each subject was fetched, whole or in part
}

func newFeedHost(t *testing.T) *feedHost {
	f := inboundtest.NewFeed()
	h := &feedHost{host: newHost(t), feed: f, read: make(map[string]int)}
	h.box, h.fetcher = f.Mailbox, f
	h.account = inbound.Account{ID: "shop", Shop: "main", Protocol: "feed", Folders: []string{"INBOX"},
		CreateCustomer: true}
	f.InterceptMessage = func(raw []byte) error {
		_, rest, _ := strings.Cut(string(raw), "Subject: ")
		subject, _, _ := strings.Cut(rest, "\r\n")
		h.read[subject]++
		return nil
	}
	return h
}

// deliver adds messages with the subjects name 0, name 1, ...
func (h *feedHost) deliver(name string, n int) {
	for i := range n {
		h.feed.Deliver(mail(fmt.Sprintf("c%d@example.com", i%5), fmt.Sprint(name, " ", i)))
	}
}

// expect checks that these messages, and no others, are uploaded, each once, and that
// none was fetched twice.
func (h *feedHost) expect(what string, subjects ...string) {
	h.t.Helper()
	assert.ElementsMatch(h.t, subjects, h.subjects(), what)
	for subject, n := range h.read {
		assert.Equal(h.t, 1, n, "%s: %q was fetched so often", what, subject)
	}
}

func numbered(name string, n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint(name, " ", i))
	}
	return all
}

func (h *feedHost) token() string {
	h.t.Helper()
	state, err := h.store.FolderState(h.t.Context(), "shop", "")
	require.NoError(h.t, err)
	return state.Token
}

// lists counts the pages that are listed from now on.
func (h *feedHost) lists() *int {
	pages := new(int)
	h.feed.Intercept = func(step string) error {
		if step == "list" {
			*pages++
		}
		return nil
	}
	return pages
}

// outcomesAfter makes a pass and returns the outcomes by key.
func (h *feedHost) outcomesAfter() map[string]inbound.Outcome {
	h.t.Helper()
	h.pass()
	return h.outcomes()
}

func TestFeed_InitialUploadThenChanges(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 40)
	h.feed.DeliverTo("Archive", mail("z@example.com", "archived"))
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 40}, report.Outcomes)
	h.expect("the initial upload", numbered("old", 40)...)
	assert.NotEmpty(t, h.token())

	pages := h.lists()
	h.deliver("new", 3)
	h.feed.Label(h.feed.KeyOf("Archive", 1), "INBOX")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 4}, h.pass().Outcomes)
	assert.Equal(t, 1, *pages, "only changes are listed")
	h.expect("changes", slices.Concat(numbered("old", 40), numbered("new", 3), []string{"archived"})...)
	assert.Empty(t, h.pass().Outcomes)
	assert.Equal(t, 2, *pages)
	assert.True(t, h.health().InitialComplete)
}

func TestFeed_MailThatComesWhileListingIsNotMissed(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 20)
	came := 0
	h.feed.Intercept = func(step string) error {
		if step == "list" && came < 3 {
			h.deliver(fmt.Sprint("meanwhile ", came), 1)
			came++
		}
		return nil
	}
	h.pass()
	h.pass()
	h.expect("two passes", slices.Concat(numbered("old", 20), numbered("meanwhile 0", 1), numbered("meanwhile 1", 1),
		numbered("meanwhile 2", 1))...)
}

func TestFeed_RepeatedMessageIsFetchedOnce(t *testing.T) {
	h := newFeedHost(t)
	h.account.Folders = []string{"INBOX", "A", "B"}
	h.feed.DeliverTo("A", mail("z@example.com", "in A"))
	h.feed.DeliverTo("B", mail("z@example.com", "in B"))
	h.pass()
	h.deliver("new", 20)
	h.feed.Key(1) // the feed takes note: labels come later
	for uid := range uint32(20) {
		for _, label := range []string{"A", "B"} { // far behind, on pages of their own
			h.feed.Label(h.feed.Key(uid+1), label)
		}
	}
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 20}, report.Outcomes)
	h.expect("three labels each", append(numbered("new", 20), "in A", "in B")...)
}

func TestFeed_ExpiredTokensCostAListing(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 20)
	h.pass()
	want := numbered("old", 20)
	for round := range 3 { // a mailbox may be refused the token that it has just been given
		h.feed.ExpireTokens()
		h.deliver(fmt.Sprint("round ", round), 1)
		want = append(want, fmt.Sprintf("round %d 0", round))
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
		h.expect("an expired token", want...)
	}
	assert.Equal(t, inbound.HealthOK, h.health().State)
}

func TestFeed_TokensExpireWithinAListing(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 30)
	pages := 0
	h.feed.Intercept = func(step string) error {
		if step == "list" {
			if pages++; pages == 3 {
				h.feed.ExpireTokens()
			}
		}
		return nil
	}
	h.pass()
	h.expect("the listing begins anew", numbered("old", 30)...)
}

func TestFeed_TokensThatAlwaysExpireEndThePass(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 30)
	pages := 0
	h.feed.Intercept = func(step string) error {
		if step == "list" {
			pages++
			h.feed.ExpireTokens()
		}
		return nil
	}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrCursorRefused)
	assert.Less(t, pages, 10)
	assert.Equal(t, inbound.HealthBackingOff, h.health().State)
	h.feed.Intercept = nil
	h.pass()
	h.expect("the pass after", numbered("old", 30)...)
}

func TestFeed_OtherFoldersListEverything(t *testing.T) {
	h := newFeedHost(t)
	h.deliver("old", 10)
	h.feed.DeliverTo("Orders", mail("z@example.com", "order"))
	h.pass()
	h.account.Folders = []string{"INBOX", "Orders"}
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
	h.expect("a folder more", append(numbered("old", 10), "order")...)
}

func TestFeed_MissingFolderIsAnError(t *testing.T) {
	h := newFeedHost(t)
	h.account.Folders = []string{"INBOX", "Nowhere"}
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Equal(t, inbound.HealthMisconfigured, h.health().State)
}
