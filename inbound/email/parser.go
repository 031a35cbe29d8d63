package email

import (
	"crypto/sha256"
	"hash"
	"io"
	"sync"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// parser is the state of one Parse. Its buffers are used again.
type parser struct {
	partReader
	inner     bool        // reads a message within a message: only its texts count
	wanted    *wantedPart // reads only this part; nil: all
	message   *Message
	top, head header // of the message, of the part being read
	parts     int
	decoder   bodyDecoder
	fileSum   hash.Hash
	blocks    transfer.UUScanner // of the text being read

	charset      string // of the first labeled text: a hint for raw 8-bit headers
	charsetSeen  bool   // that text has characters beyond ASCII
	header       headerCharsets
	text         []byte // of the part being read
	bodies       bodyTexts
	alternatives int
	report       report
}

var parsers = sync.Pool{New: func() any {
	p := &parser{fileSum: sha256.New()}
	p.buf, p.sum = make([]byte, windowBytes), sha256.New()
	return p
}}

// begin makes p ready for a message. Its buffers stay.
func (p *parser) begin(r io.Reader, l Limits, inner bool) {
	p.partReader.begin(r, l)
	p.unhashed, p.inner, p.message = inner, inner, &Message{}
	p.parts, p.alternatives, p.charset, p.charsetSeen = 0, 0, "", false
	p.header.begin()
	p.bodies.begin(l.TextBytes)
	p.report = report{}
}

// largestKept bounds the buffers that stay in the pool after a large message.
const largestKept = 256 << 10

// release forgets the message and puts p back into the pool.
func (p *parser) release() {
	p.partReader.release()
	p.message, p.wanted = nil, nil
	p.blocks.Reset(nil)
	p.bodies.release()
	for _, b := range [...]*[]byte{&p.text, &p.top.block, &p.head.block} {
		if cap(*b) > largestKept {
			*b = nil
		}
	}
	p.decoder.transfer.Trim(largestKept)
	parsers.Put(p)
}

// attach adds an attachment, as far as the limit allows.
func (p *parser) attach(a Attachment) {
	if len(p.message.Attachments) >= p.limits.Attachments {
		p.warn("more attachments than the limit")
		return
	}
	p.message.Attachments = append(p.message.Attachments, a)
}
