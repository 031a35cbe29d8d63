package inbound_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

func TestAssignWaiting_WaitsForAManager(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("first@example.com", "one"), mail("second@example.com", "two"))
	report := h.pass()
	assert.Equal(t, 2, report.CustomersCreated)
	h.box.Deliver(mail("first@example.com", "three"))
	h.pass()
	assert.Empty(t, h.notified.list)
	h.manager("m1", assign.Free)
	h.pass()
	assert.Equal(t, []string{"customer_assigned m1 first@example.com", "incoming_email m1 first@example.com",
		"incoming_email m1 first@example.com",
		"customer_assigned m1 second@example.com", "incoming_email m1 second@example.com"}, summaries(h.notified.list),
		"including mail that arrived while they waited")
	h.pass()
	assert.Len(t, h.notified.list, 5)
}

func TestAssignWaiting_DirectoryDownDelaysNoMail(t *testing.T) {
	h := newHost(t)
	h.manager("m1", assign.Free)
	h.config.ManagerDirectory = downDirectory{h.managers}
	h.box.Deliver(mail("a@example.com", "new"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
	_, err := h.syncer().AssignWaiting(t.Context())
	require.ErrorIs(t, err, errDown, "a customer waits, so the directory is called again")
	h.config.ManagerDirectory = h.managers
	assert.Equal(t, map[string]int{"m1": 1}, h.pass().Assigned)
	assert.Equal(t, []string{"customer_assigned m1 a@example.com", "incoming_email m1 a@example.com"},
		summaries(h.notified.list))
}

func TestAssignWaiting_CorrectedGroup(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.config.CustomerRepo = wrap(h.customers)
		h.manager("kim", assign.Free)
		h.account.ManagerGroup = "suport"
		h.box.Deliver(mail("iris@example.com", "early"), mail("iris@example.com", "again"))
		h.pass()
		require.Empty(t, h.notified.list)
		require.Len(t, h.pending("suport"), 1)

		h.account.ManagerGroup = "support"
		assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com",
			"incoming_email kim iris@example.com"}, summaries(h.notified.list))
		assert.Empty(t, h.pending("suport"))
		assert.Empty(t, h.pending("support"))
	})
}

// The group setting is removed and comes back: no customer is lost in between.
func TestAssignWaiting_GroupRemovedForAWhile(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("iris@example.com", "early"))
	h.pass()
	h.account.ManagerGroup = ""
	h.box.Deliver(mail("iris@example.com", "without a group"))
	h.pass()
	h.manager("kim", assign.Free)
	h.pass()
	assert.Empty(t, h.notified.list)
	h.account.ManagerGroup = "support"
	assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
	assert.Len(t, h.notified.list, 3)
}

// Customers of two shops and two groups wait in two queues.
func TestAssignWaiting_TwoShopsTwoGroups(t *testing.T) {
	h := newHost(t)
	h.account.InitialNotifications = inbound.NotifyEach
	other := h.sibling("other")
	other.Shop, other.ManagerGroup = "second", "sales"
	h.deliverFrom("guest", 25)
	s := h.syncerOf(h.account, other)
	for _, id := range []string{"shop", "other"} {
		_, err := s.Sync(t.Context(), id)
		require.NoError(t, err)
	}
	h.managers.Put(assign.Manager{ID: "sam", Status: assign.Free}, "sales")
	assigned, err := s.AssignWaiting(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"sam": 25}, assigned)
	for _, c := range h.customers.All() {
		assert.Equal(t, c.Shop == "second", c.ManagerID == "sam")
	}
	h.manager("kim", assign.Free)
	assigned, err = s.AssignWaiting(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"kim": 25}, assigned)
	h.dispatch(s)
	assert.Len(t, h.notified.list, 100)
}

// The host may take a customer while the group is empty. The manager is notified of
// the waiting mail, although no turn is claimed.
func TestAssignWaiting_TakenWhileTheGroupIsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("iris@example.com", "hello"))
		h.pass()
		taken := h.customers.All()[0]
		taken.ManagerID = "owner"
		h.customers.Put(taken)
		for range 3 {
			time.Sleep(time.Hour)
			h.pass()
		}
		assert.Equal(t, []string{"incoming_email owner iris@example.com"}, summaries(h.notified.list))
		assert.Empty(t, h.pending("support"))
	})
}

// An account that cannot log in, is switched off, or is removed from the settings
// may have customers who wait.
func TestRun_AssignsCustomersOfStoppedAccounts(t *testing.T) {
	for name, stop := range map[string]func(h *host) *inbound.Syncer{
		"wrong password": func(h *host) *inbound.Syncer {
			h.box.OpenError = &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("expired")}
			return h.syncer()
		},
		"switched off": func(h *host) *inbound.Syncer {
			h.account.Inactive = true
			return h.syncer()
		},
		"removed": func(h *host) *inbound.Syncer {
			h.account.ID = "different"
			h.box.OpenError = &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("expired")}
			return h.syncer()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.box.Deliver(mail("iris@example.com", "early"))
				h.pass()
				s := stop(h)
				end := h.run(s)
				elapse(time.Hour)
				h.manager("kim", assign.Busy)
				elapse(time.Minute)
				end()
				assert.Equal(t, []string{"customer_assigned kim iris@example.com",
					"incoming_email kim iris@example.com"},
					summaries(h.notified.list))
			})
		})
	}
}
