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
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// What random histories have found, in short.

// The mailbox that the account names now has a UIDVALIDITY that the one before had
// at first, and a message of the same UID and size.
func TestMailboxChanged_IntoAnEarlierUIDVALIDITY(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("iris@example.com", "one"))
	h.pass()
	h.box.Renumber()
	h.pass()
	h.account.Username, h.box = "other@shop.example", inboundtest.NewMailbox()
	h.box.Deliver(mail("noor@example.com", "two"))
	h.pass()
	require.Len(t, h.emails(), 2)
	assert.Equal(t, "two", h.emails()[1].Subject)
}

// A server is restored to a state before the start, and has grown again by the next
// pass: its UIDNEXT does not tell.
func TestStartNow_RestoredServerReusesUIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.Start = inbound.Start{Now: true}
		h.box.Deliver(mail("iris@example.com", "old"), mail("iris@example.com", "aged"))
		time.Sleep(time.Hour)
		h.pass()
		require.Empty(t, h.emails())
		h.box.Restore(2)
		time.Sleep(2 * time.Hour)
		h.box.Deliver(mail("noor@example.com", "news"), mail("noor@example.com", "more"))
		time.Sleep(25 * time.Hour)
		h.pass()
		assert.Len(t, h.emails(), 2)
		assert.Equal(t, inbound.Ignored, h.outcomes()["1"])
	})
}

// A commit whose end is not learned is made again; the message is none of its own
// duplicates then.
func TestCommit_EndNotLearned(t *testing.T) {
	h := newHost(t)
	h.account.MarkSeen = true
	failed := false
	points := &inboundtest.Failpoints{Fail: func(_ int, name string) error {
		if name == "behind Atomic" && !failed && len(h.emails()) > 0 {
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

// deafRepo cannot look an address up.
type deafRepo struct {
	*memstore.Customers
	address string
}

func (r deafRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	if address == r.address {
		return nil, errors.New("this address is refused")
	}
	return r.Customers.FindByEmail(ctx, shop, address)
}

func (r deafRepo) FindByEmails(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
	for _, address := range addresses {
		if address == r.address {
			return nil, errors.New("an address is refused")
		}
	}
	return r.Customers.FindByEmails(ctx, shop, addresses)
}

// What is before the start needs no look-up of its sender.
func TestDecide_BeforeTheStartWithoutALookup(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.config.Limits.Attempts = 1
			h.config.CustomerRepo = deafRepo{h.customers, "iris@example.com"}
			h.box.Deliver(received("iris@example.com", "old"))
			time.Sleep(time.Hour)
			h.account.Start.Since = time.Now()
			h.pass()
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 1}, countOf(inbound.Report{}, h))
		})
	})
}

func TestReplay_AfterReplyToWasSwitched(t *testing.T) {
	h := newHost(t)
	h.account.CreateCustomer = false
	h.box.Deliver(mail("form@example.org", "order", "Reply-To: iris@example.com"))
	h.pass()
	require.Equal(t, inbound.Unmatched, h.outcomes()["1"])
	h.account.ReplyTo = true
	report, err := h.syncer().Replay(t.Context(), "shop", "iris@example.com")
	require.NoError(t, err)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes)
	assert.Equal(t, "iris@example.com", h.emails()[0].From)
}
