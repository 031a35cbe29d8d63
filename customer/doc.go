// Package customer is the seam to the host's customer base: who wrote an email,
// and which card is created when nobody is known by that address.
//
// A host implements [Repo]; package customertest has the tests that an
// implementation must pass. Addresses are compared in the form that [Normalize]
// gives: the domain in lower-case ASCII, the local part in lower case. Plus tags
// and dots are left alone, since only the provider of a mailbox knows whether
// they matter.
package customer
