-- Conventions as in the first file.

-- The first address of Reply-To; '' when there is none.
ALTER TABLE postroom_ledger ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
-- How much of it was read: '', whole, too_large, cut, short.
ALTER TABLE postroom_ledger ADD COLUMN extent TEXT NOT NULL DEFAULT '';
-- Ignored, because it is before the account's start.
ALTER TABLE postroom_ledger ADD COLUMN before_start INTEGER NOT NULL DEFAULT 0;
-- Uploaded, and still to be marked \Seen on the server.
ALTER TABLE postroom_ledger ADD COLUMN unmarked INTEGER NOT NULL DEFAULT 0;
UPDATE postroom_ledger SET extent = CASE WHEN keep = 1 OR size < listed THEN 'cut' ELSE 'whole' END
	WHERE outcome IN ('uploaded', 'duplicate', 'quarantined');
UPDATE postroom_ledger SET before_start = 1
	WHERE outcome = 'ignored' AND (reason LIKE 'was there before the account was connected%' OR reason LIKE 'arrived %');
-- The deletable rows by age, in place of by ID: where none is due, no row is read,
-- and where many are, they are found in the order of the table.
DROP INDEX postroom_ledger_deletable;
CREATE INDEX postroom_ledger_due ON postroom_ledger (account, folder, generation, at)
	WHERE outcome IN ('uploaded', 'duplicate') AND keep = 0 AND deleted = 0;
CREATE INDEX postroom_ledger_unmarked ON postroom_ledger (account, folder, generation, uid, uidl, occurrence)
	WHERE unmarked = 1 AND deleted = 0;

-- The customer's manager is told about it.
ALTER TABLE postroom_emails ADD COLUMN notify INTEGER NOT NULL DEFAULT 1;
-- Kept bytes of what was uploaded after all: the email has them too.
DELETE FROM postroom_raw WHERE owner IN (SELECT -k.seq FROM postroom_kept k JOIN postroom_emails e ON e.id = k.id);
DELETE FROM postroom_kept WHERE id IN (SELECT id FROM postroom_emails);

-- What was there before is known by its ID.
ALTER TABLE postroom_folders ADD COLUMN baseline INTEGER NOT NULL DEFAULT 0;
-- UIDs from start_uid on up to this one may have been there before, too.
ALTER TABLE postroom_folders ADD COLUMN start_gap INTEGER NOT NULL DEFAULT 0;
-- When the account's start was last moved back.
ALTER TABLE postroom_folders ADD COLUMN start_moved_at INTEGER NOT NULL DEFAULT -62135596800000000;
-- The account's start by which mail was left out last.
ALTER TABLE postroom_folders ADD COLUMN start_time INTEGER NOT NULL DEFAULT -62135596800000000;
UPDATE postroom_folders SET baseline = 1 WHERE start_uid > 0 OR folder = '' AND EXISTS (SELECT 1 FROM postroom_ledger l
	WHERE l.account = postroom_folders.account AND l.folder = '' AND l.reason LIKE 'was there before the account was connected%');
UPDATE postroom_folders SET start_time = started_at WHERE EXISTS (SELECT 1 FROM postroom_ledger l
	WHERE l.account = postroom_folders.account AND l.folder = postroom_folders.folder AND l.before_start = 1);
CREATE TABLE postroom_accounts (
	account    TEXT    NOT NULL PRIMARY KEY,
	started_at INTEGER NOT NULL -- when it was first connected
) WITHOUT ROWID;
INSERT INTO postroom_accounts (account, started_at)
	SELECT account, MIN(started_at) FROM postroom_folders WHERE started_at > -62135596800000000 GROUP BY account;
-- For the notes of any account.
CREATE INDEX postroom_intents_address ON postroom_intents (shop, address);

-- How far customers have come on the way to a manager (assign.Assignments).
CREATE TABLE postroom_assignments (
	customer   TEXT    NOT NULL PRIMARY KEY,
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
	place      INTEGER NOT NULL  -- in the queue of all groups; 0 when neither waiting nor claimed
) WITHOUT ROWID;
CREATE INDEX postroom_assignments_place ON postroom_assignments (place) WHERE place > 0;
CREATE INDEX postroom_assignments_team ON postroom_assignments (team, next_try, place) WHERE place > 0;
CREATE INDEX postroom_assignments_account ON postroom_assignments (account, team, place) WHERE place > 0;
INSERT OR IGNORE INTO postroom_assignments
		(customer, shop, address, account, team, email, stage, manager, round, news_since, since, attempts, next_try, last_error, place)
	SELECT q.customer, q.shop, COALESCE(e.sender, ''), q.account, q.team, q.email,
		'waiting', '', 0, -62135596800000000, q.since, 0, -62135596800000000, '', q.seq
	FROM postroom_queue q LEFT JOIN postroom_emails e ON e.id = q.email ORDER BY q.seq;
DROP TABLE postroom_queue;
