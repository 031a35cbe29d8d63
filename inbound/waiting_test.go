package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

func (h *host) pending(group string) []assign.Assignment {
	h.t.Helper()
	rows, err := h.store.Queued(h.t.Context(), group, 1000)
	require.NoError(h.t, err)
	return rows
}

// dispatch delivers what is in the outbox, and returns the kinds of it.
func (h *host) dispatch(s *inbound.Syncer) []string {
	h.t.Helper()
	before := len(h.told.list)
	_, err := s.Dispatch(h.t.Context())
	require.NoError(h.t, err)
	return kinds(h.told.list[before:])
}

func TestAssignWaiting_CorrectedGroup(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.config.CustomerRepo = wrap(h.customers)
		h.manager("kim", assign.Free)
		h.account.ManagerGroup = "suport"
		h.box.Deliver(mail("iris@example.com", "early"), mail("iris@example.com", "again"))
		h.pass()
		require.Empty(t, h.told.list)
		require.Len(t, h.pending("suport"), 1)

		h.account.ManagerGroup = "support"
		assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com",
			"incoming_email kim iris@example.com"}, kinds(h.told.list))
		assert.Empty(t, h.pending("suport"))
		assert.Empty(t, h.pending("support"))
	})
}

// The group is taken away and comes back: nobody is lost in between.
func TestAssignWaiting_GroupTakenAwayForAWhile(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("iris@example.com", "early"))
	h.pass()
	h.account.ManagerGroup = ""
	h.box.Deliver(mail("iris@example.com", "without a group"))
	h.pass()
	h.manager("kim", assign.Free)
	h.pass()
	assert.Empty(t, h.told.list)
	h.account.ManagerGroup = "support"
	assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
	assert.Len(t, h.told.list, 3)
}

// An account that cannot log in, or is switched off, or whose settings are gone,
// may have customers who wait.
func TestRun_AssignsCustomersOfAccountsThatDoNotRun(t *testing.T) {
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
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- s.Run(ctx) }()
				time.Sleep(time.Hour)
				h.manager("kim", assign.Busy)
				time.Sleep(time.Minute)
				cancel()
				require.NoError(t, <-ended)
				assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
					kinds(h.told.list))
			})
		})
	}
}

// Many customers who cannot be saved delay nobody behind them.
func TestAssignWaiting_ManyUnsavableCustomers(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.deliverFrom("stuck", 45)
			h.deliverFrom("fine", 30)
			h.pass()
			stuck := make(map[string]bool)
			for _, c := range h.customers.All() {
				stuck[c.ID] = strings.HasPrefix(c.Email, "stuck")
			}
			repo := &scriptedRepo{Customers: h.customers, attach: func(_ context.Context, id, _ string) error {
				if stuck[id] {
					return errPoison
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
			assert.Len(t, h.told.list, 150)
		})
	})
}

// erasedStore has lost one email, as after a request to be forgotten.
type erasedStore struct {
	inbound.Store
	erased string
}

func (s *erasedStore) Email(ctx context.Context, id string) (inbound.Email, error) {
	if id == s.erased {
		return inbound.Email{}, fmt.Errorf("%w: email %s", inbound.ErrNotFound, id)
	}
	return s.Store.Email(ctx, id)
}

func (s *erasedStore) ListEmails(
	ctx context.Context, f inbound.EmailFilter, after string, limit int,
) ([]inbound.Email, error) {
	all, err := s.Store.ListEmails(ctx, f, after, limit)
	var list []inbound.Email
	for _, e := range all {
		if e.ID != s.erased {
			list = append(list, e)
		}
	}
	return list, err
}

func TestAssignWaiting_ErasedEmail(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("iris@example.com", "erased"), mail("noor@example.com", "kept"), mail("iris@example.com", "second"))
	h.pass()
	h.config.Store = &erasedStore{h.store, h.emails()[0].ID}
	h.manager("kim", assign.Free)
	assert.Equal(t, map[string]int{"kim": 2}, h.pass().Assigned)
	assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com",
		"customer_assigned kim noor@example.com", "incoming_email kim noor@example.com"}, kinds(h.told.list))
}

// Turns are for those who need one: the host takes every other customer itself.
func TestAssignWaiting_HostTakesEveryOther(t *testing.T) {
	for name, tc := range map[string]struct {
		late  bool
		among int // the first so many customers
		each  int
	}{"before the look-up": {false, 40, 10}, "between look-up and attachment": {true, 20, 15}} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.deliverFrom("guest", 40)
			h.pass()
			for i, c := range h.customers.All() {
				if i < tc.among && i%2 == 0 {
					c.ManagerID = "owner"
					h.customers.Put(c)
				}
			}
			if tc.late { // the search index does not show it yet
				h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, found: func(found map[string][]customer.Customer) {
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
			told := make(map[string]int)
			for _, n := range h.told.list {
				told[string(n.Kind)+" "+n.ManagerID]++
			}
			assert.Equal(t, map[string]int{"customer_assigned kim": tc.each, "customer_assigned lee": tc.each,
				"incoming_email kim": tc.each, "incoming_email lee": tc.each, "incoming_email owner": tc.among / 2}, told)
		})
	}
}

// Customers of two shops and two groups wait in one queue each.
func TestAssignWaiting_TwoShopsTwoGroups(t *testing.T) {
	h := newHost(t)
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
	assert.Len(t, h.told.list, 100)
}

// Slow attachments of a long queue run outside of transactions, so that they
// delay no account.
func TestAssignWaiting_SlowHostDelaysNoOtherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.deliverFrom("guest", 250)
		h.pass()
		h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, attach: func(context.Context, string, string) error {
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

// A customer whom the host has taken from one manager is given to a different
// one, who is told.
func TestAssignWaiting_SecondManagerIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.AssignExisting, h.account.NotifyManager = true, false
		h.manager("kim", assign.Free)
		h.box.Deliver(mail("iris@example.com", "first"))
		h.pass()
		require.Len(t, h.told.list, 1)
		c := h.customers.All()[0]
		c.ManagerID = ""
		h.customers.Put(c)
		h.manager("kim", assign.Offline)
		h.manager("lee", assign.Free)
		time.Sleep(48 * time.Hour)
		h.box.Deliver(mail("iris@example.com", "second"))
		assert.Equal(t, map[string]int{"lee": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "customer_assigned lee iris@example.com"}, kinds(h.told.list))
	})
}

// The host may take a customer while nobody is in the group. The manager is
// notified of the mail that waits, although no turn is claimed.
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
		assert.Equal(t, []string{"incoming_email owner iris@example.com"}, kinds(h.told.list))
		assert.Empty(t, h.pending("support"))
	})
}

// closedShop is a repository that does not have one shop any more.
type closedShop struct {
	customer.Repo
	shop string
}

func (r *closedShop) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	if shop == r.shop {
		return nil, errors.New("no such shop: " + shop)
	}
	return r.Repo.FindByEmail(ctx, shop, address)
}

// Customers of a shop for which the host cannot be asked delay no other shop of
// the group.
func TestAssignWaiting_ClosedShopDelaysNoOtherShop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		repo := &closedShop{Repo: h.customers}
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

// A repository behind an API may show a new customer a while later, and say until
// then that there is none. The customer is not given up.
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
			kinds(h.told.list))
	})
}
