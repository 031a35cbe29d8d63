// Package sqlrecord notes the statements that a database gets through database/sql, and
// checks that they stay within a namespace. It wraps any driver, and is for tests.
package sqlrecord
