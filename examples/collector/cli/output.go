package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// pageSize is the number of rows that are in memory at a time.
const pageSize = 500

// print writes v as one line of JSON. Characters that nobody sees, or that control a
// terminal or the direction of writing, are escaped: programs read the same text.
func (p *app) print(v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // no browser reads it
	err := encoder.Encode(v)
	if err == nil {
		_, err = p.stdout.Write(escapedJSON(text.Bytes()))
	}
	if err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}

// escapedJSON escapes characters in the strings of a JSON text, which ends in a line feed.
func escapedJSON(text []byte) []byte {
	hidden := func(r rune) bool { return r >= utf8.RuneSelf && r != utf8.RuneError && !isShown(r) || r == 0x7f }
	if bytes.IndexFunc(text, hidden) < 0 {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for _, r := range string(text) {
		switch {
		case !hidden(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// jsonTime returns a time for JSON, or nil if the time is unknown or cannot be
// written as JSON.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return nil
	}
	return &t
}

// list returns s, or an empty slice if s is nil: readers expect [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
