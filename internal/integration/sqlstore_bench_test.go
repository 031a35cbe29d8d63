package integration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// bytesRaw is a message in memory.
type bytesRaw []byte

func (b bytesRaw) ReadAt(p []byte, off int64) (int, error) { return copy(p, b[off:]), nil }
func (b bytesRaw) Size() int64                             { return int64(len(b)) }

// openSQLite opens a store on a new file, or the one at path.
func openSQLite(t testing.TB, path string) *sqlstore.Store {
	if path == "" {
		path = filepath.Join(t.TempDir(), "postroom.db")
	}
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	store, err := sqlstore.Open(context.Background(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	return store
}

// BenchmarkUpload commits batches as a pass does: some 8 MB of raw bytes in
// messages of 70 kB, with their ledger rows.
func BenchmarkUpload(b *testing.B) {
	for _, rows := range []int{0, 1_000_000} {
		b.Run(fmt.Sprintf("ledger=%d", rows), func(b *testing.B) {
			if rows > 0 && testing.Short() {
				b.Skip("filling the ledger takes a while")
			}
			store := openSQLite(b, "")
			fillLedger(b, store, rows)
			uploadBatches(b, store, uint32(rows))
		})
	}
}

func fillLedger(b *testing.B, store *sqlstore.Store, rows int) {
	ctx := context.Background()
	for uid := 0; uid < rows; {
		entries := make([]inbound.LedgerEntry, 1000)
		for i := range entries {
			uid++
			entries[i] = inbound.LedgerEntry{SourceID: inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprint(uid)},
				Position: uint64(uid), Outcome: inbound.Uploaded,
				Reason: "known customer", From: "somebody@example.com", Subject: "a subject of usual length", Size: 70000,
				EmailID: emailID(uid), At: time.Now()}
		}
		require.NoError(b, store.Record(ctx, "shop", entries))
	}
}

func emailID(n int) string {
	sum := sha256.Sum256(fmt.Append(nil, n))
	return hex.EncodeToString(sum[:16])
}

func uploadBatches(b *testing.B, store *sqlstore.Store, uid uint32) {
	const messages, size = 117, 70_000
	random := rand.NewChaCha8([32]byte{})
	body := make([]byte, size)
	_, err := random.Read(body)
	require.NoError(b, err)
	ctx := context.Background()
	b.SetBytes(messages * size)
	for b.Loop() {
		emails := make([]inbound.NewEmail, messages)
		rows := make([]inbound.LedgerEntry, messages)
		for i := range emails {
			uid++
			id := inbound.SourceID{Folder: "INBOX", Generation: "1", Key: fmt.Sprint(uid)}
			emails[i] = inbound.NewEmail{Raw: bytesRaw(body), Email: inbound.Email{ID: emailID(int(uid)), AccountID: "shop",
				Shop: "main", SourceID: id, CustomerID: "c1", MessageID: "<1@example.com>", From: "somebody@example.com",
				Subject: "a subject of usual length", Size: size, UploadedAt: time.Now()}}
			rows[i] = inbound.LedgerEntry{SourceID: id, Outcome: inbound.Uploaded, From: "somebody@example.com",
				Subject: "a subject of usual length", Size: size, EmailID: emails[i].ID, At: time.Now()}
		}
		err := store.Atomic(ctx, func(ctx context.Context) error {
			if err := store.AddEmails(ctx, emails); err != nil {
				return err
			}
			return store.Record(ctx, "shop", rows)
		})
		require.NoError(b, err)
	}
}

// logNotifier is as fast as a Notifier can be: it writes a line.
type logNotifier struct{ log *slog.Logger }

func (l logNotifier) Notify(ctx context.Context, n notify.Notification) error {
	l.log.InfoContext(ctx, "notification", "id", n.ID, "kind", n.Kind,
		"manager", n.ManagerID, "from", n.From, "subject", n.Subject)
	return nil
}

// BenchmarkDrain delivers 10,000 notifications to a log file.
func BenchmarkDrain(b *testing.B) {
	const count = 10_000
	ctx := context.Background()
	file, err := os.Create(filepath.Join(b.TempDir(), "log"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, file.Close()) })
	for b.Loop() {
		b.StopTimer()
		store := openSQLite(b, "")
		pending := make([]notify.Notification, count)
		for i := range pending {
			pending[i] = notify.Notification{EmailID: emailID(i), ManagerID: fmt.Sprint("m", i%10), CustomerID: "c1",
				AccountID: "shop", From: "somebody@example.com", Subject: "a subject of usual length", At: time.Now(),
			}.As(notify.IncomingEmail)
		}
		require.NoError(b, store.Add(ctx, pending))
		d := notify.Dispatcher{Outbox: store, Notifier: logNotifier{slog.New(slog.NewJSONHandler(file, nil))}}
		b.StartTimer()
		report, err := d.Drain(ctx)
		require.NoError(b, err)
		require.Equal(b, count, report.Delivered)
	}
}
