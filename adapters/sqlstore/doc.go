// Package sqlstore implements inbound.Store on database/sql. It imports no driver:
// the host chooses one, opens the database and owns it.
//
//	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("postroom.db"))
//	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
//
// The same works with [Postgres] and [MariaDB] (MySQL 8 untested), each with its own files in
// schema/; the README of this folder compares the databases.
//
// [Store] implements inbound.Store. [Store.Customers] and [Store.Managers] are a
// customer repository and a directory of managers for hosts that have none. A host
// whose tables are in the same database takes the running transaction from
// [Tx].
//
// Several companies may share a database: each opens it with a namespace of its
// own, [Options.Namespace], and reads and changes nothing of the others; TENANTS.md says what
// they share and cost.
//
// All tables begin with "postroom_", or with [Options.TablePrefix]; the files in schema/ describe every column.
// Times are whole microseconds since 1970 in UTC; finer fractions are dropped. The
// zero time is -62135596800000000, which is January 1 of the year 1. Raw bytes
// are kept in parts of 256 KiB. Parts that are text are compressed by zstd; those with attachments
// that hardly get smaller are as they came. What is in an inbound.Archive is not here: see
// adapters/filearchive.
//
// Keys are compared byte by byte in every database. A text that is not UTF-8, or has a NUL, is
// kept by SQLite as it is. PostgreSQL and MariaDB refuse it; there each such byte is kept as a
// character for private use, U+EF00 plus the byte, and read as the byte that it was: no two
// texts become the same. Valid text stays as it is, except for these characters
// themselves, whose bytes are kept in the same way.
//
// What Atomic has committed survives a power cut, provided that the database and the
// disk honor their durability settings: Open refuses SQLite connections with
// synchronous=NORMAL or OFF, PostgreSQL with synchronous_commit or fsync off, and MariaDB with
// the like. Errors of the database itself, such as deadlocks and lost connections, wrap
// inbound.ErrTemporary and have a hint.
package sqlstore
