package charset

import (
	"encoding/base64"
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
		for end < len(src) && isBase64(src[end]) {
			end++
		}
		if end == i { // "+-" is a plus
			out = append(out, '+')
		}
		whole := end - i
		if whole%4 == 1 { // a character that is left alone says nothing
			whole--
		}
		raw, _ := base64.RawStdEncoding.AppendDecode(nil, src[i:i+whole])
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

func isBase64(c byte) bool { return isASCIILetter(c) || '0' <= c && c <= '9' || c == '+' || c == '/' }
