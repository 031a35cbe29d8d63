// Watch measures how long mail takes from its file in a Maildir to the manager's
// notification, and what watching many mailboxes costs. It runs the SDK in its own process
// with SQLite, against a temporary Dovecot on loopback:
//
//	go run ./internal/bench/watch                                 200 deliveries to one mailbox
//	go run ./internal/bench/watch -history 50000                  in the middle of an initial upload
//	go run ./internal/bench/watch -history 50000 -protocol pop3
//	go run ./internal/bench/watch -accounts 1000 -for 10m         to one of a thousand, at random
//
// It prints the distribution of the latencies, and fails if a delivery is missed. It needs
// Dovecot; on Debian:
//
//	apt-get install dovecot-imapd dovecot-pop3d
package main
