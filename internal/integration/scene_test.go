package integration

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailgen"
	"github.com/postroom/postroom/notify"
)

const (
	mailbox  = "shop@shop.example"
	password = "correct horse"
)

// scene is a mail server with one mailbox, and a host with a SQLite file.
type scene struct {
	t        *testing.T
	server   *dovecot.Server
	store    *sqlstore.Store
	network  inbound.NetworkPolicy
	notifier *recorder
	wrong    map[string]inbound.Secret // passwords, by account
}

func newScene(t *testing.T, o *dovecot.Options) *scene {
	t.Helper()
	s := &scene{t: t, server: dovecot.ForTest(t, o), store: openSQLite(t, ""), notifier: &recorder{},
		wrong: make(map[string]inbound.Secret)}
	require.NoError(t, s.server.AddUser(mailbox, password))
	roots, err := s.server.Roots()
	require.NoError(t, err)
	s.network = inbound.NetworkPolicy{AllowPrivate: true, RootCAs: roots, DialTimeout: 10 * time.Second}
	return s
}

// account returns the settings of an account on the scene's mailbox.
func (s *scene) account(id string, protocol inbound.Protocol, security inbound.Security) inbound.Account {
	p := s.server.Ports()
	ports := map[inbound.Protocol]map[bool]int{
		inbound.IMAP: {true: p.IMAPS, false: p.IMAP},
		inbound.POP3: {true: p.POP3S, false: p.POP3},
	}
	return inbound.Account{
		ID: id, Shop: "main", Protocol: protocol, Host: s.server.Host(),
		Port: ports[protocol][security == inbound.TLS], Security: security, Username: mailbox,
		InitialNotifications: inbound.NotifyEach, InitialAge: inbound.AnyAge,
	}
}

// credentials returns the password of the mailbox, or a wrong one for the accounts in
// s.wrong.
func (s *scene) credentials() inbound.Credentials {
	return inbound.CredentialsFunc(func(_ context.Context, account string) (inbound.Secrets, error) {
		return inbound.Secrets{Password: cmp.Or(s.wrong[account], password)}, nil
	})
}

// syncer returns a Syncer with these accounts on the scene's store.
func (s *scene) syncer(accounts ...inbound.Account) *inbound.Syncer {
	s.t.Helper()
	syncer, err := inbound.New(s.config(accounts...))
	require.NoError(s.t, err)
	return syncer
}

func (s *scene) config(accounts ...inbound.Account) inbound.Config {
	return inbound.Config{
		Accounts: accounts, Credentials: s.credentials(),
		Fetchers: map[inbound.Protocol]inbound.Fetcher{
			inbound.IMAP: imapfetch.New(&imapfetch.Options{Network: s.network}),
			inbound.POP3: pop3fetch.New(&pop3fetch.Options{Network: s.network}),
		},
		Store: s.store, CustomerRepo: s.store.Customers(), ManagerDirectory: s.store.Managers(),
		Notifier: s.notifier, Logger: slog.New(slog.DiscardHandler), SpoolDir: s.t.TempDir(),
	}
}

// pass syncs an account once and delivers the notifications.
func (s *scene) pass(syncer *inbound.Syncer, account string) inbound.Report {
	s.t.Helper()
	report, err := syncer.Sync(s.t.Context(), account)
	require.NoError(s.t, err)
	_, err = syncer.Dispatch(s.t.Context())
	require.NoError(s.t, err)
	return report
}

// deliver puts generated mail into the mailbox, and returns the truths.
func (s *scene) deliver(o mailgen.Options) []mailgen.Truth {
	s.t.Helper()
	mail := mailgen.New(o)
	truths := make([]mailgen.Truth, mail.Len())
	for i := range truths {
		var raw []byte
		raw, truths[i] = mail.Message(i)
		require.NoError(s.t, s.server.Deliver(mailbox, "INBOX", raw))
	}
	return truths
}

// managers adds the managers m1, m2, ... to the group "support".
func (s *scene) managers(statuses ...assign.Status) {
	s.t.Helper()
	for i, status := range statuses {
		id := "m" + string(rune('1'+i))
		m := assign.Manager{ID: id, Name: id, Status: status}
		require.NoError(s.t, s.store.Managers().Put(s.t.Context(), m, "support"))
	}
}

// outcomes counts the ledger's rows of an account.
func (s *scene) outcomes(account string) map[inbound.Outcome]int {
	s.t.Helper()
	counts, err := s.store.Outcomes(s.t.Context(), account)
	require.NoError(s.t, err)
	return counts
}

// ledger returns all rows of an account.
func (s *scene) ledger(account string) []inbound.LedgerEntry {
	s.t.Helper()
	rows, err := s.store.Entries(s.t.Context(), account, "", inbound.SourceID{}, 100_000)
	require.NoError(s.t, err)
	return rows
}

// emails returns all emails of an account.
func (s *scene) emails(account string) []inbound.Email {
	s.t.Helper()
	emails, err := s.store.ListEmails(s.t.Context(), inbound.EmailFilter{AccountID: account}, "", 100_000)
	require.NoError(s.t, err)
	return emails
}

// rawSum returns the hex SHA-256 of the bytes of an email in the store.
func (s *scene) rawSum(id string) string {
	s.t.Helper()
	r, err := s.store.OpenRaw(s.t.Context(), id)
	require.NoError(s.t, err)
	hash := sha256.New()
	_, err = io.Copy(hash, r)
	require.NoError(s.t, err)
	require.NoError(s.t, r.Close())
	return hex.EncodeToString(hash.Sum(nil))
}

// onServer returns the checksums of the messages in the mailbox, by UID.
func (s *scene) onServer() map[uint32]string {
	s.t.Helper()
	sums, err := s.server.Checksums(mailbox, "INBOX")
	require.NoError(s.t, err)
	return sums
}

// recorder is a Notifier that records the notifications, in order.
type recorder struct {
	mu   sync.Mutex
	list []notify.Notification
}

func (r *recorder) Notify(_ context.Context, n notify.Notification) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, n)
	return nil
}

func (r *recorder) all() []notify.Notification {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]notify.Notification(nil), r.list...)
}
