package inbound_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// A failed message of an earlier UIDVALIDITY is not announced as to be tried again.
func TestRetire_FailedRowsOfAnEarlierGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
		h.box.Deliver(mail("iris@example.com", "fine"), mail("stuck@example.com", "stuck"))
		s := h.syncer()
		_, err := s.Sync(t.Context(), "shop")
		require.NoError(t, err)
		h.box.Renumber()
		_, err = s.Sync(t.Context(), "shop") // the same Syncer
		require.NoError(t, err)
		counts := h.counts()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1, inbound.Failed: 1,
			inbound.Vanished: 1}, counts)
		h.config.CustomerRepo = h.customers
		time.Sleep(2 * time.Minute)
		h.pass()
		counts = h.counts()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Duplicate: 1, inbound.Vanished: 1}, counts)
	})
}

func TestRetire_FailedRowsOfPOP3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
		h.box.Deliver(mail("iris@example.com", "fine"), mail("stuck@example.com", "stuck"))
		h.pass()
		h.box.Renumber()
		h.config.CustomerRepo = h.customers
		time.Sleep(2 * time.Minute)
		h.pass()
		counts := h.counts()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Duplicate: 1, inbound.Vanished: 1}, counts)
	})
}

// The failed rows of a folder that is no longer collected from are retired. When the
// account collects from it again, it is read from the beginning.
func TestRetire_FailedRowsOfARemovedFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &unsavableRepo{h.customers, "stuck@example.com"}
		h.account.Folders = []string{"INBOX", "Orders"}
		h.box.DeliverTo("Orders", mail("stuck@example.com", "stuck"))
		for i := range 250 {
			h.box.DeliverTo("Orders", mail("iris@example.com", fmt.Sprint("order ", i)))
		}
		h.pass()
		require.Equal(t, inbound.Failed, h.rows()["stuck"].Outcome)
		h.account.Folders = nil
		h.pass()
		assert.Equal(t, inbound.Vanished, h.rows()["stuck"].Outcome)
		h.account.Folders = []string{"INBOX", "Orders"}
		h.config.CustomerRepo = h.customers
		h.pass()
		assert.Equal(t, inbound.Uploaded, h.rows()["stuck"].Outcome)
		assert.Len(t, h.emails(), 251)
	})
}
