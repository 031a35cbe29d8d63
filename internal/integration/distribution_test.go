package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailgen"
	"github.com/postroom/postroom/notify"
)

func TestDistribution_FreeManagersGetEqualShares(t *testing.T) {
	counts := distribute(t, assign.Free, assign.Free, assign.Lunch, assign.Busy, assign.Offline)
	assert.Len(t, counts, 2, "%v", counts)
	assert.InDelta(t, counts["m1"], counts["m2"], 1)
}

func TestDistribution_OthersGetEqualSharesWhenNobodyIsFree(t *testing.T) {
	counts := distribute(t, assign.Lunch, assign.Busy, assign.Offline)
	assert.Len(t, counts, 3, "%v", counts)
	assert.InDelta(t, counts["m1"], counts["m2"], 1)
	assert.InDelta(t, counts["m2"], counts["m3"], 1)
	assert.InDelta(t, counts["m1"], counts["m3"], 1)
}

// distribute uploads a mailbox in two passes, checks each notification and
// returns how many customers each manager got.
func distribute(t *testing.T, statuses ...assign.Status) map[string]int {
	t.Helper()
	s := newScene(t, nil)
	s.managers(statuses...)
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true
	syncer := s.syncer(account)
	counts := make(map[string]int)
	created := 0
	for seed := range uint64(2) {
		s.deliver(mailgen.Options{Seed: 10 + seed, Messages: 101, Senders: 60 * int(seed+1), Scale: 0.02})
		report := s.pass(syncer, "shop")
		created += report.CustomersCreated
		for manager, n := range report.Assigned {
			counts[manager] += n
		}
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	assert.Equal(t, created, total, "each customer gets a manager")

	// The manager of a customer is notified first of the assignment, once, and
	// then of each email. No other manager is notified.
	manager := make(map[string]string)
	emails := make(map[string]bool)
	for _, n := range s.notifier.all() {
		switch n.Kind {
		case notify.CustomerAssigned:
			assert.Emptyf(t, manager[n.CustomerID], "customer %s is assigned once", n.CustomerID)
			manager[n.CustomerID] = n.ManagerID
		case notify.IncomingEmail:
			assert.Equal(t, manager[n.CustomerID], n.ManagerID)
			assert.False(t, emails[n.EmailID], "each email is notified once")
			emails[n.EmailID] = true
		}
	}
	assert.Len(t, manager, created)
	assert.Len(t, emails, len(s.emails("shop")))
	return counts
}

// TestDistribution_EmptyGroup checks that customers wait until the group has a manager.
func TestDistribution_EmptyGroup(t *testing.T) {
	s := newScene(t, nil)
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("first@post.example", "1")))
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("second@post.example", "2")))
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true
	syncer := s.syncer(account)
	report := s.pass(syncer, "shop")
	assert.Equal(t, 2, report.CustomersCreated)
	assert.Empty(t, report.Assigned)
	assert.Empty(t, s.notifier.all())

	s.managers(assign.Busy)
	report = s.pass(syncer, "shop")
	assert.Equal(t, map[string]int{"m1": 2}, report.Assigned)
	notified := s.notifier.all()
	require.Len(t, notified, 4)
	assert.Equal(t, "first@post.example", notified[0].From, "first in, first out")
	assert.Equal(t, notify.CustomerAssigned, notified[0].Kind)
	assert.Equal(t, notify.IncomingEmail, notified[1].Kind)
	assert.Equal(t, notify.CustomerAssigned, notified[2].Kind)
}
