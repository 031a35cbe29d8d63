package wire

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// keptPart reads a line of a LIST or STATUS response. Literals in it become quoted
// strings.
func (s *scanner) keptPart(text []byte) {
	a := announcement(text)
	if a.found {
		text = a.before
	}
	// A line that is cut does not end in a literal.
	if s.cutting || len(s.kept)+len(text) > maxLine || a.size > maxName {
		s.facts.drop()
		s.at = outside
		switch {
		case s.cutting:
			s.at = inDropped
		case a.found:
			s.at, s.literal, s.use = inDropped, a.size, skip
		}
		return
	}
	s.kept = append(s.kept, text...)
	if a.found {
		s.kept = append(s.kept, '"')
		s.at, s.literal, s.use = inKept, a.size, keep
		if a.size == 0 {
			s.kept = append(s.kept, '"')
		}
		return
	}
	s.at = outside
	kind, args := letters(s.kept)
	ok := false
	if kind == "LIST" {
		ok = s.list(args)
	} else {
		ok = s.folderStatus(args)
	}
	if !ok {
		s.facts.drop()
	}
}

// list reads a LIST response. ok is false if it cannot be read.
func (s *scanner) list(text []byte) (ok bool) {
	text = trimLeft(text)
	if len(text) == 0 || text[0] != '(' {
		return false
	}
	attributes, text, ok := bytes.Cut(text[1:], []byte(")"))
	if !ok {
		return false
	}
	delimiter, text, ok := astring(text)
	if !ok {
		return false
	}
	name, _, ok := astring(text)
	if !ok || !isMailbox(name) {
		return false
	}
	s.emit("* LIST (")
	some := false
	for _, one := range bytes.FieldsFunc(attributes, func(r rune) bool { return r <= ' ' }) {
		if one[0] != '\\' || !isAtom(one[1:]) {
			continue
		}
		if some {
			s.emit(" ")
		}
		s.out = append(s.out, one...)
		some = true
	}
	s.emit(") ")
	if utf8.RuneCount(delimiter) == 1 && utf8.Valid(delimiter) {
		s.out = appendQuoted(s.out, delimiter)
	} else {
		s.emit("NIL")
	}
	s.out = append(appendQuoted(append(s.out, ' '), name), "\r\n"...)
	return true
}

// statusLimits are the items of STATUS that are passed on, with their greatest values.
var statusLimits = map[string]uint64{
	"MESSAGES": math.MaxUint32, "UIDNEXT": math.MaxUint32, "UIDVALIDITY": math.MaxUint32,
	"UNSEEN": math.MaxUint32, "SIZE": math.MaxInt64,
}

// folderStatus reads a STATUS response. ok is false if it cannot be read.
func (s *scanner) folderStatus(text []byte) (ok bool) {
	name, text, ok := astring(text)
	if !ok || !isMailbox(name) {
		return false
	}
	s.out = append(appendQuoted(append(s.out, "* STATUS "...), name), " ("...)
	words := bytes.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == '(' || r == ')' })
	some := false
	for i := 0; i+1 < len(words); i++ {
		item := strings.ToUpper(string(words[i]))
		limit, known := statusLimits[item]
		n, ok := number(words[i+1], limit)
		if !known || !ok {
			continue
		}
		if some {
			s.emit(" ")
		}
		s.emit(item, " ", strconv.FormatUint(n, 10))
		some = true
		i++
	}
	s.emit(")\r\n")
	return true
}

// astring reads a quoted string or a word.
func astring(text []byte) (value, rest []byte, ok bool) {
	text = trimLeft(text)
	if len(text) > 0 && text[0] == '"' {
		return quoted(text)
	}
	value, rest = untilNot(text, func(c byte) bool { return !isBlank(c) && c != '(' && c != ')' })
	return value, rest, len(value) > 0
}

// isMailbox reports a folder's name that the library can decode: in modified UTF-7
// (RFC 3501, section 5.1.3) or UTF-8, without control characters.
func isMailbox(name []byte) bool {
	if len(name) == 0 || len(name) > maxName || !utf8.Valid(name) {
		return false
	}
	encoded := false // the part before is in base64
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c < 0x20 || c == 0x7f {
			return false
		}
		if c != '&' {
			encoded = false
			continue
		}
		end := bytes.IndexByte(name[i:], '-')
		switch {
		case end < 0:
			return false
		case end == 1:
			encoded = false
		case encoded || !isUTF16(name[i+1:i+end]):
			return false
		default:
			encoded = true
		}
		i += end
	}
	return true
}

var mailboxBase64 = base64.NewEncoding(
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// isUTF16 reports text in base64 of UTF-16, of characters that are not printable
// ASCII, which has to stand for itself.
func isUTF16(text []byte) bool {
	raw, err := mailboxBase64.DecodeString(string(text))
	if err != nil || len(raw)%2 != 0 {
		return false
	}
	for i := 0; i < len(raw); i += 2 {
		r := rune(raw[i])<<8 | rune(raw[i+1])
		if utf16.IsSurrogate(r) {
			if i += 2; i == len(raw) {
				return false
			}
			if utf16.DecodeRune(r, rune(raw[i])<<8|rune(raw[i+1])) == utf8.RuneError {
				return false
			}
		} else if 0x20 <= r && r <= 0x7e {
			return false
		}
	}
	return true
}

// DecodeName returns the name of a folder that is in modified UTF-7 (RFC 3501, section
// 5.1.3). ok is false if the name is not, or has nothing encoded in it.
func DecodeName(name string) (decoded string, ok bool) {
	if !strings.Contains(name, "&") || !isMailbox([]byte(name)) {
		return "", false
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(name, "&")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		code, rest, _ := strings.Cut(rest, "-") // isMailbox has seen the end
		name = rest
		if code == "" {
			b.WriteByte('&')
			continue
		}
		raw, err := mailboxBase64.DecodeString(code)
		if err != nil {
			return "", false
		}
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		}
		b.WriteString(string(utf16.Decode(units)))
	}
}
