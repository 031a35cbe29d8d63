package email

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// partUse is what becomes of a part.
type partUse int

const (
	useFile      partUse = iota
	useText              // part of the body
	useBoth              // that and a file
	useSpareText         // the body, if there is no other; else a file
	useNothing           // neither
)

// useOf decides what a part is for.
func (p *parser) useOf(d part, at partPosition) partUse {
	isAttached := d.disposition == "attachment"
	switch d.text {
	case notText:
		return useFile
	case textHidden:
		if isAttached && d.name != "" {
			return useFile
		}
		return useNothing
	case textOther, textMarkup, textEnriched:
		switch {
		case isAttached || d.name != "":
			return useFile
		case at.alternative == 0 && d.isMarkup():
			return useText // there is no other form of it
		}
		return useSpareText
	}
	switch {
	case at.depth == 0 && (!isAttached || d.name == ""):
		return useText
	case at.within == "related" && at.index > 1 && len(p.bodies.list) > 0 && (d.name != "" || d.contentID != ""):
		return useFile // the root, which is mostly the first part, refers to it
	case isTextName(d.name) && isAttached:
		return useBoth
	case isTextName(d.name), at.within == "alternative" && (!isAttached || d.name == ""), d.name == "" && !isAttached:
		return useText
	case p.bodies.haveOther(at) && p.bodies.haveWords():
		return useFile
	}
	// A named text is the body only when nothing else is: programs name files without
	// saying that they are attached, and call a message an attachment.
	return useSpareText
}

// isTextName reports whether a name is one that Exchange gives to the texts between
// attachments, such as "ATT00001.txt".
func isTextName(name string) bool {
	base, extension := splitExtension(name)
	return len(base) > 5 && hasPrefixFold(base, "att") && strings.Trim(base[3:], "0123456789") == "" &&
		isTextExtension(extension)
}

// isTextExtension reports whether a name ends as that of any text, or has no extension.
func isTextExtension(extension string) bool {
	switch strings.ToLower(extension) {
	case "", ".txt", ".htm", ".html":
		return true
	}
	return false
}

// beginFile makes the decoder ready for a part that becomes an attachment: it is hashed,
// unless this is a message within a message, whose files are none. keep and room are those
// of bodyDecoder.
func (p *parser) beginFile(d part, keep *[]byte, room int) {
	sum := p.fileSum
	if p.inner {
		sum = nil
	}
	p.decoder.begin(d.encoding, sum, keep, room)
}

// readBody passes a body to the decoder. It returns what that kept in p.text, which is valid
// until the next body is read.
func (p *parser) readBody() (kept []byte, s boundaryHit) {
	s = p.body(&p.decoder, false)
	p.decoder.end()
	kept, p.text = p.text, p.text[:0]
	return kept, s
}

// readText keeps a part as text of the body.
func (p *parser) readText(d part, at partPosition) boundaryHit {
	p.decoder.beginText(d.encoding, &p.text, p.limits.TextBytes)
	if d.text == textPlain {
		p.blocks.Reset(&uuFiles{p: p, number: at.number, charset: d.charset})
		p.decoder.filter = &p.blocks
	}
	raw, s := p.readBody()
	p.noteContent(d)
	if p.decoder.cut {
		p.warn(textTooLong)
	}
	p.addText(p.textOf(raw, d, at))
	return s
}

// readBoth keeps a part as text of the body and as a file.
func (p *parser) readBoth(d part, at partPosition) boundaryHit {
	p.beginFile(d, &p.text, p.limits.TextBytes)
	raw, s := p.readBody()
	p.addText(p.textOf(raw, d, at))
	p.addFile(d, at)
	return s
}

// textOf makes a text of the decoded content of a part.
func (p *parser) textOf(raw []byte, d part, at partPosition) bodyText {
	isHTML := d.text == textHTML || d.isMarkup()
	if decoded := undeclaredBase64(raw, d.encoding); decoded != nil {
		p.warn("base64 that no Content-Transfer-Encoding declares")
		raw = decoded
	}
	label := d.charset
	if isHTML && !charset.Declares(label) {
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
	if d.text == textPlain && isDocument(text) {
		p.warn("HTML that is labelled as plain text")
		isHTML = true
	}
	b := bodyText{text: text, plain: !isHTML, alternative: at.alternative, choice: at.choice}
	if !b.plain {
		b.text = charset.JoinSurrogates(strings.ReplaceAll(b.text, "\x00", "")) // databases refuse it
		if d.text == textEnriched {
			b.text = enrichedToHTML(b.text)
		}
	} else {
		b.text = plainText(b.text)
		if d.flowed {
			b.text = unflow(b.text, d.delSp)
		}
	}
	return b
}

// isDocument reports whether a text is a whole document of HTML.
func isDocument(text string) bool {
	if text = strings.TrimLeft(text, " \t\r\n\uFEFF"); len(text) == 0 || text[0] != '<' {
		return false
	}
	return (hasPrefixFold(text, "<!doctype html") || hasPrefixFold(text, "<html")) &&
		(strings.Contains(text, "<body") || strings.Contains(text, "<BODY"))
}

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
	p.beginFile(d, nil, 0)
	_, s := p.readBody()
	p.addFile(d, at)
	return s
}

// addFile adds the attachment that the decoder has just received.
func (p *parser) addFile(d part, at partPosition) {
	if p.inner {
		return
	}
	p.noteContent(d)
	if d.location != "" && d.contentID == "" && len(p.locations) < p.limits.Attachments {
		p.locations = append(p.locations, location{number: at.number, value: d.location})
	}
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
	name := fileName(cmp.Or(d.name, d.implied), d.mediaType, number)
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
