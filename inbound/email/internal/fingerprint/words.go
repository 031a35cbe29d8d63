package fingerprint

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// decodeWords decodes the encoded words in a value without folding. Bytes of words
// that stand together and have the same label are joined before they are decoded.
func decodeWords(v []byte) []byte {
	if !bytes.Contains(v, []byte("=?")) {
		return v
	}
	var out, run []byte
	label := ""
	flush := func() {
		out = appendDecoded(out, run, label)
		run = run[:0]
	}
	for at := 0; ; {
		i := bytes.Index(v[at:], []byte("=?"))
		if i < 0 {
			flush()
			return append(out, v[at:]...)
		}
		between := v[at : at+i]
		w, ok := parseWord(v[at+i:])
		if !ok {
			flush()
			out = append(append(out, between...), "=?"...)
			at, label = at+i+2, ""
			continue
		}
		if label == "" || len(bytes.Trim(between, " ")) > 0 {
			flush()
			out = append(out, between...)
		} else if w.label != label {
			flush()
		}
		label = w.label
		run = w.appendBytes(run)
		at += i + w.length
	}
}

// word is an encoded word (RFC 2047, section 2).
type word struct {
	label  string // lower case, without the language
	base64 bool
	text   []byte
	length int
}

// longestLabel is longer than any name of a charset.
const longestLabel = 80

// parseWord reads the encoded word that v begins with.
func parseWord(v []byte) (word, bool) {
	end := bytes.IndexByte(v[2:min(len(v), 2+longestLabel+1)], '?')
	if end <= 0 {
		return word{}, false
	}
	label, rest := v[2:2+end], v[2+end+1:]
	if bytes.ContainsAny(label, " =") || len(rest) < 2 || rest[1] != '?' {
		return word{}, false
	}
	w := word{}
	switch rest[0] {
	case 'B', 'b':
		w.base64 = true
	case 'Q', 'q':
	default:
		return word{}, false
	}
	text, _, ok := bytes.Cut(rest[2:], []byte("?="))
	if !ok {
		return word{}, false
	}
	w.text, w.length = text, len(v)-len(rest)+2+len(text)+2
	name, _, _ := strings.Cut(string(label), "*")
	w.label = asciiLower(name)
	return w, true
}

// appendBytes undoes the encoding of the word.
func (w word) appendBytes(dst []byte) []byte {
	if w.base64 {
		return transfer.AppendBase64(dst, w.text)
	}
	for i := 0; i < len(w.text); i++ {
		c := w.text[i]
		if c == '_' {
			c = ' '
		} else if c == '=' && i+2 < len(w.text) {
			if decoded, ok := transfer.HexPair(w.text[i+1], w.text[i+2]); ok {
				c = decoded
				i += 2
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// appendDecoded appends text as UTF-8, or as it is if its charset is not one of
// charsets or some of it does not belong to the charset. The control characters from
// U+0080 on count as not belonging, since decoders differ in them.
func appendDecoded(dst, text []byte, label string) []byte {
	if e := charsets[label]; e != nil {
		if decoded, err := e.NewDecoder().Bytes(text); err == nil && bytes.IndexFunc(decoded, isForeign) < 0 {
			return append(dst, decoded...)
		}
	}
	return append(dst, text...)
}

func isForeign(r rune) bool { return r == utf8.RuneError || 0x80 <= r && r < 0xa0 }

// asciiLower makes ASCII letters lower case and leaves other bytes as they are.
func asciiLower(s string) string {
	b := []byte(s)
	lower(b)
	return string(b)
}

func lower(b []byte) {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
}
