package confusable

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ShowAddress returns an address as a person should see it. The labels of its domain are
// shown in Unicode where nothing is wrong with them, else as they are: "xn--..." cannot
// be mistaken. If something is wrong with the local part, or with what is not ASCII in
// the domain, all characters outside of ASCII are escaped, as in vi\u200bp@bank.example.
func ShowAddress(address string) string {
	if !utf8.ValidString(address) {
		return escape(address)
	}
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:at+1], ShowDomain(address[at+1:])
	if !isASCII(address[at+1:]) || strings.ContainsFunc(address, isControl) || Fault(local, domain) != "" {
		return escape(address)
	}
	return local + domain
}

// ShowDomain returns a domain in ASCII as a person should see it; see ShowAddress.
func ShowDomain(domain string) string {
	if isASCII(domain) && !strings.Contains(strings.ToLower(domain), "xn--") {
		return domain
	}
	whole, err := idna.Punycode.ToUnicode(domain)
	if err != nil {
		return domain
	}
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		shown, err := idna.Display.ToUnicode(label)
		if err != nil || Fault(shown, whole) != "" {
			continue
		}
		if ascii, err := idna.Lookup.ToASCII(shown); err == nil && ascii == label {
			labels[i] = shown
		}
	}
	return strings.Join(labels, ".")
}

// escape escapes what is not printable ASCII, and quotes, so that the result is not taken
// for an address.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"':
			b.WriteString(`\"`)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case r >= utf8.RuneSelf || isControl(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
