package main

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// unicodeAddresses returns a text with its addresses as people write them:
// laden@käse.example in place of laden@xn--kse-qla.example. The store has the latter, by
// which addresses are compared.
func unicodeAddresses(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		if strings.Contains(word, "@") {
			words[i] = customer.Display(word)
		}
	}
	return strings.Join(words, " ")
}

// senderNames returns the display names of the senders by address. The first email
// with a name counts.
func senderNames(emails []inbound.Email) map[string]string {
	names := make(map[string]string)
	for _, e := range emails {
		if name := printable(e.FromName); name != "" && names[e.From] == "" {
			names[e.From] = name
		}
	}
	return names
}

// nameOrAddress returns the sender's display name, or the address where there is none.
func nameOrAddress(names map[string]string, address string) string {
	if name := names[address]; name != "" {
		return name
	}
	return customer.Display(address)
}

// printable returns a text of a sender without what a terminal might obey: control
// characters, those that turn the direction of writing, and what nobody sees are escaped.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point):
			fmt.Fprintf(&b, "\\u%04x", r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return strings.TrimSpace(b.String())
}

// columns returns how many columns a terminal needs for the text: East Asian
// characters take two, combining ones none.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// pad appends spaces up to n columns.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-columns(text)))
}

// truncate cuts the text to at most n columns, and marks the cut.
func truncate(text string, n int) string {
	if columns(text) <= n {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if columns(b.String()+string(r)) >= n {
			break
		}
		b.WriteRune(r)
	}
	if n < 1 {
		return ""
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// join lists as many items as fit into n columns, and says how many are left out.
func join(items []string, n int) string {
	for shown := len(items); shown > 0; shown-- {
		text := strings.Join(items[:shown], ", ")
		if rest := len(items) - shown; rest > 0 {
			text += fmt.Sprintf(" and %d more", rest)
		}
		if columns(text) <= n || shown == 1 {
			return truncate(text, n)
		}
	}
	return ""
}
