package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Declares reports whether a label names a charset that goes beyond ASCII.
func Declares(label string) bool {
	label = cleanLabel(label)
	return !unlabeled[label] || strings.HasSuffix(label, "utf-8") || label == "utf8"
}

// IsKnown reports whether Decode has a decoder for a label. UTF-7 has none in
// x/text and is not counted.
func IsKnown(label string) bool { return lookup(cleanLabel(label)) != nil }

// IsHint reports whether the label of one text says something about raw 8-bit
// text beside it, such as that of a header: it names a known charset that extends
// ASCII, and not merely UTF-8 or ASCII, which are tried anyway.
func IsHint(label string) bool {
	label = cleanLabel(label)
	if unlabeled[label] {
		return false
	}
	e := lookup(label)
	return e != nil && extendsASCII(e)
}

// cleanLabel takes off what programs put around a label.
func cleanLabel(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\"';,=<>"))
	if i := strings.IndexAny(label, " ;*("); i >= 0 { // also the language of RFC 2231
		label = label[:i]
	}
	return label
}

func lookup(label string) encoding.Encoding {
	if e := aliases[label]; e != nil {
		return e
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e
	}
	for _, name := range [...]string{label, "cs" + label} {
		if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil {
			return e
		}
	}
	return nil
}

// extendsASCII reports whether text in a charset that is ASCII is the same as ASCII.
func extendsASCII(e encoding.Encoding) bool {
	b, err := e.NewDecoder().Bytes([]byte("A"))
	return err == nil && string(b) == "A"
}

// decodeAs decodes text; the outcome is valid UTF-8.
func decodeAs(e encoding.Encoding, b []byte) string {
	decoded, _ := e.NewDecoder().Bytes(b) // what cannot be decoded is U+FFFD in it
	if utf8.Valid(decoded) {
		return string(decoded)
	}
	return strings.ToValidUTF8(string(decoded), "\uFFFD")
}

// aliases are labels that real mail has and neither WHATWG nor IANA knows, and
// some where the wider charset reads what senders really mean.
var aliases = map[string]encoding.Encoding{
	"ansi":             charmap.Windows1252,
	"ansi_x3.110-1983": charmap.Windows1252,
	"iso-8859-8-i":     charmap.ISO8859_8,
	"cp-850":           charmap.CodePage850,
	"cp850":            charmap.CodePage850,
	"cp437":            charmap.CodePage437,
	"cp-1250":          charmap.Windows1250,
	"cp-1251":          charmap.Windows1251,
	"cp-1252":          charmap.Windows1252,
	"win-1250":         charmap.Windows1250,
	"win-1251":         charmap.Windows1251,
	"win-1252":         charmap.Windows1252,
	"win1251":          charmap.Windows1251,
	"win1252":          charmap.Windows1252,
	"koi8":             charmap.KOI8R,
	"macroman":         charmap.Macintosh,
	"cp932":            japanese.ShiftJIS,
	"ms932":            japanese.ShiftJIS,
	"cp943":            japanese.ShiftJIS,
	"sjis":             japanese.ShiftJIS,
	"cp50220":          japanese.ISO2022JP,
	"cp50221":          japanese.ISO2022JP,
	"iso-2022-jp-ms":   japanese.ISO2022JP,
	"iso-2022-jp-1":    japanese.ISO2022JP,
	"iso-2022-jp-2":    japanese.ISO2022JP,
	"cp51932":          japanese.EUCJP,
	"cp949":            korean.EUCKR,
	"ms949":            korean.EUCKR,
	"uhc":              korean.EUCKR,
	"cp936":            simplifiedchinese.GB18030,
	"gb2312":           simplifiedchinese.GB18030,
	"gb_2312-80":       simplifiedchinese.GB18030,
	"gbk":              simplifiedchinese.GB18030,
	"x-gbk":            simplifiedchinese.GB18030,
	"hz":               simplifiedchinese.HZGB2312,
	"hz-gb-2312":       simplifiedchinese.HZGB2312,
	"cp950":            traditionalchinese.Big5,
	"utf-16":           unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"utf-16le":         unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf-16be":         unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"utf-32":           utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
	"utf-32le":         utf32.UTF32(utf32.LittleEndian, utf32.UseBOM),
	"utf-32be":         utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
}

// unlabeled are labels that say nothing, or less than what is sent under them.
var unlabeled = map[string]bool{
	"": true, "us-ascii": true, "ascii": true, "ansi_x3.4-1968": true,
	"utf-8": true, "utf8": true, "unicode-1-1-utf-8": true,
	"unknown": true, "x-unknown": true, "unknown-8bit": true, "default": true, "x-user-defined": true,
	"binary": true, "8bit": true, "7bit": true, "_iso-2022-jp": true, "none": true, "auto": true,
}
