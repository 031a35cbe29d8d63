// Package inboundtest has mailboxes and servers for the tests of hosts, and test
// suites for adapters. It imports only the standard library and this module.
//
// # For a host
//
// A [Mailbox] is a mailbox in memory. It is a Fetcher itself, which is enough for
// most unit tests; [Mailbox.ServeIMAP] and [Mailbox.ServePOP3] serve it on
// loopback, for tests of everything from the wire on, with TLS and with the
// [Faults] of real servers:
//
//	box := inboundtest.NewMailbox()
//	box.Deliver(message)
//	server := box.ServeIMAP(t, nil)
//	fetcher := imapfetch.New(&imapfetch.Options{Network: server.Network()})
//	account := server.Account("shop")
//	server.SetFaults(inboundtest.Faults{CutAt: 1000})
//
// A [Feed] is the same for a provider's API (Gmail, Microsoft Graph, JMAP): opaque
// keys, labels, and changes since a token.
//
// [TestCrashes] runs a Syncer on the host's own store and customer repository, kills
// it at every step of a mailbox's history, and compares the result with that of an
// undisturbed run. It uses [Failpoints], which other tests can use too.
//
// # For an adapter
//
// [TestStore], [TestSecretStore], [TestAccountStore] and [TestFetcher] are the tests that
// an implementation of inbound.Store, inbound.SecretStore, inbound.AccountStore or
// inbound.Fetcher must pass; [TestSession] is the part of TestFetcher that needs no wire,
// and has tests for change feeds. Each failure says what was expected, and why it matters.
package inboundtest
