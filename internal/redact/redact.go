// Package redact hides secrets in the text of a server that has been sent them.
//
// A server may repeat a secret in any form: as it is, in any letter case, as an IMAP
// quoted string, escaped as in JSON, HTML or a URL, in hexadecimal, in base64 at any
// place of a longer text, or a piece of a long one. A [Hider] hides all of these.
//
// A hole tells something, too: where a server says "[redacted] failed", the password is
// "Login". A secret that is an ordinary word of servers, a part of the account's own
// settings, or shorter than 4 bytes is therefore hidden only where the login is
// repeated, not wherever its letters occur.
package redact

import (
	"slices"
	"strings"
	"sync"
)

// Hole is what replaces a secret.
const Hole = "[redacted]"

const (
	// shortest is how many bytes a secret has at least to be hidden wherever it occurs.
	shortest = 4
	// within is how many bytes a secret has at least to be hidden within a word.
	within = 6
	// piece is how many bytes of a form are enough to know it by: servers cut long lines,
	// perhaps in the midst of a token.
	piece = 16
	// longest is how many bytes of a text are looked at. Its last ones, up to margin, are
	// left out where it is longer: a secret that begins there is not known any more.
	longest, margin = 1 << 10, 128
)

// Sent is what a server has been sent.
type Sent struct {
	Secrets []string // passwords and tokens; an empty one counts for nothing
	// Messages are the base64 texts in which the secrets were sent.
	Messages []string
	// Logins are beginnings of commands or fields that a secret follows, such as
	// "LOGIN bob " or "client_secret=".
	Logins []string
	// Known are settings that are no secrets, such as the name of the host.
	Known []string
}

// Hider hides the secrets in texts. It is safe for concurrent use. Its only field is a
// function: package fmt would print secrets in a struct.
type Hider struct{ forms func() *forms }

// New returns the Hider of what was sent.
func New(sent Sent) *Hider {
	return &Hider{sync.OnceValue(func() *forms { return formsOf(sent) })}
}

// Text returns the text with a Hole for each secret, or several that touch each other. Of a
// text of more than 1 KiB it returns a part of that: what is shown is shorter.
func (h *Hider) Text(text string) string {
	cut := len(text) > longest
	text = text[:min(len(text), longest)]
	hidden := h.find(text)
	if cut {
		text = text[:longest-margin]
		hidden = hidden[:len(text)]
	}
	if !slices.Contains(hidden, true) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(Hole)
		}
	}
	return b.String()
}

// Has reports whether there is a secret in the first 1 KiB of the text.
func (h *Hider) Has(text string) bool {
	return slices.Contains(h.find(text[:min(len(text), longest)]), true)
}

// HasID is Has for the identifiers of messages, of which there may be millions: those without
// characters of an escaping cost little.
func (h *Hider) HasID(id []byte) bool {
	var buffer [128]byte
	folded := buffer[:0]
	for _, c := range id {
		switch {
		case c >= 0x7f || c < ' ' || strings.IndexByte(`\%=&+ :`, c) >= 0:
			return h.Has(string(id))
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		folded = append(folded, c)
	}
	f := h.forms()
	if f.plain.isIn(folded) || f.words.isIn(folded) {
		return true
	}
	for i, c := range folded {
		switch c {
		case '-':
			folded[i] = '+'
		case '_':
			folded[i] = '/'
		}
	}
	return f.encoded.isIn(folded)
}

// find marks the bytes of the text that are to be hidden.
func (h *Hider) find(text string) []bool {
	if text == "" {
		return nil
	}
	f := h.forms()
	hidden := make([]bool, len(text))
	whole := newView(text)
	f.mark(whole, hidden)
	seen := map[string]bool{text: true}
	for views, depth := []view{whole}, 0; depth < 2; depth++ { // what is escaped may be escaped again
		var next []view
		for _, v := range views {
			for _, unescape := range escapings {
				if u := v.unescaped(unescape); !seen[u.text] {
					seen[u.text] = true
					f.mark(u, hidden)
					next = append(next, u)
				}
			}
		}
		views = next
	}
	return hidden
}

// formsOf returns the forms of what was sent.
func formsOf(sent Sent) *forms {
	f := &forms{}
	for _, secret := range sent.Secrets {
		if secret == "" {
			continue
		}
		if !isOrdinary(secret, sent.Known) {
			f.add(secret)
		}
		for _, before := range sent.Logins {
			f.logins.add(fold(withoutQuotes(before))+fold(withoutQuotes(secret)), len(fold(withoutQuotes(before))))
		}
	}
	for _, message := range sent.Messages {
		f.exact = append(f.exact, packed(message))
	}
	return f
}
