package inbound_test

import (
	"context"
	"fmt"
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

// Managers are notified of a message if the account that received it notifies,
// whichever Syncer assigns the customer: the account may belong to a different
// process, or have been removed.
func TestAnnounce_FollowsTheAccountOfEachMessage(t *testing.T) {
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
				var notified []string
				for _, n := range h.notified.list {
					notified = append(notified, string(n.Kind)+" "+n.AccountID)
				}
				account := map[bool]string{true: "gone", false: "shop"}[notifies]
				assert.Equal(t, []string{"customer_assigned gone", "incoming_email " + account}, notified)
			})
		})
	}
}

// Emails that one address sends to accounts of two shops stay apart.
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
	for _, n := range h.notified.list {
		assert.Equal(t, n.AccountID == "other", n.Shop == "second")
	}
}

// A customer whose manager has left gets a new one, who is notified of the
// assignment and of later mail only.
func TestAnnounce_SecondAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.AssignExisting = true
		h.manager("kim", assign.Free)
		h.box.Deliver(mail("iris@example.com", "one"))
		h.pass()
		require.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
			summaries(h.notified.list))

		detached := h.customers.All()[0]
		detached.ManagerID = ""
		h.customers.Put(detached)
		h.managers.Put(assign.Manager{ID: "kim", Status: assign.Free}, "a different group")
		h.manager("lee", assign.Free)
		time.Sleep(48 * time.Hour)
		h.box.Deliver(mail("iris@example.com", "two"))
		assert.Equal(t, map[string]int{"lee": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned lee iris@example.com", "incoming_email lee iris@example.com"},
			summaries(h.notified.list[2:]))
	})
}

// A customer whom AssignExisting takes over has sent mail before. The manager is
// notified of the message that caused the assignment, not of years of mail.
func TestAnnounce_NoMailBeforeTakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		h.customers.Put(customer.Customer{Shop: "main", Email: "iris@example.com"})
		for i := range 30 {
			h.box.Deliver(mail("iris@example.com", fmt.Sprint("years ago ", i)))
		}
		h.pass()
		require.Empty(t, h.notified.list)
		time.Sleep(time.Hour)
		h.account.AssignExisting = true
		h.box.Deliver(mail("iris@example.com", "today"))
		h.pass()
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
			summaries(h.notified.list))
		assert.Equal(t, "today", h.notified.list[1].Subject)
	})
}

// erasedStore has lost one email, as after a request for erasure.
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

// An erased email delays no notification of other emails.
func TestAnnounce_ErasedEmail(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("iris@example.com", "erased"), mail("noor@example.com", "kept"),
		mail("iris@example.com", "second"))
	h.pass()
	h.config.Store = &erasedStore{h.store, h.emails()[0].ID}
	h.manager("kim", assign.Free)
	assert.Equal(t, map[string]int{"kim": 2}, h.pass().Assigned)
	assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com",
		"customer_assigned kim noor@example.com", "incoming_email kim noor@example.com"}, summaries(h.notified.list))
}

// A customer whom the host has taken from one manager is given to a different one,
// who is notified.
func TestAnnounce_SecondManagerIsNotified(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.AssignExisting, h.account.NotifyManager = true, false
		h.manager("kim", assign.Free)
		h.box.Deliver(mail("iris@example.com", "first"))
		h.pass()
		require.Len(t, h.notified.list, 1)
		c := h.customers.All()[0]
		c.ManagerID = ""
		h.customers.Put(c)
		h.manager("kim", assign.Offline)
		h.manager("lee", assign.Free)
		time.Sleep(48 * time.Hour)
		h.box.Deliver(mail("iris@example.com", "second"))
		assert.Equal(t, map[string]int{"lee": 1}, h.pass().Assigned)
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "customer_assigned lee iris@example.com"},
			summaries(h.notified.list))
	})
}
