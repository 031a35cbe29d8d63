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
	within    *parser     // reads what this one decodes, and has found the wanted part; nil: none
	message   *Message
	top, head header // of the message, of the part being read
	parts     int
	decoder   bodyDecoder
	fileSum   hash.Hash
	blocks    transfer.UUScanner // of the text being read

	charset      string // of the first labeled text: a hint for raw 8-bit headers
	charsetSeen  bool   // that text has characters beyond ASCII
	text         []byte // of the part being read
	bodies       bodyTexts
	locations    []location // of the attachments
	alternatives int
	report       report
	attached     attachedMessage
	sealed       sealedParts
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
	p.locations = p.locations[:0]
	p.report, p.attached, p.sealed = report{}, attachedMessage{}, sealedParts{}
}

// largestKept bounds the buffers that stay in the pool after a large message.
const largestKept = 256 << 10

// release forgets the message and puts p back into the pool.
func (p *parser) release() {
	if p.within != nil {
		p.within.release()
		p.within = nil
	}
	p.partReader.release()
	p.message, p.wanted, p.text, p.sealed = nil, nil, p.text[:0], sealedParts{}
	clear(p.locations[:cap(p.locations)])
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

// hasRoom reports whether the limit allows another attachment.
func (p *parser) hasRoom() bool {
	if len(p.message.Attachments) < p.limits.Attachments {
		return true
	}
	p.warn("more attachments than the limit")
	return false
}

// attach adds an attachment, as far as the limit allows.
func (p *parser) attach(a Attachment) {
	if !p.hasRoom() {
		return
	}
	p.message.Attachments = append(p.message.Attachments, a)
}
