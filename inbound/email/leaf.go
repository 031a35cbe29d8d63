package email

import (
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// isBody reports whether a part is text to read, not a file.
func (p *parser) isBody(d part, at partPosition) bool {
	if d.mediaType != "text/plain" && d.mediaType != "text/html" {
		return false
	}
	switch {
	case at.depth == 0:
		return d.disposition != "attachment" || d.name == ""
	case d.disposition == "attachment":
		return false
	case at.within == "related" && at.index > 1 && (d.name != "" || d.contentID != ""):
		return false // a file that the root refers to
	}
	// A named text is the body only when nothing else is: programs name files
	// without saying that they are attached.
	return d.name == "" || !p.bodies.haveOther(at)
}

// readText keeps a part as text of the body.
func (p *parser) readText(d part, at partPosition) boundaryHit {
	start := len(p.text)
	p.decoder.begin(d.encoding, nil, &p.text, p.room(start))
	if d.mediaType == "text/plain" {
		p.blocks.Reset(&uuFiles{p: p, number: at.number, charset: d.charset})
		p.decoder.filter = &p.blocks
	}
	s := p.body(&p.decoder, false)
	p.decoder.end()
	p.noteContent(d)
	if p.decoder.cut {
		p.warn(textTooLong)
	}
	raw := p.text[start:]
	p.text = p.text[:start]
	label := d.charset
	if d.mediaType == "text/html" && !charset.Declares(label) {
		label = charset.OfHTML(raw)
	}
	undeclared := !charset.Declares(label) && !charset.IsASCII(raw)
	text, ok := charset.Decode(raw, label)
	if !ok && !undeclared && d.mediaType == "text/html" {
		if meta := charset.OfHTML(raw); charset.IsHint(meta) { // what the sender's program wrote
			if other, good := charset.Decode(raw, meta); good {
				text, label = other, meta
			}
		}
	}
	switch {
	case undeclared:
		if !charset.IsASCII(p.top.block) { // a hint for it
			label = charset.Detect(raw)
		}
		p.warn("text beyond ASCII without a declared charset")
	case !ok:
		p.warn("text does not have the charset that it is labelled with")
	}
	if !p.charsetSeen && (ok || undeclared) && charset.IsHint(label) {
		if seen := !charset.IsASCII(raw); seen || p.charset == "" {
			p.charset, p.charsetSeen = label, seen
		}
	}
	if strings.Contains(text, "\uFFFD") {
		p.warn("the text has characters that cannot be read")
	}
	b := bodyText{text: text, plain: d.mediaType == "text/plain", alternative: at.alternative, choice: at.choice}
	if !b.plain {
		b.text = charset.JoinSurrogates(strings.ReplaceAll(b.text, "\x00", "")) // databases refuse it
	} else {
		b.text = plainText(b.text)
		if d.flowed {
			b.text = unflow(b.text, d.delSp)
		}
	}
	p.addText(b)
	return s
}

// room is how much text may be kept of a part. It also bounds what all parts
// together may bring.
func (p *parser) room(used int) int { return max(0, p.limits.TextBytes-used) }

// addText adds a text to the body, as far as the limit allows.
func (p *parser) addText(t bodyText) {
	if p.bodies.add(t) {
		p.warn(textTooLong)
	}
}

// readFile hashes an attachment and adds it to the message.
func (p *parser) readFile(d part, at partPosition) boundaryHit {
	if p.inner {
		return p.body(nil, false)
	}
	p.decoder.begin(d.encoding, p.fileSum, nil, 0)
	s := p.body(&p.decoder, false)
	p.decoder.end()
	p.addFile(d, at)
	return s
}

// addFile adds the attachment that the decoder has just received.
func (p *parser) addFile(d part, at partPosition) {
	if p.inner {
		return
	}
	p.noteContent(d)
	p.attach(Attachment{
		Name:      p.fileName(d, at.number),
		Type:      d.mediaType,
		Size:      p.decoder.size,
		SHA256:    hexSum(p.fileSum),
		Inline:    d.disposition != "attachment" && d.contentID != "" && at.within == "related",
		ContentID: d.contentID,
		Part:      at.number,
	})
}

// fileName names an attachment. A generated name that is taken gets the part number.
func (p *parser) fileName(d part, number string) string {
	name := fileName(d.name, d.mediaType, number)
	isTaken := func(a Attachment) bool { return a.Name == name }
	if d.name == "" && slices.ContainsFunc(p.message.Attachments, isTaken) {
		base, extension := splitExtension(name)
		name = fileName(base+"-"+number+extension, d.mediaType, number)
	}
	return name
}

// noteContent warns of what was wrong with the body of a part.
func (p *parser) noteContent(d part) {
	if p.decoder.transfer.Incomplete() {
		p.warn("uuencoded data without its beginning or its end")
	}
	if p.decoder.transfer.Truncated() {
		p.warn("base64 that is truncated, or not padded")
	}
	if p.decoder.transfer.Junk() {
		switch d.encoding {
		case transfer.Base64:
			p.warn("base64 with bytes that do not belong there")
		case transfer.QuotedPrintable:
			p.warn("quoted-printable that is not valid")
		}
	}
}
