package inbound_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// Two accounts upload the first messages of one customer concurrently.
func TestCreate_TwoAccountsOneCustomer(t *testing.T) {
	for name, free := range map[string]bool{"manager there": true, "manager comes later": false} {
		t.Run(name, func(t *testing.T) {
			bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
				p := newTwoAccounts(t, wrap)
				if free {
					p.manager("kim", assign.Free)
				}
				p.box.Deliver(mail("iris@example.com", "to the one"))
				p.otherBox.Deliver(mail("iris@example.com", "to the other"))
				s := p.both()
				p.afterLookup(func() {
					_, err := s.Sync(t.Context(), "other")
					assert.NoError(t, err)
				})
				_, err := s.Sync(t.Context(), "shop")
				require.NoError(t, err)
				p.manager("kim", assign.Free)
				_, err = s.AssignWaiting(t.Context())
				require.NoError(t, err)
				assert.Equal(t, []string{"customer_assigned kim iris@example.com",
					"incoming_email kim iris@example.com",
					"incoming_email kim iris@example.com"}, p.dispatch(s))
				assert.Len(t, p.customers.All(), 1)
			})
		})
	}
}

// A creation that failed for good is forgotten: a record that is entered by hand
// afterwards does not count as created by postroom.
func TestCreate_AbandonedIntentForgotten(t *testing.T) {
	for name, manager := range map[string]string{"with a manager": "lee", "without one": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.manager("kim", assign.Free)
				h.config.Limits.Attempts = 2
				h.config.CustomerRepo = &unsavableRepo{h.customers, "iris@example.com"}
				h.box.Deliver(mail("iris@example.com", "refused"))
				h.pass()
				time.Sleep(2 * time.Minute)
				require.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 1}, h.pass().Outcomes)
				noted, err := h.store.IntendedCustomers(t.Context(), "", "main", []string{"iris@example.com"})
				require.NoError(t, err)
				assert.Empty(t, noted)

				h.config.CustomerRepo = h.customers
				h.customers.Put(customer.Customer{Shop: "main", Email: "iris@example.com", ManagerID: manager})
				h.box.Deliver(mail("iris@example.com", "months later"))
				report := h.pass()
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes)
				assert.Zero(t, report.CustomersCreated)
				assert.Empty(t, report.Assigned)
				if manager == "" {
					assert.Empty(t, h.notified.list)
				} else {
					assert.Equal(t, []string{"incoming_email lee iris@example.com"}, summaries(h.notified.list))
				}
			})
		})
	}
}

// The customer was created, but the email could not be saved: the intent stays
// recorded, and Redecide finishes the creation.
func TestCreate_FinishedByRedecide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		h.config.Limits.Attempts = 1
		h.config.Store = refusingStore{h.store, map[string]bool{"refused": true}}
		h.box.Deliver(mail("iris@example.com", "refused"))
		require.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 1}, h.pass().Outcomes)
		require.Len(t, h.customers.All(), 1)
		h.config.Store = h.store
		report, err := h.syncer().Redecide(t.Context(), "shop")
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"kim": 1}, report.Assigned)
		assert.Equal(t, 1, report.CustomersCreated)
	})
}

// A repository with a search index finds a new customer only after a while.
func TestCreate_NotFoundYet(t *testing.T) {
	for name, manager := range map[string]string{"ours to assign": "", "taken by the host": "lee"} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.manager("kim", assign.Free)
			repo := &scriptedRepo{Customers: h.customers,
				found: func(found map[string][]customer.Customer) { clear(found) }}
			h.config.CustomerRepo = repo
			h.config.Store = refusingStore{h.store, map[string]bool{"hello": true}}
			h.box.Deliver(mail("iris@example.com", "hello"))
			h.config.Limits.Attempts = -1
			h.pass()
			customers := h.customers.All()
			require.Len(t, customers, 1)
			customers[0].ManagerID = manager
			h.customers.Put(customers[0])

			h.config.Store = h.store
			h.box.Deliver(mail("iris@example.com", "once more"))
			report := h.pass()
			if manager == "" {
				assert.Equal(t, map[string]int{"kim": 1}, report.Assigned)
				assert.Equal(t, 1, report.CustomersCreated)
				assert.Equal(t, []string{"customer_assigned kim iris@example.com",
					"incoming_email kim iris@example.com"}, summaries(h.notified.list))
			} else {
				assert.Zero(t, report.CustomersCreated)
				assert.Equal(t, []string{"incoming_email lee iris@example.com"}, summaries(h.notified.list))
			}
		})
	}
}

// Mail does not wait for the directory, even when a creation was cut off before.
func TestCreate_CutOffWhileDirectoryDown(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		h.config.CustomerRepo = wrap(h.customers)
		h.config.ManagerDirectory = downDirectory{h.managers}
		h.config.Store = refusingStore{h.store, map[string]bool{"hello": true}}
		h.box.Deliver(mail("iris@example.com", "hello"))
		h.pass()
		h.config.Store = h.store
		h.box.Deliver(mail("iris@example.com", "once more"))
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.pass().Outcomes)
		h.config.ManagerDirectory = h.managers
		assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
	})
}

// overtakingRepo creates each customer just before it is asked to, on behalf of a
// different account whose pass is then cut off.
type overtakingRepo struct {
	*memstore.Customers
	store inbound.Store
}

func (r overtakingRepo) Create(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
	if err := r.store.IntendCustomers(ctx, "other", n.Shop, []string{n.Email}); err != nil {
		return customer.Customer{}, false, err
	}
	if _, _, err := r.Customers.Create(ctx, n); err != nil {
		return customer.Customer{}, false, err
	}
	return r.Customers.Create(ctx, n)
}

// A customer that another account created before it was cut off is assigned by this
// account.
func TestCreate_OtherAccountCutOff(t *testing.T) {
	h := newHost(t)
	h.manager("kim", assign.Free)
	other := h.account
	other.ID, other.Username = "other", "other@shop.example"
	c := h.config
	c.CustomerRepo = overtakingRepo{h.customers, h.store}
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: h.box}
	c.Accounts = []inbound.Account{h.account, other}
	s, err := inbound.New(c)
	require.NoError(t, err)
	h.box.Deliver(mail("iris@example.com", "one"))
	_, err = s.Sync(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, "kim", h.customers.All()[0].ManagerID)
}

// A customer whom another account creates between this one's look at the notes and its
// look-up, and has not recorded yet, is assigned by this account: the other one may have
// no group.
func TestCreate_OtherAccountBetweenNotesAndLookup(t *testing.T) {
	h := newHost(t)
	h.manager("kim", assign.Free)
	first := true
	create := func(ctx context.Context, addresses []string) error {
		if !first {
			return nil
		}
		first = false
		_, _, err := h.customers.Create(ctx, customer.New{Shop: "main", Email: addresses[0]})
		return errors.Join(err, h.store.IntendCustomers(ctx, "other", "main", addresses))
	}
	h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, find: create}
	h.box.Deliver(mail("iris@example.com", "one"))
	h.pass()
	assert.Equal(t, "kim", h.customers.All()[0].ManagerID)
	noted, err := h.store.IntendedCustomers(t.Context(), "", "main", []string{"iris@example.com"})
	require.NoError(t, err)
	assert.Empty(t, noted)
}

// A customer whom the host enters between the batch's look-up and its Create is the
// host's, though the batch has noted that it is about to create one.
func TestCreate_EnteredByHandBetweenLookupAndCreate(t *testing.T) {
	h := newHost(t)
	h.manager("kim", assign.Free)
	h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, create: func(_ context.Context, address string) error {
		h.customers.Put(customer.Customer{Shop: "main", Email: address})
		return nil
	}}
	h.box.Deliver(mail("iris@example.com", "one"))
	h.pass()
	require.Len(t, h.customers.All(), 1)
	assert.Empty(t, h.customers.All()[0].ManagerID)
	assert.Empty(t, h.notified.list)
}
