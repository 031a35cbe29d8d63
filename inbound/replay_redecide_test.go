package inbound_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// quarantine makes a pass in which the store refuses these subjects, so that they
// are quarantined.
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

// redecide decides on everything in quarantine.
func (h *host) redecide() inbound.Report {
	h.t.Helper()
	report, err := h.syncer().Redecide(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return report
}

// Redecide goes by the current settings, and does not connect to the server.
func TestRedecide_UsesCurrentSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
		h.config.Limits.Attempts = 2
		h.box.Deliver(mail("stuck@example.com", "one"), mail("a@example.com", "two"), mail("nobody", "three"))
		h.pass()
		time.Sleep(2 * time.Minute)
		h.box.Deliver(mail("a@example.com", "four"))
		h.pass()
		require.Equal(t, map[string]inbound.Outcome{"1": inbound.Quarantined, "2": inbound.Uploaded,
			"3": inbound.Quarantined, "4": inbound.Uploaded}, h.outcomes())

		h.box.Intercept = func(step string) error { t.Errorf("the server is used: %s", step); return nil }
		report, err := h.syncer().Redecide(t.Context(), "shop")
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 2}, report.Outcomes, "the settings are unchanged")
		h.config.CustomerRepo = h.customers
		rows, err := h.store.Entries(t.Context(), "shop", inbound.Quarantined, inbound.SourceID{}, 10)
		require.NoError(t, err)
		require.Len(t, rows, 2)
		report, err = h.syncer().Redecide(t.Context(), "shop", rows[0].EmailID)
		require.NoError(t, err)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1}, report.Outcomes)
		assert.Len(t, h.emails(), 3)
		_, err = h.syncer().Redecide(t.Context(), "shop", rows[0].EmailID)
		require.ErrorIs(t, err, inbound.ErrNotFound, "it is no longer quarantined")
	})
}

// A message of which only the beginning was kept counts as cut after quarantine,
// too.
func TestRedecide_CutMessageStaysOnServer(t *testing.T) {
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
				h.box.Deliver(append(mail("iris@example.com", "long"), strings.Repeat("x", 4000)...),
					mail("iris@example.com", "short"))
				h.quarantine("long", "short")
				require.Len(t, h.box.UIDs(), 2)
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2}, h.redecide().Outcomes)
				h.pass()
				for _, e := range h.emails() {
					assert.Equal(t, e.Subject == "long", e.Truncated(), e.Subject)
				}
				assert.Equal(t, []uint32{1}, h.box.UIDs())
				assert.True(t, h.rows()["long"].Keep)
			})
		})
	}
}

// Quarantined copies of one message become one email, and none of them stays in
// quarantine.
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
				counts := h.counts()
				require.Equal(t, 2, counts[inbound.Quarantined])
				assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1},
					h.redecide().Outcomes)
				counts = h.counts()
				assert.Zero(t, counts[inbound.Quarantined])
				h.pass()
				assert.Empty(t, h.box.UIDs(), "all of it is kept, and may go")
				assert.Len(t, h.notified.list, 3)
			})
		})
	}
}

// lostRawStore has lost the bytes of a key.
type lostRawStore struct {
	*memstore.Store
	key string
}

func (s *lostRawStore) OpenRaw(ctx context.Context, key string) (io.ReadCloser, error) {
	if key == s.key {
		return nil, inbound.ErrNotFound
	}
	return s.Store.OpenRaw(ctx, key)
}

// Lost bytes of one message do not keep Redecide from deciding on the others.
func TestRedecide_LostBytes(t *testing.T) {
	h := newHost(t)
	subjects := []string{"guest0", "guest1", "guest2", "guest3"}
	h.deliverFrom("guest", 4)
	h.quarantine(subjects...)
	lost := h.rows()["guest1"].EmailID
	h.config.Store = &lostRawStore{h.store, lost}
	report, err := h.syncer().Redecide(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrNotFound)
	assert.ErrorContains(t, err, lost)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3}, report.Outcomes)
	assert.Equal(t, inbound.Quarantined, h.rows()["guest1"].Outcome)
}
