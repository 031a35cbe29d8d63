package inbound_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// quarantine has the host refuse these subjects until they are in quarantine, and
// accept them from then on.
func (h *host) quarantine(subjects ...string) {
	h.t.Helper()
	refused := make(map[string]bool)
	for _, subject := range subjects {
		refused[subject] = true
	}
	store, attempts := h.config.Store, h.config.Limits.Attempts
	h.config.Store, h.config.Limits.Attempts = refusingStore{store, refused}, 1
	h.pass()
	h.config.Store, h.config.Limits.Attempts = store, attempts
}

func (h *host) redecide() inbound.Report {
	h.t.Helper()
	report, err := h.syncer().Redecide(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return report
}

// A message of which only the beginning was kept stays so through quarantine.
func TestRedecide_CutMessageStaysOnTheServer(t *testing.T) {
	for name, listed := range map[string]func(l *inbound.Listing){
		"listed too large": nil,
		"listed smaller": func(l *inbound.Listing) {
			for i := range l.Refs {
				l.Refs[i].Size = min(l.Refs[i].Size, 600)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.account.DeleteUploaded, h.config.Limits.MessageBytes = true, 1500
				h.fetcher = &oddServer{Fetcher: h.box, listed: listed}
				h.box.Deliver(append(mail("iris@example.com", "long"), strings.Repeat("x", 4000)...), mail("iris@example.com", "short"))
				h.quarantine("long", "short")
				require.Len(t, h.box.UIDs(), 2)
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.redecide().Outcomes)
				h.pass()
				for _, e := range h.emails() {
					assert.Equal(t, e.Subject == "long", e.Truncated, e.Subject)
				}
				assert.Equal(t, []uint32{1}, h.box.UIDs())
				assert.True(t, h.rows()["long"].Keep)
			})
		})
	}
}

// Copies in quarantine are one email, and none of them stays there.
func TestRedecide_CopiesLeaveQuarantineTogether(t *testing.T) {
	for name, renumbered := range map[string]bool{"delivered twice": false, "renumbered": true} {
		t.Run(name, func(t *testing.T) {
			bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
				h := newHost(t)
				h.use(protocol)
				h.account.DeleteUploaded = true
				h.manager("kim", assign.Free)
				h.box.Deliver(mail("iris@example.com", "copy"), mail("iris@example.com", "other"))
				if !renumbered {
					h.box.Deliver(mail("iris@example.com", "copy"))
				}
				h.quarantine("copy")
				if renumbered {
					h.box.Renumber()
					h.quarantine("copy")
				}
				counts := countOf(inbound.Report{}, h)
				require.Equal(t, 2, counts[inbound.Quarantined])
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1}, h.redecide().Outcomes)
				counts = countOf(inbound.Report{}, h)
				assert.Zero(t, counts[inbound.Quarantined])
				h.pass()
				assert.Empty(t, h.box.UIDs(), "all of it is kept, and may go")
				assert.Len(t, h.told.list, 3)
			})
		})
	}
}

// forgetfulStore has lost the bytes of a key.
type forgetfulStore struct {
	*memstore.Store
	key string
}

func (s *forgetfulStore) OpenRaw(ctx context.Context, key string) (io.ReadCloser, error) {
	if key == s.key {
		return nil, inbound.ErrNotFound
	}
	return s.Store.OpenRaw(ctx, key)
}

// Bytes that are lost are one message's trouble.
func TestRedecide_LostBytes(t *testing.T) {
	h := newHost(t)
	subjects := []string{"guest0", "guest1", "guest2", "guest3"}
	h.deliverFrom("guest", 4)
	h.quarantine(subjects...)
	lost := h.rows()["guest1"].EmailID
	h.config.Store = &forgetfulStore{h.store, lost}
	report, err := h.syncer().Redecide(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrNotFound)
	assert.ErrorContains(t, err, lost)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3}, report.Outcomes)
	assert.Equal(t, inbound.Quarantined, h.rows()["guest1"].Outcome)
}

// What Redecide leaves unmatched has bytes that are kept, and Replay reaches them
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
			t.Errorf("the server is asked: %s", step)
			return nil
		}
		s := h.syncer()
		for i, want := range []map[inbound.Outcome]int{{inbound.Uploaded: 1}, {}} {
			report, err := s.Replay(t.Context(), "shop", "Iris@example.com")
			require.NoError(t, err)
			assert.Equal(t, want, report.Outcomes, i)
		}
		assert.Equal(t, []string{"kept"}, h.subjects())
		assert.Equal(t, []string{"customer_assigned kim iris@example.com", "incoming_email kim iris@example.com"}, h.dispatch(s))
	})
}

// Where the account goes by Reply-To, so does Replay.
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

// What Reconcile finds without a row is read by the next pass, however far below
// the watermark it is.
func TestReconcile_UnseenIsReadByTheNextPass(t *testing.T) {
	for _, vanished := range []bool{false, true} {
		t.Run(fmt.Sprint("recorded as vanished: ", vanished), func(t *testing.T) {
			h := newHost(t)
			h.account.Folders = []string{"INBOX", "Orders"}
			h.box.DeliverTo("Orders", mail("iris@example.com", "order"))
			h.deliverFrom("guest", 300)
			h.box.Hide(true, 2)
			h.pass()
			if vanished {
				id := inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "2"}
				row := inbound.LedgerEntry{SourceID: id, Outcome: inbound.Vanished}
				require.NoError(t, h.store.Record(t.Context(), "shop", []inbound.LedgerEntry{row}))
			}
			h.box.Hide(false, 2)
			h.pass()
			require.Equal(t, 300, len(h.emails()), "it is below what a pass looks at")
			r, err := h.syncer().Reconcile(t.Context(), "shop")
			require.NoError(t, err)
			require.Len(t, r.Gaps, 1)
			h.pass()
			assert.Equal(t, 301, len(h.emails()))
			r, err = h.syncer().Reconcile(t.Context(), "shop")
			require.NoError(t, err)
			assert.Empty(t, r.Gaps)
		})
	}
}
