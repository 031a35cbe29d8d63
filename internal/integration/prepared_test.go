package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// The database reads a text again only where it has many rows to insert: of all others it
// keeps the prepared statement, on each connection, whatever the size of the batch.
func TestSQLite_ReadsATextOnce(t *testing.T) {
	seen := new(sqlrecord.Recorder)
	db := openRecording(t, seen)
	db.SetMaxOpenConns(1) // a transaction must not wait for a second one
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	const known = 3 // batches after which every text has come again
	for i := range 20 {
		if i == known {
			seen.Forget()
		}
		commitBatch(t, store, i, 33+i)
	}
	requirePrepared(t, seen, 33)
}

// A context that ends while statements are prepared leaves them to the next transaction.
func TestSQLite_PreparesAfterAnEndedContext(t *testing.T) {
	seen := new(sqlrecord.Recorder)
	db := openRecording(t, seen)
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	commitBatch(t, store, 0, 3)
	commitBatch(t, store, 1, 3)
	ended, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, store.Atomic(ended, func(context.Context) error { return nil }), context.Canceled)
	db.SetMaxOpenConns(1) // each connection prepares anew
	commitBatch(t, store, 2, 3)
	seen.Forget()
	commitBatch(t, store, 3, 3)
	requirePrepared(t, seen, 1)
}

// requirePrepared requires that the database has read no text but those that insert more
// than so many rows.
func requirePrepared(t *testing.T, seen *sqlrecord.Recorder, most int) {
	read := seen.Read()
	require.NotEmpty(t, read)
	for text, n := range read {
		rows := strings.Count(text, "(?") + strings.Count(text, ", (?")
		if strings.HasPrefix(text, "INSERT") && rows > most {
			continue
		}
		if text == "DELETE FROM postroom_migrations WHERE version < 0" {
			continue // begins each transaction
		}
		assert.Zero(t, n, text)
	}
}

func commitBatch(t *testing.T, store *sqlstore.Store, number, size int) {
	ids, emails, rows := make([]string, size), make([]inbound.NewEmail, size), make([]inbound.LedgerEntry, size)
	for i := range size {
		id := inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprintf("%02d%02d", number, i)}
		ids[i] = emailID(1000*number + i)
		emails[i] = inbound.NewEmail{Raw: bytesRaw("x"), Email: inbound.Email{ID: ids[i], AccountID: "shop", Shop: "main",
			SourceID: id, CustomerID: "c1", Size: 1, UploadedAt: time.Now()}}
		rows[i] = inbound.LedgerEntry{SourceID: id, Outcome: inbound.Uploaded, EmailID: ids[i], At: time.Now()}
	}
	require.NoError(t, store.Atomic(t.Context(), func(ctx context.Context) error {
		have, err := store.HaveEmails(ctx, ids)
		require.NoError(t, err)
		require.Empty(t, have)
		_, _, err = store.Customers().Create(ctx, customer.New{Shop: "main", Email: fmt.Sprintf("c%d@example.com", number)})
		require.NoError(t, err)
		require.NoError(t, store.AddEmails(ctx, emails))
		return store.Record(ctx, "shop", rows)
	}))
	have, err := store.HaveEmails(t.Context(), ids)
	require.NoError(t, err)
	require.Len(t, have, size)
}

// With prepared statements, a context that has ended and a database that is closed are the
// errors that they are without.
func TestSQLite_PreparedStatementsFailAsOthers(t *testing.T) {
	db := openRecording(t, new(sqlrecord.Recorder))
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	for i := range 4 {
		commitBatch(t, store, i, 3)
	}
	ended, end := context.WithCancel(t.Context())
	require.NoError(t, store.Atomic(t.Context(), func(ctx context.Context) error {
		part, endPart := context.WithCancel(ctx)
		endPart()
		_, err := store.HaveEmails(part, []string{"1"})
		require.ErrorIs(t, err, context.Canceled)
		_, err = store.HaveEmails(ctx, []string{"1"}) // the transaction goes on
		return err
	}))
	end()
	_, err = store.HaveEmails(ended, []string{"1"})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, db.Close())
	_, err = store.HaveEmails(t.Context(), []string{"1"})
	require.ErrorContains(t, err, "database is closed")
}
