-- Conventions as in the first file. Raw bytes that are in an archive (inbound.Archive), and
-- those that are compressed here.

ALTER TABLE postroom_emails ADD COLUMN archived TINYINT NOT NULL DEFAULT 0; -- 1: under sha256; raw_size is 0
ALTER TABLE postroom_emails ADD KEY postroom_emails_archived (namespace, archived, seq);
ALTER TABLE postroom_kept ADD COLUMN archived VARBINARY(100) NOT NULL DEFAULT ''; -- SHA-256 in the archive; '': not there

ALTER TABLE postroom_raw ADD COLUMN packed TINYINT NOT NULL DEFAULT 0; -- 1: data is compressed by zstd
