package integration

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// counted is a Syncer whose statements are counted.
type counted struct {
	t      *testing.T
	seen   *sqlrecord.Recorder
	box    *inboundtest.Mailbox
	syncer *inbound.Syncer
	sent   int // messages
}

// newCounted has so many accounts of one shop, on one mailbox.
func newCounted(t *testing.T, accounts int) *counted {
	c := &counted{t: t, seen: new(sqlrecord.Recorder), box: inboundtest.NewMailbox()}
	store, err := sqlstore.Open(t.Context(), openRecording(t, c.seen), sqlstore.SQLite, nil)
	require.NoError(t, err)
	require.NoError(t, store.Managers().Put(t.Context(), assign.Manager{ID: "m1", Status: assign.Free}, "support"))
	config := inbound.Config{
		Credentials: inboundtest.Password("test"), Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: c.box},
		Store: store, CustomerRepo: store.Customers(), ManagerDirectory: store.Managers(), Notifier: &recorder{},
		Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(), Limits: inbound.Limits{MaxAccounts: -1},
	}
	for i := range accounts {
		config.Accounts = append(config.Accounts, inbound.Account{ID: fmt.Sprint("a", i), Shop: "main",
			Protocol: inbound.IMAP, Host: "imap.example.com", Username: fmt.Sprintf("a%d@shop.example", i), NotifyManager: true,
			CreateCustomer: true, ManagerGroup: "support"})
	}
	c.syncer, err = inbound.New(config)
	require.NoError(t, err)
	c.pass(0)
	return c
}

// pass uploads so many messages of customers who are new, and returns the statements for it, by
// their beginning.
func (c *counted) pass(messages int) map[string]int {
	for range messages {
		c.sent++
		c.box.Deliver(fmt.Appendf(nil, "From: c%d@example.com\r\nSubject: %d\r\n\r\nHello.\r\n", c.sent, c.sent))
	}
	c.seen.Forget()
	_, err := c.syncer.Sync(c.t.Context(), "a0")
	require.NoError(c.t, err)
	by := make(map[string]int)
	for _, s := range c.seen.Sent() {
		text, _, _ := strings.Cut(s.Text, "(?")
		by[strings.Join(strings.Fields(text), " ")]++
	}
	return by
}

// grows are what costs a statement for each customer who is new, for each message's bytes, or for
// each page of a listing, of which the mailbox of these tests has short ones.
var grows = []string{"postroom_customers", "postroom_raw", "postroom_folders", "SELECT folder, generation, key_size"}

// What a pass asks of the database does not grow with the accounts, nor with the messages but for
// what each of them needs.
func TestSync_ConstantStatements(t *testing.T) {
	one, many := newCounted(t, 1), newCounted(t, 300)
	for _, messages := range []int{0, 3, 30} {
		assert.Equal(t, one.pass(messages), many.pass(messages), "%d messages", messages)
	}
	few, lots := one.pass(10), one.pass(100)
	for text, n := range lots {
		if !slices.ContainsFunc(grows, func(part string) bool { return strings.Contains(text, part) }) {
			assert.Equal(t, few[text], n, text)
		}
	}
	idle := one.pass(0)
	total := 0
	for text, n := range idle {
		assert.NotContains(t, text, "(NULL)", "nothing is asked about nobody")
		if !strings.Contains(text, "SELECT folder, generation, key_size") {
			total += n
		}
	}
	assert.LessOrEqual(t, total, 18)
}
