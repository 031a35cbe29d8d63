package email

import "strings"

// originalAuthor reads whom a mailing list names as the author of a message, after it
// has put its own address into From: lists do that so that DMARC does not fail. Of each
// field the topmost counts, since those below may have been there before.
func (p *parser) originalAuthor() Address {
	for _, name := range [...]string{"X-Original-From", "X-Original-Sender"} {
		for _, a := range addressList(rawText(p.top.get(name), p.charset), 1) {
			if a.Address != "" {
				return a
			}
		}
	}
	return Address{}
}

// isFromList reports whether From has the address of the mailing list.
func (p *parser) isFromList(from string) bool {
	if !strings.Contains(from, "@") {
		return false
	}
	if id := lastAngle(p.top.get("List-Id")); equalFold(id, strings.ReplaceAll(from, "@", ".")) {
		return true
	}
	for _, name := range [...]string{"List-Post", "X-BeenThere", "X-Mailing-List", "Mailing-List"} {
		for word := range strings.FieldsFuncSeq(p.top.get(name), isListSeparator) {
			if equalFold(word, from) {
				return true
			}
		}
	}
	return false
}

// isListSeparator reports what may stand around the address of a list: it is
// <mailto:list@example.com> in List-Post, and "list list@example.com; contact ..." in
// the Mailing-List of Google Groups.
func isListSeparator(r rune) bool { return strings.ContainsRune(" \t,;<>:?", r) }

// lastAngle returns what stands in the last angle brackets of a value, or all of it.
func lastAngle(value string) string {
	if i := strings.LastIndexByte(value, '<'); i >= 0 {
		value, _, _ = strings.Cut(value[i+1:], ">")
	}
	return strings.TrimSpace(value)
}
