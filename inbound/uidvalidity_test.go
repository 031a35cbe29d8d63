package inbound_test

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestPromise_NothingTwiceAfterRenumbering(t *testing.T) {
	h := newHost(t)
	h.manager("m1", assign.Free)
	for i := range 10 {
		h.box.Deliver(mail(fmt.Sprintf("c%d@example.com", i), fmt.Sprint("mail ", i)))
	}
	h.pass()
	notified := len(h.notified.list)
	h.box.Renumber()
	h.box.Deliver(mail("late@example.com", "late"))
	report := h.pass()
	assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: 10, inbound.Uploaded: 1}, report.Outcomes)
	assert.Len(t, h.emails(), 11)
	assert.Len(t, h.notified.list, notified+2, "no second notification")
}

// A server that renumbers the folder in each pass costs a record for each message and pass,
// and nothing else.
func TestPromise_NothingTwiceThoughRenumberedInEachPass(t *testing.T) {
	const messages, passes = 30, 20
	h := newHost(t)
	h.manager("m1", assign.Free)
	h.deliverFrom("c", messages)
	h.pass()
	notified := len(h.notified.list)
	for range passes {
		h.box.Renumber()
		assert.Equal(t, map[inbound.Outcome]int{inbound.Duplicate: messages}, h.pass().Outcomes)
	}
	assert.Len(t, h.emails(), messages)
	assert.Len(t, h.notified.list, notified)
	outcomes, err := h.store.Outcomes(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: messages, inbound.Duplicate: messages * passes}, outcomes)
}

func TestRenumbered_KeepsStartNow(t *testing.T) {
	h := newHost(t)
	h.account.Start.Now = true
	h.box.Deliver(mail("old@example.com", "old"))
	h.pass()
	h.box.Renumber()
	h.box.Deliver(received("new@example.com", "new"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 1, inbound.Uploaded: 1}, h.pass().Outcomes)
}

// A mailbox is moved to a different server, which says of all its mail that it arrived
// on the day of the move: what is older by its header is not new.
func TestStartNow_MovedToADifferentServer(t *testing.T) {
	for _, uidNext := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.account.Start.Now = true
			old := received("received@example.com", "by Received")
			dated := func(from string) []byte {
				return bytes.Replace(mail(from, from), []byte("02 Mar 2026"), []byte("31 Dec 1999"), 1)
			}
			h.box.Deliver(old)
			h.box.Deliver(dated("dated@example.com"))
			time.Sleep(time.Minute)
			h.pass()
			time.Sleep(time.Minute)
			h.box = inboundtest.NewMailbox()
			h.box.Renumber()
			h.fetcher = &oddServer{Fetcher: h.box, listed: func(l *inbound.Listing) {
				if !uidNext {
					l.NextPosition = 0
				}
			}}
			h.box.Deliver(append([]byte("X-Moved: yes\r\n"), old...))
			h.box.Deliver(dated("dated@example.com"))
			h.box.Deliver(received("new@example.com", "new"))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 2, inbound.Uploaded: 1}, h.pass().Outcomes)
			h.box.Deliver(received("later@example.com", "later"))
			if uidNext {
				h.box.Deliver(dated("clock@example.com")) // the sender's clock is wrong
			}
			assert.Len(t, h.pass().Outcomes, 1)
			assert.Equal(t, map[bool]int{true: 3, false: 2}[uidNext], len(h.emails()))
		})
	}
}

// A restored server reuses UIDs, and a message under a reused UID is new mail.
func TestServerRestored_LosesNothing(t *testing.T) {
	for _, deletes := range []bool{false, true} {
		h := newHost(t)
		h.account.DeleteUploaded = deletes
		var renumbered []inbound.RenumberingInfo
		h.config.Observer = &inbound.Observer{
			Renumbered: func(r inbound.RenumberingInfo) { renumbered = append(renumbered, r) },
		}
		h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"), mail("a@example.com", "ten"))
		h.pass()
		require.Len(t, h.emails(), 3)

		h.box.Restore(2)
		h.box.Deliver(mail("a@example.com", "six"))
		h.pass()
		assert.Equal(t, []inbound.RenumberingInfo{{Account: "shop", Folder: "INBOX", Was: "1", Is: "1"}}, renumbered)
		assert.Len(t, h.emails(), 4, "six is new under the UID of two")
		h.box.Deliver(mail("a@example.com", "ten"), mail("a@example.com", "new"))
		h.pass()
		assert.Len(t, h.emails(), 5, "ten is known by its bytes")
		if deletes {
			assert.Empty(t, h.box.UIDs())
		}
		notified := len(h.notified.list)
		h.pass()
		assert.Len(t, h.emails(), 5)
		assert.Len(t, h.notified.list, notified)
	}
}

// When a restored server has received as much mail as it had before, the sizes show
// it, but not its UIDNEXT.
func TestServerRestored_GrownAgain(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
	h.pass()
	h.box.Restore(2)
	h.box.Deliver(mail("a@example.com", "three"), mail("a@example.com", "four"))
	h.pass()
	assert.Len(t, h.emails(), 4)
	assert.Empty(t, h.pass().Outcomes)
}

// The account names a different mailbox, which has the same UIDVALIDITY, and
// messages of the same UIDs and sizes.
func TestMailboxChanged_StartsAnew(t *testing.T) {
	for name, start := range map[string]inbound.Start{"all": {}, "from now": {Now: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.account.Start = start
				h.box.Deliver(mail("a@example.com", "one"), mail("a@example.com", "two"))
				time.Sleep(time.Minute)
				h.pass()
				h.box.Deliver(mail("a@example.com", "six"))
				h.pass()
				known := len(h.emails())

				h.account.Host = "mail.example.com" // the same mailbox by another name
				h.pass()
				assert.Len(t, h.emails(), known)
				assert.Len(t, h.notified.list, 0)

				time.Sleep(time.Minute)
				h.account.Username, h.box = "other@shop.example", inboundtest.NewMailbox()
				h.box.Deliver(mail("b@example.com", "one"), mail("b@example.com", "two"),
					mail("b@example.com", "six"), mail("b@example.com", "ten"))
				h.pass()
				assert.Len(t, h.emails(), known+4, "UIDs 1, 2 and 3 were settled in the other mailbox")
				assert.Empty(t, h.pass().Outcomes)
			})
		})
	}
}

// The settings name a different mailbox, whose messages have the same IDs and sizes:
// all of them are read before any is deleted.
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
						assert.Empty(t, h.box.UIDs(), "all of it is kept, and deleted later")
						assert.Equal(t, before+9, len(h.emails()))
					})
				})
			})
		}
	}
}

// The mailbox that the account names now has the UIDVALIDITY that the previous one
// had at first, and a message of the same UID and size.
func TestMailboxChanged_ToAnEarlierUIDVALIDITY(t *testing.T) {
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

// The mailbox that the account names now is given, later on, the UIDVALIDITY that the
// previous one had, and has a message of the same UID and size.
func TestMailboxChanged_RenumberedLater(t *testing.T) {
	h := newHost(t)
	h.box.Renumber() // 2
	h.box.Deliver(mail("iris@example.com", "one"))
	h.pass()
	h.account.Username, h.box = "other@shop.example", inboundtest.NewMailbox()
	h.pass()
	h.box.Renumber()
	h.box.Deliver(mail("noor@example.com", "two"))
	h.pass()
	require.Len(t, h.emails(), 2)
	assert.Equal(t, "two", h.emails()[1].Subject)
}

// A message that is decided on again from its kept bytes may be of the previous mailbox:
// its key stays free for that of the new one, which has the same size.
func TestMailboxChanged_Redecide(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("nobody", "one"))
	h.pass()
	require.Equal(t, inbound.Quarantined, h.rows()["one"].Outcome)
	h.account.Username, h.box = "other@shop.example", inboundtest.NewMailbox()
	h.pass()
	_, err := h.syncer().Redecide(t.Context(), "shop")
	require.NoError(t, err)
	h.box.Deliver(mail("a@b.cd", "two"))
	require.Equal(t, h.rows()["one"].Size, int64(len(h.box.Raw(1))), "the sizes are the same")
	h.pass()
	assert.Equal(t, []string{"two"}, h.subjects())
}

// Tunnels give several servers one host name.
func TestMailboxChanged_DifferentPortPOP3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.use(inbound.POP3)
		h.account.Host, h.account.Port = "localhost", 1110
		h.account.DeleteUploaded, h.account.DeleteAfter = true, time.Hour
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

// Two tunnels on one host name lead to different servers, whose UIDVALIDITY may be
// the same.
func TestMailboxChanged_DifferentPort(t *testing.T) {
	h := newHost(t)
	h.account.Host, h.account.Port = "localhost", 1143
	h.box.Deliver(mail("a@example.com", "one"))
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Uploaded])
	h.box = inboundtest.NewMailbox()
	h.account.Port = 2143
	h.box.Deliver(mail("b@example.com", "two"))
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Uploaded], "the other mailbox's first message has the same UID")
}

// Host names and user names are compared without regard to case.
func TestMailboxChanged_NotByLetterCase(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.config.Observer = &inbound.Observer{
			Renumbered: func(r inbound.RenumberingInfo) { t.Errorf("renumbered: %+v", r) },
		}
		h.deliverFrom("guest", 9)
		h.pass()
		h.account.Host, h.account.Username = "IMAP.Example.COM", "Shop@Shop.Example"
		assert.Empty(t, h.pass().Outcomes)
	})
}

// The mailbox is recognized by its recorded name, also in the form of earlier
// versions and in other spellings of the same server.
func TestMailboxChanged_NotBySpelling(t *testing.T) {
	h := newHost(t)
	h.account.Username = "Shop@Shop.example"
	h.box.Deliver(mail("a@example.com", "one"))
	h.pass()
	state, err := h.store.FolderState(t.Context(), "shop", "INBOX")
	require.NoError(t, err)
	state.Mailbox = "Shop@Shop.example at imap.example.com"
	require.NoError(t, h.store.SetFolderState(t.Context(), "shop", "INBOX", state))
	renumbered := 0
	h.config.Observer = &inbound.Observer{Renumbered: func(inbound.RenumberingInfo) { renumbered++ }}
	for _, change := range []func(a *inbound.Account){
		func(*inbound.Account) {},
		func(a *inbound.Account) { a.Port, a.Security = 143, inbound.StartTLS },
		func(a *inbound.Account) { a.Host = "IMAP.example.com." },
		func(a *inbound.Account) { a.Username = "shop@shop.example" },
	} {
		change(&h.account)
		assert.Empty(t, h.pass().Outcomes, "nothing is read again")
	}
	assert.Zero(t, renumbered)
	h.account.Host = "mail.example.org"
	h.pass()
	assert.Equal(t, 1, renumbered, "a different host is noticed")
}
