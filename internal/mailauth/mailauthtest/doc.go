// Package mailauthtest checks that a fetcher logs in as package mailauth means
// it, and so as every other fetcher does: [TestLogin] has one table for all
// protocols, and scripted servers of IMAP and POP3 to play it against.
package mailauthtest
