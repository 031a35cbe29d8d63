-- Conventions as in the first file. What a message is and what recognizes it, for
-- emails and for what was not uploaded; and records of any outcome that are looked at
-- again.

ALTER TABLE postroom_emails ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''; -- of the header; '': to be computed
ALTER TABLE postroom_emails ADD COLUMN extent TEXT NOT NULL DEFAULT 'whole'; -- as in the ledger
UPDATE postroom_emails SET extent = 'cut' WHERE truncated = 1;
UPDATE postroom_emails SET extent = 'short' WHERE truncated = 0 AND EXISTS (
	SELECT 1 FROM postroom_ledger l
	WHERE l.namespace = postroom_emails.namespace AND l.account = postroom_emails.account
		AND l.folder = postroom_emails.folder AND l.generation = postroom_emails.generation
		AND l.key_size = LENGTH(CAST(postroom_emails.source_key AS BLOB))
		AND l.source_key = postroom_emails.source_key AND l.occurrence = postroom_emails.occurrence
		AND l.extent = 'short' AND l.email_id = postroom_emails.id);
ALTER TABLE postroom_emails DROP COLUMN truncated;
CREATE INDEX postroom_emails_fingerprint ON postroom_emails (namespace, fingerprint);

ALTER TABLE postroom_ledger ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''; -- unmatched: as in postroom_emails
UPDATE postroom_ledger SET next_try = -62135596800000000 WHERE outcome <> 'failed';
UPDATE postroom_ledger SET next_try = 1 WHERE outcome = 'failed' AND next_try <= 0;
CREATE INDEX postroom_ledger_retry ON postroom_ledger (namespace, account, folder, generation, next_try)
	WHERE outcome <> 'ignored' AND next_try > 0;
CREATE INDEX postroom_ledger_unmatched ON postroom_ledger (namespace, fingerprint)
	WHERE outcome = 'unmatched' AND deleted = 0 AND fingerprint <> '';
CREATE INDEX postroom_ledger_duplicates ON postroom_ledger (namespace, email_id) WHERE outcome = 'duplicate';

-- Messages that are marked on the server, as deleted or drafts: every pass looks for
-- those that are to be looked at again.
CREATE INDEX postroom_ledger_withheld ON postroom_ledger
	(namespace, account, outcome, folder, generation, key_size, source_key, occurrence)
	WHERE outcome = 'ignored' AND next_try > 0;
