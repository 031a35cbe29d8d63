package email

import (
	"encoding/hex"
	"hash"
	"strings"
)

// content takes the body of one part as it comes: it undoes the transfer
// encoding, and hashes or keeps the outcome.
type content struct {
	encoding transfer
	base64   base64Decoder
	quoted   quotedDecoder
	coded    uuScanner
	codedIn  uuBody
	scratch  []byte

	filter *uuScanner // takes what is decoded, and hands back what is text; nil: none

	sum  hash.Hash // nil: not hashed
	keep *[]byte   // nil: not kept
	room int       // bytes that keep may still take
	cut  bool      // keep had no room for all
	size int64
}

// transfer is a Content-Transfer-Encoding (RFC 2045, section 6).
type transfer int

const (
	identity transfer = iota // 7bit, 8bit, binary
	base64Encoding
	quotedPrintable
	uuEncoding // not of the RFC, but older
)

// transferEncoding reads a Content-Transfer-Encoding; known is false for one
// that nobody uses.
func transferEncoding(value string) (e transfer, known bool) {
	value = strings.ToLower(strings.TrimLeft(value, " \t\"'"))
	if i := strings.IndexFunc(value, func(r rune) bool { return !(r == '-' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9') }); i >= 0 {
		value = value[:i]
	}
	switch value {
	case "base64", "base-64", "b":
		return base64Encoding, true
	case "quoted-printable", "quotedprintable", "q":
		return quotedPrintable, true
	case "x-uuencode", "uuencode", "x-uue", "uue", "x-uu":
		return uuEncoding, true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		return identity, true
	}
	return identity, false
}

// begin makes c ready for a part. Its buffers stay.
func (c *content) begin(e transfer, sum hash.Hash, keep *[]byte, room int) {
	if sum != nil {
		sum.Reset()
	}
	*c = content{encoding: e, sum: sum, keep: keep, room: room, scratch: c.scratch, quoted: quotedDecoder{held: c.quoted.held[:0]},
		coded: c.coded, codedIn: uuBody{content: c}}
	c.coded.begin(&c.codedIn)
}

func (c *content) write(b []byte) {
	switch c.encoding {
	case base64Encoding:
		c.scratch = c.base64.decode(c.scratch[:0], b)
		b = c.scratch
	case quotedPrintable:
		c.scratch = c.quoted.decode(c.scratch[:0], b)
		b = c.scratch
	case uuEncoding:
		c.coded.write(b)
		return
	}
	c.take(b)
}

func (c *content) end() {
	switch c.encoding {
	case base64Encoding:
		c.take(c.base64.finish(c.scratch[:0]))
	case quotedPrintable:
		c.take(c.quoted.finish(c.scratch[:0]))
	case uuEncoding:
		c.coded.finish()
	}
	if c.filter != nil {
		c.filter.finish()
	}
}

// take takes what is decoded.
func (c *content) take(b []byte) {
	if c.filter != nil {
		c.filter.write(b)
		return
	}
	c.add(b)
}

// add hashes and keeps.
func (c *content) add(b []byte) {
	c.size += int64(len(b))
	if c.sum != nil {
		c.sum.Write(b)
	}
	if c.keep != nil {
		if len(b) > c.room {
			b, c.cut = b[:c.room], true
		}
		*c.keep = append(*c.keep, b...)
		c.room -= len(b)
	}
}

// junk reports whether something did not belong into the encoding.
func (c *content) junk() bool { return c.base64.junk || c.quoted.junk }

// hexSum returns a hash in lower-case hexadecimal.
func hexSum(h hash.Hash) string {
	var sum [32]byte
	return hex.EncodeToString(h.Sum(sum[:0]))
}
