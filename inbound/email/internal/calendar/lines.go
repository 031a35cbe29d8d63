package calendar

import (
	"bytes"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// property is a line: "NAME;PARAMETER=value;...:value".
type property struct {
	name       string // upper case
	parameters string
	value      string // as written
}

// unfold joins lines that were wrapped: their rest begins with white space (RFC 5545, section
// 3.1). It does so before a charset is decoded, since characters may be cut in two.
func unfold(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		i := bytes.IndexAny(b, "\r\n")
		if i < 0 {
			return append(out, b...)
		}
		out = append(out, b[:i]...)
		if b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' {
			i++
		}
		b = b[i+1:]
		if len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
			b = b[1:]
			continue
		}
		out = append(out, '\n')
	}
	return out
}

// eachProperty calls f with the properties of a calendar. A line that is none belongs to the
// one before it: some programs write texts of several lines as they are.
func eachProperty(raw []byte, label string, f func(p property) (more bool)) {
	text, _ := charset.Decode(unfold(raw), label)
	text = strings.TrimLeft(text, "\ufeff\n\t ")
	lower := strings.HasPrefix(text, "begin:")
	var last property
	var value strings.Builder
	begun := false
	for line := range strings.SplitSeq(text, "\n") {
		p, ok := parse(line, lower)
		if !ok && begun {
			value.WriteByte('\n') // also behind "=", which quoted-printable goes on after
			value.WriteString(line)
			continue
		}
		if begun {
			if last.value = value.String(); !f(last) {
				return
			}
		}
		value.Reset()
		if last, begun = p, ok; ok {
			value.WriteString(p.value)
		}
	}
	if begun {
		last.value = value.String()
		f(last)
	}
}

// parse reads a line. Names are in upper case, or all in lower case.
func parse(line string, lower bool) (property, bool) {
	n := 0
	for n < len(line) && isNameByte(line[n], lower) {
		n++
	}
	if n == 0 || n == len(line) || line[n] != ':' && line[n] != ';' {
		return property{}, false
	}
	colon := outside(line[n:], ':')
	if colon < 0 { // a quotation mark without its pair
		if colon = strings.IndexByte(line[n:], ':'); colon < 0 {
			return property{}, false
		}
	}
	colon += n
	return property{strings.ToUpper(line[:n]), strings.TrimPrefix(line[n:colon], ";"), line[colon+1:]}, true
}

func isNameByte(c byte, lower bool) bool {
	return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || lower && c >= 'a' && c <= 'z'
}

// outside returns where the first c outside of quotation marks is, or -1.
func outside(s string, c byte) int {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == c && !quoted:
			return i
		}
	}
	return -1
}

// parameter returns the value of a parameter; "" when there is none.
func (p property) parameter(name string) string {
	for rest := p.parameters; rest != ""; {
		one := rest
		if i := outside(rest, ';'); i >= 0 {
			one, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		key, value, ok := strings.Cut(one, "=")
		if ok && strings.EqualFold(key, name) {
			value = strings.Trim(value, `"`)
			if strings.Contains(value, "^") {
				value = carets.Replace(value)
			}
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// carets undoes how parameters write special characters (RFC 6868).
var carets = strings.NewReplacer("^n", " ", "^^", "^", "^'", `"`)

// escapes undoes how texts write special characters (RFC 5545, section 3.3.11).
var escapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`, `\"`, `"`)

// text returns the value as text.
func (p property) text() string {
	value := p.value
	if strings.EqualFold(p.parameter("ENCODING"), "QUOTED-PRINTABLE") ||
		strings.Contains(p.parameters, "QUOTED-PRINTABLE") {
		var d transfer.Decoder
		d.Reset(transfer.QuotedPrintable)
		b := bytes.Clone(d.Decode([]byte(value)))
		b = append(b, d.Finish()...)
		value, _ = charset.Decode(b, p.parameter("CHARSET"))
	}
	return strings.TrimSpace(escapes.Replace(value))
}
