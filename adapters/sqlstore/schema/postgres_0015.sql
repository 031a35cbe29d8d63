-- Conventions as in the first file. Namespaces that were copied here from a different
-- database (Copy): for each a row with the name '', and one for each of its tables
-- until the copy is finished.

CREATE TABLE postroom_copies (
	namespace   TEXT COLLATE "C" NOT NULL,
	name        TEXT COLLATE "C" NOT NULL, -- of the table; '': the copy as a whole
	above       BIGINT NOT NULL, -- what was added to the numbers of the rows
	room        BIGINT NOT NULL, -- the highest number for which there is room
	copied      BIGINT NOT NULL, -- rows
	digest      TEXT COLLATE "C" NOT NULL, -- of these rows, in hex
	last_key    TEXT COLLATE "C" NOT NULL, -- of the last of them, JSON; '' before the first one
	finished_at BIGINT NOT NULL, -- of the copy as a whole: when it was verified; 0 until then
	PRIMARY KEY (namespace, name)
);
