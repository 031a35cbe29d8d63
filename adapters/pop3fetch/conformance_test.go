package pop3fetch_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestFetcher(t *testing.T) {
	inboundtest.TestFetcher(t, inboundtest.FetcherUnderTest{Protocol: inbound.POP3, New: func(p inbound.NetworkPolicy) inbound.Fetcher {
		return pop3fetch.New(&pop3fetch.Options{Network: p})
	}})
}
