package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

func savedAccount(id string) inbound.Account {
	return inbound.Account{ID: id, Protocol: inbound.IMAP, Host: "imap.example.com", Username: id}
}

// Two processes add an account at the same moment, and the limit admits one more.
func TestDatabases_TwoProcessesAddTheTenth(t *testing.T) { onDatabases(t, testTwoProcessesAddTheTenth) }

func testTwoProcessesAddTheTenth(t *testing.T, d database) {
	for range 5 {
		p := d.place(t)
		processes := []*inbound.SavedAccounts{
			inbound.NewSavedAccounts(p.store(), nil), inbound.NewSavedAccounts(p.store(), nil)}
		for i := range 9 {
			require.NoError(t, processes[i%2].Add(t.Context(), savedAccount(fmt.Sprint("account", i))))
		}
		errs := make([]error, 2)
		var all sync.WaitGroup
		begin := make(chan struct{})
		for i, accounts := range processes {
			all.Go(func() {
				<-begin
				errs[i] = accounts.Add(t.Context(), savedAccount(fmt.Sprint("late", i)))
			})
		}
		close(begin)
		all.Wait()
		refused := 0
		if errs[0] == nil {
			refused = 1
		}
		require.NoError(t, errs[1-refused], "one of them succeeds: %v", errs)
		require.EqualError(t, errs[refused], fmt.Sprintf("inbound: account late%d: there are 10 accounts already, "+
			"and at most 10 are allowed: remove one, or raise MaxAccounts", refused))
		list, err := processes[0].Accounts(t.Context())
		require.NoError(t, err)
		assert.Len(t, list, 10)
		assert.Equal(t, fmt.Sprint("late", 1-refused), list[9].ID)
	}
}

// TestDatabases_ForgetFiveThousandEmails: many short transactions, between which others
// write; and nothing of the account is left in any table.
func TestDatabases_ForgetFiveThousandEmails(t *testing.T) {
	t.Parallel()
	onDatabases(t, testForgetFiveThousandEmails)
}

func testForgetFiveThousandEmails(t *testing.T, d database) {
	const emails = 5000
	p := d.place(t)
	store, ctx := p.store(), t.Context()
	for account, n := range map[string]int{"shop": emails, "other": 500} {
		for first := 0; first < n; first += 500 {
			require.NoError(t, store.Atomic(ctx, func(ctx context.Context) error {
				return fillAccount(ctx, store, account, first, 500)
			}))
		}
	}
	accounts := inbound.NewSavedAccounts(store, nil)

	stop, stopped := make(chan struct{}), make(chan int)
	other := p.store()
	go func() { // another process, which goes on
		every := time.NewTicker(20 * time.Millisecond)
		for n := 0; ; {
			select {
			case <-stop:
				stopped <- n
				return
			case <-every.C:
				assert.NoError(t, other.SetHealth(context.WithoutCancel(ctx), "other", inbound.Health{Failures: n}))
				n++
			}
		}
	}()
	before := time.Now()
	require.NoError(t, accounts.Forget(ctx, "shop"))
	t.Logf("forgotten in %v", time.Since(before).Round(time.Millisecond))
	close(stop)
	n := <-stopped
	t.Logf("another process wrote %d times meanwhile", n)
	assert.Greater(t, n, 10)

	db := p.db()
	for _, table := range tablesWithAccount(t, db, d.dialect) {
		var left, others int
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM "+table+" WHERE account = 'shop'").Scan(&left))
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM "+table+" WHERE account = 'other'").Scan(&others))
		if table == "postroom_assignments" { // the customers'
			continue
		}
		assert.Zero(t, left, table)
		if table != "postroom_saved_accounts" {
			assert.NotZero(t, others, "%s: fillAccount has to enter a row into each table", table)
		}
	}
	var parts, kept int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM postroom_raw").Scan(&parts))
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM postroom_kept").Scan(&kept))
	assert.Equal(t, []int{501, 1}, []int{parts, kept}, "those of the other account")
}

// tablesWithAccount returns the tables that have rows of accounts, of whatever migration.
func tablesWithAccount(t *testing.T, db *sql.DB, dialect sqlstore.Dialect) (tables []string) {
	query := "SELECT DISTINCT table_name FROM information_schema.columns" +
		" WHERE table_name LIKE 'postroom_%' AND column_name = 'account'"
	if dialect == sqlstore.SQLite {
		query = "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c" +
			" WHERE m.type = 'table' AND m.name LIKE 'postroom_%' AND c.name = 'account'"
	}
	rows, err := db.Query(query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(tables), 7)
	return tables
}

// fillAccount enters n emails of an account, and something into each table that has rows
// of accounts.
func fillAccount(ctx context.Context, store *sqlstore.Store, account string, first, n int) error {
	var emails []inbound.NewEmail
	var rows []inbound.LedgerEntry
	var notifications []notify.Notification
	for i := first; i < first+n; i++ {
		id := fmt.Sprint(account, i)
		at := inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprint(i + 1)}
		raw := bytesRaw(strings.Repeat(id+" ", 200))
		emails = append(emails, inbound.NewEmail{Raw: raw,
			Email: inbound.Email{ID: id, AccountID: account, Shop: "main", SourceID: at, CustomerID: "c1"}})
		rows = append(rows, inbound.LedgerEntry{SourceID: at, Outcome: inbound.Uploaded, EmailID: id})
		notifications = append(notifications, notify.Notification{ID: id, AccountID: account, ManagerID: "m1"})
	}
	at := inbound.SourceID{Folder: "Quarantine", Generation: "1", Key: fmt.Sprint(first + 1)}
	kept := "kept " + rows[0].EmailID
	rows = append(rows, inbound.LedgerEntry{SourceID: at, Outcome: inbound.Quarantined, EmailID: kept})
	return errors.Join(
		store.AddEmails(ctx, emails),
		store.KeepRaw(ctx, kept, bytesRaw("kept")),
		store.Record(ctx, account, rows),
		store.Add(ctx, notifications),
		store.IntendCustomers(ctx, account, "main", []string{"a@example.com"}),
		store.SetFolderState(ctx, account, "INBOX", inbound.FolderState{Position: 1}),
		store.SetAccountState(ctx, account, inbound.AccountState{}),
		store.SetUsage(ctx, account, inbound.Usage{HistoryAfter: time.Unix(1, 0)}),
		store.SetHealth(ctx, account, inbound.Health{}),
		store.SetSavedSecret(ctx, account, inbound.SavedSecret{Sealed: []byte("x")}),
	)
}
