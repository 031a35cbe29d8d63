package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// codePage is a charset of one byte per character that is ASCII below 0x80.
type codePage struct {
	high          string // 128 characters, from 0x80 on
	low, lowBytes string // characters below 0x80 that are not ASCII, and their bytes
}

// NewDecoder implements encoding.Encoding.
func (p *codePage) NewDecoder() *encoding.Decoder {
	d := &codePageDecoder{}
	for c := range utf8.RuneSelf {
		d.runes[c] = rune(c)
	}
	at := utf8.RuneSelf
	for _, r := range p.high {
		d.runes[at] = r
		at++
	}
	at = 0
	for _, r := range p.low {
		d.runes[p.lowBytes[at]] = r
		at++
	}
	return &encoding.Decoder{Transformer: d}
}

// NewEncoder implements encoding.Encoding.
func (p *codePage) NewEncoder() *encoding.Encoder {
	return &encoding.Encoder{Transformer: &codePageEncoder{page: p}}
}

type codePageDecoder struct {
	transform.NopResetter
	runes [256]rune
}

func (d *codePageDecoder) Transform(dst, src []byte, _ bool) (n, read int, err error) {
	for _, c := range src {
		r := d.runes[c]
		if n+utf8.RuneLen(r) > len(dst) {
			return n, read, transform.ErrShortDst
		}
		n += utf8.EncodeRune(dst[n:], r)
		read++
	}
	return n, read, nil
}

type codePageEncoder struct {
	transform.NopResetter
	page *codePage
}

func (e *codePageEncoder) Transform(dst, src []byte, atEOF bool) (n, read int, err error) {
	for read < len(src) {
		r, size := utf8.DecodeRune(src[read:])
		if r == utf8.RuneError && size <= 1 && !atEOF && !utf8.FullRune(src[read:]) {
			return n, read, transform.ErrShortSrc
		}
		c, ok := e.page.byteOf(r)
		switch {
		case !ok:
			return n, read, encoding.ErrInvalidUTF8
		case n == len(dst):
			return n, read, transform.ErrShortDst
		}
		dst[n] = c
		n++
		read += size
	}
	return n, read, nil
}

// byteOf returns the byte of a character; ok is false when the page lacks it.
func (p *codePage) byteOf(r rune) (c byte, ok bool) {
	if i := strings.IndexRune(p.low, r); i >= 0 && r != utf8.RuneError {
		return p.lowBytes[utf8.RuneCountInString(p.low[:i])], true
	}
	if r < utf8.RuneSelf {
		return byte(r), true
	}
	if i := strings.IndexRune(p.high, r); i >= 0 && r != utf8.RuneError {
		return byte(utf8.RuneSelf + utf8.RuneCountInString(p.high[:i])), true
	}
	return 0, false
}
