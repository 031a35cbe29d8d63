package inboundtest

import (
	"testing"

	"github.com/postroom/postroom/inbound"
)

// TestMailboxIsAFetcher runs what needs no server.
func TestMailboxIsAFetcher(t *testing.T) {
	groups := map[string]map[string]func(*mail){"List": listTests, "Fetch": fetchTests, "Delete": deleteTests, "Session": sessionTests}
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			testFetcher(t, protocol, groups, func(m *mail, _ *ServerOptions) {
				m.box.POP3, m.fetcher = m.isPOP3(), m.box
				m.Cleanup(func() {
					if n := m.box.Sessions(); n != 0 {
						m.Errorf("%d sessions are open at the end", n)
					}
				})
			})
		})
	}
}
