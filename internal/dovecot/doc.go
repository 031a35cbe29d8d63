// Package dovecot runs throwaway Dovecot servers for tests and measurements:
// IMAP and POP3, each with and without TLS from the first byte, on free
// loopback ports, with users and mail that the caller puts in.
//
// It needs Dovecot 2.3 on the machine, and works as root and as anybody else.
// A server ends with [Server.Close], and also when the process that started it
// dies (on Linux).
package dovecot
