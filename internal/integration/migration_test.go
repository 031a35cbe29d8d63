package integration

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// versionOne is what a database of schema version 1 may contain, as far as the
// later versions read something from it.
const versionOne = `
INSERT INTO postroom_ledger (account, folder, generation, uid, uidl, occurrence, outcome, reason, sender, subject,
	size, listed, email_id, keep, deleted, attempts, next_try, at) VALUES
	('shop', 'INBOX', 1, 1, '', 0, 'uploaded', 'known customer', 'a@example.com', '', 10, 10, 'e1', 0, 0, 0, 0, 0),
	('shop', 'INBOX', 1, 2, '', 0, 'uploaded', 'known customer', 'a@example.com', '', 10, 20, 'e2', 1, 0, 0, 0, 0),
	('shop', 'INBOX', 1, 3, '', 0, 'duplicate', '', 'a@example.com', '', 10, 20, 'e1', 0, 0, 0, 0, 0),
	('shop', 'INBOX', 1, 4, '', 0, 'quarantined', '', 'a@example.com', '', 20, 20, 'k1', 0, 0, 3, 0, 0),
	('shop', 'INBOX', 1, 5, '', 0, 'ignored',
		'was there before the account was connected', '', '', 0, 10, '', 0, 0, 0, 0, 0),
	('shop', 'INBOX', 1, 6, '', 0, 'ignored',
		'arrived 2026-01-01T00:00:00Z, before the account''s start', '', '', 5, 10, '', 0, 0, 0, 0, 0),
	('shop', 'INBOX', 1, 7, '', 0, 'ignored', 'blocked sender', 'b@example.com', '', 5, 10, '', 0, 0, 0, 0, 0),
	('shop', 'INBOX', 1, 8, '', 0, 'failed', 'timeout', '', '', 5, 10, '', 0, 0, 1, 0, 0),
	('shop', 'INBOX', 1, 10, '', 0, 'failed', 'timeout', '', '', 5, 10, '', 0, 0, 1, 0, 0),
	('pop', '', 0, 0, 'id-2', 0, 'ignored', 'was there before the account was connected', '', '', 0, 10, '', 0, 0, 0, 0,
		0),
	('pop', '', 0, 0, 'id-2', 1, 'uploaded', '', 'a@example.com', '', 0, 10, 'e1', 0, 0, 0, 0, 0);
INSERT INTO postroom_emails (id, account, shop, folder, generation, uid, uidl, occurrence, customer, manager,
	message_id, in_reply_to, refs, sender, sender_name, subject, sent_at, class, verified, size, sha256,
	truncated, attachments, warnings, uploaded_at, raw_size) VALUES
	('e1', 'shop', 'main', 'INBOX', 1, 1, '', 0, 'c1', '', '', '', 'null',
		'a@example.com', '', '', 0, 'personal', 0, 3, '', 0, 'null', 'null', 0, 3),
	('e2', 'shop', 'main', 'INBOX', 1, 2, '', 0, 'c1', '', '', '', 'null',
		'a@example.com', '', '', 0, 'personal', 0, 3, '', 1, 'null', 'null', 0, 0);
INSERT INTO postroom_kept (seq, id, raw_size) VALUES (1, 'k1', 4), (2, 'e1', 3);
INSERT INTO postroom_raw (owner, part, data) VALUES
	(1, 0, CAST('raw' AS BLOB)), (-1, 0, CAST('kept' AS BLOB)), (-2, 0, CAST('raw' AS BLOB));
INSERT INTO postroom_folders (account, folder, mailbox, generation, settled, uid_next, start_uid,
	started_at, compared_at) VALUES
	('shop', 'INBOX', 'm', 1, 8, 9, 5, 1767225600000000, 0),
	('shop', 'Archive', 'm', 1, 8, 9, 0, 1767225500000000, 0),
	('shop', 'Never', '', 0, 0, 0, 0, -62135596800000000, 0),
	('new', 'INBOX', '', 0, 0, 0, 0, -62135596800000000, 0);
INSERT INTO postroom_intents (account, shop, address) VALUES ('shop', 'main', 'x@example.com');
INSERT INTO postroom_queue (team, customer, shop, account, email, since) VALUES
	('support', 'c1', 'main', 'shop', 'e1', 1767225600000000),
	('support', 'c2', 'main', 'shop', 'erased', 1767225600000000),
	('sales', 'c1', 'main', 'shop', 'e1', 1767225700000000);
INSERT INTO postroom_notifications (id, kind, account, shop, manager, customer, email, sender, subject, at,
	state, attempts, next_try, last_error, delivery) VALUES
	('n1', 'incoming_email', 'shop', 'main', 'm1', 'c1', 'e1', 'a@example.com', '', 0, 'delivered', 1, 0, '', 1);
INSERT INTO postroom_health (account, state, last_success, last_error, hint, failures,
	initial_done, initial_total, initial_complete) VALUES ('shop', 'ok', 0, '', '', 2, 3, 4, 0);
INSERT INTO postroom_leases (name, owner, token, taken, expires) VALUES ('account/shop', '', 7, 0, 0);
INSERT INTO postroom_turns (team, manager, last_turn) VALUES ('support', 'm1', 2), ('support', 'm2', 1);
INSERT INTO postroom_customers (id, shop, email, name, manager, fields, created, assigned, created_at) VALUES
	('c1', 'main', 'a@example.com', 'Anna', 'm1', '{"source":"email"}', 1, 1, 0);
INSERT INTO postroom_fields (name, type) VALUES ('source', 'text');
INSERT INTO postroom_managers (id, name, email, status, active) VALUES ('m1', 'Max', 'm@example.com', 'busy', 1);
INSERT INTO postroom_members (team, manager) VALUES ('support', 'm1');
UPDATE sqlite_sequence SET seq = 9 WHERE name = 'postroom_emails'; -- some were removed by hand
`

// oldDatabase has the rows of versionOne, and the schema of a later version.
func oldDatabase(t *testing.T, version int) *sql.DB {
	db := databases[0].place(t).db()
	applySteps(t, db, sqlstore.SQLite, 0, 1)
	_, err := db.Exec(versionOne)
	require.NoError(t, err)
	applySteps(t, db, sqlstore.SQLite, 1, version)
	return db
}

// applySteps brings the schema from one version to another, as programs of that time did.
func applySteps(t *testing.T, db *sql.DB, dialect sqlstore.Dialect, from, to int) {
	t.Helper()
	exec := func(statement string) {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	exec(`CREATE TABLE IF NOT EXISTS postroom_migrations (
		version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`)
	for _, step := range sqlstore.Migrations(dialect, nil) {
		if step.Version <= from || step.Version > to {
			continue
		}
		for _, statement := range gooseStatement.FindAllStringSubmatch(
			sqlstore.Goose(dialect, nil)[fmt.Sprintf("%05d_postroom.sql", step.Version)], -1) {
			exec(statement[1])
		}
	}
}

var gooseStatement = regexp.MustCompile(`(?s)StatementBegin\n(.*?);\n-- \+goose StatementEnd`)

// A database of each earlier version is what it was, with what is new.
func TestSQLiteMigration_FromEachVersion(t *testing.T) {
	for _, step := range sqlstore.Migrations(sqlstore.SQLite, nil) {
		t.Run(fmt.Sprint(step.Version), func(t *testing.T) { testMigrationFrom(t, step.Version) })
	}
}

func testMigrationFrom(t *testing.T, version int) {
	db := oldDatabase(t, version)
	store, err := sqlstore.Open(t.Context(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	ctx := t.Context()

	rows, err := store.Entries(ctx, "shop", "", inbound.SourceID{}, 100)
	require.NoError(t, err)
	require.Len(t, rows, 9)
	extents := []inbound.Extent{inbound.ExtentWhole, inbound.ExtentCut, inbound.ExtentCut, inbound.ExtentWhole,
		inbound.ExtentUnread, inbound.ExtentUnread, inbound.ExtentUnread, inbound.ExtentUnread, inbound.ExtentUnread}
	uids := []string{"1", "2", "3", "4", "5", "6", "7", "8", "10"}
	for i, row := range rows {
		assert.Equal(t, inbound.SourceID{Folder: "INBOX", Generation: "1", Key: uids[i]}, row.SourceID)
		assert.Equal(t, uids[i], fmt.Sprint(row.Position))
		assert.False(t, row.Baseline, row)
		assert.Equal(t, extents[i], row.Extent, row)
		assert.Equal(t, i == 4 || i == 5, row.BeforeStart, row)
		assert.False(t, row.Unmarked, row)
		assert.Empty(t, row.ReplyTo, row)
	}
	assert.Equal(t, "a@example.com", rows[0].From)
	assert.Equal(t, "e1", rows[0].EmailID)
	rows, err = store.Entries(ctx, "pop", "", inbound.SourceID{}, 100)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	for i, row := range rows {
		assert.Equal(t, inbound.SourceID{Key: "id-2", Occurrence: i}, row.SourceID)
		assert.Equal(t, i == 0, row.Baseline)
	}

	mail, err := store.Email(ctx, "e1")
	require.NoError(t, err)
	assert.True(t, mail.Notify)
	assert.Equal(t, inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "1"}, mail.SourceID)
	assert.Equal(t, inbound.ExtentWhole, mail.Extent)
	assert.Empty(t, mail.Fingerprint, "it is computed by the first pass")
	assert.Equal(t, 2, mail.Sources, "the email and its duplicate")
	assert.Empty(t, mail.To, "nobody reads all mail again for it")
	assert.Empty(t, mail.Cc)
	assert.Empty(t, mail.Snippet)
	cut, err := store.Email(ctx, "e2")
	require.NoError(t, err)
	assert.True(t, cut.Truncated())
	due, err := store.DueForRetry(ctx, "shop", "INBOX", "1", time.Now(), 10)
	require.NoError(t, err)
	assert.Len(t, due, 2)
	assert.Equal(t, "raw", rawOf(t, store, "e1"))
	assert.Equal(t, "kept", rawOf(t, store, "k1"))
	var parts int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM postroom_raw").Scan(&parts))
	assert.Equal(t, 2, parts, "bytes that an email has too are not kept")

	inbox, err := store.FolderState(ctx, "shop", "INBOX")
	require.NoError(t, err)
	archive, err := store.FolderState(ctx, "shop", "Archive")
	require.NoError(t, err)
	assert.True(t, inbox.Baseline)
	assert.False(t, archive.Baseline)
	assert.Equal(t, time.UnixMicro(1767225600000000).UTC(), inbox.Start,
		"something was left out: a start that moves back is noticed")
	assert.True(t, archive.Start.IsZero())
	assert.Equal(t, uint64(8), inbox.Position)
	assert.Equal(t, "1", inbox.Generation)
	for account, want := range map[string]time.Time{
		"shop": time.UnixMicro(1767225500000000).UTC(), "new": {}, "unknown": {},
	} {
		state, err := store.AccountState(ctx, account)
		require.NoError(t, err)
		assert.Equal(t, want, state.StartedAt, account)
	}
	noted, err := store.IntendedCustomers(ctx, "", "main", []string{"x@example.com"})
	require.NoError(t, err)
	assert.True(t, noted["x@example.com"])

	expectOldAssignments(t, store)
	delivered, err := store.Notifications(ctx, "", 10)
	require.NoError(t, err)
	require.Len(t, delivered, 1)

	health, err := store.Health(ctx, "shop")
	require.NoError(t, err)
	assert.Equal(t, 2, health.Failures)
	assert.Equal(t, make([]time.Time, 8), []time.Time{health.Since, health.LastErrorAt, health.NextAttempt,
		health.TroubleSince, health.AlertedAt, health.InitialSince, health.HistoryAfter,
		health.InitialNotBefore}, "not known")
	assert.Zero(t, health.InitialTook)
	assert.Empty(t, health.Cause)
	token, err := store.Acquire(ctx, "account/shop", "somebody", time.Minute)
	require.NoError(t, err)
	assert.Equal(t, uint64(8), token, "tokens never go back")
	turn, err := store.Claim(ctx, "support", []string{"m1", "m2"}, 2)
	require.NoError(t, err)
	assert.Equal(t, []string{"m2", "m1"}, turn)
	expectOldCustomers(t, store)
	require.NoError(t, store.AddEmails(ctx, []inbound.NewEmail{{Email: inbound.Email{ID: "e3"}, Raw: bytesRaw("new")}}))
	var seq int
	require.NoError(t, db.QueryRow("SELECT seq FROM postroom_emails WHERE id = 'e3'").Scan(&seq))
	assert.Equal(t, 10, seq, "a number that was given is not given again")

	acme, err := sqlstore.Open(ctx, db, sqlstore.SQLite, &sqlstore.Options{Namespace: "acme"})
	require.NoError(t, err)
	expectNothingOld(t, acme)

	again, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
	require.NoError(t, err, "nothing is migrated twice")
	expectOldAssignments(t, again)
}

func expectOldCustomers(t *testing.T, store *sqlstore.Store) {
	ctx := t.Context()
	found, err := store.Customers().FindByEmail(ctx, "main", "a@example.com")
	require.NoError(t, err)
	assert.Equal(t, []customer.Customer{
		{ID: "c1", Shop: "main", Email: "a@example.com", Name: "Anna", ManagerID: "m1"},
	}, found)
	values, err := store.Customers().FieldValues(ctx, "c1")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"source": "email"}, values)
	fields, err := store.Customers().Fields(ctx)
	require.NoError(t, err)
	assert.Equal(t, []customer.Field{{Name: "source", Type: "text"}}, fields)
	counts, err := store.Customers().CountByManager(ctx)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"m1": 1}, counts)
	members, err := store.Managers().Group(ctx, "support")
	require.NoError(t, err)
	assert.Equal(t, []assign.Manager{{ID: "m1", Name: "Max", Email: "m@example.com", Status: assign.Busy}}, members)
}

// expectNothingOld: what was there before namespaces belongs to the one called "".
func expectNothingOld(t *testing.T, store *sqlstore.Store) {
	ctx := t.Context()
	rows, err := store.Entries(ctx, "shop", "", inbound.SourceID{}, 100)
	require.NoError(t, err)
	assert.Empty(t, rows)
	emails, err := store.ListEmails(ctx, inbound.EmailFilter{}, "", 100)
	require.NoError(t, err)
	assert.Empty(t, emails)
	_, err = store.OpenRaw(ctx, "k1")
	require.ErrorIs(t, err, inbound.ErrNotFound)
	state, err := store.FolderState(ctx, "shop", "INBOX")
	require.NoError(t, err)
	assert.Empty(t, state)
	noted, err := store.IntendedCustomers(ctx, "", "main", []string{"x@example.com"})
	require.NoError(t, err)
	assert.Empty(t, noted)
	groups, err := store.PendingGroups(ctx)
	require.NoError(t, err)
	assert.Empty(t, groups)
	notifications, err := store.Notifications(ctx, "", 100)
	require.NoError(t, err)
	assert.Empty(t, notifications)
	managers, err := store.Managers().List(ctx)
	require.NoError(t, err)
	assert.Empty(t, managers)
}

func rawOf(t *testing.T, store *sqlstore.Store, id string) string {
	r, err := store.OpenRaw(t.Context(), id)
	require.NoError(t, err)
	text := make([]byte, 10)
	n, _ := r.Read(text)
	require.NoError(t, r.Close())
	return string(text[:n])
}

// expectOldAssignments: who waited still does, in the same order, once.
func expectOldAssignments(t *testing.T, store *sqlstore.Store) {
	since := time.UnixMicro(1767225600000000).UTC()
	waiting := func(customer, address, email string) assign.Assignment {
		return assign.Assignment{CustomerID: customer, Shop: "main", Address: address, AccountID: "shop", Group: "support",
			EmailID: email, Stage: assign.StageWaiting, Since: since}
	}
	pending, err := store.Queued(t.Context(), "support", 10)
	require.NoError(t, err)
	assert.Equal(t, []assign.Assignment{waiting("c1", "a@example.com", "e1"), waiting("c2", "", "erased")}, pending)
	groups, err := store.PendingGroups(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []assign.PendingGroup{{AccountID: "shop", Group: "support"}}, groups)
	counts, err := store.WaitingCounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"support": 2}, counts)
}

// A program that dies while it migrates leaves the database as it was.
func TestSQLiteMigration_InterruptedIsUndone(t *testing.T) {
	db := oldDatabase(t, 1)
	_, err := db.Exec("CREATE TABLE postroom_assignments (customer TEXT)") // what the migration is to create
	require.NoError(t, err)
	_, err = sqlstore.Open(context.Background(), db, sqlstore.SQLite, nil)
	require.ErrorContains(t, err, "version 2")
	_, err = db.Exec("DROP TABLE postroom_assignments")
	require.NoError(t, err)
	store, err := sqlstore.Open(context.Background(), db, sqlstore.SQLite, nil)
	require.NoError(t, err)
	expectOldAssignments(t, store)
}
