package email

import (
	"slices"
	"strconv"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// part is what the header of a part says about it.
type part struct {
	mediaType   string // lower case, "type/subtype"
	charset     string
	boundary    string
	flowed      bool // format=flowed (RFC 3676)
	delSp       bool // and delsp=yes
	disposition string
	name        string // as declared; ""
	encoding    transfer.Encoding
	contentID   string
}

// partPosition is where a part stands.
type partPosition struct {
	number string // IMAP part number; "" for the message itself
	depth  int    // multiparts around it
	within string // subtype of the multipart around it; ""
	index  int    // in that multipart, from 1
	// The outermost multipart/alternative around it, from 1, and which of its
	// alternatives this is in; 0: none.
	alternative, choice int
}

// describe reads the header of a part.
func (p *parser) describe(h *header, at partPosition) part {
	d := part{mediaType: "text/plain"}
	if at.within == "digest" {
		d.mediaType = "message/rfc822"
	}
	var contentType, disposition []parameter
	if v := h.get("Content-Type"); v != "" {
		var mediaType string
		mediaType, contentType = parseParameters(rawText(v, ""), p.parameters[:0])
		kind, subtype, _ := strings.Cut(mediaType, "/")
		kind, subtype = token(kind), token(subtype)
		switch {
		case kind != "" && subtype != "" && len(kind) <= longestToken && len(subtype) <= longestToken:
			d.mediaType = kind + "/" + subtype
		case kind != "text" && kind != "":
			d.mediaType = "application/octet-stream"
			p.warn("a Content-Type is not valid")
		}
		d.charset = get(contentType, "charset")
		d.boundary = strings.TrimRight(get(contentType, "boundary"), " \t")
		d.flowed = strings.EqualFold(get(contentType, "format"), "flowed")
		d.delSp = strings.EqualFold(get(contentType, "delsp"), "yes")
		p.parameters = contentType
	}
	name := get(contentType, "name")
	if name == "" {
		name = get(contentType, "file")
	}
	if v := h.get("Content-Disposition"); v != "" {
		d.disposition, disposition = parseParameters(rawText(v, ""), nil)
		if v := get(disposition, "filename"); v != "" {
			name = v
		} else if v := get(disposition, "name"); v != "" && name == "" {
			name = v
		}
	}
	d.name = plainName(name)
	if v := h.get("Content-Transfer-Encoding"); v != "" {
		known := false
		if d.encoding, known = transfer.ParseEncoding(v); !known {
			p.warn("an unknown Content-Transfer-Encoding was taken for binary")
		}
	}
	if v := h.get("Content-ID"); len(v) <= longestID {
		d.contentID = strings.Trim(clean(v), "<> ")
	}
	return d
}

// longestToken is how long a type, or a subtype, may be (RFC 6838, section 4.2).
const longestToken = 127

// token returns what s begins with that may be in a media type.
func token(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&-^_.+", r)
	})
	if end >= 0 {
		s = s[:end]
	}
	return s
}

// plainName decodes a name that is written in one of the wrong ways: in encoded
// words (RFC 2047 forbids it, most programs do it), or as RFC 2231 has it but in
// a plain parameter.
func plainName(name string) string {
	if label, rest, ok := strings.Cut(name, "''"); ok && strings.Contains(rest, "%") && charset.IsKnown(label) {
		name, _ = charset.Decode(unpercent(rest), label)
	}
	return clean(decodeWords(name))
}

// entity reads the part whose header is h, with all parts within it.
func (p *parser) entity(h *header, at partPosition) boundaryHit {
	d := p.describe(h, at)
	subtype, ok := strings.CutPrefix(d.mediaType, "multipart/")
	switch {
	case ok && at.depth >= p.limits.Depth:
		p.warn("parts are nested deeper than the limit")
		return p.leaf(d, at)
	case ok:
		return p.multipart(d, subtype, at)
	}
	return p.leaf(d, at)
}

// multipart reads the parts between the boundary lines (RFC 2046, section 5.1). The
// end of the multipart around it ends it too.
func (p *parser) multipart(d part, subtype string, at partPosition) boundaryHit {
	level := len(p.boundaries)
	p.boundaries = append(p.boundaries, d.boundary)
	if subtype == "report" {
		p.report.multipart = true
	}
	inside := partPosition{depth: at.depth + 1, within: subtype, alternative: at.alternative, choice: at.choice}
	if subtype == "alternative" && at.alternative == 0 {
		p.alternatives++
		inside.alternative = p.alternatives
	}

	start := len(p.text)
	p.decoder.begin(transfer.Identity, nil, &p.text, p.room(start))
	s := p.body(&p.decoder, true)
	preamble := p.text[start:]
	p.text = p.text[:start]
	if s.level != level {
		p.warn("a multipart has no parts")
		text, _ := charset.Decode(preamble, d.charset)
		p.addText(bodyText{text: plainText(text), plain: true, alternative: at.alternative, choice: at.choice})
	}
	closed := false
	for s.level == level {
		if s.closing {
			closed = true
			s = p.body(nil, false) // what stands behind it means nothing, but parts may follow
			continue
		}
		if p.parts++; p.parts > p.limits.Parts {
			p.warn("more parts than the limit")
			s = p.body(nil, false)
			continue
		}
		inside.index++
		inside.number = strconv.Itoa(inside.index)
		if at.number != "" {
			inside.number = at.number + "." + inside.number
		}
		if inside.alternative > at.alternative {
			inside.choice = inside.index
		}
		var ended bool
		if s, ended = p.readHeader(&p.head); !ended {
			s = p.entity(&p.head, inside)
		}
	}
	if s.level == atWanted {
		return s // with the boundaries: they end its body
	}
	if !closed && inside.index > 0 {
		p.warn("a multipart is not closed")
	}
	p.boundaries = p.boundaries[:level]
	return s
}

// leaf reads a part without parts.
func (p *parser) leaf(d part, at partPosition) boundaryHit {
	if at.number == "" {
		at.number = "1"
	}
	switch {
	case p.wanted != nil:
		return p.wanted.look(p, d, at)
	case p.isBody(d, at):
		return p.readText(d, at)
	case isReportPart(d.mediaType):
		return p.readReport(d, at)
	}
	return p.readFile(d, at)
}

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
	return d.name == "" || !p.hasBody(at)
}

// readText keeps a part as text of the body.
func (p *parser) readText(d part, at partPosition) boundaryHit {
	start := len(p.text)
	p.decoder.begin(d.encoding, nil, &p.text, p.room(start))
	if d.mediaType == "text/plain" {
		p.files = uuFiles{p: p, number: at.number, charset: d.charset}
		p.blocks.Reset(&p.files)
		p.decoder.filter = &p.blocks
	}
	s := p.body(&p.decoder, false)
	p.decoder.end()
	p.noteContent(d)
	if p.decoder.cut {
		p.warn("the text is longer than the limit")
	}
	raw := p.text[start:]
	p.text = p.text[:start]
	label := d.charset
	if d.mediaType == "text/html" && !charset.Declares(label) {
		label = charset.OfHTML(raw)
	}
	undeclared := !charset.Declares(label) && !charset.IsASCII(raw)
	if undeclared {
		label = charset.Detect(raw)
	}
	text, ok := charset.Decode(raw, label)
	switch {
	case undeclared:
		p.warn("text beyond ASCII without a declared charset")
	case !ok:
		p.warn("text does not have the charset that it is labelled with")
	}
	if p.charset == "" && charset.IsHint(label) {
		p.charset = label
	}
	b := bodyText{text: text, plain: d.mediaType == "text/plain", alternative: at.alternative, choice: at.choice}
	if !b.plain {
		b.text = strings.ReplaceAll(b.text, "\x00", "") // databases refuse it
	} else {
		b.text = plainText(b.text)
		if d.flowed {
			b.text = unflow(b.text, d.delSp)
		}
	}
	p.addText(b)
	return s
}

// readFile keeps what is to be known of an attachment.
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
		Name: p.fileName(d, at.number), Type: d.mediaType, Size: p.decoder.size, SHA256: hexSum(p.fileSum),
		Inline: d.disposition != "attachment" && d.contentID != "" && at.within == "related", ContentID: d.contentID, Part: at.number,
	})
}

// attach adds an attachment, as far as the limit allows.
func (p *parser) attach(a Attachment) {
	if len(p.m.Attachments) >= p.limits.Attachments {
		p.warn("more attachments than the limit")
		return
	}
	p.m.Attachments = append(p.m.Attachments, a)
}

// fileName names an attachment. A generated name that is taken gets the part number.
func (p *parser) fileName(d part, number string) string {
	name := fileName(d.name, d.mediaType, number)
	if d.name == "" && slices.ContainsFunc(p.m.Attachments, func(a Attachment) bool { return a.Name == name }) {
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
		p.warn("base64 that is cut off, or not padded")
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
