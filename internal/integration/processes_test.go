package integration

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/postroom/postroom/inbound"
)

// TestServers_EightSyncers runs eight Syncers with the same accounts on one database, each
// with connections of its own, as eight processes have. Everything is done once.
func TestServers_EightSyncers(t *testing.T) {
	t.Parallel()
	onServers(t, testEightSyncers)
}

func testEightSyncers(t *testing.T, d database) {
	const processes, accounts, senders, rounds = 8, 12, 40, 3
	server, p := d.placeAlone(t)
	ids := make([]string, accounts)
	for i := range ids {
		ids[i] = fmt.Sprint("shop", i)
	}
	h := newHostAt(t, p, ids...)
	h.config.Limits.MaxAccounts = accounts
	for _, id := range []string{"kim", "lee", "max"} {
		h.manager(id)
	}
	for i := range h.accounts {
		h.accounts[i].InitialNotifications, h.accounts[i].InitialAge = inbound.NotifyEach, inbound.AnyAge
		h.accounts[i].Interval = time.Second
	}
	deliver := func(round int) { // a part of the mail comes while all run
		for i, a := range h.accounts {
			for n := range 20 {
				from := fmt.Sprintf("guest%d@post.example", (n*accounts+i)%senders)
				h.boxes[a.Username].Deliver(message(from, fmt.Sprint(a.ID, " ", round, ".", n)))
			}
		}
	}
	const messages = accounts * 20 * rounds
	deliver(0)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	group, running := errgroup.WithContext(ctx)
	for range processes {
		store := p.store()
		config := h.config
		config.Accounts, config.Store, config.SpoolDir = h.accounts, store, t.TempDir()
		config.CustomerRepo, config.ManagerDirectory = store.Customers(), store.Managers()
		syncer, err := inbound.New(config)
		require.NoError(t, err)
		group.Go(func() error { return syncer.Run(running) })
	}
	for round := 1; round < rounds; round++ {
		require.Eventually(t, func() bool {
			n, err := h.store.CountEmails(t.Context(), inbound.EmailFilter{})
			return err == nil && n >= messages*round/rounds-accounts
		}, time.Minute, 50*time.Millisecond)
		deliver(round)
	}
	assert.Eventually(t, func() bool {
		n, err := h.store.CountEmails(t.Context(), inbound.EmailFilter{})
		require.NoError(t, err)
		pending, _, err := h.store.Undelivered(t.Context())
		require.NoError(t, err)
		return n == messages && pending == 0
	}, time.Minute, 50*time.Millisecond)
	stop()
	require.NoError(t, group.Wait())
	h.expectOnce(messages, senders)
	assert.Len(t, h.notifier.all(), messages+senders, "nobody is told twice")
	assert.NotContains(t, server.Log(), "deadlock")
}
