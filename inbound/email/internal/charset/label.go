package charset

import (
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// A form is how the characters of a charset become bytes.
type form uint8

const (
	unknownForm form = iota // no such charset, or none that can be decoded
	noForm                  // the label says nothing
	utf8Form
	utf7Form
	utf16Form
	utf32Form
	iso2022Form // the charset of each run of text is in the text
	tableForm   // a decoder of golang.org/x/text, or of this package's tables
)

// Declares reports whether a label names a charset that goes beyond ASCII.
func Declares(label string) bool {
	f, _ := find(cleanLabel(label))
	return f != noForm
}

// IsKnown reports whether Decode has a decoder for a label.
func IsKnown(label string) bool {
	label = cleanLabel(label)
	f, _ := find(label)
	return f > noForm || f == noForm && isASCIILabel[label]
}

// IsHint reports whether the label of one text says something about raw 8-bit
// text beside it, such as that of a header: it names a known charset that extends
// ASCII, and not merely UTF-8 or ASCII, which are tried anyway.
func IsHint(label string) bool {
	f, _ := find(cleanLabel(label))
	return f == tableForm || f == iso2022Form
}

// Same reports whether two labels name the same charset.
func Same(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	a, b = cleanLabel(a), cleanLabel(b)
	f, e := find(a)
	g, h := find(b)
	return a == b || f == g && e == h && (f == utf8Form || f == utf7Form || f == tableForm)
}

// cleanLabel takes off what programs put around a label.
func cleanLabel(label string) string {
	if isClean(label) {
		return label
	}
	label = strings.Trim(label, " \t\"'`;,=<>\\")
	if i := strings.IndexAny(label, " ;*($\"'"); i >= 0 { // also the language of RFC 2231
		label = label[:i]
	}
	return strings.ToLower(label)
}

// isClean reports whether a label is written as the tables have it.
func isClean(label string) bool {
	for i := range len(label) {
		if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// find returns the form of the charset with a label, and its decoder where it has
// one of its own. label is clean.
func find(label string) (form, encoding.Encoding) {
	if f, ok := forms[label]; ok {
		return f, nil
	}
	if e := lookup(label); e != nil {
		return tableForm, e
	}
	switch short := squeeze(label); {
	case forms[short] != unknownForm:
		return forms[short], nil
	case strings.HasSuffix(short, "utf7"):
		return utf7Form, nil
	case strings.HasPrefix(short, "utf8"), strings.HasSuffix(short, "utf8"):
		return utf8Form, nil
	case strings.HasPrefix(short, "iso2022"), strings.HasPrefix(short, "cp5022"):
		return iso2022Form, nil
	}
	return unknownForm, nil
}

// lookup returns the decoder of a charset that has one of its own; else nil.
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
	short := squeeze(label)
	if e := aliases[short]; e != nil {
		return e
	}
	if e, err := htmlindex.Get(short); err == nil && e != encoding.Replacement {
		return e
	}
	if part, ok := strings.CutPrefix(strings.TrimPrefix(short, "iso"), "8859"); ok {
		if e, err := htmlindex.Get("iso-8859-" + part); err == nil {
			return e
		}
	}
	return codePages[pageNumber(short)]
}

// squeeze makes one form of the many that a label is written in: "x-CP_1251" is
// "cp1251".
func squeeze(label string) string {
	label = strings.TrimPrefix(strings.TrimPrefix(label, "x-"), "cs")
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, label)
}

// pageNumber returns the number in a label such as "windows1251", "cp850" or
// "pc862latinhebrew"; else 0.
func pageNumber(short string) int {
	for _, vendor := range [...]string{"windows", "win", "cp", "ibm", "dos", "oem", "ms", "pc", "codepage"} {
		if rest, ok := strings.CutPrefix(short, vendor); ok {
			short = strings.TrimPrefix(rest, "cp")
			break
		}
	}
	end := strings.IndexFunc(short, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(short)
	}
	n, err := strconv.Atoi(short[:end])
	if err != nil {
		return 0
	}
	return n
}
