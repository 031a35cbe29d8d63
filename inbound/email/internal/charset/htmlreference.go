package charset

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JoinSurrogates repairs HTML in which a character beyond U+FFFF is written as two
// numeric references, one for each surrogate: "&#55357;&#56832;" becomes the character.
// A half without its pair becomes U+FFFD. It takes time linear in html.
func JoinSurrogates(html string) string {
	var out strings.Builder
	done, at := 0, 0
	for {
		i := strings.Index(html[at:], "&#")
		if i < 0 {
			break
		}
		at += i
		first, n := surrogateReference(html[at:])
		if n == 0 {
			at += 2
			continue
		}
		r := utf8.RuneError
		if second, m := surrogateReference(html[at+n:]); m > 0 {
			if r = utf16.DecodeRune(first, second); r != utf8.RuneError {
				n += m
			}
		}
		out.WriteString(html[done:at])
		out.WriteRune(r)
		at += n
		done = at
	}
	if done == 0 {
		return html
	}
	out.WriteString(html[done:])
	return out.String()
}

// surrogateReference reads the numeric reference to a surrogate that s begins with; n is 0
// when it begins with none.
func surrogateReference(s string) (r rune, n int) {
	if len(s) < 7 || s[0] != '&' || s[1] != '#' {
		return 0, 0
	}
	digits, base, start := 5, 10, 2
	if s[2] == 'x' || s[2] == 'X' {
		digits, base, start = 4, 16, 3
	}
	end := start + digits
	if len(s) < end {
		return 0, 0
	}
	v, err := strconv.ParseUint(s[start:end], base, 16)
	if err != nil || !utf16.IsSurrogate(rune(v)) {
		return 0, 0
	}
	if end < len(s) && s[end] == ';' {
		return rune(v), end + 1
	}
	if end < len(s) && (within(s[end], '0', '9') || base == 16 && within(s[end]|0x20, 'a', 'f')) {
		return 0, 0
	}
	return rune(v), end
}
