// Package mailauth is what the fetchers share about logging in to a mail server.
//
// A [Credential] is the secrets of one login: it checks that they can be sent,
// offers the SASL mechanisms that send them ([Client]), says what their refusal
// means, and hides them in what the server says. [FromLogin] makes one of what the
// core gives a fetcher, [New] one of secrets that are at hand.
//
// The commands that carry a mechanism (AUTHENTICATE, AUTH) are the fetchers' own.
package mailauth
