package imapfetch_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestFetcher(t *testing.T) {
	inboundtest.TestFetcher(t, inboundtest.FetcherUnderTest{Protocol: inbound.IMAP, New: func(p inbound.NetworkPolicy) inbound.Fetcher {
		return imapfetch.New(&imapfetch.Options{Network: p})
	}})
}
