package imapfetch_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth/mailauthtest"
)

func TestLogin_AsEveryFetcher(t *testing.T) {
	mailauthtest.TestLogin(t, inbound.IMAP, func(p inbound.NetworkPolicy) inbound.Fetcher {
		return imapfetch.New(&imapfetch.Options{Network: p})
	})
}
