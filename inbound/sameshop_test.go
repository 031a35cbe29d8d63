package inbound_test

import (
	"context"
	"fmt"
	"io"
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
	"github.com/postroom/postroom/notify"
)

// sharedShop returns a host, and a second account of the same shop with a mailbox of
// its own.
func sharedShop(t *testing.T) (h *host, second inbound.Account, box *inboundtest.Mailbox) {
	h = newHost(t)
	h.manager("m1", assign.Free)
	second, box = h.sibling("sales"), inboundtest.NewMailbox()
	h.fetcher = fetchers{h.account.Username: h.box, second.Username: box}
	return h, second, box
}

// sync makes a pass of an account.
func (h *host) sync(s *inbound.Syncer, account string) map[inbound.Outcome]int {
	h.t.Helper()
	report, err := s.Sync(h.t.Context(), account)
	require.NoError(h.t, err)
	return report.Outcomes
}

// toBoth returns a message as two mailboxes of a shop get it.
func toBoth(subject string) (one, two []byte) {
	raw := mail("anna@example.com", subject)
	return append([]byte("Delivered-To: shop@shop.example\r\n"), raw...),
		append([]byte("Delivered-To: sales@shop.example\r\n"), raw...)
}

// A customer writes to two mailboxes of a shop: that is one email, of which the
// manager is notified once. Each account deletes its own copy, if it is to.
func TestSameShop_OneEmail(t *testing.T) {
	h, second, box := sharedShop(t)
	second.DeleteUploaded = true
	one, two := toBoth("both")
	h.box.Deliver(one, mail("bob@example.com", "one"))
	box.Deliver(two, mail("bob@example.com", "two"))
	s := h.syncerOf(h.account, second)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.sync(s, "shop"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 1, inbound.Uploaded: 1}, h.sync(s, "sales"))
	h.dispatch(s)
	all, err := h.store.ListEmails(t.Context(), inbound.EmailFilter{}, "", 10)
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Equal(t, 2, all[0].Sources)
	assert.Equal(t, []string{"customer_assigned m1 anna@example.com", "incoming_email m1 anna@example.com",
		"customer_assigned m1 bob@example.com", "incoming_email m1 bob@example.com", "incoming_email m1 bob@example.com"},
		summaries(h.notified.list))
	assert.Len(t, h.box.UIDs(), 2)
	assert.Empty(t, box.UIDs())
}

// damagedStore gives other bytes than were uploaded.
type damagedStore struct{ inbound.Store }

func (s damagedStore) OpenRaw(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("something else")), nil
}

// A copy is not deleted if what the other account has uploaded is not kept as it came.
func TestSameShop_DuplicateOfDamagedEmailStays(t *testing.T) {
	h, second, box := sharedShop(t)
	raw := mail("anna@example.com", "both")
	h.box.Deliver(raw)
	box.Deliver(raw)
	s := h.syncerOf(h.account, second)
	h.sync(s, "shop")
	h.sync(s, "sales")
	second.DeleteUploaded = true
	h.config.Store = damagedStore{h.store}
	h.sync(h.syncerOf(h.account, second), "sales")
	assert.Len(t, box.UIDs(), 1)
	h.config.Store = h.store
}

// Two shops of one company keep their customers apart, and their mail too.
func TestSameShop_OtherShopHasItsOwn(t *testing.T) {
	h, second, box := sharedShop(t)
	second.Shop = "other"
	one, two := toBoth("both")
	h.box.Deliver(one)
	box.Deliver(two)
	s := h.syncerOf(h.account, second)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.sync(s, "shop"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, h.sync(s, "sales"))
}

// What an account leaves unmatched becomes a duplicate when another account of the shop
// uploads it, whichever comes first; and other mail of the same sender does not.
func TestSameShop_UnmatchedBecomesDuplicate(t *testing.T) {
	for _, order := range [][]string{{"shop", "sales", "shop"}, {"sales", "shop"}} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			h, second, box := sharedShop(t)
			h.account.CreateCustomer, h.account.DeleteUploaded = false, true
			second.CreateFor = []inbound.Class{"personal"}
			one, two := toBoth("both")
			h.box.Deliver(one, mail("anna@example.com", "list", "List-Id: <l.example.com>", "Precedence: list"),
				mail("nobody@example.com", "other"))
			box.Deliver(two)
			s := h.syncerOf(h.account, second)
			for _, account := range order {
				h.sync(s, account)
			}
			rows := h.rows()
			assert.Equal(t, inbound.Duplicate, rows["both"].Outcome, rows["both"].Reason)
			assert.Equal(t, inbound.Unmatched, rows["other"].Outcome)
			assert.Zero(t, rows["other"].NextTry)
			assert.NotContains(t, h.box.UIDs(), uint32(1), "the duplicate is deleted")
			all, err := h.store.ListEmails(t.Context(), inbound.EmailFilter{}, "", 10)
			require.NoError(t, err)
			assert.Equal(t, 2, all[0].Sources)
		})
	}
}

// A message that the shop has, from somebody who is no customer any more, is a duplicate at
// the first look at its header.
func TestSameShop_SenderIsNoCustomerAnyMore(t *testing.T) {
	h, second, box := sharedShop(t)
	h.account.CreateCustomer = false
	one, two := toBoth("both")
	h.box.Deliver(one)
	box.Deliver(two)
	h.sync(h.syncerOf(h.account, second), "sales")
	h.config.CustomerRepo = &scriptedRepo{Customers: h.customers, found: func(found map[string][]customer.Customer) {
		for address := range found {
			found[address] = nil
		}
	}}
	h.sync(h.syncerOf(h.account, second), "shop")
	assert.Equal(t, inbound.Duplicate, h.rows()["both"].Outcome)
}

// An unmatched message that is to be looked at again, and is gone from the server by
// then, stays unmatched.
func TestSameShop_UnmatchedIsGone(t *testing.T) {
	h, second, box := sharedShop(t)
	h.account.CreateCustomer = false
	one, two := toBoth("both")
	h.box.Deliver(one)
	box.Deliver(two)
	s := h.syncerOf(h.account, second)
	h.sync(s, "shop")
	h.sync(s, "sales")
	h.box.Remove(1)
	h.sync(s, "shop")
	row := h.rows()["both"]
	assert.Equal(t, inbound.Unmatched, row.Outcome)
	assert.WithinDuration(t, time.Now().Add(24*time.Hour), row.NextTry, time.Hour)
}

// overtaking is a store in which a different account commits just before a transaction.
type overtaking struct {
	inbound.Store
	commit func()
}

func (o *overtaking) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	if commit := o.commit; commit != nil {
		o.commit = nil
		commit()
	}
	return o.Store.Atomic(ctx, fn)
}

// The first account that commits decides, though both have looked before: at each
// transaction of a pass, the other account commits just before it.
func TestSameShop_OvertakenAtEachTransaction(t *testing.T) {
	for _, creates := range []bool{true, false} {
		for at := range 12 {
			synctest.Test(t, func(t *testing.T) {
				h, second, box := sharedShop(t)
				second.CreateCustomer = creates
				one, two := toBoth("both")
				h.box.Deliver(one)
				box.Deliver(two)
				other := h.syncerOf(h.account, second)
				store := &overtaking{Store: h.store}
				h.config.Store = store
				n := 0
				var count func()
				count = func() {
					if n++; n > at {
						h.sync(other, "shop")
						return
					}
					store.commit = count
				}
				store.commit = count
				s := h.syncerOf(h.account, second)
				h.sync(s, "sales")
				store.commit = nil
				h.sync(s, "shop")
				h.sync(s, "sales")
				h.dispatch(s)
				total, err := h.store.CountEmails(t.Context(), inbound.EmailFilter{})
				require.NoError(t, err)
				assert.Equal(t, 1, total, "creates %v, transaction %d", creates, at)
				rows, err := h.store.Entries(t.Context(), "sales", "", inbound.SourceID{}, 10)
				require.NoError(t, err)
				require.Len(t, rows, 1)
				assert.Contains(t, []inbound.Outcome{inbound.Uploaded, inbound.Duplicate}, rows[0].Outcome, rows[0].Reason)
				incoming := 0
				for _, n := range h.notified.list {
					if n.Kind == notify.IncomingEmail {
						incoming++
					}
				}
				assert.Equal(t, 1, incoming)
			})
		}
	}
}
