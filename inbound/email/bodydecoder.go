package email

import (
	"encoding/hex"
	"hash"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// bodyDecoder receives the body of one part as it comes: it undoes the transfer
// encoding, and hashes or keeps the outcome.
type bodyDecoder struct {
	transfer transfer.Decoder

	filter bodyFilter // takes what is decoded, and hands back what is kept; nil: none

	sum  hash.Hash // nil: not hashed
	keep *[]byte   // nil: not kept
	room int       // bytes that keep may still take
	cut  bool      // keep had no room for all
	size int64
}

// bodyFilter takes files out of a body as it comes.
type bodyFilter interface {
	Write(b []byte)
	Finish()
}

// begin makes d ready for a part. Its buffers stay.
func (d *bodyDecoder) begin(e transfer.Encoding, sum hash.Hash, keep *[]byte, room int) {
	if sum != nil {
		sum.Reset()
	}
	d.transfer.ResetRepair(e, false)
	d.filter, d.sum, d.keep, d.room, d.cut, d.size = nil, sum, keep, room, false, 0
}

// beginText makes d ready for a text: words around its base64 belong to it.
func (d *bodyDecoder) beginText(e transfer.Encoding, keep *[]byte, room int) {
	d.begin(e, nil, keep, room)
	d.transfer.ResetRepair(e, true)
}

func (d *bodyDecoder) write(b []byte) { d.filtered(d.transfer.Decode(b)) }

func (d *bodyDecoder) end() {
	d.filtered(d.transfer.Finish())
	if d.filter != nil {
		d.filter.Finish()
	}
}

// filtered passes decoded bytes through the filter, if there is one.
func (d *bodyDecoder) filtered(b []byte) {
	if d.filter != nil {
		d.filter.Write(b)
		return
	}
	d.add(b)
}

// add hashes and keeps.
func (d *bodyDecoder) add(b []byte) {
	d.size += int64(len(b))
	if d.sum != nil {
		d.sum.Write(b)
	}
	if d.keep != nil {
		if len(b) > d.room {
			b, d.cut = b[:d.room], true
		}
		*d.keep = append(*d.keep, b...)
		d.room -= len(b)
	}
}

// hexSum returns a hash in lower-case hexadecimal.
func hexSum(h hash.Hash) string {
	var sum [32]byte
	return hex.EncodeToString(h.Sum(sum[:0]))
}
