package inbound_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// The settings name a different mailbox, whose messages have the same IDs and
// sizes: all of them are read before any is deleted.
func TestMailboxChanged_SameIDsAndSizes(t *testing.T) {
	for name, change := range map[string]func(a *inbound.Account){
		"user": func(a *inbound.Account) { a.Username = "news@shop.example" },
		"host": func(a *inbound.Account) { a.Host = "mail.example.org" },
	} {
		for startName, start := range map[string]inbound.Start{"all": {}, "from now": fromNow} {
			t.Run(name+", "+startName, func(t *testing.T) {
				bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
					synctest.Test(t, func(t *testing.T) {
						h := newHost(t)
						h.use(protocol)
						h.account.Start, h.account.DeleteUploaded, h.account.DeleteAfter = start, true, 12*time.Hour
						for i := range 9 {
							h.box.Deliver(received("iris@example.com", fmt.Sprint("one ", i)))
						}
						time.Sleep(time.Hour)
						h.pass()
						time.Sleep(time.Hour)
						before := len(h.emails())

						change(&h.account)
						h.box = inboundtest.NewMailbox()
						h.use(protocol)
						for i := range 9 {
							h.box.Deliver(received("noor@example.com", fmt.Sprint("two ", i)))
						}
						h.pass()
						assert.Equal(t, before+9, len(h.emails()))
						time.Sleep(24 * time.Hour)
						h.pass()
						assert.Empty(t, h.box.UIDs(), "all of it is kept, and deleted in its turn")
						assert.Equal(t, before+9, len(h.emails()))
					})
				})
			})
		}
	}
}

// Host names and user names are compared without regard to case.
func TestMailboxChanged_NotByCase(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.config.Observer = &inbound.Observer{Renumbered: func(r inbound.RenumberingInfo) { t.Errorf("renumbered: %+v", r) }}
		h.deliverFrom("guest", 9)
		h.pass()
		h.account.Host, h.account.Username = "IMAP.Example.COM", "Shop@Shop.Example"
		assert.Empty(t, h.pass().Outcomes)
	})
}

// A failed message is not promised another attempt under an ID that is gone.
func TestRetire_FailedRowsOfAnEarlierGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &poisonedRepo{h.customers, "stuck@example.com"}
		h.box.Deliver(mail("iris@example.com", "fine"), mail("stuck@example.com", "stuck"))
		s := h.syncer()
		_, err := s.Sync(t.Context(), "shop")
		require.NoError(t, err)
		h.box.Renumber()
		_, err = s.Sync(t.Context(), "shop") // the same Syncer
		require.NoError(t, err)
		counts := countOf(inbound.Report{}, h)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1, inbound.Failed: 1, inbound.Vanished: 1}, counts)
		h.config.CustomerRepo = h.customers
		time.Sleep(2 * time.Minute)
		h.pass()
		counts = countOf(inbound.Report{}, h)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Duplicate: 1, inbound.Vanished: 1}, counts)
	})
}

func TestRetire_FailedRowsOfPOP3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.config.CustomerRepo = &poisonedRepo{h.customers, "stuck@example.com"}
		h.box.Deliver(mail("iris@example.com", "fine"), mail("stuck@example.com", "stuck"))
		h.pass()
		h.box.Renumber()
		h.config.CustomerRepo = h.customers
		time.Sleep(2 * time.Minute)
		h.pass()
		counts := countOf(inbound.Report{}, h)
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Duplicate: 1, inbound.Vanished: 1}, counts)
	})
}

// A folder that is not collected from any more promises nothing, and is read from
// its beginning when it is again.
func TestRetire_FailedRowsOfARemovedFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.CustomerRepo = &poisonedRepo{h.customers, "stuck@example.com"}
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

// Tunnels give several servers one host name.
func TestMailboxChanged_DifferentPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Host, h.account.Port, h.account.DeleteUploaded, h.account.DeleteAfter = "localhost", 1110, true, time.Hour
		h.box.Deliver(mail("iris@example.com", "one"))
		h.pass()
		h.account.Port, h.box = 2110, inboundtest.NewMailbox()
		h.box.POP3 = true
		h.box.Deliver(mail("iris@example.com", "two"))
		h.pass()
		time.Sleep(2 * time.Hour)
		h.pass()
		assert.Equal(t, 2, len(h.emails()))
	})
}
