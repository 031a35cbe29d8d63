package confusable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks one letter may have.
const maxMarks = 4

// Lower returns text in lower case and in Unicode normalization form C. No character
// outside of ASCII becomes an ASCII one: if text has one that would, such as the Kelvin
// sign, Lower returns false. Text is valid UTF-8.
func Lower(text string) (string, bool) {
	if isASCII(text) {
		return strings.ToLower(text), true
	}
	for _, r := range text {
		if foldsToASCII(r) {
			return "", false
		}
	}
	return norm.NFC.String(strings.ToLower(norm.NFC.String(text))), true
}

// Fault says, in words, why a local part of an address or a label of a domain is not to
// be trusted; "" means nothing is wrong with it. Text is valid UTF-8. Every ASCII
// character is good. All others have to be visible letters, marks and digits that stand
// for themselves, each word in one script, or in Latin and one of Japanese, Chinese and
// Korean. They must not all look like ASCII, unless beside, the domain that text is seen
// with, shows their script.
func Fault(text, beside string) string {
	if isASCII(text) {
		return ""
	}
	for _, r := range text {
		if fault := faultOf(r); fault != "" {
			return fmt.Sprintf("U+%04X %s", r, fault)
		}
	}
	lower, _ := Lower(text)
	switch {
	case hasWrongMarks(lower):
		return "it has a combining mark that does not belong there"
	case mixesScripts(lower):
		return "it mixes scripts in one word"
	case looksLikeASCII(lower, beside):
		return "it looks like ASCII, but is not"
	}
	return ""
}

// faultOf says why a character may not be in an address.
func faultOf(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		return ""
	case r == utf8.RuneError:
		return "stands for a character that cannot be read or shown"
	case IsInvisible(r):
		return "is invisible"
	case !unicode.In(r, unicode.L, unicode.M, unicode.Nd):
		return "is neither a letter nor a digit"
	case foldsToASCII(r), isCompatibility(r):
		return "stands for a different character"
	}
	return ""
}

// foldsToASCII reports whether a character outside of ASCII is an ASCII one, or has
// some, in lower case or by compatibility.
func foldsToASCII(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	return unicode.ToLower(r) < utf8.RuneSelf ||
		strings.ContainsFunc(norm.NFKC.String(string(r)), func(r rune) bool { return r < utf8.RuneSelf })
}

// isCompatibility reports whether a character is only a different form of others, as
// full-width and mathematical letters are.
func isCompatibility(r rune) bool {
	if r == '\u0e33' || r == '\u0eb3' { // Thai and Lao sara am: everybody writes it so
		return false
	}
	c := string(r)
	return norm.NFKC.String(c) != norm.NFC.String(c)
}

// IsInvisible reports whether a character has no shape of its own: controls, all kinds
// of space except the ASCII one, and what a screen may ignore, such as a zero-width space,
// a soft hyphen, a mark of direction or a variation selector.
func IsInvisible(r rune) bool {
	switch r {
	case ' ':
		return false
	case '\u2800', '\U00013441', '\U00013442', '\U00016fe4', '\U0001d159': // blank, although not spaces
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zs, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// hasWrongMarks reports a combining mark without a letter before it, on an ASCII letter
// (a dot on an "i" shows nothing) or one that looks like it, more than maxMarks on one
// letter, or the same one twice in a row. Text is in normalization form C.
func hasWrongMarks(text string) bool {
	before, marks := rune(0), 0
	for _, r := range text {
		switch {
		case !unicode.IsMark(r):
			marks = 0
		case marks == maxMarks, r == before, before < utf8.RuneSelf, isDouble(before):
			return true
		default:
			marks++
		}
		before = r
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
