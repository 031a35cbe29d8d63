// Package sqlstore implements inbound.Store on database/sql. It imports no driver:
// the host chooses one, opens the database and owns it.
//
//	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("postroom.db"))
//	store, err := sqlstore.Open(ctx, db, sqlstore.SQLite, nil)
//
// [Store] implements inbound.Store. [Store.Customers] and [Store.Managers] are a
// customer repository and a directory of managers for hosts that have none. A host
// whose tables are in the same database takes the running transaction from
// [Tx].
//
// Several companies may share a database: each opens it with a namespace of its
// own, [Options.Namespace], and reads and changes nothing of the others.
//
// All tables begin with "postroom_"; the files in schema/ describe every column.
// Times are whole microseconds since 1970 in UTC; finer fractions are dropped. The
// zero time is -62135596800000000, which is January 1 of the year 1. Raw bytes
// are kept in parts of 256 KiB, exactly as they came.
//
// What Atomic has committed survives a power cut, provided that the database and the
// disk honor their durability settings: Open refuses SQLite connections with
// synchronous=NORMAL or OFF.
package sqlstore
