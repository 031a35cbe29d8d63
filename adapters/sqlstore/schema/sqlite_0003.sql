-- Conventions as in the first file.

-- Identities of every protocol: opaque keys, in the order of their length and then of
-- their bytes, so that numbers are in their order; generations are opaque, too.
CREATE TABLE postroom_ledger_3 (
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
	PRIMARY KEY (account, folder, generation, key_size, source_key, occurrence)
) WITHOUT ROWID;
INSERT INTO postroom_ledger_3
	SELECT account, folder, CASE WHEN uidl = '' THEN CAST(generation AS TEXT) ELSE '' END,
		LENGTH(CAST(CASE WHEN uidl = '' THEN CAST(uid AS TEXT) ELSE uidl END AS BLOB)),
		CASE WHEN uidl = '' THEN CAST(uid AS TEXT) ELSE uidl END, occurrence, uid,
		outcome, reason, sender, reply_to, subject, size, listed, email_id, extent, before_start,
		before_start = 1 AND folder = '' AND reason = 'was there before the account was connected',
		unmarked, keep, deleted, attempts, next_try, at
	FROM postroom_ledger;
DROP TABLE postroom_ledger;
ALTER TABLE postroom_ledger_3 RENAME TO postroom_ledger;
CREATE INDEX postroom_ledger_outcome ON postroom_ledger
	(account, outcome, folder, generation, key_size, source_key, occurrence);
CREATE INDEX postroom_ledger_due ON postroom_ledger (account, folder, generation, at)
	WHERE outcome IN ('uploaded', 'duplicate') AND keep = 0 AND deleted = 0;
CREATE INDEX postroom_ledger_unmarked ON postroom_ledger
	(account, folder, generation, key_size, source_key, occurrence) WHERE unmarked = 1 AND deleted = 0;

ALTER TABLE postroom_emails ADD COLUMN source_key TEXT NOT NULL DEFAULT '';
ALTER TABLE postroom_emails ADD COLUMN source_generation TEXT NOT NULL DEFAULT '';
UPDATE postroom_emails SET source_key = CASE WHEN uidl = '' THEN CAST(uid AS TEXT) ELSE uidl END,
	source_generation = CASE WHEN uidl = '' THEN CAST(generation AS TEXT) ELSE '' END;
ALTER TABLE postroom_emails DROP COLUMN uid;
ALTER TABLE postroom_emails DROP COLUMN uidl;
ALTER TABLE postroom_emails DROP COLUMN generation;
ALTER TABLE postroom_emails RENAME COLUMN source_generation TO generation;

CREATE TABLE postroom_folders_3 (
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
	PRIMARY KEY (account, folder)
) WITHOUT ROWID;
INSERT INTO postroom_folders_3
	SELECT account, folder, mailbox, CASE WHEN generation = 0 THEN '' ELSE CAST(generation AS TEXT) END, settled, uid_next, '',
		start_uid, start_gap, started_at, compared_at, baseline, start_time, start_moved_at
	FROM postroom_folders;
DROP TABLE postroom_folders;
ALTER TABLE postroom_folders_3 RENAME TO postroom_folders;
