// Bench compares the speed of the collector with that of mbsync. Both download the
// same mailbox from the same temporary Dovecot on loopback, one after the other:
// mbsync into a Maildir, the collector into SQLite. Bench checks the results.
//
//	go run ./internal/bench [-n 10000] [-rounds 3]
//
// It needs Dovecot and mbsync; on Debian:
//
//	apt-get install dovecot-imapd dovecot-pop3d isync
//
// Both protect what they download against a power failure (mbsync's FSync and
// SQLite's synchronous writes are on, as they are by default), and both verify TLS.
// Peak memory is the largest resident set of the process, as reported by the kernel.
package main
