package confusable

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// ASCIIDomain returns a domain in lower-case ASCII (IDNA), or false if it has none, or
// has characters that IDNA replaces or leaves out, so that it only looks like a domain.
func ASCIIDomain(domain string) (string, bool) {
	lower, ok := Lower(domain)
	if !ok {
		return "", false
	}
	ascii, err := idna.Lookup.ToASCII(lower)
	return ascii, err == nil && isWritten(ascii, lower)
}

// isWritten reports whether a domain in ASCII is the one that name writes, label by label.
func isWritten(ascii, name string) bool {
	return slices.EqualFunc(strings.Split(ascii, "."), strings.Split(name, "."), func(label, name string) bool {
		decoded, err := idna.Punycode.ToUnicode(label)
		return label == name || err == nil && decoded == name
	})
}
