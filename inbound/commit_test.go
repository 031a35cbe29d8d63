package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// pair is two accounts of one shop, each with a mailbox.
type pair struct {
	*host
	other    inbound.Account
	otherBox *inboundtest.Mailbox
	repo     *scriptedRepo
}

func newPair(t *testing.T, wrap func(customer.Repo) customer.Repo) *pair {
	h := newHost(t)
	p := &pair{host: h, other: h.sibling("other"), otherBox: inboundtest.NewMailbox()}
	p.repo = &scriptedRepo{Customers: h.customers}
	h.config.CustomerRepo = wrap(p.repo)
	h.fetcher = fetchers{h.account.Username: h.box, p.other.Username: p.otherBox}
	return p
}

func (p *pair) both() *inbound.Syncer { return p.syncerOf(p.account, p.other) }

// afterLookup runs what happens between the next look-up and what comes of it.
func (p *pair) afterLookup(happens func()) {
	p.repo.found = func(map[string][]customer.Customer) {
		p.repo.found = nil
		happens()
	}
}

// A manager is attached between look-up and commit: the message is told all the same.
func TestCommit_ManagerAttachedAfterTheLookup(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		p := newPair(t, wrap)
		p.otherBox.Deliver(mail("iris@example.com", "first"))
		s := p.both()
		_, err := s.Sync(t.Context(), "other")
		require.NoError(t, err)
		require.Len(t, p.pending("support"), 1)

		p.box.Deliver(mail("iris@example.com", "second"))
		p.manager("kim", assign.Free)
		p.afterLookup(func() {
			_, err := s.AssignWaiting(t.Context())
			assert.NoError(t, err)
		})
		_, err = s.Sync(t.Context(), "shop")
		require.NoError(t, err)
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com",
			"incoming_email kim iris@example.com"}, p.dispatch(s))
	})
}

// Two accounts upload the first messages of one customer concurrently.
func TestCommit_TwoAccountsCreateOneCustomer(t *testing.T) {
	for name, free := range map[string]bool{"manager there": true, "manager comes later": false} {
		t.Run(name, func(t *testing.T) {
			bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
				p := newPair(t, wrap)
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
				assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com",
					"incoming_email kim iris@example.com"}, p.dispatch(s))
				assert.Len(t, p.customers.All(), 1)
			})
		})
	}
}

// Wherever one account's pass is killed, the other account's message comes next,
// and the first pass is finished after that: each message is told once.
func TestCommit_KilledWhileTheOtherAccountGoesOn(t *testing.T) {
	for name, statuses := range map[string][]assign.Status{"with a manager": {assign.Free}, "with nobody at first": nil} {
		t.Run(name, func(t *testing.T) {
			for at, reached := 1, true; reached; at++ {
				synctest.Test(t, func(t *testing.T) {
					p := newPair(t, func(r customer.Repo) customer.Repo { return r })
					for _, status := range statuses {
						p.manager("kim", status)
					}
					p.box.Deliver(mail("iris@example.com", "to the one"), mail("noor@example.com", "beside"))
					p.otherBox.Deliver(mail("iris@example.com", "to the other"))
					points := &inboundtest.Failpoints{At: at}
					p.config.Store, p.config.CustomerRepo = points.Store(p.store), points.Repo(p.repo)
					_, _ = p.both().Sync(t.Context(), "shop")
					_, reached = points.Reached()
					p.config.Store, p.config.CustomerRepo = p.store, p.repo
					time.Sleep(2 * time.Minute)
					s := p.both()
					for _, id := range []string{"other", "shop"} {
						_, err := s.Sync(t.Context(), id)
						require.NoError(t, err)
					}
					p.manager("kim", assign.Free)
					_, err := s.AssignWaiting(t.Context())
					require.NoError(t, err)
					told := p.dispatch(s)
					slices.Sort(told)
					require.Equal(t, []string{"customer_assigned kim iris@example.com", "customer_assigned kim noor@example.com",
						"incoming_email kim iris@example.com", "incoming_email kim iris@example.com",
						"incoming_email kim noor@example.com"}, told, "killed at %d", at)
				})
			}
		})
	}
}

// markedStore looks, at each watermark, whether everything up to it has a row.
type markedStore struct {
	inbound.Store
	t *testing.T
}

func (s markedStore) SetFolderState(ctx context.Context, account, folder string, state inbound.FolderState) error {
	ids := make([]inbound.SourceID, state.Position)
	for i := range ids {
		ids[i] = inbound.SourceID{Folder: folder, Generation: state.Generation, Key: fmt.Sprint(i + 1)}
	}
	rows, err := s.Lookup(ctx, account, ids)
	assert.NoError(s.t, err)
	assert.Len(s.t, rows, len(ids), "rows below the watermark %d", state.Position)
	return s.Store.SetFolderState(ctx, account, folder, state)
}

func TestCommit_NoWatermarkBeforeTheFailuresItHides(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.config.Store = markedStore{h.store, t}
		h.config.CustomerRepo = wrap(&scriptedRepo{Customers: h.customers, create: func(_ context.Context, address string) error {
			if strings.HasPrefix(address, "stuck") {
				return errPoison
			}
			return nil
		}})
		for i := range 6 {
			h.deliverFrom(fmt.Sprint("fine", i, "."), 17)
			h.deliverFrom(fmt.Sprint("stuck", i, "."), i%3)
		}
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 102, inbound.Failed: 6}, h.pass().Outcomes)
	})
}

// A creation that failed for good is forgotten: who enters the customer by hand
// afterwards has made no new customer of ours.
func TestCommit_AbandonedCreationIsForgotten(t *testing.T) {
	for name, manager := range map[string]string{"with a manager": "lee", "without one": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.manager("kim", assign.Free)
				h.config.Limits.Attempts = 2
				h.config.CustomerRepo = &poisonedRepo{h.customers, "iris@example.com"}
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
					assert.Empty(t, h.told.list)
				} else {
					assert.Equal(t, []string{"incoming_email lee iris@example.com"}, kinds(h.told.list))
				}
			})
		})
	}
}

// Where the customer was created, and the email could not be saved, the note
// stays: Redecide finishes the creation.
func TestCommit_CreationBehindQuarantineIsFinished(t *testing.T) {
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

// A repository with a search index finds a new customer only a while later.
func TestCommit_CreatedButNotFoundYet(t *testing.T) {
	for name, manager := range map[string]string{"ours to assign": "", "taken by the host": "lee"} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.manager("kim", assign.Free)
			repo := &scriptedRepo{Customers: h.customers, found: func(found map[string][]customer.Customer) { clear(found) }}
			h.config.CustomerRepo = repo
			h.config.Store = refusingStore{h.store, map[string]bool{"hello": true}}
			h.box.Deliver(mail("iris@example.com", "hello"))
			h.config.Limits.Attempts = -1
			h.pass()
			cards := h.customers.All()
			require.Len(t, cards, 1)
			cards[0].ManagerID = manager
			h.customers.Put(cards[0])

			h.config.Store = h.store
			h.box.Deliver(mail("iris@example.com", "once more"))
			report := h.pass()
			if manager == "" {
				assert.Equal(t, map[string]int{"kim": 1}, report.Assigned)
				assert.Equal(t, 1, report.CustomersCreated)
				assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"}, kinds(h.told.list))
			} else {
				assert.Zero(t, report.CustomersCreated)
				assert.Equal(t, []string{"incoming_email lee iris@example.com"}, kinds(h.told.list))
			}
		})
	}
}

// Mail does not wait for the directory, not even where a creation was cut off.
func TestCommit_CutOffCreationWithoutTheDirectory(t *testing.T) {
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

func TestCommit_ReasonNamesTheNewCustomer(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		h := newHost(t)
		h.config.CustomerRepo = wrap(h.customers)
		h.box.Deliver(mail("iris@example.com", "first"), mail("iris@example.com", "second"))
		h.pass()
		rows := h.rows()
		assert.Contains(t, rows["first"].Reason, "a customer is created for iris@example.com")
		assert.Equal(t, "iris@example.com is customer "+h.customers.All()[0].ID, rows["second"].Reason)
	})
}

func TestCommit_LongErrorsAreCut(t *testing.T) {
	h := newHost(t)
	long := errors.New(strings.Repeat("å page of HTML ", 100_000))
	h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
		create: func(context.Context, string) error { return long },
		attach: func(context.Context, string, string) error { return long }}
	h.box.Deliver(mail("iris@example.com", "hello"))
	h.customers.Put(customer.Customer{Shop: "main", Email: "noor@example.com"})
	h.account.AssignExisting = true
	h.box.Deliver(mail("noor@example.com", "known"))
	h.manager("kim", assign.Free)
	h.pass()
	for _, text := range []string{h.rows()["hello"].Reason, h.assignment("noor@example.com").LastError} {
		assert.Less(t, len(text), 1100)
		assert.True(t, strings.HasSuffix(text, "…"), text)
	}
}

// The kept bytes of a quarantined message may be the only copy. They stay within
// reach when the server has given the message's ID to a different one.
func TestCommit_QuarantinedMessageSurvivesReuseOfItsID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.box.Deliver(mail("iris@example.com", "one"), []byte("Subject: order 4711\r\n\r\nno sender, but an order\r\n"))
		h.pass()
		kept := h.rows()["order 4711"]
		require.Equal(t, inbound.Quarantined, kept.Outcome)
		h.box.Restore(2)
		h.box.Deliver(mail("noor@example.com", "under the same UID"))
		time.Sleep(time.Hour)
		h.pass()
		require.Equal(t, inbound.Uploaded, h.rows()["under the same UID"].Outcome)
		report, err := h.syncer().Redecide(t.Context(), "shop", kept.EmailID)
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 1}, report.Outcomes)
	})
}

// overtakingRepo creates a customer just before it is asked to, for a different
// account that is cut off then.
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

func TestCommit_CustomerOfAnAccountThatWasCutOff(t *testing.T) {
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
