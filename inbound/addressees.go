package inbound

import (
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email"
)

const (
	maxAddressees        = 50  // of a field of an email
	longestAddresseeName = 100 // in characters
	longestAddressee     = 320 // in bytes: 64 of the local part, 255 of the domain (RFC 5321, section 4.5.3.1)
)

// addressees returns what is kept of To or Cc: somebody who writes to thousands does not
// fill the store. An address is never cut, since it would be somebody else's.
func addressees(list []email.Address) []email.Address {
	var kept []email.Address
	for _, a := range list {
		if len(kept) == maxAddressees {
			break
		}
		if a.Address == "" || len(a.Address) > longestAddressee {
			continue
		}
		if utf8.RuneCountInString(a.Name) > longestAddresseeName {
			a.Name = string([]rune(a.Name)[:longestAddresseeName-1]) + "…"
		}
		kept = append(kept, a)
	}
	return kept
}
