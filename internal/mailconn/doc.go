// Package mailconn is the network under the fetchers: a [Conn] for the libraries of
// mail protocols that ends when a context does, when the server falls silent, or
// when it sends more than it was asked for.
//
// [Dial] applies an account's security and the host's [inbound.NetworkPolicy];
// [Classify] turns what went wrong into an [inbound.Error] that tells the
// operator what to do.
package mailconn
