package inbound_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// Replay uploads the unmatched mail of an address, of every class, and nothing else.
func TestReplay_UploadsUnmatchedOfAnAddress(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		h := newHost(t)
		h.use(protocol)
		h.account.CreateCustomer = false
		h.manager("m1", assign.Free)
		h.box.Deliver(mail("Anna@Example.com", "one"), mail("bob@example.com", "two"),
			mail("anna@example.com", "three", "List-Id: <x.example.com>"))
		assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 3}, h.pass().Outcomes)

		s := h.syncer()
		report, err := s.Replay(t.Context(), "shop", "anna@example.com")
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, report.Outcomes)
		assert.Equal(t, 1, report.CustomersCreated)
		require.Len(t, h.emails(), 2)
		_, err = s.Dispatch(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"customer_assigned m1 anna@example.com", "incoming_email m1 anna@example.com",
			"incoming_email m1 anna@example.com"}, summaries(h.notified.list))

		again, err := s.Replay(t.Context(), "shop", "anna@example.com")
		require.NoError(t, err)
		assert.Empty(t, again.Outcomes)
		assert.Empty(t, h.pass().Outcomes)
		_, err = s.Replay(t.Context(), "shop", "nonsense")
		assert.NotEmpty(t, inbound.HintOf(err))
	}
}

// Without an address, all unmatched mail is decided on by the settings as they are now:
// a newsletter does not become a customer.
func TestReplay_OfAllGoesByTheSettings(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.CreateCustomer = false
		h.box.Deliver(mail("anna@example.com", "one"), mail("bob@example.com", "two"),
			mail("news@example.com", "offer", "List-Id: <x.example.com>"), mail("no-reply@example.com", "order"))
		assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 4}, h.pass().Outcomes)

		h.customers.Put(customer.Customer{Shop: "main", Email: "bob@example.com"})
		report, err := h.syncer().Replay(t.Context(), "shop", "")
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Unmatched: 3}, report.Outcomes)

		h.account.CreateCustomer = true
		report, err = h.syncer().Replay(t.Context(), "shop", "")
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Unmatched: 2}, report.Outcomes)
		assert.Equal(t, 1, report.CustomersCreated)
		assert.ElementsMatch(t, []string{"one", "two"}, h.subjects())
	})
}

// If the account goes by Reply-To, so does Replay.
func TestReplay_GoesByReplyTo(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.ReplyTo, h.account.CreateCustomer = true, false
		for _, name := range []string{"iris", "noor"} {
			h.box.Deliver(mail("form@shop.example", "form of "+name, "Reply-To: "+strings.ToUpper(name)+"@Example.com"))
		}
		h.box.Deliver(mail("form@shop.example", "by itself"), mail("iris@example.com", "plain"))
		assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 4}, h.pass().Outcomes)
		for _, tc := range []struct {
			address  string
			uploaded []string
		}{
			{"iris@example.com", []string{"form of iris", "plain"}},
			{"form@shop.example", []string{"form of iris", "plain", "by itself"}},
			{"noor@example.com", []string{"form of iris", "plain", "by itself", "form of noor"}},
		} {
			_, err := h.syncer().Replay(t.Context(), "shop", tc.address)
			require.NoError(t, err)
			assert.Equal(t, tc.uploaded, h.subjects(), tc.address)
		}
		assert.Len(t, h.customers.All(), 3)
	})
}

func TestReplay_AfterReplyToSwitched(t *testing.T) {
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

// What Redecide leaves unmatched has kept bytes, from which Replay uploads it even
// when the message has left the server.
func TestReplay_FromKeptBytes(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.manager("kim", assign.Free)
		h.box.Deliver(mail("iris@example.com", "kept"), mail("noor@example.com", "other"))
		h.quarantine("kept", "other")
		h.account.CreateCustomer = false
		removed := customer.Customer{Shop: "removed"} // the host has removed both since
		h.config.CustomerRepo = memstore.NewCustomers(removed, removed)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 2}, h.redecide().Outcomes)
		assert.NotEmpty(t, h.rows()["kept"].EmailID)
		h.box.Remove(1)
		h.box.Intercept = func(step string) error {
			t.Errorf("the server is used: %s", step)
			return nil
		}
		s := h.syncer()
		for i, want := range []map[inbound.Outcome]int{{inbound.Uploaded: 1}, {}} {
			report, err := s.Replay(t.Context(), "shop", "Iris@example.com")
			require.NoError(t, err)
			assert.Equal(t, want, report.Outcomes, i)
		}
		assert.Equal(t, []string{"kept"}, h.subjects())
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"},
			h.dispatch(s))
	})
}

// The server has reused the ID of a message whose bytes were kept: the old and the
// new message are each decided on by their own bytes.
func TestReplay_KeptBytesOfAnEarlierMessage(t *testing.T) {
	for name, creates := range map[string][]inbound.Class{"bodies are read": {}, "headers are read": nil} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.account.CreateFor, h.account.CreateCustomer = creates, creates != nil
			h.box.Deliver([]byte("Subject: order 4711\r\n\r\nno sender, but an order\r\n"))
			h.pass()
			kept := h.rows()["order 4711"]
			require.Equal(t, inbound.Quarantined, kept.Outcome)

			h.account.Username, h.box = "news@shop.example", inboundtest.NewMailbox()
			h.box.Deliver(mail("wanda@example.com", "another"))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 1}, h.pass().Outcomes)
			report, err := h.syncer().Replay(t.Context(), "shop", "wanda@example.com")
			require.NoError(t, err)
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes)
			assert.Equal(t, []string{"another"}, h.subjects())
			report, err = h.syncer().Redecide(t.Context(), "shop", kept.EmailID)
			require.NoError(t, err)
			assert.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 1}, report.Outcomes)
		})
	}
}

// In a different mailbox, the same IDs and sizes may be other messages: Replay
// uploads nothing that it was not asked for.
func TestReplay_MailboxChanged(t *testing.T) {
	for name, poll := range map[string]bool{"noticed by the replay": false, "noticed before": true} {
		t.Run(name, func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.box.Deliver(mail("no-reply@example.com", "one"), mail("no-reply@example.com", "two"))
				assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 2}, h.pass().Outcomes)

				h.account.Username, h.box = "news@shop.example", inboundtest.NewMailbox()
				h.use(protocol)
				if poll {
					assert.Empty(t, h.pass().Outcomes)
				}
				h.box.Deliver(mail("wanda-in@example.com", "one"), mail("wanda-in@example.com", "two"))
				report, err := h.syncer().Replay(t.Context(), "shop", "no-reply@example.com")
				require.NoError(t, err)
				assert.Empty(t, report.Outcomes)
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.pass().Outcomes)
			})
		})
	}
}
