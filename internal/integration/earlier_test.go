package integration

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// versionTwelve is what a database of schema version 12, the first one that PostgreSQL and
// MariaDB have, may contain. BYTES(x) are bytes in hexadecimal digits.
const versionTwelve = `
INSERT INTO postroom_ledger (namespace, account, folder, generation, key_size, source_key, occurrence, position,
	outcome, reason, sender, reply_to, subject, fingerprint, size, listed, email_id, extent, before_start, baseline,
	unmarked, keep, deleted, attempts, next_try, at) VALUES
	('', 'shop', 'INBOX', '1', 1, '1', 0, 1, 'uploaded', 'known', 'a@example.com', '', 'one', '', 27, 27, 'e1', 'whole',
		0, 0, 0, 0, 0, 0, -62135596800000000, 1767225600000000),
	('', 'shop', 'INBOX', '1', 1, '2', 0, 2, 'duplicate', '', 'a@example.com', '', 'one', '', 27, 27, 'e1', 'whole',
		0, 0, 0, 0, 0, 0, -62135596800000000, 1767225600000000),
	('', 'shop', 'INBOX', '1', 1, '3', 0, 3, 'unmatched', 'no customer', 'b@example.com', '', 'three', 'f3', 27, 27, '',
		'whole', 0, 0, 0, 0, 0, 0, -62135596800000000, 1767225600000000),
	('', 'shop', 'INBOX', '1', 1, '4', 0, 4, 'quarantined', 'refused', 'b@example.com', '', 'four', '', 27, 27, 'k1',
		'whole', 0, 0, 0, 0, 0, 5, -62135596800000000, 1767225600000000);
INSERT INTO postroom_emails (namespace, id, account, shop, folder, generation, source_key, occurrence, customer,
	manager, message_id, in_reply_to, refs, sender, sender_name, recipients, copies, subject, snippet, sent_at, class,
	verified, size, sha256, fingerprint, extent, attachments, warnings, uploaded_at, notify, initial, raw_size) VALUES
	('', 'e1', 'shop', 'main', 'INBOX', '1', '1', 0, 'c1', 'm1', '<1@example.com>', '', '["<0@example.com>"]',
		'a@example.com', 'Anna', 'null', 'null', 'one', 'Hello', 1767225600000000, 'personal', 1, 3, 'abc', '1', 'whole',
		'null', 'null', 1767225600000000, 1, 0, 3);
INSERT INTO postroom_kept (namespace, id, raw_size) VALUES ('', 'k1', 4);
INSERT INTO postroom_raw (owner, part, data) SELECT seq, 0, BYTES(726177) FROM postroom_emails;
INSERT INTO postroom_raw (owner, part, data) SELECT -seq, 0, BYTES(6b657074) FROM postroom_kept;
INSERT INTO postroom_folders (namespace, account, folder, mailbox, generation, position, next_position, token,
	start_position, start_gap, started_at, compared_at, baseline, start_time, start_moved_at, initial_after,
	initial_before, initial_last, initial_messages, initial_bytes) VALUES
	('', 'shop', 'INBOX', 'shop@shop.example at mail.example', '1', 4, 4, '', 0, 0, 1767225600000000, 1767225600000000, 0,
		-62135596800000000, -62135596800000000, 0, 0, '', 0, 0);
INSERT INTO postroom_accounts (namespace, account, started_at) VALUES ('', 'shop', 1767225600000000);
INSERT INTO postroom_leases (namespace, name, owner, token, taken, expires) VALUES ('', 'account/shop', '', 7, 0, 0);
INSERT INTO postroom_turns (namespace, team, manager, last_turn, unused) VALUES
	('', 'support', 'm1', 2, 0), ('', 'support', 'm2', 1, 0);
INSERT INTO postroom_assignments (namespace, customer, shop, address, account, team, email, stage, manager, round,
	news_since, since, attempts, next_try, last_error, place) VALUES
	('', 'c2', 'main', 'c@example.com', 'shop', 'support', '', 'waiting', '', 0, -62135596800000000, 1767225600000000, 0,
		-62135596800000000, '', 1);
INSERT INTO postroom_notifications (namespace, id, kind, account, shop, manager, customer, email, sender, subject, at,
	initial, emails, customers, held, state, attempts, next_try, last_error, delivery) VALUES
	('', 'n1', 'incoming_email', 'shop', 'main', 'm1', 'c1', 'e1', 'a@example.com', 'one', 1767225600000000, 0, 0, 0, 0,
		'delivered', 1, -62135596800000000, '', 1),
	('', 'n2', 'customer_assigned', 'shop', 'main', 'm1', 'c1', 'e1', 'a@example.com', 'one', 1767225600000000, 0, 0, 0, 0,
		'pending', 0, -62135596800000000, '', 0);
INSERT INTO postroom_customers (namespace, id, shop, email, name, manager, fields, created, assigned, created_at) VALUES
	('', 'c1', 'main', 'a@example.com', 'Anna', 'm1', '{"source":"email"}', 1, 1, 0);
INSERT INTO postroom_fields (namespace, name, type) VALUES ('', 'source', 'text');
INSERT INTO postroom_managers (namespace, id, name, email, status, active) VALUES ('', 'm1', 'Max', '', 'busy', 1);
INSERT INTO postroom_members (namespace, team, manager) VALUES ('', 'support', 'm1');
INSERT INTO postroom_saved_accounts (namespace, account, place, settings, forgetting) VALUES ('', 'saved', 1, '{}', 0);
INSERT INTO postroom_secrets (namespace, account, came_after, sealed) VALUES ('', 'shop', 'hash', BYTES(73656c))`

var bytesLiteral = regexp.MustCompile(`BYTES\((\w+)\)`)

// A database of version 12 is what it was, and a pass of a new program over the same mailbox
// decides nothing anew and tells nobody twice.
func TestDatabases_FromVersionTwelve(t *testing.T) { onDatabases(t, testFromVersionTwelve) }

func testFromVersionTwelve(t *testing.T, d database) {
	p := d.place(t)
	db := p.db()
	applySteps(t, db, d.dialect, 0, 12)
	literal := "X'$1'"
	if d.dialect == sqlstore.Postgres {
		literal = `'\x$1'`
	}
	for _, statement := range strings.Split(bytesLiteral.ReplaceAllString(versionTwelve, literal), ";\n") {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	store, ctx := p.store(), t.Context()

	assert.Equal(t, "raw", rawOf(t, store, "e1"))
	assert.Equal(t, "kept", rawOf(t, store, "k1"))
	mail, err := store.Email(ctx, "e1")
	require.NoError(t, err)
	assert.Equal(t, inbound.Email{ID: "e1", AccountID: "shop", Shop: "main", CustomerID: "c1", ManagerID: "m1",
		SourceID: inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "1"}, MessageID: "<1@example.com>",
		References: []string{"<0@example.com>"}, From: "a@example.com", FromName: "Anna", Subject: "one", Snippet: "Hello",
		Date: time.UnixMicro(1767225600000000).UTC(), Class: "personal", Verified: true, Size: 3, SHA256: "abc",
		Fingerprint: "1", Extent: inbound.ExtentWhole, Sources: 2, Notify: true,
		UploadedAt: time.UnixMicro(1767225600000000).UTC()}, mail)
	pending, err := store.Queued(ctx, "support", 10)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	assert.Equal(t, assign.StageWaiting, pending[0].Stage)
	token, err := store.Acquire(ctx, "account/other", "somebody", time.Minute)
	require.NoError(t, err)
	assert.Equal(t, uint64(1), token)
	turn, err := store.Claim(ctx, "support", []string{"m1", "m2"}, 2)
	require.NoError(t, err)
	assert.Equal(t, []string{"m2", "m1"}, turn)
	saved, err := store.ListAccounts(ctx)
	require.NoError(t, err)
	assert.Equal(t, []inbound.SavedAccount{{ID: "saved", Settings: "{}"}}, saved)
	secret, err := store.SavedSecret(ctx, "shop")
	require.NoError(t, err)
	assert.Equal(t, inbound.SavedSecret{After: "hash", Sealed: []byte("sel")}, secret)

	h := newHostOf(t, store, db, "shop")
	h.accounts[0].CreateCustomer = false
	for i := range 4 {
		h.boxes["shop@shop.example"].Deliver(fmt.Appendf(nil, "From: b@example.com\r\n\r\n%d.\r\n", i)) // 27 bytes
	}
	before, err := store.Entries(ctx, "shop", "", inbound.SourceID{}, 10)
	require.NoError(t, err)
	s := h.syncer()
	_, err = s.Sync(ctx, "shop")
	require.NoError(t, err)
	after, err := store.Entries(ctx, "shop", "", inbound.SourceID{}, 10)
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing is decided anew")
	_, err = s.Dispatch(ctx)
	require.NoError(t, err)
	var kinds []notify.Kind
	for _, n := range h.notifier.all() {
		kinds = append(kinds, n.Kind)
	}
	assert.Equal(t, []notify.Kind{notify.CustomerAssigned}, kinds)
}
