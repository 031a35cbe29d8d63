package tnef

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
)

// fromRTF returns the text of an RTF document, up to limit bytes. isHTML is true for HTML
// that was put into RTF (MS-OXRTFEX): then it is that HTML.
func fromRTF(rtf []byte, limit int) (content string, isHTML bool) {
	d := rtfReader{rest: rtf, limit: limit}
	d.html = bytes.Contains(rtf[:min(len(rtf), rtfHead)], []byte(`\fromhtml1`))
	d.page = 1252
	d.now = rtfState{skipped: 1, page: &d.page}
	for len(d.rest) > 0 && d.out.Len() < limit {
		d.next()
	}
	d.flush()
	return strings.ToValidUTF8(strings.ReplaceAll(d.out.String(), "\x00", ""), "\uFFFD"), d.html
}

const (
	rtfHead     = 4 << 10 // where the document says what it was made of
	maxDepth    = 200     // of groups in groups; those within share a state
	maxFonts    = 1000
	longestWord = 32 // of a control word (RTF 1.9.1)
)

// rtfReader is the state of reading one document.
type rtfReader struct {
	rest  []byte
	limit int
	html  bool
	out   strings.Builder

	now    rtfState
	outer  []rtfState
	beyond int // groups deeper than maxDepth

	page     uint32          // of the document
	fonts    map[int]*uint32 // code pages of fonts
	font     int             // that the font table speaks of
	pending  []byte          // 8-bit text in now.page
	fallback int             // characters that stand for one in Unicode
	high     rune            // the first half of a surrogate pair; 0: none
	starred  bool            // "\*" was just read
}

// rtfState is what ends with the group.
type rtfState struct {
	hidden  bool    // a destination that is not shown
	fonts   bool    // the font table
	tag     bool    // within an HTML tag
	rtfOnly bool    // not part of the HTML
	skipped int     // fallback characters behind "\u"
	page    *uint32 // of 8-bit text
}

// next reads a character, a control word, or the begin or end of a group.
func (d *rtfReader) next() {
	c := d.rest[0]
	d.rest = d.rest[1:]
	switch c {
	case '{':
		d.flush()
		d.fallback = 0
		if len(d.outer) == maxDepth {
			d.beyond++
			return
		}
		d.outer = append(d.outer, d.now)
	case '}':
		d.flush()
		d.fallback = 0
		switch {
		case d.beyond > 0:
			d.beyond--
		case len(d.outer) > 0:
			d.now = d.outer[len(d.outer)-1]
			d.outer = d.outer[:len(d.outer)-1]
		}
	case '\\':
		d.control()
	case '\r', '\n':
	default:
		d.byte(c)
	}
}

// control reads what is behind a backslash.
func (d *rtfReader) control() {
	if len(d.rest) == 0 {
		return
	}
	c := d.rest[0]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		d.rest = d.rest[1:]
		d.symbol(c)
		return
	}
	n := 1
	for n < len(d.rest) && n < longestWord && d.rest[n]|0x20 >= 'a' && d.rest[n]|0x20 <= 'z' {
		n++
	}
	word := string(d.rest[:n])
	d.rest = d.rest[n:]
	n = 0
	if len(d.rest) > 0 && d.rest[0] == '-' {
		n = 1
	}
	for n < len(d.rest) && n < 11 && d.rest[n] >= '0' && d.rest[n] <= '9' {
		n++
	}
	value, err := strconv.Atoi(string(d.rest[:n]))
	if err != nil {
		value = 1 // as in "\b", which is "\b1"
		if n == 1 {
			n = 0
		}
	}
	d.rest = d.rest[n:]
	if len(d.rest) > 0 && d.rest[0] == ' ' {
		d.rest = d.rest[1:]
	}
	starred := d.starred
	d.starred = false
	d.word(word, value, starred)
}

// symbol handles a control that is no word.
func (d *rtfReader) symbol(c byte) {
	switch c {
	case '\'':
		if len(d.rest) >= 2 {
			v, err := strconv.ParseUint(string(d.rest[:2]), 16, 8)
			d.rest = d.rest[2:]
			if err == nil {
				d.byte(byte(v))
			}
		}
	case '*':
		d.starred = true
	case '~':
		d.text("\u00a0")
	case '_':
		d.text("\u2011")
	case '\r', '\n':
		d.text("\n")
	case '\\', '{', '}':
		d.byte(c)
	}
}

// shown are words that stand for text.
var shown = map[string]string{
	"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "tab": "\t", "cell": "\t", "lquote": "‘",
	"rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—",
	"enspace": "\u2002", "emspace": "\u2003", "zwj": "\u200d", "zwnj": "\u200c",
}

// hidden are destinations that are not text of the document.
var hidden = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true,
	"header": true, "headerf": true, "headerl": true, "headerr": true, "footer": true, "footerf": true,
	"footerl": true, "footerr": true, "themedata": true, "datastore": true, "filetbl": true, "listtable": true,
	"revtbl": true, "fldinst": true,
}

func (d *rtfReader) word(word string, value int, starred bool) {
	switch word {
	case "htmltag", "mhtmltag":
		if d.html && starred {
			d.flush()
			d.now.tag, d.now.hidden = word == "htmltag", word != "htmltag"
			return
		}
	case "htmlrtf":
		d.flush()
		d.now.rtfOnly = value != 0
		return
	case "bin":
		d.rest = d.rest[min(max(0, value), len(d.rest)):]
		return
	case "ansicpg":
		d.flush()
		d.page = uint32(value)
		return
	case "f":
		d.flush()
		d.setFont(value)
		return
	case "fcharset":
		if page := charsetPages[value]; d.now.fonts && page != 0 && len(d.fonts) < maxFonts {
			if d.fonts == nil {
				d.fonts = make(map[int]*uint32)
			}
			d.fonts[d.font] = &page
		}
		return
	case "plain":
		d.flush()
		d.now.page = &d.page
		return
	case "uc":
		d.now.skipped = min(max(0, value), 100)
		return
	case "u":
		d.unicode(value)
		return
	}
	if starred || hidden[word] {
		d.flush()
		d.now.hidden = true
		d.now.fonts = word == "fonttbl"
		return
	}
	if s := shown[word]; s != "" {
		d.text(s)
	}
}

// setFont changes the code page to that of a font.
func (d *rtfReader) setFont(n int) {
	if d.now.fonts {
		d.font = n
		return
	}
	if d.now.page = d.fonts[n]; d.now.page == nil {
		d.now.page = &d.page
	}
}

// charsetPages are the code pages of Windows' charsets of fonts.
var charsetPages = map[int]uint32{
	77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256,
	186: 1257, 204: 1251, 222: 874, 238: 1250,
}

// unicode adds the character of a "\u".
func (d *rtfReader) unicode(value int) {
	r := rune(uint16(value))
	if utf16.IsSurrogate(r) {
		if d.high == 0 {
			d.high = r
			d.fallback = d.now.skipped
			return
		}
		r = utf16.DecodeRune(d.high, r)
	}
	d.high = 0
	d.fallback = 0
	d.text(string(r))
	d.fallback = d.now.skipped
}

// byte adds a byte of text.
func (d *rtfReader) byte(c byte) {
	switch {
	case d.fallback > 0:
		d.fallback--
	case d.isShown():
		d.pending = append(d.pending, c)
	}
}

// text adds text.
func (d *rtfReader) text(s string) {
	if d.fallback > 0 {
		d.fallback--
		return
	}
	d.flush()
	if d.isShown() && d.out.Len()+len(s) <= d.limit {
		d.out.WriteString(s)
	}
}

func (d *rtfReader) isShown() bool {
	d.starred = false
	return !d.now.hidden && (d.now.tag || !d.now.rtfOnly || !d.html)
}

// flush decodes the bytes that are pending.
func (d *rtfReader) flush() {
	if len(d.pending) == 0 {
		return
	}
	s := decodeCodepage(d.pending, *d.now.page)
	d.pending = d.pending[:0]
	if room := max(0, d.limit-d.out.Len()); len(s) > room {
		s = strings.ToValidUTF8(s[:room], "")
	}
	d.out.WriteString(s)
}
