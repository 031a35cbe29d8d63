package inbound_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

func TestSync_BindsCreatesAssignsAndNotifies(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.manager("m1", assign.Free)
			h.manager("m2", assign.Lunch)
			h.customers.Put(customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com", ManagerID: "m2"})
			h.box.Deliver(
				mail("Anna <Anna@Example.com>", "known"),
				mail("new@example.com", "first"),
				mail("new@example.com", "second"),
				mail("news@example.com", "offer", "List-Id: <news.example.com>", "Precedence: bulk"),
				mail("shop@shop.example", "own"),
				[]byte("Subject: nobody\r\n\r\nno sender\r\n"),
			)
			report := h.pass()
			assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3, inbound.Unmatched: 1, inbound.Ignored: 1,
				inbound.Quarantined: 1}, report.Outcomes)
			assert.Equal(t, 6, report.Listed)
			assert.Equal(t, 1, report.CustomersCreated)
			assert.Equal(t, map[string]int{"m1": 1}, report.Assigned)
			assert.Len(t, h.outcomes(), 6, "every message on the server has an outcome")
			assert.Equal(t, []string{
				"incoming_email m2 anna@example.com",
				"customer_assigned m1 new@example.com", "incoming_email m1 new@example.com",
				"incoming_email m1 new@example.com",
			}, summaries(h.notified.list))
			assert.Len(t, h.box.UIDs(), 6, "nothing is deleted unless asked for")
			assert.Empty(t, h.box.Seen())

			again := h.pass()
			assert.Empty(t, again.Outcomes, "a second pass changes nothing")
			assert.Len(t, h.notified.list, 4)
			assert.Len(t, h.emails(), 3)
		})
	}
}

// The header of a contact form may look like a program's, and the text shows who wrote: a
// survey of headers leaves nobody out for what kind of mail it is.
func TestSync_TextTellsWhatTheHeaderDoesNot(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.Start, h.account.ReplyTo = inbound.Start{Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, true
		form := mail("form@web.example", "form", "Reply-To: mia@buyer.example", "Auto-Submitted: auto-generated",
			"X-Auto-Response-Suppress: All")
		h.box.Deliver(append(form, "E-Mail: mia@buyer.example\r\n"...),
			mail("mia@buyer.example", "news", "List-Id: <l.example>"))
		h.pass()
		assert.Equal(t, []string{"form", "news"}, h.subjects())
		assert.Equal(t, "mia@buyer.example", h.emails()[0].From)
	})
}

// A known customer's mail is not lost to a spam filter, only marked.
func TestSync_SpamMakesNoCustomer(t *testing.T) {
	h := newHost(t)
	h.customers.Put(customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com"})
	h.box.Deliver(mail("anna@example.com", "question", "X-Spam-Flag: YES"),
		mail("eve@example.com", "offer", "X-Spam-Flag: YES"))
	h.pass()
	assert.Equal(t, inbound.Unmatched, h.rows()["offer"].Outcome)
	assert.Contains(t, h.rows()["offer"].Reason,
		`spam mail (the receiving server takes it for spam: X-Spam-Flag "YES")`)
	require.Len(t, h.emails(), 1)
	assert.Equal(t, email.ClassSpam, h.emails()[0].Class)
	assert.Equal(t, "anna", h.emails()[0].CustomerID)
	h.account.CreateFor = []inbound.Class{email.ClassSpam}
	h.box.Deliver(mail("mallory@example.com", "second offer", "X-Spam-Flag: YES"))
	h.pass()
	assert.Equal(t, inbound.Uploaded, h.rows()["second offer"].Outcome)
}

func TestSync_CreationOffLeavesUnknownSendersOnServer(t *testing.T) {
	h := newHost(t)
	h.account.CreateCustomer, h.account.DeleteUploaded = false, true
	h.customers.Put(customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com"})
	h.customers.Put(customer.Customer{ID: "other", Shop: "other", Email: "bob@example.com"})
	h.box.Deliver(mail("bob@example.com", "one"), mail("anna@example.com", "two"), mail("new@example.com", "three"),
		mail("anna@example.com", "four"))
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Unmatched: 2}, report.Outcomes)
	assert.Equal(t, []uint32{1, 3}, h.box.UIDs(), "what is uploaded is deleted, and nothing else")
	assert.Equal(t, 2, report.Deleted)
	rows, err := h.store.Entries(t.Context(), "shop", inbound.Unmatched, inbound.SourceID{}, 10)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, "bob@example.com", rows[0].From, "the sender stays in the ledger")
	assert.Equal(t, "one", rows[0].Subject)
	assert.Empty(t, h.notified.list)
}

func TestPromise_NothingLostNothingTwice_CutAtEachStep(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			want := syncCutAtStep(t, protocol, 0)
			require.Positive(t, want.steps)
			for cut := 1; cut <= want.steps; cut++ {
				got := syncCutAtStep(t, protocol, cut)
				got.steps = want.steps
				require.Equal(t, want, got, "cut off at step %d", cut)
			}
		})
	}
}

// finalState is what there is after all passes.
type finalState struct {
	steps    int
	outcomes map[string]inbound.Outcome
	emails   []string
	notified []string
	left     []uint32
}

// syncCutAtStep syncs a mailbox whose server fails at the given step of the first
// pass (0: at none), and finishes the work with a second pass.
func syncCutAtStep(t *testing.T, protocol inbound.Protocol, cut int) finalState {
	h := newHost(t)
	h.use(protocol)
	h.account.DeleteUploaded = true
	h.manager("m1", assign.Free)
	h.manager("m2", assign.Free)
	for i := range 16 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i%5), fmt.Sprint("mail ", i)))
	}
	h.box.Deliver(mail("news@example.com", "offer", "List-Id: <news.example.com>"))
	var e finalState
	h.box.Intercept = func(string) error {
		if e.steps++; e.steps == cut {
			return &inbound.Error{Op: "read", Class: inbound.ErrTemporary, Err: errors.New("connection cut")}
		}
		return nil
	}
	_, err := h.syncer().Sync(t.Context(), "shop")
	if cut == 0 || err != nil { // cut off within a message, the pass goes on
		require.Equal(t, cut > 0, errors.Is(err, inbound.ErrTemporary), err)
	}
	h.box.Intercept = nil
	h.pass()
	e.outcomes, e.notified, e.left = h.outcomes(), summaries(h.notified.list), h.box.UIDs()
	slices.Sort(e.notified) // the order depends on when a customer is assigned
	for _, m := range h.emails() {
		e.emails = append(e.emails, m.ID+" "+m.CustomerID)
	}
	return e
}
