-- Conventions as in the first file. How much was read of each mailbox in the last day
-- (inbound.Usage), as JSON.

CREATE TABLE postroom_usage (
	namespace TEXT NOT NULL,
	account   TEXT NOT NULL,
	used      TEXT NOT NULL,
	PRIMARY KEY (namespace, account)
) WITHOUT ROWID;
