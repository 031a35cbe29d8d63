package charset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// How much better another charset must read a text than the one that its label names, as
// a logarithm: labels are mostly right.
const (
	toUTF8      = 4 // programs that know only UTF-8 copy the label of what they answer
	toUTF8Alien = 9 // the same, where the text has not the script of the label
	// The same, where characters of the label's charset may stand for it by chance: 小笑
	// in GBK has the bytes of two Cyrillic letters.
	toUTF8Chance = 22
	toTwin       = 6  // another charset of the same language, of one byte
	toSibling    = 8  // the same, of several bytes
	toNeighbor   = 5  // from a western label to a central European one, to Turkish or to Baltic
	toSpelled    = 2  // the same, where no western language is spelled like that
	toAny        = 10 // from a western label, which is the default of many programs
	toWestern    = 8  // from one of Chinese, Japanese or Korean
	toAlien      = 18 // from a label that somebody chose
	toBroken     = 6  // less, where the labeled charset has not all the bytes
)

// How much of a text is looked at to see that its label may be right, and to find out that
// it is wrong.
const (
	firstSample   = 256
	correctSample = 1 << 10
)

// correct returns the label of the real charset of a text whose label can only be wrong;
// else "". The label is clean, and names a charset of the form f with the decoder e.
func correct(b []byte, label string, f form, e encoding.Encoding) string {
	switch f {
	case utf16Form, utf32Form:
		return correctWide(b, label)
	case utf7Form:
		if !IsASCII(b) {
			return Detect(b)
		}
	case iso2022Form:
		if IsASCII(b) {
			return correctZeros(b)
		}
		if mostlyUTF8(b) {
			return "utf-8"
		}
		return guessUnder(b, label)
	case tableForm:
		if IsASCII(b) {
			if isEastern(e) && isISO2022(b) {
				return "iso-2022-jp"
			}
			return correctZeros(b)
		}
		if wide := correctZeros(b); wide != "" {
			return wide
		}
		if isUTF8Despite(b, e) {
			return "utf-8"
		}
		if windows := windowsOf(e); windows != "" && hasC1(b) {
			return windows
		}
		return correctTable(b, e)
	}
	return ""
}

// correctZeros finds UTF-16 and UTF-32 by its zeros.
func correctZeros(b []byte) string {
	switch wideForm(b) {
	case utf16Form:
		return "utf-16"
	case utf32Form:
		return "utf-32"
	}
	return ""
}

// correctWide finds text that is labeled as UTF-16 and is not.
func correctWide(b []byte, label string) string {
	switch {
	case hasUTF16Mark(b):
		return ""
	case bytes.IndexByte(b, 0) >= 0:
		if wideForm(b) == utf32Form {
			return "utf-32"
		}
		return ""
	case len(b) == 0:
		return ""
	}
	// Without a single zero, it has not even a space.
	head := b[:min(len(b), orderSample)&^1]
	wide, ok := decodeUTF16(head, label)
	narrow, _ := decodeDetected(b[:min(len(b), orderSample)])
	if len(b)%2 == 0 && ok && reading(wide) > reading(narrow) {
		return ""
	}
	return Detect(b)
}

// windowsOf returns the label of the Windows charset that has the letters of an ISO one,
// and quotation marks and dashes where that has control characters; else "". (That of
// ISO 8859-2 has some letters in other places, and is judged.)
func windowsOf(e encoding.Encoding) string {
	switch e {
	case charmap.ISO8859_7:
		return "windows-1253"
	case charmap.ISO8859_8:
		return "windows-1255"
	case charmap.ISO8859_13:
		return "windows-1257"
	case charmap.ISO8859_15:
		return "windows-1252"
	}
	return ""
}

// hasC1 reports whether text has bytes that are control characters in the charsets of ISO.
func hasC1(b []byte) bool {
	for _, c := range b {
		if within(c, 0x80, 0x9f) {
			return true
		}
	}
	return false
}

// isUTF8Despite reports whether text is UTF-8, though it is labeled with a charset that
// has a decoder of its own. Some bytes may be broken.
func isUTF8Despite(b []byte, e encoding.Encoding) bool {
	good, bad := countUTF8(b[:min(len(b), sampleBytes)])
	if good == 0 || good < 4*bad {
		return false
	}
	head := around(b, correctSample)
	meant, _ := decodeUTF8(head)
	labeled := decodeAs(e, head)
	advantage := reading(meant) - reading(labeled)
	switch {
	case bad == 0 && strings.Contains(labeled, "\uFFFD"):
		return advantage > 0
	case !isEastern(e) || hasEastern(meant) || hasAccentBeforeLetter(meant) || strings.Contains(meant, " à "):
	case hasLowTrail(head):
		return advantage > toUTF8Alien
	case hasAccentBehindWord(meant):
		return advantage > toUTF8Alien*float32(good)
	default:
		return advantage > toUTF8Chance
	}
	return advantage > toUTF8
}

// around returns up to n bytes of text: the lines from the first one beyond ASCII on, cut
// where a character of UTF-8 ends.
func around(b []byte, n int) []byte {
	first := 0
	for first+64 < len(b) && IsASCII(b[first:first+64]) {
		first += 64
	}
	start := max(bytes.LastIndexByte(b[:first], '\n')+1, first-64)
	b = b[start:]
	if len(b) <= n {
		return b
	}
	for n > 1 && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}

// isEastern reports whether a charset is one of Chinese, Japanese or Korean.
func isEastern(e encoding.Encoding) bool {
	switch e {
	case japanese.ShiftJIS, japanese.EUCJP, simplifiedchinese.GB18030, simplifiedchinese.GBK,
		simplifiedchinese.HZGB2312, traditionalchinese.Big5, korean.EUCKR:
		return true
	}
	return false
}

// hasAccentBeforeLetter reports a Latin letter beyond ASCII in front of a small one of
// ASCII, where Chinese, Japanese and Korean have hardly ever a character of theirs.
func hasAccentBeforeLetter(s string) bool {
	accent := false
	for _, r := range s {
		if accent && 'a' <= r && r <= 'z' {
			return true
		}
		accent = isAccented(r)
	}
	return false
}

// hasAccentBehindWord reports a Latin letter beyond ASCII that ends a word of at least three,
// as in "José" and "Zoë".
func hasAccentBehindWord(s string) bool {
	letters, small := 0, false // in front; the last one is small
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && isASCIILetter(byte(r)):
			letters, small = letters+1, r >= 'a'
		case letters >= 2 && small && isAccented(r):
			return true
		default:
			letters = 0
		}
	}
	return false
}

// isAccented reports whether a character is a Latin letter beyond ASCII.
func isAccented(r rune) bool { return r >= 0xc0 && r < 0x250 || r >= 0x1e00 && r <= 0x1eff }

// hasLowTrail reports whether a byte behind one beyond ASCII is one that GB 2312, EUC-KR
// and EUC-JP do not have, or a character has three bytes, which two of theirs hardly make.
func hasLowTrail(b []byte) bool {
	for i := 1; i < len(b); i++ {
		if b[i-1] >= 0xc2 && within(b[i], 0x80, 0xa0) || b[i] >= 0xe0 {
			return true
		}
	}
	return false
}

func hasEastern(s string) bool {
	for _, r := range s {
		if r >= 0x3000 && r <= 0xffef {
			return true
		}
	}
	return false
}

// correctTable finds the charset of a text that is not what its label says, and no UTF-8.
func correctTable(b []byte, e encoding.Encoding) string {
	head := around(b, firstSample)
	own, unspelled := candidateOf(e), false
	switch {
	case own == nil:
		return correctUnmodeled(head, e)
	case own.family == westernFamily:
		if unspelled = isUnspelled(head); !unspelled && !looksForeign(head) {
			return ""
		}
	}
	s := newSample(head)
	ownScore := own.scoreAsLabeled(s)
	if own.isUsual(s, ownScore) {
		return ""
	}
	if len(head) < len(b) {
		head = around(b, correctSample)
		s = newSample(head)
		s.cut = len(head) < len(b)
		ownScore = own.scoreAsLabeled(s)
		if own.isUsual(s, ownScore) {
			return ""
		}
	}
	broken := float32(0)
	if len(head) == len(b) && own.score(s, impossible) <= impossible {
		broken = toBroken
	}
	quality := s.cost(readablePerByte)
	if unspelled {
		quality += s.cost(readablePerByte) - s.cost(usualPerByte)
	}
	short := own.family == cyrillicFamily && s.high() < shortest
	return s.best(func(c *candidate) float32 {
		switch {
		case c == own, short && c.family == own.family:
			return impossible
		case c.family == own.family:
			return broken - own.margin(c)
		}
		if unspelled && c.family <= balticFamily {
			return -toSpelled
		}
		return -own.margin(c)
	}, ownScore, quality)
}

// isUsual reports whether a text is read by own, with that score, as texts in it mostly are.
// Nothing is usual under a western label, for the reason of toAny.
func (own *candidate) isUsual(s *sample, score float32) bool {
	switch {
	case own.family == westernFamily:
		return false
	case isEastern(own.set):
		return score > s.cost(usualEastern)
	}
	return score > s.cost(usualPerByte)
}

// margin is how much better c must read a text that is labeled as own.
func (own *candidate) margin(c *candidate) float32 {
	switch {
	case c.family == own.family && isEastern(own.set):
		return toSibling
	case c.family == own.family:
		return toTwin
	case own.family == westernFamily && c.family <= balticFamily:
		return toNeighbor
	case own.family == westernFamily:
		return toAny
	case c.family == westernFamily && isEastern(own.set):
		return toWestern
	}
	return toAlien
}

// shortest is how long a text in Cyrillic has to be to tell its charsets apart.
const shortest = 4

// Costs per byte beyond ASCII: of a text that is what its label says, and of one that
// can be read at all.
const (
	usualPerByte    = -3.6
	usualEastern    = -4.2 // of Chinese, Japanese or Korean, whose names have rare characters
	readablePerByte = -7.5
	usualReading    = -4.5 // of all bytes
)

// correctUnmodeled does what correctTable does for a label of a charset that unlabeled
// mail is not found in.
func correctUnmodeled(b []byte, e encoding.Encoding) string {
	labeled := reading(decodeAs(e, b))
	if labeled > usualReading*float32(len(b)) {
		return ""
	}
	s := newSample(b)
	label := s.best(func(*candidate) float32 { return 0 }, impossible, s.cost(readablePerByte))
	if label == "" || reading(decodeAs(lookup(label), b)) < labeled+toAlien {
		return ""
	}
	return label
}

// guessUnder guesses the charset of text with bytes beyond ASCII that is labeled with a
// charset of seven bits: most likely another one of the same language.
func guessUnder(b []byte, label string) string {
	family := japaneseFamily
	switch shiftedSet(label) {
	case hanjaSet:
		family = koreanFamily
	case hanziSet:
		family = chineseFamily
	}
	s := newSample(b)
	return s.best(func(c *candidate) float32 {
		if c.family == family {
			return toAny
		}
		return 0
	}, impossible, impossible)
}
