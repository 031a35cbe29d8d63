package inboundtest

import (
	"testing"

	"github.com/postroom/postroom/inbound"
)

// TestMailbox_PassesTestSession runs what needs no server.
func TestMailbox_PassesTestSession(t *testing.T) {
	for name, protocol := range map[string]inbound.Protocol{"IMAP": inbound.IMAP, "POP3": inbound.POP3,
		"push": inbound.IMAP} {
		t.Run(name, func(t *testing.T) {
			open := func(t *testing.T, feed *Feed) (inbound.Fetcher, inbound.Account) {
				feed.POP3, feed.Push = protocol == inbound.POP3, name == "push"
				expectNoSessionLeft(t, feed)
				return feed.Mailbox, inbound.Account{ID: "shop", Folders: []string{"INBOX"}}
			}
			TestSession(t, SessionUnderTest{Protocol: protocol, New: open})
		})
	}
}

func TestFeed_PassesTestSession(t *testing.T) {
	for name, exact := range map[string]bool{"estimates": false, "exact sizes": true} {
		t.Run(name, func(t *testing.T) {
			open := func(t *testing.T, feed *Feed) (inbound.Fetcher, inbound.Account) {
				feed.ExactSizes = exact
				expectNoSessionLeft(t, feed)
				return feed, inbound.Account{ID: "shop", Folders: []string{"INBOX"}}
			}
			TestSession(t, SessionUnderTest{Protocol: "feed", New: open})
		})
	}
}

func expectNoSessionLeft(t *testing.T, feed *Feed) {
	t.Cleanup(func() {
		if n := feed.Sessions(); n != 0 {
			t.Errorf("%d sessions are open at the end", n)
		}
	})
}
