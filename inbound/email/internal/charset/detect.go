package charset

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

// Detect returns the label of the charset of a text that has no telling label. It
// is "utf-8" for what is UTF-8, also where that was cut or damaged, and else the
// charset that the first 4 KiB of lines beyond ASCII are most likely in. It never
// returns "".
func Detect(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$")) {
		if decoded, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil && utf8.Valid(decoded) {
			return "iso-2022-jp"
		}
	}
	switch {
	case utf8.Valid(b):
		return "utf-8"
	case hasUTF16Mark(b) && bytes.IndexByte(b, 0) >= 0:
		return "utf-16"
	case mostlyUTF8(b):
		return "utf-8" // cut or damaged
	}
	return guess(b)
}

// decodeDetected decodes text that has no telling label. What is UTF-8 stays as it
// is; ok is false when the charset was guessed, or bytes do not belong to it.
func decodeDetected(b []byte) (text string, ok bool) {
	switch label := Detect(b); label {
	case "utf-8":
		text = string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
		if utf8.ValidString(text) {
			return text, true
		}
		return strings.ToValidUTF8(text, "\uFFFD"), false
	default:
		return decodeAs(lookup(label), b), label == "iso-2022-jp"
	}
}

func hasUTF16Mark(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
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

// A candidate is a charset that unlabeled mail is found in. Its score is how likely
// a text is in it, as the logarithm of a probability: of its characters in one of
// its languages.
type candidate struct {
	label string
	prior float32 // how much rarer than windows-1252, as a logarithm
	score func(s *sample) float32
}

var candidates = sync.OnceValue(func() []candidate {
	one := func(label string, prior float32, set encoding.Encoding, alphabets ...string) candidate {
		return candidate{label, prior, newSingleByteModel(set, alphabets).score}
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
		{"gb18030", -2, newMultiByteModel(simplifiedchinese.GB18030, simplifiedCharacters, gb18030Class).score},
		{"big5", -2, newMultiByteModel(traditionalchinese.Big5, traditionalCharacters, big5Class).score},
		{"shift_jis", -2, newMultiByteModel(japanese.ShiftJIS, japaneseCharacters, shiftJISClass).score},
		{"euc-jp", -2, newMultiByteModel(japanese.EUCJP, japaneseCharacters, eucJPClass).score},
		{"euc-kr", -2, newMultiByteModel(korean.EUCKR, koreanCharacters, eucKRClass).score},
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
