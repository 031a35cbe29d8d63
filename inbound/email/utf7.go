package email

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// decodeUTF7 decodes UTF-7 (RFC 2152), which old Microsoft programs sent and
// x/text leaves out.
func decodeUTF7(src []byte) string {
	out := make([]byte, 0, len(src))
	for i := 0; i < len(src); {
		if src[i] != '+' {
			if src[i] < utf8.RuneSelf {
				out = append(out, src[i])
			} else {
				out = utf8.AppendRune(out, utf8.RuneError)
			}
			i++
			continue
		}
		i++
		end := i
		for end < len(src) && base64Values[src[end]] < base64Space && src[end] != '-' && src[end] != '_' {
			end++
		}
		if end == i { // "+-" is a plus
			out = append(out, '+')
		}
		var d base64Decoder
		raw := d.finish(d.decode(nil, src[i:end]))
		units := make([]uint16, 0, len(raw)/2)
		for ; len(raw) >= 2; raw = raw[2:] {
			units = append(units, binary.BigEndian.Uint16(raw))
		}
		for _, r := range utf16.Decode(units) {
			out = utf8.AppendRune(out, r)
		}
		i = end
		if i < len(src) && src[i] == '-' {
			i++
		}
	}
	return string(out)
}
