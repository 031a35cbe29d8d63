package pop3fetch_test

import (
	"fmt"
	"time"

	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
)

func Example() {
	fetcher := pop3fetch.New(&pop3fetch.Options{
		Network: inbound.NetworkPolicy{IdleTimeout: 30 * time.Second},
	})
	fetchers := map[inbound.Protocol]inbound.Fetcher{inbound.POP3: fetcher} // for inbound.Config
	fmt.Println(len(fetchers))
	// Output: 1
}
