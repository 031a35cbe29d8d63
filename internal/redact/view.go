package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// view is a text that was made of another one, and where its bytes come from.
type view struct {
	text       string
	begin, end []int // of each byte, in the text of the server
}

func newView(text string) view {
	v := view{text: text, begin: make([]int, len(text)), end: make([]int, len(text))}
	for i := range len(text) {
		v.begin[i], v.end[i] = i, i+1
	}
	return v
}

// mark marks the bytes that the bytes from begin to end come from.
func (v view) mark(begin, end int, hidden []bool) {
	if begin >= end {
		return
	}
	for i := v.begin[begin]; i < v.end[end-1]; i++ {
		hidden[i] = true
	}
}

// builder makes a view of a view.
type builder struct {
	from view
	text strings.Builder
	view
}

func (v view) builder() *builder { return &builder{from: v} }

// add adds a text that the bytes from begin to end stand for.
func (b *builder) add(text string, begin, end int) {
	b.text.WriteString(text)
	for range len(text) {
		b.begin, b.end = append(b.begin, b.from.begin[begin]), append(b.end, b.from.end[end-1])
	}
}

func (b *builder) done() view { return view{b.text.String(), b.begin, b.end} }

// folded returns the text in lower case.
func (v view) folded() view {
	b := v.builder()
	for i := 0; i < len(v.text); {
		r, n := utf8.DecodeRuneInString(v.text[i:])
		b.add(foldRune(r, v.text[i:i+n]), i, i+n)
		i += n
	}
	return b.done()
}

// fold returns a secret as folded returns a text.
func fold(text string) string { return newView(text).folded().text }

func foldRune(r rune, as string) string {
	switch {
	case r == utf8.RuneError:
		return as
	case r == 'ß' || r == 'ẞ':
		return "ss" // which is its upper case
	}
	return string(unicode.ToLower(r))
}

// bare returns the text without quotes.
func (v view) bare() view { return v.without(`"'`) }

func withoutQuotes(text string) string { return newView(text).bare().text }

// packed returns the text without what may be between the lines of base64 and the digits
// of hexadecimal.
func (v view) packed() view {
	return v.without("\r\n\t :").inOneAlphabet()
}

// inOneAlphabet returns the text with the usual alphabet of base64 instead of that for URLs.
func (v view) inOneAlphabet() view {
	v.text = strings.NewReplacer("-", "+", "_", "/").Replace(v.text)
	return v
}

func packed(text string) string {
	return strings.TrimRight(newView(fold(text)).packed().text, "=")
}

func (v view) without(characters string) view {
	b := v.builder()
	for i := range len(v.text) {
		if !strings.ContainsRune(characters, rune(v.text[i])) {
			b.add(v.text[i:i+1], i, i+1)
		}
	}
	return b.done()
}

// escapings are ways to escape, or to hide among characters that nobody sees. Each is undone
// alone: what one of them escapes, another one leaves as it is.
var escapings = []func(text string) (as string, n int){backslashes, percents, formFields,
	equalSigns, entities, unseen}

// unescaped returns the text as it was before it was escaped. unescape returns what the
// first n bytes of a text stand for.
func (v view) unescaped(unescape func(text string) (as string, n int)) view {
	b := v.builder()
	for i := 0; i < len(v.text); {
		as, n := unescape(v.text[i:])
		b.add(as, i, i+n)
		i += n
	}
	return b.done()
}

// unseen leaves out control characters and others that nobody sees.
func unseen(text string) (as string, n int) {
	r, n := utf8.DecodeRuneInString(text)
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point) {
		return "", n
	}
	return text[:n], n
}

// percents undoes the escaping of URLs.
func percents(text string) (as string, n int) { return twoDigits('%', text) }

// formFields undoes the escaping of forms, where a plus sign is a space.
func formFields(text string) (as string, n int) {
	if text[0] == '+' {
		return " ", 1
	}
	return percents(text)
}

// equalSigns undoes quoted-printable and the escaping of names in SASL.
func equalSigns(text string) (as string, n int) { return twoDigits('=', text) }

// twoDigits undoes an escaping by a sign and two digits.
func twoDigits(sign byte, text string) (as string, n int) {
	if c, ok := number(text, 1, 3, 16); ok && text[0] == sign {
		return string([]byte{byte(c)}), 3
	}
	return text[:1], 1
}

// entities undoes the escaping of HTML.
func entities(text string) (as string, n int) {
	if end := strings.IndexByte(text[:min(len(text), 12)], ';'); text[0] == '&' && end > 0 {
		if as := html.UnescapeString(text[:end+1]); as != text[:end+1] {
			return as, end + 1
		}
	}
	return text[:1], 1
}

// backslashes undoes the escaping of quoted strings: those of IMAP, JSON and C.
func backslashes(text string) (as string, n int) {
	if text[0] != '\\' || len(text) < 2 {
		return text[:1], 1
	}
	switch c := text[1]; {
	case c == 'u' || c == 'U':
		if r, ok := number(text, 2, 10, 16); ok && c == 'U' && r <= unicode.MaxRune {
			return string(rune(r)), 10
		}
		if r, ok := number(text, 2, 6, 16); ok {
			if low, ok := surrogate(text, rune(r)); ok {
				return string(low), 12
			}
			return string(rune(r)), 6
		}
	case c == 'x' || c == 'X':
		if b, ok := number(text, 2, 4, 16); ok {
			return string([]byte{byte(b)}), 4
		}
	case '0' <= c && c <= '3':
		if b, ok := number(text, 1, 4, 8); ok {
			return string([]byte{byte(b)}), 4
		}
	}
	return text[1:2], 2
}

// surrogate returns the character of a pair (RFC 8259, section 7), whose first half is high.
func surrogate(text string, high rune) (r rune, ok bool) {
	if high < 0xD800 || high > 0xDBFF || len(text) < 12 || text[6] != '\\' || text[7]|0x20 != 'u' {
		return 0, false
	}
	low, ok := number(text, 8, 12, 16)
	if !ok || low < 0xDC00 || low > 0xDFFF {
		return 0, false
	}
	return (high-0xD800)<<10 + rune(low) - 0xDC00 + 0x10000, true
}

// number reads the digits from begin to end.
func number(text string, begin, end, base int) (n uint64, ok bool) {
	if len(text) < end {
		return 0, false
	}
	n, err := strconv.ParseUint(text[begin:end], base, 32)
	return n, err == nil
}
