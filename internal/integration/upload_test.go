package integration

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailgen"
)

// TestUpload_EveryMessageHasAnOutcome uploads a whole mailbox, compares every byte with
// those on the server, and checks that a second pass changes nothing.
func TestUpload_EveryMessageHasAnOutcome(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			s.managers(assign.Free, assign.Free, assign.Lunch)
			truths := s.deliver(mailgen.Options{Seed: 3, Messages: 400, Scale: 0.1})
			account := s.account("shop", protocol, inbound.TLS)
			account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true
			syncer := s.syncer(account)

			report := s.pass(syncer, "shop")
			want := expected(truths)
			assert.Equal(t, len(truths), report.Listed)
			assert.Equal(t, want.outcomes, s.outcomes("shop"))
			assert.Equal(t, want.outcomes, report.Outcomes)
			assert.Equal(t, want.customers, report.CustomersCreated)

			checkRaw(t, s, "shop", protocol)
			checkTruth(t, s, "shop", truths)

			emails, rows, notified := s.emails("shop"), s.ledger("shop"), s.notifier.all()
			assert.Len(t, notified, want.customers+want.outcomes[inbound.Uploaded])
			again := s.pass(syncer, "shop")
			assert.Empty(t, again.Outcomes, "no message is processed twice")
			assert.Equal(t, emails, s.emails("shop"))
			assert.Equal(t, rows, s.ledger("shop"))
			assert.Equal(t, notified, s.notifier.all())
			checkUntouched(t, s, protocol, len(truths))
		})
	}
}

// TestUpload_EveryProtocolAndSecurity reads the same mailbox by each protocol and
// security, from each storage of Dovecot.
func TestUpload_EveryProtocolAndSecurity(t *testing.T) {
	for _, storage := range []dovecot.Storage{dovecot.Maildir, dovecot.MDBox} {
		t.Run(string(storage), func(t *testing.T) {
			s := newScene(t, &dovecot.Options{Storage: storage})
			s.network.AllowPlaintext = true
			s.deliver(mailgen.Options{Seed: 4, Messages: 40, Scale: 0.3})
			for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
				for _, security := range []inbound.Security{inbound.TLS, inbound.StartTLS, inbound.Plain} {
					id := string(protocol) + "-" + string(security)
					t.Run(id, func(t *testing.T) {
						account := s.account(id, protocol, security)
						account.CreateCustomer, account.Shop = true, id // a shop has each email once
						syncer := s.syncer(account)
						check, err := syncer.Check(t.Context(), id)
						require.NoError(t, err)
						assert.Equal(t, security != inbound.Plain, check.Encrypted)
						assert.NotEmpty(t, check.Capabilities)
						assert.Equal(t, security != inbound.Plain, check.Certificate != nil)
						require.Len(t, check.Waiting, 1)
						assert.Equal(t, 40, check.Waiting[0].Messages)
						assert.Positive(t, check.Waiting[0].Bytes)
						s.pass(syncer, id)
						checkRaw(t, s, id, protocol)
						assert.Len(t, s.ledger(id), 40)
						checkUntouched(t, s, protocol, 40)
					})
				}
			}
		})
	}
}

// TestUpload_LargeMessages uploads a message that is larger than the memory for
// messages, and one beyond the size limit, of which only the beginning is stored.
func TestUpload_LargeMessages(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			for _, size := range []int{3 << 20, 9 << 20, 100} {
				require.NoError(t, s.server.Deliver(mailbox, "INBOX", letterOf(size)))
			}
			account := s.account("shop", protocol, inbound.TLS)
			account.CreateCustomer, account.DeleteUploaded = true, true
			config := s.config(account)
			config.Limits = inbound.Limits{MessageBytes: 5 << 20, MemoryBytes: 1 << 20}
			syncer, err := inbound.New(config)
			require.NoError(t, err)
			before := s.onServer()
			s.pass(syncer, "shop")

			emails := s.emails("shop")
			require.Len(t, emails, 3)
			for _, e := range emails {
				if e.Truncated() {
					assert.Greater(t, e.Size, int64(4<<20))
					continue
				}
				assert.Contains(t, slices.Collect(maps.Values(before)), s.rawSum(e.ID))
			}
			left := s.onServer()
			assert.Len(t, left, 1, "a truncated message is not deleted")
			assert.Contains(t, left, uint32(2))
		})
	}
}

// expectation is the result for generated mail of an account that creates customers.
type expectation struct {
	outcomes  map[inbound.Outcome]int
	customers int
}

// expected applies the rules: a person who writes becomes a customer. Messages of
// programs are uploaded only if they come from a customer.
func expected(truths []mailgen.Truth) expectation {
	e := expectation{outcomes: make(map[inbound.Outcome]int)}
	known := make(map[string]bool)
	for _, truth := range truths {
		if !known[truth.From] && truth.Class != mailgen.Personal {
			e.outcomes[inbound.Unmatched]++
			continue
		}
		e.outcomes[inbound.Uploaded]++
		known[truth.From] = true
	}
	e.customers = len(known)
	return e
}

// checkRaw compares the bytes of every email with those on the server.
func checkRaw(t *testing.T, s *scene, account string, protocol inbound.Protocol) {
	t.Helper()
	server := s.onServer()
	sums := slices.Collect(maps.Values(server))
	emails := s.emails(account)
	require.NotEmpty(t, emails)
	for _, e := range emails {
		sum := s.rawSum(e.ID)
		require.Equal(t, e.SHA256, sum)
		if protocol == inbound.IMAP {
			uid, err := strconv.ParseUint(e.SourceID.Key, 10, 32)
			require.NoError(t, err)
			require.Equal(t, server[uint32(uid)], sum, "UID %d", uid)
		} else {
			require.Contains(t, sums, sum)
		}
	}
}

// checkTruth compares the parsed emails with the generated messages.
func checkTruth(t *testing.T, s *scene, account string, truths []mailgen.Truth) {
	t.Helper()
	byID := make(map[string]mailgen.Truth)
	for _, truth := range truths {
		byID[truth.MessageID] = truth
	}
	for _, e := range s.emails(account) {
		truth, ok := byID[e.MessageID]
		require.True(t, ok, e.MessageID)
		assert.Equal(t, truth.From, e.From)
		assert.Equal(t, truth.FromName, e.FromName)
		assert.Equal(t, truth.Subject, e.Subject)
		assert.Equal(t, truth.InReplyTo, e.InReplyTo)
		assert.True(t, truth.Date.Equal(e.Date))
		assert.Equal(t, string(truth.Class), string(e.Class))
		assert.Empty(t, e.Warnings)
		if assert.Len(t, e.Attachments, len(truth.Attachments)) {
			for i, a := range truth.Attachments {
				assert.Equal(t, a.Name, e.Attachments[i].Name)
				assert.Equal(t, a.Type, e.Attachments[i].Type)
				assert.Equal(t, a.Size, e.Attachments[i].Size)
				assert.Equal(t, a.SHA256, e.Attachments[i].SHA256)
			}
		}
	}
}

// checkUntouched checks that reading has changed nothing on the server. Dovecot itself
// marks messages as read that are fetched by POP3.
func checkUntouched(t *testing.T, s *scene, protocol inbound.Protocol, messages int) {
	t.Helper()
	flags, err := s.server.Flags(mailbox, "INBOX")
	require.NoError(t, err)
	assert.Len(t, flags, messages)
	if protocol == inbound.POP3 {
		return
	}
	for uid, set := range flags {
		assert.Emptyf(t, set, "UID %d", uid)
	}
}
