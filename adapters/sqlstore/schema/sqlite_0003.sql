-- Conventions as in the first file. Every key begins with the namespace, the
-- company whose row it is: '' for what was there before. What has an
-- AUTOINCREMENT number takes it from one sequence for all namespaces.

-- Identities of every protocol: opaque keys, in the order of their length and then of
-- their bytes, so that numbers are in their order; generations are opaque, too.
CREATE TABLE postroom_ledger_3 (
	namespace    TEXT    NOT NULL,
	account      TEXT    NOT NULL,
	folder       TEXT    NOT NULL, -- IMAP mailbox; '' in POP3
	generation   TEXT    NOT NULL, -- IMAP UIDVALIDITY; '' in POP3
	key_size     INTEGER NOT NULL, -- bytes of source_key
	source_key   TEXT    NOT NULL, -- IMAP UID, POP3 unique-id
	occurrence   INTEGER NOT NULL, -- POP3: which of several with the same unique-id
	position     INTEGER NOT NULL, -- in the order of arrival: IMAP UID; 0 in POP3
	outcome      TEXT    NOT NULL, -- uploaded, duplicate, unmatched, ignored, quarantined, vanished, failed
	reason       TEXT    NOT NULL,
	sender       TEXT    NOT NULL,
	reply_to     TEXT    NOT NULL, -- the first address; '' when there is none
	subject      TEXT    NOT NULL,
	size         INTEGER NOT NULL,
	listed       INTEGER NOT NULL, -- the size that the server listed
	email_id     TEXT    NOT NULL,
	extent       TEXT    NOT NULL, -- how much of it was read: '', whole, too_large, cut, short
	before_start INTEGER NOT NULL, -- ignored, because it is before the account's start
	baseline     INTEGER NOT NULL, -- it was there when the account was connected, with a start from now
	unmarked     INTEGER NOT NULL, -- uploaded, and still to be marked \Seen on the server
	keep         INTEGER NOT NULL, -- never deletable
	deleted      INTEGER NOT NULL, -- no longer on the server
	attempts     INTEGER NOT NULL,
	next_try     INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	PRIMARY KEY (namespace, account, folder, generation, key_size, source_key, occurrence)
) WITHOUT ROWID;
INSERT INTO postroom_ledger_3
	SELECT '', account, folder, CASE WHEN uidl = '' THEN CAST(generation AS TEXT) ELSE '' END,
		LENGTH(CAST(CASE WHEN uidl = '' THEN CAST(uid AS TEXT) ELSE uidl END AS BLOB)),
		CASE WHEN uidl = '' THEN CAST(uid AS TEXT) ELSE uidl END, occurrence, uid,
		outcome, reason, sender, reply_to, subject, size, listed, email_id, extent, before_start,
		before_start = 1 AND folder = '' AND reason = 'was there before the account was connected',
		unmarked, keep, deleted, attempts, next_try, at
	FROM postroom_ledger;
DROP TABLE postroom_ledger;
ALTER TABLE postroom_ledger_3 RENAME TO postroom_ledger;
CREATE INDEX postroom_ledger_outcome ON postroom_ledger
	(namespace, account, outcome, folder, generation, key_size, source_key, occurrence);
CREATE INDEX postroom_ledger_due ON postroom_ledger (namespace, account, folder, generation, at)
	WHERE outcome IN ('uploaded', 'duplicate') AND keep = 0 AND deleted = 0;
CREATE INDEX postroom_ledger_unmarked ON postroom_ledger
	(namespace, account, folder, generation, key_size, source_key, occurrence) WHERE unmarked = 1 AND deleted = 0;

-- Emails and kept messages. Their numbers are owners in postroom_raw, which
-- therefore needs no namespace; the number of a row that was removed by hand is
-- not given again.
CREATE TABLE postroom_emails_3 (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	namespace   TEXT    NOT NULL,
	id          TEXT    NOT NULL,
	account     TEXT    NOT NULL,
	shop        TEXT    NOT NULL,
	folder      TEXT    NOT NULL, -- where it was on the server, as in the ledger
	generation  TEXT    NOT NULL,
	source_key  TEXT    NOT NULL,
	occurrence  INTEGER NOT NULL,
	customer    TEXT    NOT NULL,
	manager     TEXT    NOT NULL,
	message_id  TEXT    NOT NULL,
	in_reply_to TEXT    NOT NULL,
	refs        TEXT    NOT NULL, -- JSON
	sender      TEXT    NOT NULL,
	sender_name TEXT    NOT NULL,
	subject     TEXT    NOT NULL,
	sent_at     INTEGER NOT NULL,
	class       TEXT    NOT NULL,
	verified    INTEGER NOT NULL,
	size        INTEGER NOT NULL,
	sha256      TEXT    NOT NULL, -- of the raw bytes, in hex
	truncated   INTEGER NOT NULL,
	attachments TEXT    NOT NULL, -- JSON
	warnings    TEXT    NOT NULL, -- JSON
	uploaded_at INTEGER NOT NULL,
	notify      INTEGER NOT NULL, -- the customer's manager is told about it
	raw_size    INTEGER NOT NULL, -- bytes in postroom_raw
	UNIQUE (namespace, id)
);
INSERT INTO sqlite_sequence (name, seq)
	SELECT 'postroom_emails_3', seq FROM sqlite_sequence WHERE name = 'postroom_emails';
INSERT INTO postroom_emails_3
	SELECT seq, '', id, account, shop, folder, CASE WHEN uidl = '' THEN CAST(generation AS TEXT) ELSE '' END,
		CASE WHEN uidl = '' THEN CAST(uid AS TEXT) ELSE uidl END, occurrence, customer, manager, message_id, in_reply_to,
		refs, sender, sender_name, subject, sent_at, class, verified, size, sha256, truncated, attachments, warnings,
		uploaded_at, notify, raw_size
	FROM postroom_emails;
DROP TABLE postroom_emails;
ALTER TABLE postroom_emails_3 RENAME TO postroom_emails;
-- Every index ends with the row's number, so each of these gives the order of upload.
CREATE INDEX postroom_emails_namespace ON postroom_emails (namespace);
CREATE INDEX postroom_emails_account ON postroom_emails (namespace, account);
CREATE INDEX postroom_emails_customer ON postroom_emails (namespace, customer);

CREATE TABLE postroom_kept_3 (
	seq       INTEGER PRIMARY KEY AUTOINCREMENT,
	namespace TEXT    NOT NULL,
	id        TEXT    NOT NULL,
	raw_size  INTEGER NOT NULL,
	UNIQUE (namespace, id)
);
INSERT INTO sqlite_sequence (name, seq)
	SELECT 'postroom_kept_3', seq FROM sqlite_sequence WHERE name = 'postroom_kept';
INSERT INTO postroom_kept_3 SELECT seq, '', id, raw_size FROM postroom_kept;
DROP TABLE postroom_kept;
ALTER TABLE postroom_kept_3 RENAME TO postroom_kept;

CREATE TABLE postroom_folders_3 (
	namespace      TEXT    NOT NULL,
	account        TEXT    NOT NULL,
	folder         TEXT    NOT NULL,
	mailbox        TEXT    NOT NULL, -- user and host
	generation     TEXT    NOT NULL,
	position       INTEGER NOT NULL, -- up to which everything listed has a record
	next_position  INTEGER NOT NULL, -- the highest one seen
	token          TEXT    NOT NULL, -- where the next listing of changes begins
	start_position INTEGER NOT NULL, -- what is before was there before the account was connected
	start_gap      INTEGER NOT NULL, -- what is from there on up to this one may have been
	started_at     INTEGER NOT NULL,
	compared_at    INTEGER NOT NULL, -- when all of it was last listed
	baseline       INTEGER NOT NULL, -- what was there before is known by its identity
	start_time     INTEGER NOT NULL, -- the account's start by which mail was left out last
	start_moved_at INTEGER NOT NULL, -- when the account's start was last moved back
	PRIMARY KEY (namespace, account, folder)
) WITHOUT ROWID;
INSERT INTO postroom_folders_3
	SELECT '', account, folder, mailbox, CASE WHEN generation = 0 THEN '' ELSE CAST(generation AS TEXT) END,
		settled, uid_next, '', start_uid, start_gap, started_at, compared_at, baseline, start_time, start_moved_at
	FROM postroom_folders;
DROP TABLE postroom_folders;
ALTER TABLE postroom_folders_3 RENAME TO postroom_folders;

CREATE TABLE postroom_accounts_3 (
	namespace  TEXT    NOT NULL,
	account    TEXT    NOT NULL,
	started_at INTEGER NOT NULL, -- when it was first connected
	PRIMARY KEY (namespace, account)
) WITHOUT ROWID;
INSERT INTO postroom_accounts_3 SELECT '', account, started_at FROM postroom_accounts;
DROP TABLE postroom_accounts;
ALTER TABLE postroom_accounts_3 RENAME TO postroom_accounts;

CREATE TABLE postroom_health_3 (
	namespace        TEXT    NOT NULL,
	account          TEXT    NOT NULL,
	state            TEXT    NOT NULL,
	last_success     INTEGER NOT NULL,
	last_error       TEXT    NOT NULL,
	hint             TEXT    NOT NULL,
	failures         INTEGER NOT NULL,
	refusals         INTEGER NOT NULL, -- of logins since the last success
	most_failed      INTEGER NOT NULL, -- 1: of the messages that were last looked at
	initial_done     INTEGER NOT NULL,
	initial_total    INTEGER NOT NULL,
	initial_complete INTEGER NOT NULL,
	PRIMARY KEY (namespace, account)
) WITHOUT ROWID;
INSERT INTO postroom_health_3
	SELECT '', account, CASE state WHEN 'retrying' THEN 'backing_off' WHEN 'needs_action' THEN 'misconfigured' ELSE state END,
		last_success, last_error, hint, failures, 0, 0, initial_done, initial_total, initial_complete
	FROM postroom_health;
DROP TABLE postroom_health;
ALTER TABLE postroom_health_3 RENAME TO postroom_health;

CREATE TABLE postroom_intents_3 (
	namespace TEXT NOT NULL,
	account   TEXT NOT NULL,
	shop      TEXT NOT NULL,
	address   TEXT NOT NULL,
	PRIMARY KEY (namespace, account, shop, address)
) WITHOUT ROWID;
INSERT INTO postroom_intents_3 SELECT '', account, shop, address FROM postroom_intents;
DROP TABLE postroom_intents;
ALTER TABLE postroom_intents_3 RENAME TO postroom_intents;
-- For the notes of any account.
CREATE INDEX postroom_intents_address ON postroom_intents (namespace, shop, address);

CREATE TABLE postroom_leases_3 (
	namespace TEXT    NOT NULL,
	name      TEXT    NOT NULL,
	owner     TEXT    NOT NULL, -- '' when released
	token     INTEGER NOT NULL,
	taken     INTEGER NOT NULL,
	expires   INTEGER NOT NULL,
	PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
INSERT INTO postroom_leases_3 SELECT '', name, owner, token, taken, expires FROM postroom_leases;
DROP TABLE postroom_leases;
ALTER TABLE postroom_leases_3 RENAME TO postroom_leases;

CREATE TABLE postroom_turns_3 (
	namespace TEXT    NOT NULL,
	team      TEXT    NOT NULL, -- the group
	manager   TEXT    NOT NULL,
	last_turn INTEGER NOT NULL, -- number of the turn in the group
	unused    INTEGER NOT NULL, -- turns that were claimed and given back
	PRIMARY KEY (namespace, team, manager)
) WITHOUT ROWID;
INSERT INTO postroom_turns_3 SELECT '', team, manager, last_turn, 0 FROM postroom_turns;
DROP TABLE postroom_turns;
ALTER TABLE postroom_turns_3 RENAME TO postroom_turns;

CREATE TABLE postroom_assignments_3 (
	namespace  TEXT    NOT NULL,
	customer   TEXT    NOT NULL,
	shop       TEXT    NOT NULL,
	address    TEXT    NOT NULL,
	account    TEXT    NOT NULL,
	team       TEXT    NOT NULL, -- the group; '' when the account had none
	email      TEXT    NOT NULL,
	stage      TEXT    NOT NULL, -- unassigned, waiting, claimed, assigned
	manager    TEXT    NOT NULL,
	round      INTEGER NOT NULL, -- how often the customer lost a manager before
	news_since INTEGER NOT NULL, -- the manager is notified of messages uploaded since then
	since      INTEGER NOT NULL,
	attempts   INTEGER NOT NULL,
	next_try   INTEGER NOT NULL,
	last_error TEXT    NOT NULL,
	place      INTEGER NOT NULL, -- in the queue of all groups; 0 when neither waiting nor claimed
	PRIMARY KEY (namespace, customer)
) WITHOUT ROWID;
INSERT INTO postroom_assignments_3
	SELECT '', customer, shop, address, account, team, email, stage, manager, round, news_since, since,
		attempts, next_try, last_error, place
	FROM postroom_assignments;
DROP TABLE postroom_assignments;
ALTER TABLE postroom_assignments_3 RENAME TO postroom_assignments;
CREATE INDEX postroom_assignments_place ON postroom_assignments (namespace, place) WHERE place > 0;
CREATE INDEX postroom_assignments_team ON postroom_assignments (namespace, team, next_try, place) WHERE place > 0;
CREATE INDEX postroom_assignments_account ON postroom_assignments (namespace, account, team, place) WHERE place > 0;

CREATE TABLE postroom_notifications_3 (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	namespace  TEXT    NOT NULL,
	id         TEXT    NOT NULL,
	kind       TEXT    NOT NULL,
	account    TEXT    NOT NULL,
	shop       TEXT    NOT NULL,
	manager    TEXT    NOT NULL,
	customer   TEXT    NOT NULL,
	email      TEXT    NOT NULL,
	sender     TEXT    NOT NULL,
	subject    TEXT    NOT NULL,
	at         INTEGER NOT NULL,
	state      TEXT    NOT NULL, -- pending, delivered, dead
	attempts   INTEGER NOT NULL,
	next_try   INTEGER NOT NULL,
	last_error TEXT    NOT NULL,
	delivery   INTEGER NOT NULL, -- place in the namespace's order of delivery; 0 until delivered
	UNIQUE (namespace, id)
);
INSERT INTO postroom_notifications_3
	SELECT seq, '', id, kind, account, shop, manager, customer, email, sender, subject, at,
		state, attempts, next_try, last_error, delivery
	FROM postroom_notifications;
DROP TABLE postroom_notifications;
ALTER TABLE postroom_notifications_3 RENAME TO postroom_notifications;
CREATE INDEX postroom_notifications_order ON postroom_notifications (namespace, delivery, seq, state);
CREATE INDEX postroom_notifications_manager ON postroom_notifications (namespace, manager, seq)
	WHERE state = 'pending';
CREATE INDEX postroom_notifications_waiting ON postroom_notifications (namespace, next_try)
	WHERE state = 'pending' AND next_try > 0;

CREATE TABLE postroom_customers_3 (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	namespace  TEXT    NOT NULL,
	id         TEXT    NOT NULL,
	shop       TEXT    NOT NULL,
	email      TEXT    NOT NULL, -- as customer.Normalize gives it
	name       TEXT    NOT NULL,
	manager    TEXT    NOT NULL,
	fields     TEXT    NOT NULL, -- JSON
	created    INTEGER NOT NULL, -- made by Create, not entered
	assigned   INTEGER NOT NULL, -- manager attached by AttachManager
	created_at INTEGER NOT NULL,
	UNIQUE (namespace, id),
	UNIQUE (namespace, shop, email)
);
INSERT INTO postroom_customers_3
	SELECT seq, '', id, shop, email, name, manager, fields, created, assigned, created_at FROM postroom_customers;
DROP TABLE postroom_customers;
ALTER TABLE postroom_customers_3 RENAME TO postroom_customers;

CREATE TABLE postroom_fields_3 (
	namespace TEXT NOT NULL,
	name      TEXT NOT NULL,
	type      TEXT NOT NULL,
	PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
INSERT INTO postroom_fields_3 SELECT '', name, type FROM postroom_fields;
DROP TABLE postroom_fields;
ALTER TABLE postroom_fields_3 RENAME TO postroom_fields;

CREATE TABLE postroom_managers_3 (
	namespace TEXT    NOT NULL,
	id        TEXT    NOT NULL,
	name      TEXT    NOT NULL,
	email     TEXT    NOT NULL,
	status    TEXT    NOT NULL,
	active    INTEGER NOT NULL,
	PRIMARY KEY (namespace, id)
) WITHOUT ROWID;
INSERT INTO postroom_managers_3 SELECT '', id, name, email, status, active FROM postroom_managers;
DROP TABLE postroom_managers;
ALTER TABLE postroom_managers_3 RENAME TO postroom_managers;

CREATE TABLE postroom_members_3 (
	seq       INTEGER PRIMARY KEY AUTOINCREMENT,
	namespace TEXT    NOT NULL,
	team      TEXT    NOT NULL,
	manager   TEXT    NOT NULL,
	UNIQUE (namespace, team, manager)
);
INSERT INTO postroom_members_3 SELECT seq, '', team, manager FROM postroom_members;
DROP TABLE postroom_members;
ALTER TABLE postroom_members_3 RENAME TO postroom_members;

-- The latest refresh tokens of accounts, where the provider has replaced the configured
-- one. Nothing is in clear.
CREATE TABLE postroom_secrets (
	namespace  TEXT NOT NULL,
	account    TEXT NOT NULL,
	came_after TEXT NOT NULL, -- SHA-256 of the configured refresh token, in hex
	sealed     BLOB NOT NULL, -- the latest one; begins with the ID of the key
	PRIMARY KEY (namespace, account)
) WITHOUT ROWID;
