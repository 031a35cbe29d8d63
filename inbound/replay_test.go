package inbound_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// TestReplayUploadsWhatWasLeftFromAnAddress, of every class, and nothing else.
func TestReplayUploadsWhatWasLeftFromAnAddress(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		h := newHost(t)
		h.box.POP3, h.account.Protocol = protocol == inbound.POP3, protocol
		h.account.CreateCustomer = false
		h.manager("m1", assign.Free)
		h.box.Deliver(mail("Anna@Example.com", "one"), mail("bob@example.com", "two"), mail("anna@example.com", "three", "List-Id: <x.example.com>"))
		assert.Equal(t, map[inbound.Outcome]int{inbound.Unmatched: 3}, h.pass().Outcomes)

		s := h.syncer()
		report, err := s.Replay(t.Context(), "shop", "anna@example.com")
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, report.Outcomes)
		assert.Equal(t, 1, report.CustomersCreated)
		require.Len(t, h.emails(), 2)
		_, err = s.Dispatch(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"customer_assigned m1 anna@example.com", "incoming_email m1 anna@example.com", "incoming_email m1 anna@example.com"}, kinds(h.told.list))

		again, err := s.Replay(t.Context(), "shop", "anna@example.com")
		require.NoError(t, err)
		assert.Empty(t, again.Outcomes)
		assert.Empty(t, h.pass().Outcomes)
		_, err = s.Replay(t.Context(), "shop", "nonsense")
		assert.NotEmpty(t, inbound.HintOf(err))
	}
}

// TestRedecideGoesByTheRulesOfNow without asking the server.
func TestRedecideGoesByTheRulesOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &poisonedRepo{h.customers, "poison@example.com"}
		h.config.Limits.Attempts = 2
		h.box.Deliver(mail("poison@example.com", "one"), mail("a@example.com", "two"), mail("nobody", "three"))
		h.pass()
		time.Sleep(2 * time.Minute)
		h.box.Deliver(mail("a@example.com", "four"))
		h.pass()
		require.Equal(t, map[string]inbound.Outcome{"1": inbound.Quarantined, "2": inbound.Uploaded, "3": inbound.Quarantined, "4": inbound.Uploaded}, h.outcomes())

		h.box.Intercept = func(step string) error { t.Errorf("the server is asked: %s", step); return nil }
		report, err := h.syncer().Redecide(t.Context(), "shop")
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 2}, report.Outcomes, "still the same rules")
		h.config.CustomerRepo = h.customers
		rows, err := h.store.Entries(t.Context(), "shop", inbound.Quarantined, inbound.SourceID{}, 10)
		require.NoError(t, err)
		require.Len(t, rows, 2)
		report, err = h.syncer().Redecide(t.Context(), "shop", rows[0].EmailID)
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes)
		assert.Len(t, h.emails(), 3)
		_, err = h.syncer().Redecide(t.Context(), "shop", rows[0].EmailID)
		require.ErrorIs(t, err, inbound.ErrNotFound, "it is not quarantined any more")
	})
}

// TestReconcileNamesEveryGap between the server and the ledger.
func TestReconcileNamesEveryGap(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		h := newHost(t)
		h.box.POP3, h.account.Protocol = protocol == inbound.POP3, protocol
		h.config.CustomerRepo = &poisonedRepo{h.customers, "poison@example.com"}
		for _, from := range []string{"a@example.com", "poison@example.com", "b@example.com", "c@example.com"} {
			h.box.Deliver(mail(from, "from "+from))
		}
		h.pass()
		r, err := h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		require.Len(t, r.Gaps, 1)
		assert.Equal(t, inbound.GapPending, r.Gaps[0].Kind)
		assert.Equal(t, "poison@example.com", r.Gaps[0].From)
		assert.Contains(t, r.Gaps[0].Reason, errPoison.Error())

		h.box.Deliver(mail("new@example.com", "new"))
		h.box.Remove(1)
		rows, err := h.store.Entries(t.Context(), "shop", inbound.Uploaded, inbound.SourceID{}, 10)
		require.NoError(t, err)
		rows[1].EmailID, rows[2].Deleted = "lost", true
		require.NoError(t, h.store.Record(t.Context(), "shop", rows[1:]))
		r, err = h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		kinds := make(map[inbound.GapKind]int)
		for _, gap := range r.Gaps {
			kinds[gap.Kind]++
		}
		assert.Equal(t, map[inbound.GapKind]int{inbound.GapPending: 1, inbound.GapUnrecorded: 1, inbound.GapRawMissing: 1, inbound.GapStillPresent: 1}, kinds)
		assert.Equal(t, 4, r.Total)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Failed: 1}, r.Server)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3, inbound.Failed: 1}, r.Ledger)
		assert.True(t, r.Complete)
		assert.Zero(t, h.box.Sessions())
	}
}

// A replay takes only what it was asked for: the same IDs and sizes may be other
// messages by now, in a mailbox that the settings name since.
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

// A message whose bytes were kept has given its ID to a different one: each is
// replayed and decided on by its own bytes.
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
