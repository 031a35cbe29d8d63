-- Conventions as in the first file. What stems from the initial upload of an account
-- (inbound.Email.Initial, notify.Holder).
--
-- A notification that is held, or that a digest stands for, has the delivery -1: it is
-- not in the order of delivery, and not among those that wait for it.

ALTER TABLE postroom_emails ADD COLUMN initial INTEGER NOT NULL DEFAULT 0;

ALTER TABLE postroom_notifications ADD COLUMN initial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE postroom_notifications ADD COLUMN emails INTEGER NOT NULL DEFAULT 0;    -- of a digest
ALTER TABLE postroom_notifications ADD COLUMN customers INTEGER NOT NULL DEFAULT 0; -- of a digest
ALTER TABLE postroom_notifications ADD COLUMN held INTEGER NOT NULL DEFAULT 0;      -- it was held at first
CREATE INDEX postroom_notifications_held ON postroom_notifications (namespace, state, account, manager, seq)
	WHERE held = 1;
CREATE INDEX postroom_notifications_digests ON postroom_notifications (namespace, account, manager, at)
	WHERE kind = 'initial_digest';
