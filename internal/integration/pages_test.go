package integration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// oneConnection opens a database with a single connection, which counts what all do.
func oneConnection(t *testing.T, dsn string) *sql.DB {
	db, err := sql.Open("sqlite", dsn)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// statusOf returns a counter of the only connection, and sets it to zero.
func statusOf(t *testing.T, db *sql.DB, counter sqlite.DBStatusOp) (n int) {
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Raw(func(driverConn any) (err error) {
		n, _, err = driverConn.(sqlite.DBStatus).Status(counter, true)
		return err
	}))
	require.NoError(t, conn.Close())
	return n
}

func pageSize(t *testing.T, db *sql.DB) (n int) {
	require.NoError(t, db.QueryRow("PRAGMA page_size").Scan(&n))
	return n
}

// writeBatch writes what a pass does for messages of new customers, whose addresses are in
// no order. The emails are those after the number.
func writeBatch(t *testing.T, store *sqlstore.Store, number, messages, customers int) {
	err := store.Atomic(t.Context(), func(ctx context.Context) error {
		assignments := make([]assign.Assignment, customers)
		for i := range assignments {
			made, _, err := store.Customers().Create(ctx, customer.New{
				Shop: "main", Email: emailID(number+i) + "@example.com"})
			if err != nil {
				return err
			}
			assignments[i] = assign.Assignment{CustomerID: made.ID, Shop: "main", Address: made.Email, AccountID: "shop",
				Group: "support", Stage: assign.StageAssigned, ManagerID: "m1", Since: time.Now()}
		}
		emails := make([]inbound.NewEmail, messages)
		rows := make([]inbound.LedgerEntry, messages)
		for i := range emails {
			emails[i] = emailOf(number+i, assignments[i%customers].CustomerID)
			rows[i] = inbound.LedgerEntry{SourceID: emails[i].SourceID, Position: uint64(number + i),
				Outcome: inbound.Uploaded, From: emails[i].From, EmailID: emails[i].ID, Extent: inbound.ExtentWhole,
				At: time.Now()}
		}
		if err := store.AddEmails(ctx, emails); err != nil {
			return err
		}
		if err := store.Record(ctx, "shop", rows); err != nil {
			return err
		}
		return store.SetAssignments(ctx, assignments)
	})
	require.NoError(t, err)
}

// emailOf returns an email with a text of usual size instead of raw bytes.
func emailOf(number int, customerID string) inbound.NewEmail {
	return inbound.NewEmail{Raw: bytesRaw(nil), Email: inbound.Email{ID: emailID(number), AccountID: "shop", Shop: "main",
		SourceID:   inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprint(number)},
		CustomerID: customerID, From: "somebody@example.com", Fingerprint: "h2:" + emailID(-number),
		Snippet: strings.Repeat("a text ", 20), UploadedAt: time.Now()}}
}

// randomID returns the ID of a customer as an earlier version may have made it.
func randomID(n int) string {
	sum := sha256.Sum256(fmt.Append(nil, n))
	return "c" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// The number of customers costs a batch nothing but a page for the address of a new one,
// and the number of emails two small pages for each new one: those with its ID and with
// its fingerprint in their indexes.
func TestSQLiteUpload_GrowthOfPages(t *testing.T) {
	const (
		emails, customers      = 30_000, 10_000 // there before
		messages, newCustomers = 256, 100       // in a batch
		page, inOrder          = 4 << 10, 100   // the rest is in the order of upload
		limit                  = (2*messages + newCustomers + inOrder) * page
	)
	db := oneConnection(t, sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db")))
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	records := make([]customer.Customer, customers)
	assignments := make([]assign.Assignment, customers)
	for i := range records {
		records[i] = customer.Customer{ID: randomID(i), Shop: "main", Email: emailID(-i) + "@example.com"}
		assignments[i] = assign.Assignment{CustomerID: records[i].ID, Shop: "main", Address: records[i].Email,
			AccountID: "shop", Group: "support", Stage: assign.StageAssigned, ManagerID: "m1", Since: time.Now()}
	}
	require.NoError(t, store.Customers().Upsert(t.Context(), records...))
	require.NoError(t, store.SetAssignments(t.Context(), assignments))
	for first := 0; first < emails; first += 1000 {
		added := make([]inbound.NewEmail, 1000)
		for i := range added {
			added[i] = emailOf(first+i, records[(first+i)%customers].ID)
		}
		require.NoError(t, store.AddEmails(t.Context(), added))
	}

	statusOf(t, db, sqlite.DBStatusCacheWrite)
	writeBatch(t, store, emails, messages, newCustomers)
	written := statusOf(t, db, sqlite.DBStatusCacheWrite)
	t.Logf("%d pages of %d bytes", written, pageSize(t, db))
	assert.Greater(t, written, newCustomers, "nothing is counted")
	assert.LessOrEqual(t, written*pageSize(t, db), limit, "a batch changes too much")
}

// A database with the large pages of earlier versions is used as it is, within the same
// memory, until VACUUM makes them small.
func TestSQLiteDSN_LargePages(t *testing.T) {
	dsn := sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db"))
	old := strings.Replace(dsn, "page_size%284096%29", "page_size%2816384%29", 1)
	require.NotEqual(t, dsn, old)
	before := oneConnection(t, old)
	store, err := sqlstore.Open(t.Context(), before, sqlstore.SQLite, nil)
	require.NoError(t, err)
	const rows, text = 20_000, 400
	for first := 0; first < rows; first += 1000 {
		entries := make([]inbound.LedgerEntry, 1000)
		for i := range entries {
			entries[i] = inbound.LedgerEntry{SourceID: inbound.SourceID{Key: fmt.Sprint(first + i)},
				Outcome: inbound.Ignored, Subject: strings.Repeat("a", text)}
		}
		require.NoError(t, store.Record(t.Context(), "shop", entries))
	}
	require.Equal(t, 16<<10, pageSize(t, before))
	require.NoError(t, before.Close()) // all connections of a process share the room of their caches

	for _, want := range []int{16 << 10, 4 << 10} {
		db := oneConnection(t, dsn)
		store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
		require.NoError(t, err)
		assert.Equal(t, want, pageSize(t, db))
		var size int
		require.NoError(t, db.QueryRow(
			"SELECT SUM(LENGTH(subject)) FROM postroom_ledger WHERE subject LIKE 'a%a'").Scan(&size))
		assert.Equal(t, rows*text, size)
		used := statusOf(t, db, sqlite.DBStatusCacheUsed)
		assert.Greater(t, used, 2<<20, "hardly anything was read")
		assert.Less(t, used, 3<<20, "the cache is larger than 2.5 MiB")
		writeBatch(t, store, 1000*want, 10, 2)
		_, err = db.Exec("VACUUM")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
}
