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
)

// set is one of the charsets that ISO 2022 switches between.
type set uint8

const (
	noSet set = iota
	asciiSet
	romanSet    // JIS X 0201
	katakanaSet // JIS X 0201
	kanjiSet    // JIS X 0208, with Microsoft's and NEC's rows
	kanji2Set   // JIS X 0212
	hanziSet    // GB 2312
	hanjaSet    // KS X 1001
	latinSet    // the upper half of ISO 8859-1
	greekSet    // the upper half of ISO 8859-7
	otherSet    // of two bytes, and not known
)

// designation is an escape sequence: it puts a set where it is used from.
type designation struct {
	sequence string
	place    byte // '(': at once, ')': from SO to SI, '*': for the character behind ESC N
	set      set
}

var designations = [...]designation{
	{"(B", '(', asciiSet}, {"(J", '(', romanSet}, {"(H", '(', asciiSet},
	{"(I", '(', katakanaSet}, {")I", ')', katakanaSet},
	{"$@", '(', kanjiSet}, {"$B", '(', kanjiSet}, {"$(@", '(', kanjiSet}, {"$(B", '(', kanjiSet},
	{"$(D", '(', kanji2Set}, {"$(O", '(', kanjiSet}, {"$(Q", '(', kanjiSet}, {"$(P", '(', otherSet},
	{"$A", '(', hanziSet}, {"$(A", '(', hanziSet}, {"$)A", ')', hanziSet},
	{"$(C", '(', hanjaSet}, {"$)C", ')', hanjaSet},
	{"$)G", ')', otherSet}, {"$)E", ')', otherSet}, {"$*H", '*', otherSet}, {"$+I", '*', otherSet},
	{".A", '*', latinSet}, {".F", '*', greekSet}, {"&@", 0, noSet},
}

func designationOf(b []byte) (designation, bool) {
	for _, d := range designations {
		if len(b) > 1 && b[1] == d.sequence[1] && bytes.HasPrefix(b, []byte(d.sequence)) {
			return d, true
		}
	}
	return designation{}, false
}

// iso2022 decodes text in which escape sequences switch between charsets: ISO-2022-JP
// (RFC 1468) with its extensions, ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922).
type iso2022 struct {
	out     strings.Builder
	run     []byte // characters of two bytes that are not decoded yet, as in EUC
	runSet  set
	bad     bool
	decoder [otherSet + 1]*encoding.Decoder
}

// decodeISO2022 decodes b. shifted is the set that SO switches to where the text does not
// say it. ok is false when something cannot be decoded.
func decodeISO2022(b []byte, shifted set) (text string, ok bool) {
	d := &iso2022{}
	d.out.Grow(len(b) + len(b)/2)
	d.decode(b, shifted, false)
	return d.out.String(), !d.bad
}

// decode decodes b. strict ends it where something cannot be decoded.
func (d *iso2022) decode(b []byte, shifted set, strict bool) {
	first, single := asciiSet, noSet
	inShift := false
	for i := 0; i < len(b) && !(strict && d.bad); {
		c := b[i]
		current := first
		if inShift {
			current = shifted
		}
		switch {
		case c == 0x1b:
			if n, ok := designationOf(b[i+1:]); ok {
				switch n.place {
				case '(':
					first = n.set
				case ')':
					shifted = n.set
				case '*':
					single = n.set
				}
				i += 1 + len(n.sequence)
				continue
			}
			if bytes.HasPrefix(b[i+1:], []byte("N")) && single != noSet && i+2 < len(b) {
				i += 2 + d.character(single, b[i+2:])
				continue
			}
			d.rune(rune(c))
			d.bad = true
			i++
		case c == 0x0e:
			inShift = true
			i++
		case c == 0x0f:
			inShift = false
			i++
		case c <= ' ' || c == 0x7f:
			if c == '\n' {
				inShift = false
			}
			d.rune(rune(c))
			i++
		default:
			i += d.character(current, b[i:])
		}
	}
	d.flush()
}

// character decodes the first character of b, and returns how long it is.
func (d *iso2022) character(s set, b []byte) int {
	c := b[0]
	switch {
	case c >= utf8.RuneSelf && (s == latinSet || s == greekSet):
		c &= 0x7f
	case c >= utf8.RuneSelf:
		d.wrong()
		return 1
	}
	switch s {
	case asciiSet, noSet:
		d.rune(rune(c))
	case romanSet:
		r := rune(c)
		if c == '\\' {
			r = '¥'
		} else if c == '~' {
			r = '‾'
		}
		d.rune(r)
	case katakanaSet:
		if c > 0x5f {
			d.wrong()
		} else {
			d.rune(0xFF61 + rune(c) - 0x21)
		}
	case latinSet:
		d.rune(rune(c) | 0x80)
	case greekSet:
		d.rune(charmap.ISO8859_7.DecodeByte(c | 0x80))
	default:
		if len(b) < 2 || b[1] <= ' ' || b[1] >= 0x7f {
			d.wrong()
			return 1
		}
		d.pair(s, c|0x80, b[1]|0x80)
		return 2
	}
	return 1
}

func (d *iso2022) rune(r rune) {
	d.flush()
	d.out.WriteRune(r)
}

func (d *iso2022) wrong() {
	d.rune(utf8.RuneError)
	d.bad = true
}

// pair adds a character of two bytes.
func (d *iso2022) pair(s set, a, b byte) {
	if s != d.runSet {
		d.flush()
		d.runSet = s
	}
	if s == kanji2Set {
		d.run = append(d.run, 0x8f)
	}
	d.run = append(d.run, a, b)
}

// flush decodes the characters of two bytes.
func (d *iso2022) flush() {
	if len(d.run) == 0 {
		return
	}
	if d.runSet == otherSet {
		d.out.WriteString(strings.Repeat("\uFFFD", len(d.run)/2))
		d.bad = true
	} else {
		if d.decoder[d.runSet] == nil {
			d.decoder[d.runSet] = eucOf(d.runSet).NewDecoder()
		}
		text, err := d.decoder[d.runSet].Bytes(d.run)
		d.bad = d.bad || err != nil || bytes.ContainsRune(text, utf8.RuneError)
		d.out.Write(bytes.ToValidUTF8(text, []byte("\uFFFD")))
	}
	d.run = d.run[:0]
}

// eucOf returns the charset that has a set's characters with the highest bit of both bytes.
func eucOf(s set) encoding.Encoding {
	switch s {
	case hanziSet:
		return simplifiedchinese.GBK
	case hanjaSet:
		return korean.EUCKR
	}
	return japanese.EUCJP
}

// shiftedSet is what SO means under a label, where the text has no designation.
func shiftedSet(label string) set {
	switch {
	case strings.Contains(label, "kr"), strings.Contains(label, "50225"):
		return hanjaSet
	case strings.Contains(label, "cn"), strings.Contains(label, "50227"):
		return hanziSet
	}
	return katakanaSet
}
