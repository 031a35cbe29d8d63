-- Conventions as in the first file. What a list of emails shows of each. Emails that were
-- uploaded before have none of it.

ALTER TABLE postroom_emails ADD COLUMN recipients TEXT NOT NULL DEFAULT 'null'; -- To, JSON: names and addresses
ALTER TABLE postroom_emails ADD COLUMN copies TEXT NOT NULL DEFAULT 'null'; -- Cc, likewise
ALTER TABLE postroom_emails ADD COLUMN snippet TEXT NOT NULL DEFAULT ''; -- of the reply text
