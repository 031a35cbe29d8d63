package email

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// detect decodes text that has no telling label. What is UTF-8 stays as it is;
// ok is false when the charset was guessed, or bytes do not belong to it.
func detect(b []byte) (text string, ok bool) {
	switch label := charsetOf(b); label {
	case "utf-8":
		b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
		return strings.ToValidUTF8(string(b), "\uFFFD"), utf8.Valid(b)
	default:
		return decodeAs(lookup(label), b), label == "iso-2022-jp"
	}
}

// charsetOf returns the label of the charset of a text that has no telling label.
func charsetOf(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$")) {
		if decoded, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil && utf8.Valid(decoded) {
			return "iso-2022-jp"
		}
	}
	switch {
	case utf8.Valid(b):
		return "utf-8"
	case (bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))) && bytes.IndexByte(b, 0) >= 0:
		return "utf-16"
	case mostlyUTF8(b):
		return "utf-8" // cut or damaged
	}
	return guess(b)
}

// mostlyUTF8 tells text that was cut or damaged from text in another charset.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good > bad
}

// A candidate is a charset that unlabelled mail is found in. Each is asked how
// likely the text is in it, as the logarithm of a probability: of its letters in
// one of its languages. The package's own, because the libraries there are were
// right for two of three subject lines only, and take up to half a millisecond
// for one.
type candidate struct {
	label string
	prior float32 // how much rarer than windows-1252, as a logarithm
	score func(s *sample) float32
}

// impossible is the score of a text that a charset does not have.
const impossible = -1e9

var candidates = sync.OnceValue(func() []candidate {
	one := func(label string, prior float32, set encoding.Encoding, alphabets ...string) candidate {
		return candidate{label, prior, newLetters(set, alphabets).score}
	}
	return []candidate{
		one("windows-1252", 0, charmap.Windows1252, western...),
		one("windows-1250", -2, charmap.Windows1250, central...),
		one("iso-8859-2", -3, charmap.ISO8859_2, central...),
		one("windows-1254", -2, charmap.Windows1254, turkish),
		one("windows-1251", -1, charmap.Windows1251, cyrillic...),
		one("koi8-r", -2, charmap.KOI8R, cyrillic[0]),
		one("koi8-u", -3, charmap.KOI8U, cyrillic[1]),
		one("iso-8859-5", -3, charmap.ISO8859_5, cyrillic...),
		one("windows-1253", -2, charmap.Windows1253, greek),
		one("windows-1255", -2, charmap.Windows1255, hebrew),
		one("windows-874", -2, charmap.Windows874, thai),
		{"gb18030", -2, newCharacters(simplifiedchinese.GB18030, simplifiedCharacters, gb18030Class).score},
		{"big5", -2, newCharacters(traditionalchinese.Big5, traditionalCharacters, big5Class).score},
		{"shift_jis", -2, newCharacters(japanese.ShiftJIS, japaneseCharacters, shiftJISClass).score},
		{"euc-jp", -2, newCharacters(japanese.EUCJP, japaneseCharacters, eucJPClass).score},
		{"euc-kr", -2, newCharacters(korean.EUCKR, koreanCharacters, eucKRClass).score},
	}
})

// guess returns the label of the charset that a text with bytes beyond ASCII is
// most likely in.
func guess(b []byte) string {
	s := newSample(b)
	best, label := float32(impossible), "windows-1252"
	for _, c := range candidates() {
		if score := c.score(s) + c.prior; score > best {
			best, label = score, c.label
		}
	}
	return label
}

// sample is what is looked at of a text: the lines with bytes beyond ASCII.
type sample struct {
	text []byte
	// Which bytes belong to a word with bytes beyond ASCII. Other words say
	// nothing: mail in every language has English ones.
	counts   []bool
	switches int  // from such a word to one of ASCII, or back
	cut      bool // the last character may be incomplete
}

// sampleBytes is enough to be sure, and bounds the time.
const sampleBytes = 4 << 10

func newSample(b []byte) *sample {
	s := &sample{}
	for len(b) > 0 && !s.cut {
		line := b
		if nl := bytes.IndexByte(b, '\n'); nl >= 0 {
			line = b[:nl+1]
		}
		b = b[len(line):]
		if !hasHighBytes(line) {
			continue
		}
		if room := sampleBytes - len(s.text); len(line) > room {
			line, s.cut = line[:room], true
		}
		s.text = append(s.text, line...)
	}
	s.counts = make([]bool, len(s.text))
	ascii, before := false, false // the word before this one; there is one
	for i := 0; i < len(s.text); {
		start, high := i, false
		for i < len(s.text) && isWordByte(s.text[i]) {
			high = high || s.text[i] >= utf8.RuneSelf
			i++
		}
		for j := start; j < i && high; j++ {
			s.counts[j] = true
		}
		if i == start {
			i++
			continue
		}
		if before && ascii == high {
			s.switches++
		}
		ascii, before = !high, true
	}
	return s
}

func isWordByte(c byte) bool { return c >= utf8.RuneSelf || isASCIILetter(c) }

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
