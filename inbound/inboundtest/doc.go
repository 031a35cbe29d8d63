// Package inboundtest is for tests of hosts and of adapters. It imports nothing
// but the standard library and this module.
//
// # For a host
//
// A [Mailbox] is a mailbox in memory. It is a Fetcher itself, which is enough for
// most unit tests; [Mailbox.ServeIMAP] and [Mailbox.ServePOP3] serve it on
// loopback, so that the whole way from the wire on is under test, with TLS and
// with the [Faults] of real servers:
//
//	box := inboundtest.NewMailbox()
//	box.Deliver(letter)
//	server := box.ServeIMAP(t, nil)
//	fetcher := imapfetch.New(&imapfetch.Options{Network: server.Network()})
//	account := server.Account("shop")
//	server.SetFaults(inboundtest.Faults{CutAt: 1000})
//
// A [Feed] is the same for a provider's API (Gmail, Microsoft Graph, JMAP): opaque
// keys, labels, and changes told from a token on.
//
// [TestCrashes] kills a Syncer on the host's own store and customers at every
// step of a mailbox's history, and compares what comes of it with an undisturbed
// run; [Failpoints] are what it does that with.
//
// # For an adapter
//
// [TestStore] and [TestFetcher] are the tests that an implementation of
// inbound.Store or inbound.Fetcher must pass; [TestSession] is the part of TestFetcher
// that needs no wire, and has tests for change feeds. Each failure says what was
// expected, and why it matters.
package inboundtest
