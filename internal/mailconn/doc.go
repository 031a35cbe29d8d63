// Package mailconn has the network connection of the fetchers. A protocol library
// uses a [Conn] like any net.Conn. The Conn fails when the context of a command
// ends, when the server does not answer in time, and when it sends more than was
// requested.
//
// [Dial] applies the security of an account and the [inbound.NetworkPolicy] of the
// host. [Classify] converts a failure into an [inbound.Error] with a hint for the
// operator.
package mailconn
