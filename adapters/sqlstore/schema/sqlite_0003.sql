-- Conventions as in the first file.

-- It was there when the account was connected, with a start from now.
ALTER TABLE postroom_ledger ADD COLUMN baseline INTEGER NOT NULL DEFAULT 0;
UPDATE postroom_ledger SET baseline = 1
	WHERE before_start = 1 AND folder = '' AND reason = 'was there before the account was connected';
