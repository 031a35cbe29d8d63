package inbound_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// A message is told if its own account notifies, whichever Syncer assigns the
// customer: the account may belong to a different process, or be removed.
func TestAnnounce_GoesByTheMessagesAccount(t *testing.T) {
	for _, notifies := range []bool{false, true} {
		t.Run(fmt.Sprint("the account notifies: ", notifies), func(t *testing.T) {
			bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
				h := newHost(t)
				h.config.CustomerRepo = wrap(h.customers)
				gone := h.sibling("gone")
				gone.NotifyManager = notifies
				h.box.Deliver(mail("iris@example.com", "by the other account"))
				_, err := h.syncerOf(gone).Sync(t.Context(), "gone")
				require.NoError(t, err)
				h.account.NotifyManager = !notifies
				h.box = inboundtest.NewMailbox()
				h.box.Deliver(mail("iris@example.com", "by this one"))
				h.pass()
				h.manager("kim", assign.Free)
				h.pass()
				var told []string
				for _, n := range h.told.list {
					told = append(told, string(n.Kind)+" "+n.AccountID)
				}
				account := map[bool]string{true: "gone", false: "shop"}[notifies]
				assert.Equal(t, []string{"customer_assigned gone", "incoming_email " + account}, told)
			})
		})
	}
}

// Wherever an assignment is cut off, the next one finishes it: with the manager
// whose turn was claimed, and each message told once.
func TestAssignWaiting_CutOffAnywhere(t *testing.T) {
	for at, reached := 1, true; reached; at++ {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.deliverFrom("guest", 5)
			h.pass()
			h.manager("kim", assign.Free)
			h.manager("lee", assign.Free)
			points := &inboundtest.Failpoints{At: at}
			h.config.Store, h.config.CustomerRepo = points.Store(h.store), points.Repo(h.customers)
			h.config.ManagerDirectory = points.Directory(h.managers)
			_, _ = h.syncer().AssignWaiting(t.Context())
			_, reached = points.Reached()
			h.config.Store, h.config.CustomerRepo, h.config.ManagerDirectory = h.store, h.customers, h.managers
			time.Sleep(2 * time.Minute)
			s := h.syncer()
			_, err := s.AssignWaiting(t.Context())
			require.NoError(t, err)
			told := h.dispatch(s)
			slices.Sort(told)
			require.Len(t, slices.Compact(told), 10, "killed at %d", at)
			counts := make(map[string]int)
			for _, c := range h.customers.All() {
				counts[c.ManagerID]++
				assert.Equal(t, c.ManagerID, h.assignment(c.Email).ManagerID)
			}
			require.Equal(t, map[string]int{"kim": 3, "lee": 2}, counts, "killed at %d", at)
		})
	}
}

// Whose turn was claimed may have left before it could be attached.
func TestAssignWaiting_ClaimedManagerHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.deliverFrom("guest", 3)
		h.pass()
		h.manager("kim", assign.Free)
		points := &inboundtest.Failpoints{Fail: func(_ int, name string) error {
			if name == "before AttachManager" {
				return inboundtest.ErrKilled
			}
			return nil
		}}
		h.config.CustomerRepo = points.Repo(h.customers)
		_, err := h.syncer().AssignWaiting(t.Context())
		require.NoError(t, err)
		for _, row := range h.pending("support") {
			require.Equal(t, assign.StageClaimed, row.Stage)
			require.Equal(t, "kim", row.ManagerID)
		}
		require.NoError(t, h.managers.SetActive("kim", false))
		h.manager("lee", assign.Lunch)
		h.config.CustomerRepo = h.customers
		time.Sleep(2 * time.Minute)
		assert.Equal(t, map[string]int{"lee": 3}, h.pass().Assigned)
		assert.Len(t, h.told.list, 6)
	})
}

// Emails of one customer in two shops' accounts stay apart.
func TestAnnounce_SameAddressInTwoShops(t *testing.T) {
	h := newHost(t)
	other := h.sibling("other")
	other.Shop = "second"
	h.manager("kim", assign.Free)
	h.box.Deliver(mail("iris@example.com", "hello"))
	s := h.syncerOf(h.account, other)
	for _, id := range []string{"shop", "other"} {
		report, err := s.Sync(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"kim": 1}, report.Assigned)
	}
	assert.Len(t, h.dispatch(s), 4)
	for _, n := range h.told.list {
		assert.Equal(t, n.AccountID == "other", n.Shop == "second")
	}
}

// A customer whose manager has left gets a new one, who is notified of that and
// of the mail that comes from now on.
func TestAnnounce_SecondAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.AssignExisting = true
		h.manager("kim", assign.Free)
		h.box.Deliver(mail("iris@example.com", "one"))
		h.pass()
		require.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
			kinds(h.told.list))

		detached := h.customers.All()[0]
		detached.ManagerID = ""
		h.customers.Put(detached)
		h.managers.Put(assign.Manager{ID: "kim", Status: assign.Free}, "a different group")
		h.manager("lee", assign.Free)
		time.Sleep(48 * time.Hour)
		h.box.Deliver(mail("iris@example.com", "two"))
		assert.Equal(t, map[string]int{"lee": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned lee iris@example.com", "incoming_email lee iris@example.com"},
			kinds(h.told.list[2:]))
	})
}

// A customer of the host who is taken over has written before. The manager is
// notified of what made the assignment, not of years of mail.
func TestAnnounce_NoMailFromBeforeTheTakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		h.customers.Put(customer.Customer{Shop: "main", Email: "iris@example.com"})
		for i := range 30 {
			h.box.Deliver(mail("iris@example.com", fmt.Sprint("years ago ", i)))
		}
		h.pass()
		require.Empty(t, h.told.list)
		time.Sleep(time.Hour)
		h.account.AssignExisting = true
		h.box.Deliver(mail("iris@example.com", "today"))
		h.pass()
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
			kinds(h.told.list))
		assert.Equal(t, "today", h.told.list[1].Subject)
	})
}
