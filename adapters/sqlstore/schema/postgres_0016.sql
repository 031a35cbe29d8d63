-- Conventions as in the first file. Rows in the order of their numbers are found by the
-- namespace first: with an index on the numbers alone, PostgreSQL reads the rows of all
-- companies in that order where it expects to find enough of one company soon.

ALTER TABLE postroom_emails DROP CONSTRAINT postroom_emails_pkey, ADD PRIMARY KEY (namespace, seq);
DROP INDEX postroom_emails_namespace;
ALTER TABLE postroom_notifications DROP CONSTRAINT postroom_notifications_pkey, ADD PRIMARY KEY (namespace, seq);
