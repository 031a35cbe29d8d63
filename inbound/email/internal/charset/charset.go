package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Decode decodes text by the label of its charset. A label that says nothing, or
// that is unknown, leaves UTF-8 as it is and makes the best guess for the rest; so
// does one that can only be wrong. ok is false when the label was no help, or when
// bytes do not belong to the charset that it names. The text is valid UTF-8 in every
// case.
func Decode(b []byte, label string) (text string, ok bool) {
	label = cleanLabel(label)
	f, e := find(label)
	if better := correct(b, label, f, e); better != "" {
		text, _ = decodeKnown(b, better)
		return text, f == tableForm && text == decodeAs(e, b)
	}
	switch f {
	case noForm, utf8Form:
		text, ok = decodeDetected(b)
		return text, ok || strings.HasPrefix(label, "cesu") && !strings.Contains(text, "\uFFFD")
	case unknownForm:
		text, _ = decodeDetected(b)
		return text, false
	case tableForm:
		if extendsASCII(e) && IsASCII(b) {
			return string(b), true
		}
	}
	return decodeForm(b, label, f, e)
}

// Correct returns the label of the charset that text is in although it is labeled
// otherwise; "" when its label is right, says nothing or is as good as any other. Text
// that was put together from several that one program wrote is judged more safely.
func Correct(b []byte, label string) string {
	label = cleanLabel(label)
	f, e := find(label)
	if f <= utf8Form {
		if found := Detect(b); found != "utf-8" {
			return found
		}
		return ""
	}
	return correct(b, label, f, e)
}

// DecodeBeside decodes text by the label of a charset that was found for it and for more
// text beside it. What is rather UTF-8 stays, and what cannot be in that charset is
// guessed alone.
func DecodeBeside(b []byte, label string) string {
	label = cleanLabel(label)
	f, e := find(label)
	if f != tableForm || isUTF8Despite(b, e) {
		text, _ := decodeDetected(b)
		return text
	}
	text, ok := decodeForm(b, label, f, e)
	if !ok {
		if alone, _ := decodeDetected(b); !strings.Contains(alone, "\uFFFD") {
			return alone
		}
	}
	return text
}

// decodeKnown decodes b by a label that is right.
func decodeKnown(b []byte, label string) (text string, ok bool) {
	f, e := find(label)
	return decodeForm(b, label, f, e)
}

// decodeForm decodes b by a charset of the form f, with the decoder e where it has one.
func decodeForm(b []byte, label string, f form, e encoding.Encoding) (text string, ok bool) {
	switch f {
	case tableForm:
		text = decodeAs(e, b)
		return text, !strings.Contains(text, "\uFFFD")
	case utf7Form:
		return decodeUTF7(b), true
	case utf16Form:
		return decodeUTF16(b, label)
	case utf32Form:
		return decodeUTF32(b, label)
	case iso2022Form:
		if shifted := shiftedSet(label); shifted != katakanaSet {
			return decodeISO2022(b, shifted)
		}
		text = decodeAs(japanese.ISO2022JP, b) // faster, and enough for most
		if !strings.Contains(text, "\uFFFD") && strings.IndexByte(text, 0x1b) < 0 && strings.IndexByte(text, 0x0e) < 0 {
			return text, true
		}
		return decodeISO2022(b, katakanaSet)
	}
	return decodeUTF8(b)
}

// extendsASCII reports whether every byte below 0x80 that does not follow one
// beyond is ASCII.
func extendsASCII(e encoding.Encoding) bool {
	page, own := e.(*codePage)
	return e != simplifiedchinese.HZGB2312 && !(own && page.low != "")
}

// decodeAs decodes text; the outcome is valid UTF-8, with U+FFFD for what cannot be
// decoded. Vietnamese charsets write accents apart from their letters.
func decodeAs(e encoding.Encoding, b []byte) string {
	decoder := e.NewDecoder()
	decoded := make([]byte, 2*len(b)+16) // enough for most
	n := 0
	for {
		written, read, err := decoder.Transform(decoded[n:], b, true)
		n, b = n+written, b[read:]
		if err != transform.ErrShortDst {
			break
		}
		decoded = append(decoded, make([]byte, len(decoded))...)
	}
	decoded = decoded[:n]
	if e == charmap.Windows1258 || e == encoding.Encoding(tcvn) {
		decoded = norm.NFC.Bytes(decoded)
	}
	return string(decoded)
}
