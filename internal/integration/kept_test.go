package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// sqlHost is a host with a database, and a mailbox in memory for each account.
type sqlHost struct {
	t        *testing.T
	db       *sql.DB // a second connection to the database of the store
	store    *sqlstore.Store
	notifier *recorder
	boxes    boxes
	accounts []inbound.Account
	config   inbound.Config
}

// boxes has the mailbox of each user.
type boxes map[string]*inboundtest.Mailbox

func (b boxes) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return b[a.Username].Open(ctx, a, login)
}

// newSQLHost has a SQLite file.
func newSQLHost(t *testing.T, accounts ...string) *sqlHost {
	return newHostOn(t, databases[0], accounts...)
}

func newHostOn(t *testing.T, d database, accounts ...string) *sqlHost {
	return newHostAt(t, d.place(t), accounts...)
}

func newHostAt(t *testing.T, p place, accounts ...string) *sqlHost {
	return newHostOf(t, p.store(), p.db(), accounts...)
}

func newHostOf(t *testing.T, store *sqlstore.Store, db *sql.DB, accounts ...string) *sqlHost {
	h := &sqlHost{t: t, store: store, db: db, notifier: &recorder{}, boxes: make(boxes)}
	for _, id := range accounts {
		user := id + "@shop.example"
		h.boxes[user] = inboundtest.NewMailbox()
		h.accounts = append(h.accounts, inbound.Account{
			ID: id, Shop: "main", Protocol: inbound.IMAP, Host: "mail.example", Username: user,
			CreateCustomer: true, NotifyManager: true, ManagerGroup: "support",
		})
	}
	h.config = inbound.Config{
		Credentials: inboundtest.Password("test"), Store: h.store,
		CustomerRepo: h.store.Customers(), ManagerDirectory: h.store.Managers(),
		Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: h.boxes, inbound.POP3: h.boxes},
		Notifier: h.notifier, Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(),
	}
	return h
}

func (h *sqlHost) syncer() *inbound.Syncer {
	h.t.Helper()
	c := h.config
	c.Accounts = h.accounts
	s, err := inbound.New(c)
	require.NoError(h.t, err)
	return s
}

func (h *sqlHost) manager(id string) {
	h.t.Helper()
	require.NoError(h.t, h.store.Managers().Put(h.t.Context(), assign.Manager{ID: id, Status: assign.Free}, "support"))
}

func (h *sqlHost) count(query string, args ...any) (n int) {
	h.t.Helper()
	require.NoError(h.t, h.db.QueryRow(query, args...).Scan(&n))
	return n
}

// If the bytes of an email are damaged in the database, its message stays on the
// server, and all others are deleted.
func TestSQLiteDelete_DamagedEmail(t *testing.T) {
	for name, damage := range map[string]string{
		"part missing":  "DELETE FROM postroom_raw",
		"part cut":      "UPDATE postroom_raw SET data = substr(data, 1, 20)",
		"bytes changed": "UPDATE postroom_raw SET data = zeroblob(length(data))",
	} {
		t.Run(name, func(t *testing.T) {
			h := newSQLHost(t, "shop")
			box := h.boxes["shop@shop.example"]
			for i := range 5 {
				box.Deliver(message("iris@post.example", fmt.Sprint("number ", i)))
			}
			_, err := h.syncer().Sync(t.Context(), "shop")
			require.NoError(t, err)
			_, err = h.db.Exec(damage +
				" WHERE owner = (SELECT seq FROM postroom_emails WHERE subject = 'number 2')")
			require.NoError(t, err)
			h.accounts[0].DeleteUploaded = true
			report, err := h.syncer().Sync(t.Context(), "shop")
			require.NoError(t, err)
			assert.Equal(t, 4, report.Deleted)
			assert.Equal(t, []uint32{3}, box.UIDs())
			_, err = h.syncer().Sync(t.Context(), "shop")
			require.NoError(t, err)
			assert.Equal(t, []uint32{3}, box.UIDs())
		})
	}
}

// refusing is a store that cannot save emails.
type refusing struct{ inbound.Store }

func (refusing) AddEmails(context.Context, []inbound.NewEmail) error { return errors.New("refused") }

// The bytes of a message that leaves quarantine are in the database once.
func TestSQLiteRedecide_FreesKeptBytes(t *testing.T) {
	h := newSQLHost(t, "shop")
	for i := range 3 {
		h.boxes["shop@shop.example"].Deliver(message("iris@post.example", fmt.Sprint("number ", i)))
	}
	h.config.Store, h.config.Limits.Attempts = refusing{h.store}, 1
	report, err := h.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	require.Equal(t, map[inbound.Outcome]int{inbound.Quarantined: 3}, report.Outcomes)
	require.Equal(t, 3, h.count("SELECT COUNT(*) FROM postroom_kept"))

	h.config.Store = h.store
	report, err = h.syncer().Redecide(t.Context(), "shop")
	require.NoError(t, err)
	require.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 3}, report.Outcomes)
	assert.Zero(t, h.count("SELECT COUNT(*) FROM postroom_kept"))
	assert.Equal(t, 3, h.count("SELECT COUNT(*) FROM postroom_raw"))
}
