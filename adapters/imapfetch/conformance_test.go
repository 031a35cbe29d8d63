package imapfetch_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mailauth/mailauthtest"
)

func newFetcher(p inbound.NetworkPolicy) inbound.Fetcher {
	return imapfetch.New(&imapfetch.Options{Network: p})
}

func TestFetcher_Conformance(t *testing.T) {
	inboundtest.TestFetcher(t, inboundtest.FetcherUnderTest{Protocol: inbound.IMAP, New: newFetcher})
}

// Every fetcher logs in alike.
func TestFetcher_LoginConformance(t *testing.T) {
	mailauthtest.TestLogin(t, inbound.IMAP, newFetcher)
}
