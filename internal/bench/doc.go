// Bench measures the collector against mbsync, side by side: both download the
// same mailbox from the same throwaway Dovecot on loopback, in turn, mbsync into
// a Maildir and the collector into SQLite, and what comes out is checked.
//
//	go run ./internal/bench [-n 10000] [-rounds 3]
//
// It needs Dovecot and mbsync; on Debian:
//
//	apt-get install dovecot-imapd dovecot-pop3d isync
//
// Both keep what they download safe against a power failure (mbsync's FSync and
// SQLite's synchronous writes are on, as they are by default), and both verify
// TLS. Peak memory is the resident set of the process, as the kernel counts it.
package main
