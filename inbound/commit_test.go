package inbound_test

import (
	"errors"
	"slices"
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

// twoAccounts is a host with two accounts of one shop, each with its own mailbox.
type twoAccounts struct {
	*host
	other    inbound.Account
	otherBox *inboundtest.Mailbox
	repo     *scriptedRepo
}

func newTwoAccounts(t *testing.T, wrap func(customer.Repo) customer.Repo) *twoAccounts {
	h := newHost(t)
	p := &twoAccounts{host: h, other: h.sibling("other"), otherBox: inboundtest.NewMailbox()}
	p.repo = &scriptedRepo{Customers: h.customers}
	h.config.CustomerRepo = wrap(p.repo)
	h.fetcher = fetchers{h.account.Username: h.box, p.other.Username: p.otherBox}
	return p
}

// both returns a Syncer of both accounts.
func (p *twoAccounts) both() *inbound.Syncer { return p.syncerOf(p.account, p.other) }

// afterLookup calls happens once, after the next lookup and before its result is
// used.
func (p *twoAccounts) afterLookup(happens func()) {
	p.repo.found = func(map[string][]customer.Customer) {
		p.repo.found = nil
		happens()
	}
}

// A manager is attached between lookup and commit, and is still notified of the
// message.
func TestCommit_ManagerAttachedAfterLookup(t *testing.T) {
	bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
		p := newTwoAccounts(t, wrap)
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

// Wherever a pass of one account is killed, a pass of the other account comes next,
// and the first account is finished after that: managers are notified of each
// message once.
func TestPromise_EachMessageNotifiedOnce_KilledBesideAnotherAccount(t *testing.T) {
	for name, statuses := range map[string][]assign.Status{
		"with a manager": {assign.Free}, "with no manager at first": nil,
	} {
		t.Run(name, func(t *testing.T) {
			for at, reached := 1, true; reached; at++ {
				synctest.Test(t, func(t *testing.T) {
					p := newTwoAccounts(t, func(r customer.Repo) customer.Repo { return r })
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
					notified := p.dispatch(s)
					slices.Sort(notified)
					require.Equal(t, []string{"customer_assigned kim iris@example.com",
						"customer_assigned kim noor@example.com",
						"incoming_email kim iris@example.com", "incoming_email kim iris@example.com",
						"incoming_email kim noor@example.com"}, notified, "killed at %d", at)
				})
			}
		})
	}
}

// A commit whose acknowledgment is lost is repeated. The message must not become a
// duplicate of itself.
func TestCommit_LostAcknowledgment(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen = true
	failed := false
	points := &inboundtest.Failpoints{Fail: func(_ int, name string) error {
		if name == "after Atomic" && !failed && len(h.emails()) > 0 {
			failed = true
			return errors.New("the connection to the database is lost")
		}
		return nil
	}}
	h.config.Store = points.Store(h.store)
	h.box.Deliver(mail("iris@example.com", "one"), mail("noor@example.com", "two"))
	h.pass()
	require.True(t, failed)
	assert.Equal(t, map[string]inbound.Outcome{"1": inbound.Uploaded, "2": inbound.Uploaded}, h.outcomes())
	assert.Equal(t, []uint32{1, 2}, h.box.Seen())
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

// The kept bytes of a quarantined message may be the only copy. They stay reachable
// when the server reuses the message's UID for a different message.
func TestCommit_QuarantinedMessageKeptWhenKeyReused(t *testing.T) {
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
