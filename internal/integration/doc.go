// Package integration tests postroom against real servers and databases:
// Dovecot, which each test starts for itself on free loopback ports, and SQLite.
// It also holds what concerns all modules at once, such as who may import whom.
//
// Where a server is not installed, its tests are skipped; with POSTROOM_STRICT=1
// they fail instead. This module is never tagged: nobody imports it.
package integration
