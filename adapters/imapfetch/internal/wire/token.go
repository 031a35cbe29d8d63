package wire

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// blanks separate words. Servers have tabs and NULs between them, too.
const blanks = " \t\r\x00"

func trimLeft(text []byte) []byte { return bytes.TrimLeft(text, blanks) }

// letters returns the letters at the start of text, in upper case, and what follows.
func letters(text []byte) (word string, rest []byte) {
	i := 0
	for i < len(text) && isLetter(text[i]) {
		i++
	}
	return strings.ToUpper(string(text[:i])), text[i:]
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isBlank(c byte) bool { return c == ' ' || c < 0x20 || c == 0x7f }

// isAtomChar reports an ATOM-CHAR (RFC 9051, section 9).
func isAtomChar(c byte) bool { return ' ' < c && c < 0x7f && strings.IndexByte(`(){%*"\]`, c) < 0 }

func isAtom(text []byte) bool {
	for _, c := range text {
		if !isAtomChar(c) {
			return false
		}
	}
	return len(text) > 0
}

// word returns what stands before the next blank, and what follows.
func word(text []byte) (one, rest []byte) {
	text = trimLeft(text)
	i := bytes.IndexAny(text, blanks)
	if i < 0 {
		return text, nil
	}
	return text[:i], text[i:]
}

// number returns a decimal number of at most limit. ok is false for anything else.
func number(text []byte, limit uint64) (n uint64, ok bool) {
	if len(text) == 0 || !isDigit(text[0]) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	return n, err == nil && n <= limit
}

// id returns a UID or a sequence number.
func id(text []byte) (n uint32, ok bool) {
	n64, ok := number(text, math.MaxUint32)
	return uint32(n64), ok && n64 > 0
}

// clean returns text without control characters, and without blanks at its ends.
func clean(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		switch {
		case c == '\t':
			out = append(out, ' ')
		case c >= 0x20 && c != 0x7f:
			out = append(out, c)
		}
	}
	return bytes.TrimSpace(out)
}

// announced is the literal that a line ends in.
type announced struct {
	found   bool
	size    int64
	nonSync bool
	before  []byte // the line before it
}

// announcement reads the end of a line: {n}, {n+} or {n-}, with ~ before it in a
// literal8.
func announcement(line []byte) announced {
	line = bytes.TrimRight(line, blanks)
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || line[len(line)-1] != '}' {
		return announced{}
	}
	digits, before := line[open+1:len(line)-1], bytes.TrimSuffix(line[:open], []byte("~"))
	short := bytes.TrimRight(digits, "+-")
	size, ok := number(short, math.MaxInt64)
	if !ok || len(digits)-len(short) > 1 || len(before) > 0 && inWord(before[len(before)-1]) {
		return announced{}
	}
	return announced{true, int64(size), len(short) < len(digits), before}
}

// inWord reports a character after which { is a part of the same word.
func inWord(c byte) bool { return isAtomChar(c) && c != '>' }

// quoted reads the quoted string at the start of text. ok is false if it has no
// end.
func quoted(text []byte) (value, rest []byte, ok bool) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return value, text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return nil, nil, false
			}
		}
		value = append(value, text[i])
	}
	return nil, nil, false
}

// appendEscaped appends what stands between the quotes of a quoted string.
func appendEscaped(out, value []byte) []byte {
	for _, c := range value {
		if c == '"' || c == '\\' {
			out = append(out, '\\')
		}
		out = append(out, c)
	}
	return out
}

func appendQuoted(out, value []byte) []byte {
	return append(appendEscaped(append(out, '"'), value), '"')
}
