// Million measures what a huge mailbox costs: by default one of 1,000,000 messages of 1 KiB
// on an IMAP server of its own, on loopback and in plain text, which has no CONDSTORE and
// no QRESYNC, makes each message when it is asked for it, and counts round trips. The SDK
// runs with SQLite in a process of its own, started anew for each of three steps:
//
//	first look   an account with start: now looks at the mailbox for the first time
//	upload       another one uploads all of it
//	cold start   and starts again, with nothing new; then polls on the session that it keeps
//
// Usage:
//
//	go run ./internal/bench/million                  1,000,000 messages: some 10 minutes, 4 GB of disk
//	go run ./internal/bench/million -n 100000
//	go run ./internal/bench/million -short           20,000 messages
//	go run ./internal/bench/million -order newest    the newest first
//
// It prints each figure beside what is asked for, and fails if one misses. A round trip is
// counted when the client sends something after all that it had sent before is answered; what
// comes before the answer to LOGIN does not count. All messages are older than
// DefaultInitialAge, and there is a new customer for each ten of them, so that no tenth of the
// upload has more to do than another.
package main
