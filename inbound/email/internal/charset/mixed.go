package charset

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
)

// lineKind is what the bytes of a line show.
type lineKind uint8

const (
	plainLine  lineKind = iota // ASCII
	utf8Line                   // UTF-8, or mostly
	legacyLine                 // in another charset
)

// kindOf gives a line its kind. Lines that are UTF-8 by chance are not when the text has
// others in the charset with the decoder e.
func kindOf(line []byte, e encoding.Encoding) lineKind {
	good, bad := countUTF8(line)
	switch {
	case good == 0 && bad == 0 && IsASCII(line):
		return plainLine
	case good <= bad, e != nil && !isUTF8Despite(line, e):
		return legacyLine
	}
	return utf8Line
}

// decodeMixed decodes text that is not valid UTF-8, line by line where some lines are UTF-8
// and some are not: servers add footers in charsets of their own.
func decodeMixed(b []byte) string {
	hasUTF8, legacy := false, []byte(nil)
	for line := range bytes.Lines(b) {
		switch kindOf(line, nil) {
		case utf8Line:
			hasUTF8 = true
		case legacyLine:
			if len(legacy) < sampleBytes {
				legacy = append(legacy, line...)
			}
		}
	}
	if !hasUTF8 || len(legacy) == 0 {
		if len(legacy) == 0 || mostlyUTF8(b) {
			text, _ := decodeUTF8(b)
			return text
		}
		return decodeAs(lookup(guess(b)), b)
	}
	e := lookup(guess(legacy))
	var out strings.Builder
	out.Grow(len(b) + len(b)/2)
	start, at, kind := 0, 0, plainLine
	flush := func(end int) {
		if kind == legacyLine {
			out.WriteString(decodeAs(e, b[start:end]))
		} else {
			text, _ := decodeUTF8(b[start:end])
			out.WriteString(text)
		}
		start = end
	}
	for line := range bytes.Lines(b) {
		if next := kindOf(line, e); next != plainLine && next != kind {
			if kind != plainLine {
				flush(at)
			}
			kind = next
		}
		at += len(line)
	}
	flush(len(b))
	return out.String()
}
