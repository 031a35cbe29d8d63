package pop3fetch_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mailauth/mailauthtest"
)

func newFetcher(p inbound.NetworkPolicy) inbound.Fetcher {
	return pop3fetch.New(&pop3fetch.Options{Network: p})
}

func TestFetcher_Conformance(t *testing.T) {
	inboundtest.TestFetcher(t, inboundtest.FetcherUnderTest{Protocol: inbound.POP3, New: newFetcher})
}

// Every fetcher logs in alike.
func TestFetcher_LoginConformance(t *testing.T) {
	mailauthtest.TestLogin(t, inbound.POP3, newFetcher)
}
