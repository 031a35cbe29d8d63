-- Conventions as in the first file. Accounts that are added and removed at run time
-- (inbound.AccountStore).

CREATE TABLE postroom_saved_accounts (
	namespace  TEXT    NOT NULL,
	account    TEXT    NOT NULL,
	place      INTEGER NOT NULL, -- in the order in which they were added
	settings   TEXT    NOT NULL, -- JSON, without secrets
	forgetting INTEGER NOT NULL, -- 1: it was removed, and all that is left of it is being removed
	PRIMARY KEY (namespace, account)
) WITHOUT ROWID;
CREATE UNIQUE INDEX postroom_saved_accounts_place ON postroom_saved_accounts (namespace, place);
