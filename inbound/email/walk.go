package email

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// entity reads the part whose header is h, with all parts within it.
func (p *parser) entity(h *header, at partPosition) boundaryHit {
	p.judgeNames(h)
	d := p.describe(h, at)
	if d.text == textPlain && at.depth == 0 && p.looksMultipart(d.bare) {
		p.warn("a multipart that no Content-Type declares")
		d.mediaType = p.undeclaredType()
	}
	subtype, ok := strings.CutPrefix(d.mediaType, "multipart/")
	switch {
	case ok && at.depth >= p.limits.Depth:
		p.warn("parts are nested deeper than the limit")
		return p.leaf(d, at)
	case ok && d.encoding != transfer.Identity && p.isEncodedWhole(&d):
		return p.encodedWhole(d, subtype, at)
	case ok:
		return p.multipart(d, subtype, at)
	}
	return p.leaf(d, at)
}

// multipart reads the parts between the boundary lines (RFC 2046, section 5.1). The
// end of the multipart around it ends it too.
func (p *parser) multipart(d part, subtype string, at partPosition) boundaryHit {
	level, texts := len(p.boundaries), len(p.bodies.list)
	p.boundaries = append(p.boundaries, d.boundary)
	inside := partPosition{depth: at.depth + 1, within: subtype, alternative: at.alternative, choice: at.choice}
	if subtype == "alternative" && at.alternative == 0 {
		p.alternatives++
		inside.alternative = p.alternatives
	}

	p.decoder.begin(transfer.Identity, nil, &p.text, p.limits.TextBytes)
	s := p.body(&p.decoder, true)
	preamble := p.text
	p.text = p.text[:0]
	if s.level != level {
		p.warn("a multipart has no parts")
	}
	if len(preamble) > 0 {
		p.preamble(preamble, d, at, s.level != level)
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
		if subtype == "alternative" {
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
	if subtype == "alternative" {
		p.bodies.choose(texts, at)
	}
	return s
}

// preamble looks at what stands above the parts of a multipart. It is the text when there are
// no parts, when one of several Content-Types says that it is text, or when there are no
// other words; mostly it only says that the message is MIME.
func (p *parser) preamble(raw []byte, d part, at partPosition, noParts bool) {
	saysMIME := bytes.Contains(raw, []byte("MIME")) || // as nearly always
		bytes.Contains(bytes.ToLower(raw), []byte("mime")) || bytes.Contains(raw, []byte("ultipart"))
	isText := noParts || d.rival && !saysMIME
	if !isText && (saysMIME || len(bytes.TrimSpace(raw)) == 0 || !p.wantsMade()) {
		return
	}
	text, _ := charset.Decode(raw, d.charset)
	b := bodyText{text: plainText(text), plain: true, alternative: at.alternative, choice: at.choice}
	if isText {
		p.addText(b)
		return
	}
	p.bodies.spare.addMade(b)
}

// leaf reads a part without parts.
func (p *parser) leaf(d part, at partPosition) boundaryHit {
	if at.number == "" {
		at.number = "1"
	}
	switch {
	case p.wanted != nil:
		if !p.wanted.is(d, at) {
			return p.body(nil, false)
		}
		p.wanted.part = d
		return boundaryHit{level: atWanted}
	case isReportPart(d.mediaType):
		return p.readReport(d, at)
	case isContainer(d, at):
		return p.readContainer(d, at)
	}
	switch p.useOf(d, at) {
	case useText:
		return p.readText(d, at)
	case useBoth:
		return p.readBoth(d, at)
	case useSpareText:
		return p.readSpare(d, at)
	case useNothing:
		return p.body(nil, false)
	}
	return p.readFile(d, at)
}

// readReport reads a part of a report, or a message within the message: it becomes an
// attachment, and its head says what happened.
func (p *parser) readReport(d part, at partPosition) boundaryHit {
	p.beginFile(d, &p.text, reportHead)
	head, s := p.readBody()

	q := parsers.Get().(*parser)
	defer q.release()
	q.begin(bytes.NewReader(head), p.limits, true)
	q.sealed = p.sealed
	p.report.part(d.mediaType, &q.partReader, &q.top, at)
	if isMessage(d.mediaType) {
		_, ended := q.readHeader(&q.top)
		p.report.returnedMessage(&q.top)
		p.noteAttached(q, d, at)
		if !ended && (d.disposition != "attachment" || !p.bodies.haveOther(at)) {
			p.forwarded(q, at)
		}
	}
	p.addFile(d, at)
	return s
}

// messageDepth is how many levels a message within a message counts for: it is
// read a second time, with buffers of its own.
const messageDepth = 5

// forwarded adds the text of a message within the message, which mail programs show
// below the text, unless it is attached to one. Its parts stay within the file.
func (p *parser) forwarded(q *parser, at partPosition) {
	q.limits.Depth -= at.depth + messageDepth
	if q.limits.Depth < 0 {
		p.warn("parts are nested deeper than the limit")
		return
	}
	q.parts = p.parts
	q.entity(&q.top, partPosition{})
	q.useSpares()
	if p.decoder.cut {
		p.warn("of a large message within the message only the beginning was read")
	} else {
		for _, w := range q.warnings {
			p.warn(w)
		}
	}
	p.addTexts(q, at, true)
}

// addTexts adds the texts that q has read within the part at that position, and takes over how
// much q has read of the message.
func (p *parser) addTexts(q *parser, at partPosition, forwarded bool) {
	p.parts, p.sealed = q.parts, q.sealed
	for _, b := range q.bodies.list {
		b.choice, b.forwarded = at.choice, b.forwarded || forwarded
		if b.alternative > 0 {
			b.alternative += p.alternatives
		}
		p.addText(b)
	}
	p.alternatives += q.alternatives
}
