// Package testclient has minimal IMAP and POP3 clients, with which tests fill
// mailboxes and look at what a server has. They share no code with the clients that are
// tested, and trust the server: they are for servers that a test has started.
package testclient
