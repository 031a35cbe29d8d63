package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestAssignWaiting_SharesEvenly(t *testing.T) {
	h := newHost(t)
	for id, s := range map[string]assign.Status{
		"m1": assign.Free, "m2": assign.Free, "m3": assign.Lunch, "m4": assign.Busy, "m5": assign.Offline,
	} {
		h.manager(id, s)
	}
	for i := range 21 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
	}
	got := h.pass().Assigned
	assert.ElementsMatch(t, []string{"m1", "m2"}, slices.Collect(maps.Keys(got)), "only the free ones")
	assert.InDelta(t, got["m1"], got["m2"], 1)
	h.manager("m1", assign.Busy)
	h.manager("m2", assign.Break)
	for i := range 20 {
		h.box.Deliver(mail(fmt.Sprintf("d%d@example.com", i), fmt.Sprint("more ", i)))
	}
	assert.Equal(t, map[string]int{"m1": 4, "m2": 4, "m3": 4, "m4": 4, "m5": 4}, h.pass().Assigned)
}

// Customers whom the host has given to a manager itself use up no turns: the others
// are still shared evenly.
func TestAssignWaiting_HostTakesEveryOtherCustomer(t *testing.T) {
	for name, tc := range map[string]struct {
		late  bool
		among int // of these first customers, the host takes every other one
		each  int
	}{"before the lookup": {false, 40, 10}, "between lookup and attachment": {true, 20, 15}} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.account.InitialNotifications = inbound.NotifyEach
			h.deliverFrom("guest", 40)
			h.pass()
			for i, c := range h.customers.All() {
				if i < tc.among && i%2 == 0 {
					c.ManagerID = "owner"
					h.customers.Put(c)
				}
			}
			if tc.late { // the search index does not show it yet
				h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
					found: func(found map[string][]customer.Customer) {
						for _, list := range found {
							for i := range list {
								list[i].ManagerID = ""
							}
						}
					}}
			}
			h.manager("kim", assign.Free)
			h.manager("lee", assign.Free)
			assert.Equal(t, map[string]int{"kim": tc.each, "lee": tc.each}, h.pass().Assigned)
			notified := make(map[string]int)
			for _, n := range h.notified.list {
				notified[string(n.Kind)+" "+n.ManagerID]++
			}
			assert.Equal(t, map[string]int{"customer_assigned kim": tc.each, "customer_assigned lee": tc.each,
				"incoming_email kim": tc.each, "incoming_email lee": tc.each, "incoming_email owner": tc.among / 2},
				notified)
		})
	}
}

// The turn of a customer whom the host takes goes to the next one of the same step.
func TestAssignWaiting_TurnPassesToTheNext(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.deliverFrom("guest", 4)
		h.pass()
		h.manager("kim", assign.Free)
		h.manager("lee", assign.Free)
		all := h.customers.All()
		h.config.CustomerRepo = wrap(&scriptedRepo{Customers: h.customers,
			attach: func(_ context.Context, id, _ string) error {
				for _, i := range []int{0, 2} { // both would be kim's
					if c := all[i]; c.ID == id {
						c.ManagerID = "owner"
						h.customers.Put(c)
					}
				}
				return nil
			}})
		assert.Equal(t, map[string]int{"kim": 1, "lee": 1}, h.pass().Assigned)
	})
}

// A turn that nobody needed is not lost when the process ends.
func TestAssignWaiting_UnusedTurnOutlivesTheSyncer(t *testing.T) {
	for name, take := range map[string]func(h *host, c customer.Customer){
		"taken between lookup and attachment": func(h *host, c customer.Customer) {
			h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
				attach: func(context.Context, string, string) error {
					h.customers.Put(c)
					return nil
				}}
			h.pass()
			h.config.CustomerRepo = h.customers
		},
		"taken after a crash, seen by a batch": func(h *host, c customer.Customer) {
			turns, err := h.store.Claim(t.Context(), "support", []string{"kim", "lee"}, 2)
			require.NoError(t, err)
			rows := h.pending("support")
			for i := range rows {
				rows[i].Stage, rows[i].ManagerID = assign.StageClaimed, turns[i]
			}
			require.NoError(t, h.store.SetAssignments(t.Context(), rows))
			h.customers.Put(c)
			h.box.Deliver(mail(c.Email, "one more"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.deliverFrom("guest", 2)
			h.pass()
			h.manager("kim", assign.Free)
			h.manager("lee", assign.Free)
			second := h.customers.All()[1]
			second.ManagerID = "owner"
			take(h, second)
			h.deliverFrom("next", 1)
			h.pass()
			assert.Equal(t, "kim", h.assignment("guest0@example.com").ManagerID)
			assert.Equal(t, "owner", h.assignment("guest1@example.com").ManagerID)
			assert.Equal(t, "lee", h.assignment("next0@example.com").ManagerID, "lee's turn was not used")
		})
	}
}

// Wherever an assignment is killed, the next one finishes it with the manager whose
// turn was claimed, and managers are notified of each message once.
func TestAssignWaiting_KilledAtEachStep(t *testing.T) {
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
			notified := h.dispatch(s)
			slices.Sort(notified)
			require.Len(t, slices.Compact(notified), 10, "killed at %d", at)
			counts := make(map[string]int)
			for _, c := range h.customers.All() {
				counts[c.ManagerID]++
				assert.Equal(t, c.ManagerID, h.assignment(c.Email).ManagerID)
			}
			require.Equal(t, map[string]int{"kim": 3, "lee": 2}, counts, "killed at %d", at)
		})
	}
}

// A manager whose turn was claimed may leave before the customer is attached. A
// different manager gets the customer.
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
		assert.Len(t, h.notified.list, 6)
	})
}

// unattachableRepo has lost one customer record, and cannot save another.
type unattachableRepo struct {
	customer.Repo
	lost, unsaved string // customers
}

func (r *unattachableRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	switch customerID {
	case r.lost:
		return "", customer.ErrNotFound
	case r.unsaved:
		return "", errUnsavable
	}
	return r.Repo.AttachManager(ctx, customerID, managerID)
}

func TestAssignWaiting_UnsavableCustomerDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		for _, name := range []string{"a", "b", "c", "d"} {
			h.box.Deliver(mail(name+"@example.com", name))
		}
		h.pass()
		customers := h.customers.All()
		require.Len(t, customers, 4)

		time.Sleep(2 * time.Hour) // even a repository that shows new customers late shows them now
		h.config.CustomerRepo = &unattachableRepo{h.customers, customers[0].ID, customers[1].ID}
		h.manager("m1", assign.Free)
		h.manager("m2", assign.Free)
		h.box.Deliver(mail("e@example.com", "new"))
		report := h.pass()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes, "mail is not delayed")
		assert.Equal(t, map[string]int{"m1": 1, "m2": 2}, report.Assigned, "c, d and e, in turns; the next turn is b's")
		waiting, err := h.store.Queued(t.Context(), "support", 10)
		require.NoError(t, err)
		require.Len(t, waiting, 1, "the lost customer no longer waits")
		assert.Equal(t, customers[1].ID, waiting[0].CustomerID)
		assert.Contains(t, waiting[0].LastError, errUnsavable.Error())

		time.Sleep(2 * time.Minute)
		h.config.CustomerRepo = h.customers
		assert.Equal(t, map[string]int{"m1": 1}, h.pass().Assigned)
		health, err := h.store.Health(t.Context(), "shop")
		require.NoError(t, err)
		assert.True(t, health.InitialComplete)
		assert.Equal(t, inbound.HealthOK, health.State)
	})
}

// Many customers who cannot be saved delay nobody behind them in the queue.
func TestAssignWaiting_ManyUnsavableCustomers(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.account.InitialNotifications = inbound.NotifyEach
			h.deliverFrom("stuck", 45)
			h.deliverFrom("fine", 30)
			h.pass()
			stuck := make(map[string]bool)
			for _, c := range h.customers.All() {
				stuck[c.ID] = strings.HasPrefix(c.Email, "stuck")
			}
			repo := &scriptedRepo{Customers: h.customers, attach: func(_ context.Context, id, _ string) error {
				if stuck[id] {
					return errUnsavable
				}
				return nil
			}}
			h.config.CustomerRepo = wrap(repo)
			h.manager("kim", assign.Free)
			h.manager("lee", assign.Free)
			assigned := h.pass().Assigned
			assert.Equal(t, 30, assigned["kim"]+assigned["lee"])
			assert.Len(t, h.pending("support"), 45)

			repo.attach = nil
			assert.Empty(t, h.pass().Assigned, "not before their pause is over")
			time.Sleep(2 * time.Minute)
			h.pass()
			assert.Empty(t, h.pending("support"))
			counts := make(map[string]int)
			for _, c := range h.customers.All() {
				counts[c.ManagerID]++
			}
			assert.InDelta(t, counts["kim"], counts["lee"], 1, "their turns were kept for them")
			assert.Len(t, h.notified.list, 150)
		})
	})
}

// closedShopRepo is a repository that has no longer one of the shops.
type closedShopRepo struct {
	customer.Repo
	shop string
}

func (r *closedShopRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	if shop == r.shop {
		return nil, errors.New("no such shop: " + shop)
	}
	return r.Repo.FindByEmail(ctx, shop, address)
}

// Customers of a shop whose repository fails delay no other shop of the group.
func TestAssignWaiting_ClosedShopDelaysNoOtherShop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		repo := &closedShopRepo{Repo: h.customers}
		h.config.CustomerRepo = repo
		h.account.Shop = "second"
		h.box.Deliver(mail("iris@example.com", "to the second shop"))
		h.pass()
		require.Len(t, h.pending("support"), 1)

		repo.shop = "second"
		h.account.Shop = "main"
		h.manager("kim", assign.Free)
		h.deliverFrom("guest", 2)
		s := h.syncer()
		_, err := s.Sync(t.Context(), "shop")
		require.NoError(t, err, "mail does not wait for it")
		waiting := h.pending("support")
		require.Len(t, waiting, 1)
		assert.Contains(t, waiting[0].LastError, "no such shop: second")
		assert.Equal(t, []string{"customer_assigned kim guest0@example.com", "incoming_email kim guest0@example.com",
			"customer_assigned kim guest1@example.com", "incoming_email kim guest1@example.com"}, h.dispatch(s))

		repo.shop = ""
		time.Sleep(2 * time.Minute)
		assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned, "when the shop is back")
	})
}

// A repository behind an API may report ErrNotFound for a new customer for a while.
// The customer keeps waiting.
func TestAssignWaiting_NewCustomerShowsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		var created time.Time
		h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
			create: func(context.Context, string) error { created = time.Now(); return nil },
			attach: func(context.Context, string, string) error {
				if time.Since(created) < 5*time.Second {
					return customer.ErrNotFound
				}
				return nil
			}}
		h.box.Deliver(mail("iris@example.com", "hello"))
		assert.Empty(t, h.pass().Assigned)
		time.Sleep(2 * time.Minute)
		assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
			summaries(h.notified.list))
	})
}

// Slow attachments of a long queue run outside of transactions, so that they delay
// no other account.
func TestAssignWaiting_SlowHostDelaysNoOtherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.deliverFrom("guest", 250)
		h.pass()
		h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
			attach: func(context.Context, string, string) error {
				time.Sleep(10 * time.Second)
				return nil
			}}
		h.manager("kim", assign.Free)
		other := h.sibling("other")
		other.CreateCustomer = false
		s := h.syncerOf(h.account, other)
		ended := make(chan error)
		go func() {
			_, err := s.AssignWaiting(t.Context())
			ended <- err
		}()
		time.Sleep(15 * time.Second)
		began := time.Now()
		_, err := h.store.Health(t.Context(), "other") // the store is free
		require.NoError(t, err)
		assert.Less(t, time.Since(began), time.Second)
		require.NoError(t, <-ended)
		assert.Empty(t, h.pending("support"))
	})
}
