package fingerprint

import (
	"bytes"
	"strings"
)

// longestBoundary is longer than any boundary: RFC 2046 allows 70 characters.
const longestBoundary = 200

// contentType reads a Content-Type: what stands before the slash, in lower case, and
// the boundary, "" if there is none that can be used.
func contentType(v []byte) (kind, boundary string) {
	s := string(v)
	end := strings.IndexAny(s, ";/ ")
	if end < 0 {
		end = len(s)
	}
	kind = asciiLower(s[:end])
	for s = s[end:]; s != ""; {
		var name, value string
		name, value, s = parameter(s)
		if name == "boundary" && boundary == "" && len(value) <= longestBoundary {
			boundary = strings.TrimRight(value, " ")
		}
	}
	return kind, boundary
}

// parameter reads the parameter that begins behind the next semicolon.
func parameter(s string) (name, value, rest string) {
	i := strings.IndexByte(s, ';')
	if i < 0 {
		return "", "", ""
	}
	s = s[i+1:]
	end := strings.IndexAny(s, "=;")
	if end < 0 {
		return "", "", ""
	}
	if s[end] == ';' {
		return "", "", s[end:]
	}
	name = asciiLower(strings.Trim(s[:end], " "))
	s = strings.TrimLeft(s[end+1:], " ")
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, "; ")
		if end < 0 {
			end = len(s)
		}
		return name, s[:end], s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return name, b.String(), s[i+1:]
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", "" // the quotation mark is not closed
}

// transferEncoding reads a Content-Transfer-Encoding: its first word, in lower case.
func transferEncoding(v []byte) string {
	v = bytes.TrimLeft(v, `"' `)
	end := bytes.IndexFunc(v, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if end >= 0 {
		v = v[:end]
	}
	return asciiLower(string(v))
}
