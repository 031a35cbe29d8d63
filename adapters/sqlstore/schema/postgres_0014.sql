-- Conventions as in the first file. Raw bytes that are in an archive (inbound.Archive), and
-- those that are compressed here.

ALTER TABLE postroom_emails ADD COLUMN archived SMALLINT NOT NULL DEFAULT 0; -- 1: under sha256; raw_size is 0
CREATE INDEX postroom_emails_archived ON postroom_emails (namespace, seq) WHERE archived = 1;
ALTER TABLE postroom_kept ADD COLUMN archived TEXT COLLATE "C" NOT NULL DEFAULT ''; -- SHA-256 in the archive; '': not there

ALTER TABLE postroom_raw ADD COLUMN packed SMALLINT NOT NULL DEFAULT 0; -- 1: data is compressed by zstd
