package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Opener opens what a sender has sealed. Package adapters/smime has one for S/MIME.
type Opener interface {
	// Open returns what is within a sealed part: a MIME entity, its header first (RFC 8551,
	// section 3.1). seal is SealSMIME or SealOpenPGP, data the decoded content of the part:
	// of S/MIME usually CMS in DER or BER (RFC 5652). note tells a person what to know of the
	// content, such as that a signature was not checked; it becomes a warning, "" is none.
	//
	// An error leaves the part an attachment, and its text becomes a warning. Content of more
	// than maxBytes is an error, too.
	//
	// Senders decide what is in data, so Open must neither panic nor take long. It is called
	// by several goroutines concurrently, and again for each OpenAttachment, when it has to
	// return the same content. It must not change data, nor keep it, but may return a part
	// of it.
	Open(seal string, data []byte, maxBytes int) (content []byte, note string, err error)
}

// How a part is sealed.
const (
	SealSMIME   = "S/MIME"  // application/pkcs7-mime: encrypted, or signed with the text within
	SealOpenPGP = "OpenPGP" // the second part of multipart/encrypted (RFC 3156)
)

// sealedParts is what was opened of a message so far.
type sealedParts struct {
	opener Opener
	count  int
	room   int // bytes of sealed parts and their content that may still be kept
}

func (s *sealedParts) begin(o Opener, l Limits) { *s = sealedParts{opener: o, room: l.SealedBytes} }

// maxSealed is how many parts of a message are opened: each may take the time of a
// cryptographic operation.
const maxSealed = 10

func isPKCS7(mediaType string) bool {
	return mediaType == "application/pkcs7-mime" || mediaType == "application/x-pkcs7-mime"
}

// isSealed reports whether the content of a part is sealed.
func isSealed(d part, at partPosition) bool { return sealOf(d, at) != "" }

// sealOf returns how a part is sealed; "" when it is not.
func sealOf(d part, at partPosition) string {
	switch {
	case at.within == "encrypted" && at.index == 2 && d.mediaType != "application/pgp-signature",
		d.mediaType == octetStream && strings.EqualFold(d.name, "encrypted.asc"): // Exchange makes it a multipart/mixed
		return SealOpenPGP
	case isPKCS7(d.mediaType) && d.smimeType != "certs-only" && !hasExtension(d.name, ".p7c"),
		d.mediaType == octetStream && hasExtension(d.name, ".p7m"):
		return SealSMIME
	}
	return ""
}

// readSealed opens a sealed part, if it can be, and reads what is within.
func (p *parser) readSealed(d part, at partPosition) boundaryHit {
	seal := sealOf(d, at)
	if p.sealed.opener == nil {
		if seal == SealSMIME {
			p.warn("the letter is sealed by S/MIME: adapters/smime opens it")
		} else {
			p.warn(closedOpenPGP)
		}
		return p.readFile(d, at)
	}
	p.beginFile(d, &p.text, p.sealed.room)
	data, s := p.readBody()
	if err := p.open(seal, data, at); err != nil {
		p.warn("the letter is sealed by " + seal + " and stays closed: " + shorten(clean(err.Error())))
		p.addFile(d, at)
	}
	return s
}

const closedOpenPGP = "the letter is sealed by OpenPGP: it stays closed"

// shorten bounds the text of an error.
func shorten(s string) string {
	const longest = 200
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "..."
	}
	return s
}

// open opens a sealed part and adds what is within to the message.
func (p *parser) open(seal string, data []byte, at partPosition) error {
	depth := p.limits.Depth - at.depth - messageDepth
	switch {
	case p.decoder.cut:
		return errors.New("sealed parts are larger than the limit")
	case p.sealed.count >= maxSealed:
		return fmt.Errorf("there are more than %d sealed parts", maxSealed)
	case depth < 0:
		return errors.New("parts are nested deeper than the limit")
	}
	p.sealed.count++
	p.sealed.room -= len(data)
	content, note, err := p.sealed.opener.Open(seal, data, p.sealed.room)
	if err == nil && len(content) > p.sealed.room {
		err = errors.New("what is within is larger than the limit")
	}
	if err != nil {
		return err
	}
	p.sealed.room -= len(content)
	if note != "" {
		p.warn(shorten(clean(note)))
	}

	q := parsers.Get().(*parser)
	defer q.release()
	q.begin(bytes.NewReader(content), p.limits, p.inner)
	q.unhashed = true
	q.limits.Depth, q.parts, q.sealed = depth, p.parts, p.sealed
	if _, ended := q.readHeader(&q.top); !ended {
		q.entity(&q.top, partPosition{})
	}
	p.adopt(q, at)
	return nil
}

// adopt adds what q has read within the part at that position to the message.
func (p *parser) adopt(q *parser, at partPosition) {
	for _, w := range q.warnings {
		p.warn(w)
	}
	if p.charset == "" {
		p.charset = q.charset
	}
	if !p.bodies.haveWords() {
		q.useSpares()
	}
	p.addTexts(q, at, false)
	for _, a := range q.message.Attachments {
		a.Part = at.number + sealMark + a.Part
		p.attach(a)
	}
}

// sealMark stands in a part number between that of a sealed part and that of the part
// within it: IMAP has none.
const sealMark = ".s"

// openSealed opens the sealed part of a number, and in it the part that the rest names.
func (c Parser) openSealed(raw io.Reader, number, rest string, l Limits) (io.ReadCloser, error) {
	if c.Opener == nil {
		return nil, ErrNoSuchPart
	}
	r, err := c.openPart(raw, number, l)
	if err != nil {
		return nil, err
	}
	wanted := *r.p.wanted
	data, err := io.ReadAll(io.LimitReader(r, int64(l.SealedBytes)+1))
	r.Close()
	if err != nil {
		return nil, err
	}
	l.Depth -= wanted.at.depth + messageDepth
	seal := sealOf(wanted.part, wanted.at)
	if seal == "" || len(data) > l.SealedBytes || l.Depth < 0 {
		return nil, ErrNoSuchPart
	}
	content, _, err := c.Opener.Open(seal, data, l.SealedBytes)
	if err != nil {
		return nil, fmt.Errorf("email: open part %s: %w", number, err)
	}
	return c.openWithin(bytes.NewReader(content), rest, l)
}
