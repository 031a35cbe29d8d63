package integration

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailgen"
)

// TestCreateCustomer_OffUploadsKnownSendersOnly also checks that deletion removes only
// the uploaded messages from the server.
func TestCreateCustomer_OffUploadsKnownSendersOnly(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			o := mailgen.Options{Seed: 5, Messages: 400, Senders: 120, Scale: 0.05}
			truths := s.deliver(o)
			known := make(map[string]bool)
			for i, address := range mailgen.New(o).Senders() {
				if i%3 == 0 {
					known[address] = true
					c := customer.Customer{Shop: "main", Email: address, Name: fmt.Sprint(i)}
					require.NoError(t, s.store.Customers().Upsert(t.Context(), c))
				}
			}
			before := s.onServer()
			left := make(map[uint32]string)
			for i, truth := range truths {
				if uid := uint32(i + 1); !known[truth.From] {
					left[uid] = before[uid]
				}
			}
			account := s.account("shop", protocol, inbound.TLS)
			syncer := s.syncer(account)
			report := s.pass(syncer, "shop")
			assert.Zero(t, report.CustomersCreated)
			assert.Equal(t, map[inbound.Outcome]int{
				inbound.Uploaded: len(truths) - len(left), inbound.Unmatched: len(left),
			}, s.outcomes("shop"))
			assert.Equal(t, before, s.onServer(), "nothing is deleted without DeleteUploaded")
			for _, e := range s.emails("shop") {
				assert.True(t, known[e.From], e.From)
			}
			for _, row := range s.ledger("shop") {
				assert.NotEmpty(t, row.Reason)
				assert.NotEmpty(t, row.From, "the ledger has the sender of messages that are not uploaded")
			}

			account.DeleteUploaded = true
			syncer = s.syncer(account)
			report = s.pass(syncer, "shop")
			assert.Equal(t, len(truths)-len(left), report.Deleted)
			assert.Equal(t, left, s.onServer(), "exactly the uploaded messages are deleted")
			assert.Len(t, s.emails("shop"), len(truths)-len(left))
			report = s.pass(syncer, "shop")
			assert.Zero(t, report.Deleted)
			assert.Equal(t, left, s.onServer())
		})
	}
}

// TestDeleteUploaded_KeepsMessagesMarkedByOthers checks that plain EXPUNGE is not used,
// which would remove messages that a different program has marked as deleted.
func TestDeleteUploaded_KeepsMessagesMarkedByOthers(t *testing.T) {
	s := newScene(t, nil)
	require.NoError(t, s.store.Customers().Upsert(t.Context(),
		customer.Customer{Shop: "main", Email: "anna@post.example"}))
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "uploaded")))
	require.NoError(t, s.server.Put(mailbox, "INBOX", put(message("stranger@post.example", "marked"), "T")))
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.DeleteUploaded = true
	s.pass(s.syncer(account), "shop")

	flags, err := s.server.Flags(mailbox, "INBOX")
	require.NoError(t, err)
	assert.Equal(t, map[uint32][]string{2: {`\Deleted`}}, flags)
}

// TestMarkedMail_UploadedWhenTheMarkIsTakenOff checks that what a different program has
// marked as deleted, and drafts, are left, also at the beginning of a folder.
func TestMarkedMail_UploadedWhenTheMarkIsTakenOff(t *testing.T) {
	s := newScene(t, nil)
	for _, flags := range []string{"T", "D", "ST"} {
		require.NoError(t, s.server.Put(mailbox, "INBOX", put(message("anna@post.example", "flags "+flags), flags)))
	}
	for i := range 250 {
		require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", fmt.Sprint("mail ", i))))
	}
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.DeleteUploaded = true, true
	syncer := s.syncer(account)
	s.pass(syncer, "shop")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 250, inbound.Ignored: 3}, s.outcomes("shop"))
	flags, err := s.server.Flags(mailbox, "INBOX")
	require.NoError(t, err)
	assert.Equal(t, map[uint32][]string{1: {`\Deleted`}, 2: {`\Draft`}, 3: {`\Deleted`, `\Seen`}}, flags)

	require.NoError(t, s.server.SetFlags(mailbox, "INBOX", 1, ""))
	require.NoError(t, s.server.SetFlags(mailbox, "INBOX", 2, `\Seen`))
	s.pass(syncer, "shop")
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 252, inbound.Ignored: 1}, s.outcomes("shop"))
}

func TestMarkSeen_MarksOnlyUploaded(t *testing.T) {
	s := newScene(t, nil)
	require.NoError(t, s.store.Customers().Upsert(t.Context(),
		customer.Customer{Shop: "main", Email: "anna@post.example"}))
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", "uploaded")))
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("stranger@post.example", "not uploaded")))
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.MarkSeen = true
	s.pass(s.syncer(account), "shop")

	flags, err := s.server.Flags(mailbox, "INBOX")
	require.NoError(t, err)
	assert.Equal(t, map[uint32][]string{1: {`\Seen`}, 2: {}}, flags)
}

// TestFields_SetOnCreatedCustomers also checks that fields are validated before any
// message is read.
func TestFields_SetOnCreatedCustomers(t *testing.T) {
	s := newScene(t, nil)
	require.NoError(t, s.store.Customers().DefineFields(t.Context(),
		customer.Field{Name: "source", Type: customer.FieldString}))
	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("Anna <anna@post.example>", "first")))
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.Fields = true, map[string]string{"source": "email"}
	wrong := account
	wrong.ID, wrong.Fields = "wrong", map[string]string{"origin": "email"}
	syncer := s.syncer(account, wrong)

	_, err := syncer.Sync(t.Context(), "wrong")
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Contains(t, err.Error(), "origin")
	assert.Empty(t, s.ledger("wrong"))

	s.pass(syncer, "shop")
	found, err := s.store.Customers().FindByEmail(t.Context(), "main", "anna@post.example")
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Empty(t, found[0].Name, "only the email is filled in")
	fields, err := s.store.Customers().FieldValues(t.Context(), found[0].ID)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"source": "email"}, fields)
}
