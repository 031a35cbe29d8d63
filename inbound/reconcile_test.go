package inbound_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// Every kind of gap between the server and the ledger is reported.
func TestReconcile_ReportsEveryGap(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		h := newHost(t)
		h.use(protocol)
		h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
		for _, from := range []string{"a@example.com", "stuck@example.com", "b@example.com", "c@example.com"} {
			h.box.Deliver(mail(from, "from "+from))
		}
		h.pass()
		r, err := h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		require.Len(t, r.Gaps, 1)
		assert.Equal(t, inbound.GapPending, r.Gaps[0].Kind)
		assert.Equal(t, "stuck@example.com", r.Gaps[0].From)
		assert.Contains(t, r.Gaps[0].Reason, errUnsavable.Error())

		h.box.Deliver(mail("new@example.com", "new"))
		h.box.Remove(1)
		rows, err := h.store.Entries(t.Context(), "shop", inbound.Uploaded, inbound.SourceID{}, 10)
		require.NoError(t, err)
		rows[1].EmailID, rows[2].Deleted = "lost", true
		require.NoError(t, h.store.Record(t.Context(), "shop", rows[1:]))
		r, err = h.syncer().Reconcile(t.Context(), "shop")
		require.NoError(t, err)
		summaries := make(map[inbound.GapKind]int)
		for _, gap := range r.Gaps {
			summaries[gap.Kind]++
		}
		assert.Equal(t, map[inbound.GapKind]int{inbound.GapPending: 1, inbound.GapUnrecorded: 1,
			inbound.GapRawMissing: 1, inbound.GapStillPresent: 1}, summaries)
		assert.Equal(t, 4, r.Total)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Failed: 1}, r.Server)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3, inbound.Failed: 1}, r.Ledger)
		assert.True(t, r.Complete)
		assert.Zero(t, h.box.Sessions())
	}
}

// A message that Reconcile finds without a row is read by the next pass, however far
// below the watermark it is.
func TestReconcile_UnrecordedIsReadByTheNextPass(t *testing.T) {
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
