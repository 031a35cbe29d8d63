// Package mailserver runs mail servers of other makers than Dovecot for tests, and
// Dovecots with other formats and settings than package dovecot uses by default: each on
// free loopback ports, with mailboxes of their own.
//
// The packages of Debian's servers conflict with each other and with Dovecot. So each
// server has a root of its own: an overlay of this machine's files, in mount and process
// namespaces of its own, that can be changed without changing the machine. That needs
// Linux, root and a Debian or Ubuntu. The files of the packages are installed once, by
//
//	go run ./internal/mailserver/install
//
// and are kept in the user's cache directory. A server ends with [Server.Close], and
// also when the process that started it dies.
package mailserver
