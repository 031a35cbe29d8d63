package tnef

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/postroom/postroom/inbound/email/internal/charset"
)

// Text is what the message says, as its sender wrote it: with HTML, Plain may be "".
type Text struct {
	Plain, HTML string // valid UTF-8, without NUL
}

// Text returns the text of the message. It is to be called after Finish. Text in RTF comes
// as HTML if it was made of that, else as plain text.
func (r *Reader) Text() Text {
	html := r.texts[propHTML]
	if html.kind == kindBinary { // in a charset of its own
		html.kind = kindString
		if r.internet != 0 {
			r.codepage = r.internet
		}
	}
	t := Text{Plain: r.decode(r.texts[propBody]), HTML: r.decode(html)}
	if strings.TrimSpace(t.Plain) == "" {
		t.Plain = r.decode(text{r.body, kindString})
	}
	if strings.TrimSpace(t.Plain) == "" && strings.TrimSpace(t.HTML) == "" {
		rtf, ok := decompress(r.texts[propCompressed].bytes, rtfLimit(r.limit))
		r.damaged = r.damaged || !ok
		plain, isHTML := fromRTF(rtf, r.limit)
		if isHTML {
			t.HTML = plain
		} else {
			t.Plain = plain
		}
	}
	return t
}

// rtfLimit is how much RTF is read for so much text: it says more than it shows.
func rtfLimit(text int) int { return 8 * text }

// decode decodes a text as written. It ends before the first NUL.
func (r *Reader) decode(t text) string {
	if t.kind == kindUnicode {
		for i := 0; i+1 < len(t.bytes); i += 2 {
			if t.bytes[i] == 0 && t.bytes[i+1] == 0 {
				t.bytes = t.bytes[:i]
				break
			}
		}
		return utf16Text(t.bytes)
	}
	b, _, _ := bytes.Cut(t.bytes, []byte{0})
	return decodeCodepage(b, r.codepage)
}

// decodeCodepage decodes text in a code page of Windows; 0: unknown.
func decodeCodepage(b []byte, page uint32) string {
	label := codepages[page]
	if label == "" && page != 0 {
		label = "cp" + strconv.Itoa(int(page))
	}
	if (label == "" || !charset.IsKnown(label)) && !charset.IsASCII(b) {
		label = charset.Detect(b)
	}
	s, _ := charset.Decode(b, label)
	return strings.ReplaceAll(s, "\x00", "")
}

// codepages are the labels of code pages that have no name by their number.
var codepages = map[uint32]string{
	874: "windows-874", 932: "shift_jis", 936: "gb18030", 949: "euc-kr", 950: "big5",
	1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253", 1254: "windows-1254",
	1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258",
	10000: "macintosh", 20127: "us-ascii", 20866: "koi8-r", 20932: "euc-jp", 20936: "gb2312", 21866: "koi8-u",
	28591: "iso-8859-1", 28592: "iso-8859-2", 28593: "iso-8859-3", 28594: "iso-8859-4", 28595: "iso-8859-5",
	28596: "iso-8859-6", 28597: "iso-8859-7", 28598: "iso-8859-8", 28599: "iso-8859-9", 28603: "iso-8859-13",
	28605: "iso-8859-15", 38598: "iso-8859-8", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp",
	50225: "iso-2022-kr", 51932: "euc-jp", 51936: "gb2312", 51949: "euc-kr", 52936: "hz-gb-2312", 54936: "gb18030",
	65000: "utf-7", 65001: "utf-8",
}

// utf16Text decodes UTF-16, low byte first.
func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}
