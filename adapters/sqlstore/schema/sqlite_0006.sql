-- Conventions as in the first file. The step of a pass that takes long now
-- (inbound.Health.Step), as JSON; '{}': none does.

ALTER TABLE postroom_health ADD COLUMN step TEXT NOT NULL DEFAULT '{}';
