-- Conventions as in the first file. More of the health of accounts (inbound.Health), and what
-- is found of all accounts together.

ALTER TABLE postroom_health ADD COLUMN since INTEGER NOT NULL DEFAULT -62135596800000000; -- of the state
ALTER TABLE postroom_health ADD COLUMN cause TEXT NOT NULL DEFAULT ''; -- of last_error
ALTER TABLE postroom_health ADD COLUMN last_error_at INTEGER NOT NULL DEFAULT -62135596800000000;
ALTER TABLE postroom_health ADD COLUMN next_attempt INTEGER NOT NULL DEFAULT -62135596800000000;
ALTER TABLE postroom_health ADD COLUMN trouble_since INTEGER NOT NULL DEFAULT -62135596800000000;
ALTER TABLE postroom_health ADD COLUMN alerted_at INTEGER NOT NULL DEFAULT -62135596800000000;
ALTER TABLE postroom_health ADD COLUMN initial_since INTEGER NOT NULL DEFAULT -62135596800000000;
-- The oldest pending notification of each account.
CREATE INDEX postroom_notifications_account ON postroom_notifications (namespace, account, at) WHERE state = 'pending';
