-- Conventions: times are microseconds since 1970 in UTC, and the year 1
-- (-62135596800000000) where there is none; flags are 0 or 1; lists are JSON.

-- Every message on a server that was ever looked at (inbound.Ledger).
CREATE TABLE postroom_ledger (
	account    TEXT    NOT NULL,
	folder     TEXT    NOT NULL, -- IMAP mailbox; '' in POP3
	generation INTEGER NOT NULL, -- IMAP UIDVALIDITY; 0 in POP3
	uid        INTEGER NOT NULL, -- IMAP UID; 0 in POP3
	uidl       TEXT    NOT NULL, -- POP3 unique-id; '' in IMAP
	occurrence INTEGER NOT NULL, -- POP3: which of several with the same uidl
	outcome    TEXT    NOT NULL, -- uploaded, duplicate, unmatched, ignored, quarantined, vanished, failed
	reason     TEXT    NOT NULL,
	sender     TEXT    NOT NULL,
	subject    TEXT    NOT NULL,
	size       INTEGER NOT NULL,
	listed     INTEGER NOT NULL, -- the size that the server listed
	email_id   TEXT    NOT NULL,
	keep       INTEGER NOT NULL, -- never deletable
	deleted    INTEGER NOT NULL, -- no longer on the server
	attempts   INTEGER NOT NULL,
	next_try   INTEGER NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (account, folder, generation, uid, uidl, occurrence)
) WITHOUT ROWID;
CREATE INDEX postroom_ledger_outcome ON postroom_ledger (account, outcome, folder, generation, uid, uidl, occurrence);
CREATE INDEX postroom_ledger_deletable ON postroom_ledger (account, folder, generation, uid, uidl, occurrence)
	WHERE outcome IN ('uploaded', 'duplicate') AND keep = 0 AND deleted = 0;

-- Uploaded emails, in the order of upload (inbound.Emails).
CREATE TABLE postroom_emails (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	id          TEXT    NOT NULL UNIQUE,
	account     TEXT    NOT NULL,
	shop        TEXT    NOT NULL,
	folder      TEXT    NOT NULL, -- where it was on the server, as in the ledger
	generation  INTEGER NOT NULL,
	uid         INTEGER NOT NULL,
	uidl        TEXT    NOT NULL,
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
	raw_size    INTEGER NOT NULL  -- bytes in postroom_raw
);
CREATE INDEX postroom_emails_account ON postroom_emails (account);
CREATE INDEX postroom_emails_customer ON postroom_emails (customer);

-- Raw bytes kept without an email, for what is quarantined.
CREATE TABLE postroom_kept (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	id       TEXT    NOT NULL UNIQUE,
	raw_size INTEGER NOT NULL
);

-- Raw bytes in parts: those of an email under its seq, those of a kept
-- message under its seq with a minus sign. A table with rowid wastes the least
-- space on large values.
CREATE TABLE postroom_raw (
	owner INTEGER NOT NULL,
	part  INTEGER NOT NULL, -- 0, 1, ...
	data  BLOB    NOT NULL,
	PRIMARY KEY (owner, part)
);

-- Progress and health of accounts (inbound.Accounts).
CREATE TABLE postroom_folders (
	account     TEXT    NOT NULL,
	folder      TEXT    NOT NULL,
	mailbox     TEXT    NOT NULL, -- user and host
	generation  INTEGER NOT NULL,
	settled     INTEGER NOT NULL,
	uid_next    INTEGER NOT NULL,
	start_uid   INTEGER NOT NULL,
	started_at  INTEGER NOT NULL,
	compared_at INTEGER NOT NULL, -- when all of it was last listed
	PRIMARY KEY (account, folder)
) WITHOUT ROWID;
CREATE TABLE postroom_health (
	account          TEXT    NOT NULL PRIMARY KEY,
	state            TEXT    NOT NULL,
	last_success     INTEGER NOT NULL,
	last_error       TEXT    NOT NULL,
	hint             TEXT    NOT NULL,
	failures         INTEGER NOT NULL,
	initial_done     INTEGER NOT NULL,
	initial_total    INTEGER NOT NULL,
	initial_complete INTEGER NOT NULL
) WITHOUT ROWID;
-- Customers that are about to be created.
CREATE TABLE postroom_intents (
	account TEXT NOT NULL,
	shop    TEXT NOT NULL,
	address TEXT NOT NULL,
	PRIMARY KEY (account, shop, address)
) WITHOUT ROWID;

-- Who does what at the moment (inbound.Leases). Rows stay, so that tokens
-- never go back.
CREATE TABLE postroom_leases (
	name    TEXT    NOT NULL PRIMARY KEY,
	owner   TEXT    NOT NULL, -- '' when released
	token   INTEGER NOT NULL,
	taken   INTEGER NOT NULL,
	expires INTEGER NOT NULL
) WITHOUT ROWID;

-- Who had the last turn in each group (assign.Turns).
CREATE TABLE postroom_turns (
	team      TEXT    NOT NULL, -- the group
	manager   TEXT    NOT NULL,
	last_turn INTEGER NOT NULL, -- number of the turn in the group
	PRIMARY KEY (team, manager)
) WITHOUT ROWID;
-- Customers who wait for a manager (assign.Queue).
CREATE TABLE postroom_queue (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	team     TEXT    NOT NULL,
	customer TEXT    NOT NULL,
	shop     TEXT    NOT NULL,
	account  TEXT    NOT NULL,
	email    TEXT    NOT NULL,
	since    INTEGER NOT NULL,
	UNIQUE (team, customer)
);
CREATE INDEX postroom_queue_order ON postroom_queue (team, seq);

-- Notifications, pending and done (notify.Outbox).
CREATE TABLE postroom_notifications (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	id         TEXT    NOT NULL UNIQUE,
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
	delivery   INTEGER NOT NULL  -- place in the order of delivery; 0 until delivered
);
CREATE INDEX postroom_notifications_order ON postroom_notifications (delivery, seq, state);
CREATE INDEX postroom_notifications_manager ON postroom_notifications (manager, seq) WHERE state = 'pending';
CREATE INDEX postroom_notifications_waiting ON postroom_notifications (next_try) WHERE state = 'pending' AND next_try > 0;

-- The reference customer base (Customers).
CREATE TABLE postroom_customers (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	id         TEXT    NOT NULL UNIQUE,
	shop       TEXT    NOT NULL,
	email      TEXT    NOT NULL, -- as customer.Normalize gives it
	name       TEXT    NOT NULL,
	manager    TEXT    NOT NULL,
	fields     TEXT    NOT NULL, -- JSON
	created    INTEGER NOT NULL, -- made by Create, not entered
	assigned   INTEGER NOT NULL, -- manager attached by AttachManager
	created_at INTEGER NOT NULL,
	UNIQUE (shop, email)
);
CREATE TABLE postroom_fields (
	name TEXT NOT NULL PRIMARY KEY,
	type TEXT NOT NULL
) WITHOUT ROWID;

-- The reference directory of managers (Managers).
CREATE TABLE postroom_managers (
	id     TEXT    NOT NULL PRIMARY KEY,
	name   TEXT    NOT NULL,
	email  TEXT    NOT NULL,
	status TEXT    NOT NULL,
	active INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE postroom_members (
	seq     INTEGER PRIMARY KEY AUTOINCREMENT,
	team    TEXT    NOT NULL,
	manager TEXT    NOT NULL,
	UNIQUE (team, manager)
);
