// Package customer defines the interface to the host's customer repository.
// postroom finds the sender of an email in it and, if the account is configured to
// do so, creates a customer record for a sender who has none.
//
// A host implements [Repo]. Package customertest has the tests that an
// implementation must pass.
//
// Addresses are compared in the form that [Normalize] returns: the domain in
// lower-case ASCII, the local part in lower case, without needless quotes. Plus tags
// and dots are kept, since only the provider of a mailbox can say whether they matter.
// An address that only looks like another one, by characters that nobody sees or that
// stand for others, or by letters of different scripts in one word, is refused: mail from
// it is quarantined. [Display] returns an address as a person should see it.
package customer
