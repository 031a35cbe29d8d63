package email

import (
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// encodedWord is one encoded word (RFC 2047, section 2).
type encodedWord struct {
	charset  string
	encoding byte // 'B' or 'Q'
	text     string
	length   int // of all of it
}

// longestEncodedWord bounds the search for a word's end. RFC 2047 allows 75
// characters; programs put whole subjects into one.
const longestEncodedWord = 8 << 10

// parseEncodedWord reads the encoded word that s begins with. It allows spaces within
// the word, and words that are too long or have no end.
func parseEncodedWord(s string) (encodedWord, bool) {
	if !strings.HasPrefix(s, "=?") {
		return encodedWord{}, false
	}
	label := strings.IndexByte(s[2:min(len(s), 82)], '?')
	if label <= 0 || strings.ContainsAny(s[2:2+label], " \t=\"<>") {
		return encodedWord{}, false
	}
	w := encodedWord{charset: s[2 : 2+label]}
	at := 2 + label + 1
	if len(s) < at+2 || s[at+1] != '?' {
		return encodedWord{}, false
	}
	switch s[at] {
	case 'B', 'b':
		w.encoding = 'B'
	case 'Q', 'q':
		w.encoding = 'Q'
	default:
		return encodedWord{}, false
	}
	at += 2
	rest := s[at:min(len(s), at+longestEncodedWord)]
	end, ended := encodedWordEnd(rest)
	if ended {
		w.text, w.length = rest[:end], at+end+2
		return w, true
	}
	// It goes as far as it can.
	rest = rest[:end]
	if i := strings.IndexAny(rest, " \t\"<>,;"); i >= 0 {
		rest = rest[:i]
	}
	w.text, w.length = rest, at+len(rest)
	return w, true
}

// encodedWordEnd looks for the "?=" that ends a word. ended is false when the next
// word begins before it, and end is where that begins. It looks no further, so that
// words without an end cost no more than others.
func encodedWordEnd(s string) (end int, ended bool) {
	for i := 0; i < len(s); i++ {
		n := strings.IndexByte(s[i:], '?')
		if n < 0 {
			break
		}
		switch i += n; {
		case i+1 < len(s) && s[i+1] == '=':
			return i, true
		case i > 0 && s[i-1] == '=':
			return i - 1, false
		}
	}
	return len(s), false
}

// bytes undoes the word's encoding.
func (w encodedWord) bytes(dst []byte) []byte {
	if w.encoding == 'B' {
		return transfer.AppendBase64(dst, []byte(w.text))
	}
	for i := 0; i < len(w.text); i++ {
		c := w.text[i]
		switch {
		case c == '_':
			c = ' '
		case c == '=' && i+2 < len(w.text):
			if decoded, ok := transfer.HexPair(w.text[i+1], w.text[i+2]); ok {
				c = decoded
				i += 2
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// decodeWords decodes the encoded words in s, wherever they stand. Space between two
// of them is dropped (RFC 2047, section 6.2), and their bytes are joined first where
// the charset is the same: programs split characters.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var pending []byte
	label := ""
	flush := func() {
		if len(pending) > 0 {
			text, _ := charset.Decode(pending, label)
			out.WriteString(text)
			pending = pending[:0]
		}
	}
	for s != "" {
		at := strings.Index(s, "=?")
		if at < 0 {
			break
		}
		w, ok := parseEncodedWord(s[at:])
		if !ok {
			flush()
			out.WriteString(s[:at+2])
			s = s[at+2:]
			continue
		}
		between := s[:at]
		if label == "" || strings.Trim(between, " \t") != "" {
			flush()
			out.WriteString(between)
		}
		if !isASCII(w.text) {
			w.charset = "utf-8" // not encoded at all, and Unicode by now
		}
		if !charset.Same(w.charset, label) {
			flush()
			label = w.charset
		}
		pending = w.bytes(pending)
		s = s[at+w.length:]
	}
	flush()
	out.WriteString(s)
	return out.String()
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
