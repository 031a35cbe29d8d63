-- Conventions as in the first file. What the initial upload of a folder still has to do
-- (inbound.History): Positions between two others, or up to a key; '' and 0: nothing.

ALTER TABLE postroom_folders ADD COLUMN initial_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postroom_folders ADD COLUMN initial_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postroom_folders ADD COLUMN initial_last TEXT NOT NULL DEFAULT '';
ALTER TABLE postroom_folders ADD COLUMN initial_messages INTEGER NOT NULL DEFAULT 0; -- left
ALTER TABLE postroom_folders ADD COLUMN initial_bytes INTEGER NOT NULL DEFAULT 0; -- left; -1: unknown

-- Of the initial upload of the account; -1: unknown.
ALTER TABLE postroom_health ADD COLUMN initial_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postroom_health ADD COLUMN initial_total_bytes INTEGER NOT NULL DEFAULT 0;
