// Package integration tests postroom with real servers and databases: with Dovecot,
// which each test starts on free loopback ports, and with SQLite. TestServers runs the
// collector on mail servers of other makers. It also has the tests that concern all
// modules, such as those of the allowed imports.
//
// If a server is not installed, its tests are skipped. With POSTROOM_STRICT=1, they
// fail instead. This module is never tagged, since no other module imports it.
package integration
