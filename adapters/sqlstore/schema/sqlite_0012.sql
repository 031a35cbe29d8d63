-- Conventions as in the first file. How the limits of the provider delay the initial upload of
-- an account, and how long passes have worked on it, in microseconds.

ALTER TABLE postroom_health ADD COLUMN initial_took INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postroom_health ADD COLUMN history_after INTEGER NOT NULL DEFAULT -62135596800000000;
ALTER TABLE postroom_health ADD COLUMN initial_not_before INTEGER NOT NULL DEFAULT -62135596800000000;
