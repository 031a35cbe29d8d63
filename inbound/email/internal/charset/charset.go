package charset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Decode decodes text by the label of its charset. A label that says nothing, or
// that is unknown, leaves UTF-8 as it is and makes the best guess for the rest. ok
// is false when the label was no help, or when bytes do not belong to the charset
// that it names. The text is valid UTF-8 in every case.
func Decode(b []byte, label string) (text string, ok bool) {
	label = cleanLabel(label)
	if unlabeled[label] {
		return decodeDetected(b)
	}
	if strings.HasSuffix(label, "utf-7") {
		return decodeUTF7(b), true
	}
	e := lookup(label)
	if e == nil || !extendsASCII(e) && bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) {
		text, _ = decodeDetected(b) // UTF-16 without a single NUL is none
		return text, false
	}
	if other := mislabeled(e, b); other != nil {
		return decodeAs(other, b), false
	}
	text = decodeAs(e, b)
	bad := strings.Count(text, "\uFFFD")
	if bad*10 > max(utf8.RuneCountInString(text), 80) {
		if guessed, _ := decodeDetected(b); !strings.Contains(guessed, "\uFFFD") {
			text = guessed
		}
	}
	return text, bad == 0
}

// mislabeled returns the real charset of a text that its label decodes, although
// the label can only be wrong: UTF-8 under the label of a single-byte charset, and
// other scripts under a western one. Else it returns nil.
func mislabeled(e encoding.Encoding, b []byte) encoding.Encoding {
	if _, single := e.(*charmap.Charmap); !single || IsASCII(b) {
		return nil
	}
	latin := e == charmap.Windows1252 || e == charmap.ISO8859_1 || e == charmap.ISO8859_15
	letters, high := 0, 0
	for _, c := range b[:min(len(b), 1<<10)] {
		switch {
		case c >= utf8.RuneSelf && c != 0xA0:
			high++
		case isASCIILetter(c):
			letters++
		}
	}
	switch {
	case high > 0 && (latin || high > 4) && utf8.Valid(b):
		return unicode.UTF8
	case latin && high >= 12 && high > 2*letters:
		if other := lookup(guess(b)); other != charmap.Windows1252 && other != charmap.Windows1250 {
			return other
		}
	}
	return nil
}
