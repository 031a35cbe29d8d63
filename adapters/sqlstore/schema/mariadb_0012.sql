-- Conventions: times are microseconds since 1970 in UTC, and the year 1
-- (-62135596800000000) where there is none; flags are 0 or 1; lists are JSON. Every key
-- begins with the namespace, the company whose row it is. Identities are VARBINARY, since
-- all of their bytes count: upper and lower case, blanks at the end, accents in any form.
-- With CAST(id AS CHAR) a client shows them as text. No key has more than 3072 bytes.
--
-- There are no partial indexes: an index begins with the columns that are the same in all
-- rows that a query wants, or a generated column is NULL in all other rows. Every index
-- ends with the columns of the primary key.

-- Every message on a server that was ever looked at (inbound.Ledger).
CREATE TABLE postroom_ledger (
	namespace    VARBINARY(300) NOT NULL,
	account      VARBINARY(100) NOT NULL,
	folder       VARBINARY(900) NOT NULL, -- IMAP mailbox; '' in POP3
	generation   VARBINARY(200) NOT NULL, -- IMAP UIDVALIDITY; '' in POP3
	key_size     INTEGER        NOT NULL, -- bytes of source_key
	source_key   VARBINARY(1536) NOT NULL, -- IMAP UID, POP3 unique-id
	occurrence   INTEGER        NOT NULL, -- POP3: which of several with the same unique-id
	position     BIGINT         NOT NULL, -- in the order of arrival: IMAP UID; 0 in POP3
	outcome      VARCHAR(20)    NOT NULL, -- uploaded, duplicate, unmatched, ignored, quarantined, vanished, failed
	reason       LONGTEXT       NOT NULL,
	sender       LONGTEXT       NOT NULL,
	reply_to     LONGTEXT       NOT NULL, -- the first address; '' when there is none
	subject      LONGTEXT       NOT NULL,
	fingerprint  VARBINARY(300) NOT NULL, -- unmatched: as in postroom_emails
	size         BIGINT         NOT NULL,
	listed       BIGINT         NOT NULL, -- the size that the server listed
	email_id     VARBINARY(300) NOT NULL,
	extent       VARCHAR(20)    NOT NULL, -- how much of it was read: '', whole, too_large, cut, short
	before_start TINYINT        NOT NULL, -- ignored, because it is before the account's start
	baseline     TINYINT        NOT NULL, -- it was there when the account was connected, with a start from now
	unmarked     TINYINT        NOT NULL, -- uploaded, and still to be marked \Seen on the server
	keep         TINYINT        NOT NULL, -- never deletable
	deleted      TINYINT        NOT NULL, -- no longer on the server
	attempts     INTEGER        NOT NULL,
	next_try     BIGINT         NOT NULL,
	at           BIGINT         NOT NULL,
	duplicate_of VARBINARY(300) AS (CASE WHEN outcome = 'duplicate' THEN email_id END) STORED,
	PRIMARY KEY (namespace, account, folder, generation, key_size, source_key, occurrence),
	KEY postroom_ledger_outcome (namespace, account, outcome),
	KEY postroom_ledger_due (namespace, account, folder, generation, deleted, keep, outcome, at),
	KEY postroom_ledger_retry (namespace, account, folder, generation, next_try, outcome),
	KEY postroom_ledger_unmarked (namespace, account, folder, generation, unmarked, deleted),
	KEY postroom_ledger_unmatched (namespace, fingerprint),
	KEY postroom_ledger_duplicates (namespace, duplicate_of)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Uploaded emails, in the order of upload (inbound.Emails).
CREATE TABLE postroom_emails (
	seq         BIGINT         NOT NULL AUTO_INCREMENT,
	namespace   VARBINARY(300) NOT NULL,
	id          VARBINARY(300) NOT NULL,
	account     VARBINARY(100) NOT NULL,
	shop        VARBINARY(600) NOT NULL,
	folder      VARBINARY(900) NOT NULL, -- where it was on the server, as in the ledger
	generation  VARBINARY(200) NOT NULL,
	source_key  VARBINARY(1536) NOT NULL,
	occurrence  INTEGER        NOT NULL,
	customer    VARBINARY(600) NOT NULL,
	manager     VARBINARY(600) NOT NULL,
	message_id  LONGTEXT       NOT NULL,
	in_reply_to LONGTEXT       NOT NULL,
	refs        LONGTEXT       NOT NULL, -- JSON
	sender      LONGTEXT       NOT NULL,
	sender_name LONGTEXT       NOT NULL,
	recipients  LONGTEXT       NOT NULL, -- To, JSON: names and addresses
	copies      LONGTEXT       NOT NULL, -- Cc, likewise
	subject     LONGTEXT       NOT NULL,
	snippet     LONGTEXT       NOT NULL, -- of the reply text
	sent_at     BIGINT         NOT NULL,
	class       VARCHAR(20)    NOT NULL,
	verified    TINYINT        NOT NULL,
	size        BIGINT         NOT NULL,
	sha256      VARBINARY(100) NOT NULL, -- of the raw bytes, in hex
	fingerprint VARBINARY(300) NOT NULL, -- of the header; '': to be computed
	extent      VARCHAR(20)    NOT NULL, -- as in the ledger
	attachments LONGTEXT       NOT NULL, -- JSON
	warnings    LONGTEXT       NOT NULL, -- JSON
	uploaded_at BIGINT         NOT NULL,
	notify      TINYINT        NOT NULL, -- the customer's manager is told about it
	initial     TINYINT        NOT NULL, -- it stems from the initial upload of the account
	raw_size    BIGINT         NOT NULL, -- bytes in postroom_raw
	PRIMARY KEY (seq),
	UNIQUE KEY postroom_emails_id (namespace, id),
	KEY postroom_emails_namespace (namespace),
	KEY postroom_emails_account (namespace, account),
	KEY postroom_emails_customer (namespace, customer),
	KEY postroom_emails_fingerprint (namespace, fingerprint)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Raw bytes kept without an email, for what is quarantined.
CREATE TABLE postroom_kept (
	seq       BIGINT         NOT NULL AUTO_INCREMENT,
	namespace VARBINARY(300) NOT NULL,
	id        VARBINARY(300) NOT NULL,
	raw_size  BIGINT         NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE KEY postroom_kept_id (namespace, id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Raw bytes in parts: those of an email under its seq, those of a kept message under its
-- seq with a minus sign.
CREATE TABLE postroom_raw (
	owner BIGINT   NOT NULL,
	part  INTEGER  NOT NULL, -- 0, 1, ...
	data  LONGBLOB NOT NULL,
	PRIMARY KEY (owner, part)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Progress and health of accounts (inbound.Progress).
CREATE TABLE postroom_folders (
	namespace        VARBINARY(300) NOT NULL,
	account          VARBINARY(100) NOT NULL,
	folder           VARBINARY(900) NOT NULL,
	mailbox          LONGTEXT       NOT NULL, -- user and host
	generation       VARBINARY(200) NOT NULL,
	position         BIGINT         NOT NULL, -- up to which everything listed has a record
	next_position    BIGINT         NOT NULL, -- the highest one seen
	token            LONGTEXT       NOT NULL, -- where the next listing of changes begins
	start_position   BIGINT         NOT NULL, -- what is before was there before the account was connected
	start_gap        BIGINT         NOT NULL, -- what is from there on up to this one may have been
	started_at       BIGINT         NOT NULL,
	compared_at      BIGINT         NOT NULL, -- when all of it was last listed
	baseline         TINYINT        NOT NULL, -- what was there before is known by its identity
	start_time       BIGINT         NOT NULL, -- the account's start by which mail was left out last
	start_moved_at   BIGINT         NOT NULL, -- when the account's start was last moved back
	-- What the initial upload still has to do (inbound.History): Positions between two
	-- others, or up to a key; '' and 0: nothing.
	initial_after    BIGINT         NOT NULL,
	initial_before   BIGINT         NOT NULL,
	initial_last     LONGTEXT       NOT NULL,
	initial_messages BIGINT         NOT NULL, -- left
	initial_bytes    BIGINT         NOT NULL, -- left; -1: unknown
	PRIMARY KEY (namespace, account, folder)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE postroom_accounts (
	namespace  VARBINARY(300) NOT NULL,
	account    VARBINARY(100) NOT NULL,
	started_at BIGINT         NOT NULL, -- when it was first connected
	PRIMARY KEY (namespace, account)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE postroom_health (
	namespace           VARBINARY(300) NOT NULL,
	account             VARBINARY(100) NOT NULL,
	state               VARCHAR(20)    NOT NULL,
	since               BIGINT         NOT NULL, -- of the state
	last_success        BIGINT         NOT NULL,
	last_error          LONGTEXT       NOT NULL,
	last_error_at       BIGINT         NOT NULL,
	cause               VARCHAR(40)    NOT NULL, -- of last_error
	hint                LONGTEXT       NOT NULL,
	failures            INTEGER        NOT NULL,
	refusals            INTEGER        NOT NULL, -- of logins since the last success
	most_failed         TINYINT        NOT NULL, -- 1: of the messages that were last looked at
	next_attempt        BIGINT         NOT NULL,
	trouble_since       BIGINT         NOT NULL,
	alerted_at          BIGINT         NOT NULL,
	step                LONGTEXT       NOT NULL, -- of a pass, that takes long now (inbound.Health.Step), JSON; '{}': none does
	-- Of the initial upload of the account; -1: unknown.
	initial_done        BIGINT         NOT NULL,
	initial_total       BIGINT         NOT NULL,
	initial_complete    TINYINT        NOT NULL,
	initial_bytes       BIGINT         NOT NULL,
	initial_total_bytes BIGINT         NOT NULL,
	initial_since       BIGINT         NOT NULL,
	initial_took        BIGINT         NOT NULL, -- how long passes have worked on it, in microseconds
	-- How the limits of the provider delay it.
	history_after       BIGINT         NOT NULL,
	initial_not_before  BIGINT         NOT NULL,
	PRIMARY KEY (namespace, account)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- How much was read of each mailbox in the last day (inbound.Usage), JSON.
CREATE TABLE postroom_usage (
	namespace VARBINARY(300) NOT NULL,
	account   VARBINARY(100) NOT NULL,
	used      LONGTEXT       NOT NULL,
	PRIMARY KEY (namespace, account)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- Customers that are about to be created.
CREATE TABLE postroom_intents (
	namespace VARBINARY(300) NOT NULL,
	account   VARBINARY(100) NOT NULL,
	shop      VARBINARY(600) NOT NULL,
	address   VARBINARY(800) NOT NULL,
	PRIMARY KEY (namespace, account, shop, address),
	KEY postroom_intents_address (namespace, shop, address) -- for the notes of any account
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Accounts that are added and removed at run time (inbound.AccountStore).
CREATE TABLE postroom_saved_accounts (
	namespace  VARBINARY(300) NOT NULL,
	account    VARBINARY(100) NOT NULL,
	place      BIGINT         NOT NULL, -- in the order in which they were added
	settings   LONGTEXT       NOT NULL, -- JSON, without secrets
	forgetting TINYINT        NOT NULL, -- 1: it was removed, and all that is left of it is being removed
	PRIMARY KEY (namespace, account),
	UNIQUE KEY postroom_saved_accounts_place (namespace, place)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- The latest refresh tokens of accounts, where the provider has replaced the configured
-- one. Nothing is in clear.
CREATE TABLE postroom_secrets (
	namespace  VARBINARY(300) NOT NULL,
	account    VARBINARY(100) NOT NULL,
	came_after LONGTEXT       NOT NULL, -- SHA-256 of the configured refresh token, in hex
	sealed     LONGBLOB       NOT NULL, -- the latest one; begins with the ID of the key
	PRIMARY KEY (namespace, account)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Who does what at the moment (inbound.Leases). Rows stay, so that tokens never go back.
CREATE TABLE postroom_leases (
	namespace VARBINARY(300) NOT NULL,
	name      VARBINARY(900) NOT NULL,
	owner     VARBINARY(900) NOT NULL, -- '' when released
	token     BIGINT         NOT NULL,
	taken     BIGINT         NOT NULL,
	expires   BIGINT         NOT NULL,
	PRIMARY KEY (namespace, name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- What a transaction locks by its name. Rows stay: they say nothing, and may be removed
-- while no program runs.
CREATE TABLE postroom_locks (
	namespace VARBINARY(300) NOT NULL,
	name      VARBINARY(300) NOT NULL,
	PRIMARY KEY (namespace, name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Who had the last turn in each group (assign.Turns).
CREATE TABLE postroom_turns (
	namespace VARBINARY(300) NOT NULL,
	team      VARBINARY(600) NOT NULL, -- the group
	manager   VARBINARY(600) NOT NULL,
	last_turn BIGINT         NOT NULL, -- number of the turn in the group
	unused    BIGINT         NOT NULL, -- turns that were claimed and given back
	PRIMARY KEY (namespace, team, manager)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- How far customers have come on the way to a manager (assign.Assignments).
CREATE TABLE postroom_assignments (
	namespace  VARBINARY(300) NOT NULL,
	customer   VARBINARY(600) NOT NULL,
	shop       VARBINARY(600) NOT NULL,
	address    LONGTEXT       NOT NULL,
	account    VARBINARY(100) NOT NULL,
	team       VARBINARY(600) NOT NULL, -- the group; '' when the account had none
	email      VARBINARY(300) NOT NULL,
	stage      VARCHAR(20)    NOT NULL, -- unassigned, waiting, claimed, assigned
	manager    VARBINARY(600) NOT NULL,
	round      INTEGER        NOT NULL, -- how often the customer lost a manager before
	news_since BIGINT         NOT NULL, -- the manager is notified of messages uploaded since then
	since      BIGINT         NOT NULL,
	attempts   INTEGER        NOT NULL,
	next_try   BIGINT         NOT NULL,
	last_error LONGTEXT       NOT NULL,
	place      BIGINT         NOT NULL, -- in the queue of all groups; 0 when neither waiting nor claimed
	pending    TINYINT        AS (CASE WHEN place > 0 THEN 1 END) STORED,
	PRIMARY KEY (namespace, customer),
	KEY postroom_assignments_place (namespace, place),
	KEY postroom_assignments_team (namespace, pending, team, next_try, place),
	KEY postroom_assignments_account (namespace, pending, account, team)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Notifications, pending and done (notify.Outbox, notify.Holder).
CREATE TABLE postroom_notifications (
	seq        BIGINT         NOT NULL AUTO_INCREMENT,
	namespace  VARBINARY(300) NOT NULL,
	id         VARBINARY(900) NOT NULL,
	kind       VARCHAR(40)    NOT NULL,
	account    VARBINARY(100) NOT NULL,
	shop       VARBINARY(600) NOT NULL,
	manager    VARBINARY(600) NOT NULL,
	customer   VARBINARY(600) NOT NULL,
	email      VARBINARY(300) NOT NULL,
	sender     LONGTEXT       NOT NULL,
	subject    LONGTEXT       NOT NULL,
	at         BIGINT         NOT NULL,
	initial    TINYINT        NOT NULL, -- it stems from the initial upload of an account
	emails     INTEGER        NOT NULL, -- of a digest
	customers  INTEGER        NOT NULL, -- of a digest
	state      VARCHAR(20)    NOT NULL, -- pending, delivered, dead, held, digested
	attempts   INTEGER        NOT NULL,
	next_try   BIGINT         NOT NULL,
	last_error LONGTEXT       NOT NULL,
	-- Place in the namespace's order of delivery; 0 until delivered. A notification that is
	-- held, or that a digest stands for, has -1.
	delivery   BIGINT         NOT NULL,
	held       TINYINT        NOT NULL, -- it was held at first
	PRIMARY KEY (seq),
	UNIQUE KEY postroom_notifications_id (namespace, id),
	KEY postroom_notifications_order (namespace, delivery, seq, state),
	KEY postroom_notifications_manager (namespace, state, manager, seq),
	KEY postroom_notifications_waiting (namespace, state, next_try, manager),
	KEY postroom_notifications_account (namespace, state, account, at),
	KEY postroom_notifications_held (namespace, held, state, account, manager),
	KEY postroom_notifications_digests (namespace, kind, account, manager, at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The reference customer base (Customers).
CREATE TABLE postroom_customers (
	seq        BIGINT         NOT NULL AUTO_INCREMENT,
	namespace  VARBINARY(300) NOT NULL,
	id         VARBINARY(600) NOT NULL,
	shop       VARBINARY(600) NOT NULL,
	email      VARBINARY(800) NOT NULL, -- as customer.Normalize gives it
	name       LONGTEXT       NOT NULL,
	manager    VARBINARY(600) NOT NULL,
	fields     LONGTEXT       NOT NULL, -- JSON
	created    TINYINT        NOT NULL, -- made by Create, not entered
	assigned   TINYINT        NOT NULL, -- manager attached by AttachManager
	created_at BIGINT         NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE KEY postroom_customers_id (namespace, id),
	UNIQUE KEY postroom_customers_email (namespace, shop, email)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE postroom_fields (
	namespace VARBINARY(300) NOT NULL,
	name      VARBINARY(600) NOT NULL,
	type      VARCHAR(40)    NOT NULL,
	PRIMARY KEY (namespace, name)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The reference directory of managers (Managers).
CREATE TABLE postroom_managers (
	namespace VARBINARY(300) NOT NULL,
	id        VARBINARY(600) NOT NULL,
	name      LONGTEXT       NOT NULL,
	email     LONGTEXT       NOT NULL,
	status    VARCHAR(20)    NOT NULL,
	active    TINYINT        NOT NULL,
	PRIMARY KEY (namespace, id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE postroom_members (
	seq       BIGINT         NOT NULL AUTO_INCREMENT,
	namespace VARBINARY(300) NOT NULL,
	team      VARBINARY(600) NOT NULL,
	manager   VARBINARY(600) NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE KEY postroom_members_team (namespace, team, manager)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
