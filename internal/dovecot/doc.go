// Package dovecot runs temporary Dovecot servers for tests and benchmarks. A server
// offers IMAP and POP3, each with and without TLS from the first byte, on free
// loopback ports. The caller adds users and mail.
//
// The package needs Dovecot 2.3 on the machine. It works as root and as any other
// user. A server ends with [Server.Close] and, on Linux, also when the process that
// started it dies.
package dovecot
