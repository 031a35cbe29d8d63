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
	if label := detectWide(b); label != "" {
		return label
	}
	if utf8.Valid(b) || mostlyUTF8(b) { // the latter is cut or damaged
		return "utf-8"
	}
	return guess(b)
}

// detectWide returns the label of a charset that shows in ASCII and zeros; else "".
func detectWide(b []byte) string {
	if isISO2022(b) {
		return "iso-2022-jp"
	}
	return correctZeros(b)
}

// decodeDetected decodes text that has no telling label. What is UTF-8 stays as it
// is; ok is false when the charset was guessed, or bytes do not belong to it.
func decodeDetected(b []byte) (text string, ok bool) {
	if bytes.IndexByte(b, 0x1b) < 0 && bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) { // as nearly all is
		return string(bytes.TrimPrefix(b, []byte(orderMark))), true
	}
	if label := detectWide(b); label != "" {
		text, ok = decodeKnown(b, label)
		return text, ok && label == "iso-2022-jp"
	}
	if utf8.Valid(b) {
		return decodeUTF8(b)
	}
	return decodeMixed(b), false
}

// isISO2022 reports whether text has the escape sequences of ISO-2022-JP, and can be
// decoded by them.
func isISO2022(b []byte) bool {
	if bytes.IndexByte(b, 0x1b) < 0 || !IsASCII(b) ||
		!bytes.Contains(b, []byte("\x1b$")) && !bytes.Contains(b, []byte("\x1b(I")) {
		return false
	}
	d := &iso2022{}
	d.decode(b, katakanaSet, true)
	return !d.bad
}

// DetectNear is Detect for text beside which there is text in a known charset, or labeled
// with one. proven tells that the other text has characters of that charset; else its
// label says little, as "iso-8859-1" above a text of ASCII. What the bytes say comes
// first.
func DetectNear(b []byte, hint string, proven bool) string {
	label := Detect(b)
	hint = cleanLabel(hint)
	f, e := find(hint)
	if label == "utf-8" || label == "iso-2022-jp" || f != tableForm {
		return label
	}
	near := candidateOf(e)
	if near == nil { // mail without labels is not found in it
		head := around(b, correctSample)
		decoded := decodeAs(e, head)
		if proven && !strings.Contains(decoded, "\uFFFD") &&
			reading(decoded) > reading(decodeAs(lookup(label), head))-toAlien {
			return hint
		}
		return label
	}
	weight := float32(1)
	switch {
	case proven:
		weight = nearProven
	case near.family != westernFamily:
		weight = nearLabeled
	}
	found := newSample(b).best(func(c *candidate) float32 {
		switch {
		case c == near:
			return c.prior + weight
		case c.family == near.family:
			return c.prior + weight/2
		}
		return c.prior
	}, impossible, impossible)
	if found == near.label {
		return hint // ISO 8859-15 is a hint at windows-1252, but has more
	}
	return found
}

// How much likelier a charset is that text beside is in, or is labeled with, as
// logarithms.
const (
	nearProven  = 12
	nearLabeled = 8
)

// A family are the charsets of the same languages.
type family uint8

const (
	westernFamily family = iota
	centralFamily
	turkishFamily
	balticFamily
	cyrillicFamily
	greekFamily
	hebrewFamily
	arabicFamily
	thaiFamily
	chineseFamily
	japaneseFamily
	koreanFamily
)

// A candidate is a charset that unlabeled mail is found in. Its score is how likely
// a text is in it, as the logarithm of a probability: of its characters in one of
// its languages.
type candidate struct {
	label  string
	family family
	set    encoding.Encoding
	prior  float32 // how much rarer than windows-1252, as a logarithm
	// The score of a text, or impossible if that is less than atLeast.
	score func(s *sample, atLeast float32) float32
	// The same for a text that is labeled so: broken characters, and those that only
	// guesses take for unlikely, do not make it impossible.
	scoreAsLabeled func(s *sample) float32
}

var candidates = sync.OnceValue(func() []candidate {
	one := func(label string, f family, prior float32, set encoding.Encoding, alphabets ...string) candidate {
		m := newSingleByteModel(set, alphabets)
		labeled := m
		if f == cyrillicFamily { // Russian is sent in the charset of Ukrainian, too
			labeled = newSingleByteModel(set, cyrillic)
		}
		asLabeled := func(s *sample) float32 { return labeled.score(s, impossible) }
		return candidate{label, f, set, prior, m.score, asLabeled}
	}
	several := func(label string, f family, set encoding.Encoding, common string,
		class func([]byte) (int, float32)) candidate {
		m := newMultiByteModel(set, common, class)
		return candidate{label, f, set, -2, m.score, m.scoreAsLabeled}
	}
	return []candidate{
		one("windows-1252", westernFamily, 0, charmap.Windows1252, western...),
		one("windows-1250", centralFamily, -2, charmap.Windows1250, central...),
		one("iso-8859-2", centralFamily, -3, charmap.ISO8859_2, central...),
		one("windows-1254", turkishFamily, -2, charmap.Windows1254, turkish),
		one("windows-1257", balticFamily, -5, charmap.Windows1257, baltic...),
		one("windows-1251", cyrillicFamily, -1, charmap.Windows1251, cyrillic...),
		one("koi8-r", cyrillicFamily, -2, charmap.KOI8R, cyrillic[0]),
		one("koi8-u", cyrillicFamily, -3, charmap.KOI8U, cyrillic[1]),
		one("iso-8859-5", cyrillicFamily, -3, charmap.ISO8859_5, cyrillic...),
		one("cp866", cyrillicFamily, -5, charmap.CodePage866, cyrillic[:2]...),
		one("windows-1253", greekFamily, -2, charmap.Windows1253, greek),
		one("windows-1255", hebrewFamily, -2, charmap.Windows1255, hebrew),
		one("windows-1256", arabicFamily, -3, charmap.Windows1256, arabic),
		one("windows-874", thaiFamily, -2, charmap.Windows874, thai),
		several("gb18030", chineseFamily, simplifiedchinese.GB18030, simplifiedCharacters, gb18030Class),
		several("big5", chineseFamily, traditionalchinese.Big5, traditionalCharacters, big5Class),
		several("shift_jis", japaneseFamily, japanese.ShiftJIS, japaneseCharacters, shiftJISClass),
		several("euc-jp", japaneseFamily, japanese.EUCJP, japaneseCharacters, eucJPClass),
		several("euc-kr", koreanFamily, korean.EUCKR, koreanCharacters, eucKRClass),
	}
})

// candidateOf returns the candidate for a charset; nil if there is none.
func candidateOf(e encoding.Encoding) *candidate {
	switch e {
	case charmap.ISO8859_1, charmap.ISO8859_15:
		e = charmap.Windows1252
	case charmap.ISO8859_13:
		e = charmap.Windows1257
	case simplifiedchinese.GBK:
		e = simplifiedchinese.GB18030
	}
	all := candidates()
	for i := range all {
		if all[i].set == e {
			return &all[i]
		}
	}
	return nil
}

// best returns the label of the candidate whose score and bonus together are the highest,
// and higher than floor; else "". A candidate whose score alone is not higher than quality
// is none: nobody could read that.
func (s *sample) best(bonus func(c *candidate) float32, floor, quality float32) string {
	label := ""
	all := candidates()
	for i := range all {
		c := &all[i]
		extra := bonus(c)
		if extra <= impossible {
			continue
		}
		if score := c.score(s, max(quality, floor-extra)); score > quality && score+extra > floor {
			floor, label = score+extra, c.label
		}
	}
	return label
}

// guess returns the label of the charset that a text with bytes beyond ASCII is
// most likely in.
func guess(b []byte) string {
	if label := newSample(b).best(func(c *candidate) float32 { return c.prior }, impossible, impossible); label != "" {
		return label
	}
	return "windows-1252"
}
