package integration

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// TestServers_KilledInMidPass kills the database server in the middle of a transaction, and
// once more while passes go on. It is back 10 s later, and then everything is there exactly
// once, without anybody's help: leases of what has died take half a minute to run out.
func TestServers_KilledInMidPass(t *testing.T) {
	t.Parallel()
	onServers(t, testKilledInMidPass)
}

func testKilledInMidPass(t *testing.T, d database) {
	t.Parallel() // it waits more than it works
	const messages, senders = 1200, 90
	server, p := d.placeAlone(t)
	h := newHostAt(t, p, "shop", "second")
	for _, id := range []string{"kim", "lee", "max"} {
		h.manager(id)
	}
	for i := range h.accounts {
		h.accounts[i].InitialNotifications, h.accounts[i].InitialAge = inbound.NotifyEach, inbound.AnyAge
		h.accounts[i].Interval = time.Second
		for n := range messages / len(h.accounts) {
			h.boxes[h.accounts[i].Username].Deliver(
				message(fmt.Sprintf("guest%d@post.example", n%senders), fmt.Sprint(h.accounts[i].ID, " ", n)))
		}
	}
	outage := &outage{Store: h.store, at: 3, kill: server.Kill}
	h.config.Store = outage
	s := h.syncer()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()

	uploaded := func() int {
		counts := 0
		for _, a := range h.accounts {
			n, err := h.store.CountEmails(t.Context(), inbound.EmailFilter{AccountID: a.ID})
			if err != nil {
				return -1
			}
			counts += n
		}
		return counts
	}
	hurry := func() {
		for _, a := range h.accounts {
			_ = s.SyncNow(a.ID)
		}
	}
	require.Eventually(t, outage.happened, time.Minute, 10*time.Millisecond)
	time.Sleep(10 * time.Second) // how long the server is away
	require.NoError(t, server.Restart())
	require.Eventually(t, func() bool { hurry(); return uploaded() >= messages/3 }, time.Minute, 100*time.Millisecond)
	server.Kill()
	require.NoError(t, server.Restart())
	assert.Eventually(t, func() bool {
		hurry()
		pending, _, err := h.store.Undelivered(t.Context())
		return err == nil && pending == 0 && uploaded() == messages
	}, 2*time.Minute, 200*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	h.expectOnce(messages, senders)
}

// expectOnce requires that each message is uploaded and told once, and that the managers have
// as many customers as each other, to within one.
func (h *sqlHost) expectOnce(messages, senders int) {
	t := h.t
	for _, a := range h.accounts {
		outcomes, err := h.store.Outcomes(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: messages / len(h.accounts)}, outcomes, a.ID)
	}
	assert.Equal(t, messages, h.count("SELECT COUNT(*) FROM postroom_emails"))
	assert.Equal(t, messages, h.count("SELECT COUNT(DISTINCT owner) FROM postroom_raw"))
	assert.Equal(t, senders, h.count("SELECT COUNT(*) FROM postroom_customers"))
	by, err := h.store.Customers().CountByManager(t.Context())
	require.NoError(t, err)
	least, most := senders, 0
	for _, n := range by {
		least, most = min(least, n), max(most, n)
	}
	assert.LessOrEqual(t, most-least, 1, "%v", by)

	told := make(map[string]int)
	kinds := make(map[notify.Kind]map[string]bool)
	for _, n := range h.notifier.all() {
		told[n.ID]++
		if kinds[n.Kind] == nil {
			kinds[n.Kind] = make(map[string]bool)
		}
		kinds[n.Kind][n.ID] = true
	}
	assert.Len(t, kinds[notify.IncomingEmail], messages)
	assert.Len(t, kinds[notify.CustomerAssigned], senders)
	assert.Len(t, told, messages+senders)
	counts, err := h.store.NotificationCounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[notify.State]int{notify.Delivered: messages + senders}, counts)
	t.Logf("%d notifications, %d calls of the Notifier; customers by manager: %v",
		len(told), len(h.notifier.all()), by)
}

// outage is a store whose server dies in the middle of a transaction: before the ledger is
// recorded for the at-th time.
type outage struct {
	inbound.Store
	kill func()

	mu   sync.Mutex
	at   int
	done bool
}

func (o *outage) Record(ctx context.Context, account string, entries []inbound.LedgerEntry) error {
	o.mu.Lock()
	if o.at--; o.at == 0 {
		o.kill()
		o.done = true
	}
	o.mu.Unlock()
	return o.Store.Record(ctx, account, entries)
}

func (o *outage) happened() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.done
}
