// Package mailauth is what the fetchers share about logging in to a mail server.
//
// A [Credential] is the secrets of one login: it checks that they can be sent,
// offers the SASL mechanisms that send them ([Client]), says what their refusal
// means, and hides them in what the server says. [FromAccount] makes one of an
// account's settings, for which it may have to get an access token; [New] makes
// one of secrets that are at hand.
//
// The commands that carry a mechanism (AUTHENTICATE, AUTH) are the fetchers' own.
package mailauth
