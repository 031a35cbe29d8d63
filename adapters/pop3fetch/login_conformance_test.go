package pop3fetch_test

import (
	"testing"

	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth/mailauthtest"
)

func TestLogin_AsEveryFetcher(t *testing.T) {
	mailauthtest.TestLogin(t, inbound.POP3, func(p inbound.NetworkPolicy) inbound.Fetcher {
		return pop3fetch.New(&pop3fetch.Options{Network: p})
	})
}
