package transfer

// Decoder undoes the transfer encoding of a body that comes in pieces. What is not
// valid is skipped, or stays as it is, and is reported by Junk, Truncated and
// Incomplete. The zero value decodes Identity.
type Decoder struct {
	encoding Encoding
	base64   base64Decoder
	repaired repairedBase64
	repair   bool // base64 is decoded by repaired
	quoted   quotedDecoder
	coded    UUScanner
	blocks   uuBody
	scratch  []byte
}

// Reset makes d ready for a body. Its buffers stay. What the outcome is for every body, valid
// or not, is written down in package fingerprint, and does not change.
func (d *Decoder) Reset(e Encoding) {
	d.encoding, d.base64, d.quoted = e, base64Decoder{}, quotedDecoder{held: d.quoted.held[:0]}
	d.repair, d.repaired.junk, d.repaired.cut = false, false, false
	d.blocks = uuBody{decoder: d}
	d.coded.Reset(&d.blocks)
}

// ResetRepair makes d ready for a body that a person is to read, or to open: broken
// base64 is repaired. Pieces of base64 that were joined are decoded one behind the other,
// a stray "=" is passed over, and words stay as they are; but words behind base64, such as the
// footer of a gateway, only if keepWords.
func (d *Decoder) ResetRepair(e Encoding, keepWords bool) {
	d.Reset(e)
	d.repair = e == Base64
	d.repaired.reset(keepWords)
}

// Decode decodes a piece of the body. The outcome is valid until the next call.
func (d *Decoder) Decode(b []byte) []byte {
	switch d.encoding {
	case Base64:
		if d.repair {
			d.scratch = d.repaired.decode(d.scratch[:0], b)
		} else {
			d.scratch = d.base64.decode(d.scratch[:0], b)
		}
	case QuotedPrintable:
		d.scratch = d.quoted.decode(d.scratch[:0], b)
	case UUEncode:
		d.scratch = d.scratch[:0]
		d.coded.Write(b)
	default:
		return b
	}
	return d.scratch
}

// Finish decodes what stands at the end of the body without being complete. The
// outcome is valid until the next call.
func (d *Decoder) Finish() []byte {
	d.scratch = d.scratch[:0]
	switch d.encoding {
	case Base64:
		if d.repair {
			d.scratch = d.repaired.finish(d.scratch)
		} else {
			d.scratch = d.base64.finish(d.scratch)
		}
	case QuotedPrintable:
		d.scratch = d.quoted.finish(d.scratch)
	case UUEncode:
		d.coded.Finish()
	}
	return d.scratch
}

// Junk reports whether something did not belong to the encoding.
func (d *Decoder) Junk() bool { return d.base64.junk || d.repaired.junk || d.quoted.junk }

// Truncated reports whether base64 was truncated, or not padded.
func (d *Decoder) Truncated() bool { return d.base64.cut || d.repaired.cut }

// Incomplete reports whether a uuencoded body lacked its beginning or its end.
func (d *Decoder) Incomplete() bool {
	return d.encoding == UUEncode && (d.blocks.begun == 0 || d.blocks.whole < d.blocks.begun)
}

// Trim gives up a buffer that is larger than n bytes.
func (d *Decoder) Trim(n int) {
	if cap(d.scratch) > n {
		d.scratch = nil
	}
}

// uuBody takes the body out of its uuencoded blocks; what stands around them does
// not belong to it.
type uuBody struct {
	decoder      *Decoder
	begun, whole int
}

func (b *uuBody) Text([]byte) {}

func (b *uuBody) Begin(string) { b.begun++ }

func (b *uuBody) Decoded(data []byte) { b.decoder.scratch = append(b.decoder.scratch, data...) }

func (b *uuBody) End(whole bool) {
	if whole {
		b.whole++
	}
}
