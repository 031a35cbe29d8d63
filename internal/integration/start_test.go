package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailgen"
)

func put(raw []byte, flags string) dovecot.Mail { return dovecot.Mail{Raw: raw, Flags: flags} }

// TestStartNow checks that only messages are uploaded that arrive after the start.
func TestStartNow(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			s.deliver(mailgen.Options{Seed: 6, Messages: 300, Scale: 0.02})
			account := s.account("shop", protocol, inbound.TLS)
			account.CreateCustomer, account.Start = true, inbound.Start{Now: true}
			syncer := s.syncer(account)
			s.pass(syncer, "shop")
			assert.Empty(t, s.emails("shop"))
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 300}, s.outcomes("shop"))

			for range 3 {
				require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "new")))
				s.pass(syncer, "shop")
			}
			assert.Len(t, s.emails("shop"), 3)
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 300, inbound.Uploaded: 3}, s.outcomes("shop"))

			// A different Syncer on the same store, as after a restart.
			require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "newer")))
			s.pass(s.syncer(account), "shop")
			assert.Len(t, s.emails("shop"), 4)
		})
	}
}

// TestStartNow_EmptyMailbox checks that the first message is new.
func TestStartNow_EmptyMailbox(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			account := s.account("shop", protocol, inbound.TLS)
			account.CreateCustomer, account.Start = true, inbound.Start{Now: true}
			syncer := s.syncer(account)
			s.pass(syncer, "shop")
			require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "new")))
			s.pass(syncer, "shop")
			assert.Len(t, s.emails("shop"), 1)
		})
	}
}

// TestStartAll_IgnoresFlags checks that neither \Seen nor any other flag hides a
// message.
func TestStartAll_IgnoresFlags(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			for _, flags := range []string{"", "S", "RS", "F", "FS"} {
				flagged := put(message("anna@post.example", "flags "+flags), flags)
				require.NoError(t, s.server.Put(mailbox, "INBOX", flagged))
			}
			account := s.account("shop", protocol, inbound.TLS)
			account.CreateCustomer = true
			s.pass(s.syncer(account), "shop")
			assert.Len(t, s.emails("shop"), 5)
		})
	}
}

// TestStartSince checks that messages are uploaded that arrived at that time or later.
// POP3 has no time of arrival, so the Date field of a message decides.
func TestStartSince(t *testing.T) {
	s := newScene(t, nil)
	since := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{since.Add(-time.Hour), since.Add(-time.Second), since, since.Add(time.Hour)} {
		dated := dovecot.Mail{Raw: message("anna@post.example", at.String()), At: at}
		require.NoError(t, s.server.Put(mailbox, "INBOX", dated))
	}
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.Start = true, inbound.Start{Since: since}
	s.pass(s.syncer(account), "shop")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 2, inbound.Uploaded: 2}, s.outcomes("shop"))

	account = s.account("pop", inbound.POP3, inbound.TLS)
	account.CreateCustomer, account.Start = true, inbound.Start{Since: time.Date(2025, 1, 6, 10, 0, 0, 0, time.UTC)}
	account.Shop = "other" // a shop has each email once
	s.pass(s.syncer(account), "pop")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 4}, s.outcomes("pop"))
	account.ID, account.Start.Since = "pop-later", account.Start.Since.Add(time.Second)
	s.pass(s.syncer(account), "pop-later")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 4}, s.outcomes("pop-later"))
}

// TestFolders_EachIsRead includes a folder whose name is not ASCII.
func TestFolders_EachIsRead(t *testing.T) {
	s := newScene(t, nil)
	folders := []string{"INBOX", "Orders/2025", "Büro & Wörk"}
	for i, folder := range folders {
		for range i + 1 {
			require.NoError(t, s.server.Deliver(mailbox, folder, message("anna@post.example", folder)))
		}
	}
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.Folders = true, folders
	s.pass(s.syncer(account), "shop")
	counts := make(map[string]int)
	for _, e := range s.emails("shop") {
		counts[e.SourceID.Folder]++
		assert.Equal(t, e.SourceID.Folder, e.Subject)
	}
	assert.Equal(t, map[string]int{"INBOX": 1, "Orders/2025": 2, "Büro & Wörk": 3}, counts)
}
