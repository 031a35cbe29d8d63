package email

import (
	"bytes"
	"strings"
)

// report is what the machine-readable parts of a message say: a delivery status
// (RFC 3464), a complaint (RFC 5965), a receipt (RFC 8098), and the message that
// they are about.
type report struct {
	multipart  bool // there is a multipart/report
	status     bool // a delivery status or a complaint
	receipt    bool
	bounce     Bounce
	originalID string // Message-ID of the returned message
}

// reportHead is how much of such a part is read; the facts stand at its top.
const reportHead = 256 << 10

// isReportPart reports whether a part may say what a report is about.
func isReportPart(mediaType string) bool {
	switch mediaType {
	case "message/delivery-status", "message/global-delivery-status", "message/feedback-report", "message/disposition-notification",
		"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}

// readReport keeps such a part as a file, and takes the facts out of its head.
func (p *parser) readReport(d part, at partPosition) boundaryHit {
	start := len(p.text)
	sum := p.fileSum
	if p.inner {
		sum = nil
	}
	p.decoder.begin(d.encoding, sum, &p.text, reportHead)
	s := p.body(&p.decoder, false)
	p.decoder.end()
	head := p.text[start:]
	p.text = p.text[:start]

	q := parsers.Get().(*parser)
	defer q.release()
	q.begin(bytes.NewReader(head), p.limits, true)
	switch d.mediaType {
	case "message/delivery-status", "message/global-delivery-status":
		p.report.status = true
		p.deliveryStatus(q)
	case "message/feedback-report":
		p.report.status = true
		p.complaint(q)
	case "message/disposition-notification":
		p.report.receipt = true
	default:
		_, ended := q.readHeader(&q.top)
		if p.report.originalID == "" {
			p.report.originalID = q.id("Message-ID")
		}
		if !ended && (d.disposition != "attachment" || !p.hasBody(at)) {
			p.forwarded(q, at)
		}
	}
	p.addFile(d, at)
	return s
}

// messageDepth is how many levels a message within a message counts for: it is
// read a second time, with buffers of its own.
const messageDepth = 5

// forwarded takes the text of a message within the message: mail programs show
// it below the text, unless it is attached to one. Its parts stay within the file.
func (p *parser) forwarded(q *parser, at partPosition) {
	q.limits.Depth -= at.depth + messageDepth
	if q.limits.Depth < 0 {
		p.warn("parts are nested deeper than the limit")
		return
	}
	q.parts = p.parts
	q.entity(&q.top, partPosition{})
	p.parts = q.parts
	if p.decoder.cut {
		p.warn("of a large message within the message only the beginning was read")
	} else {
		for _, w := range q.m.Warnings {
			p.warn(w)
		}
	}
	for _, b := range q.bodies {
		if b.alternative > 0 {
			b.alternative += p.alternatives
		}
		p.addText(b)
	}
	p.alternatives += q.alternatives
}

// deliveryStatus reads groups of fields: one about the message, then one for
// each recipient (RFC 3464, section 2.1). The first recipient that failed counts.
func (p *parser) deliveryStatus(q *parser) {
	b := &p.report.bounce
	for range p.limits.Parts {
		_, ended := q.readHeader(&q.top)
		h := &q.top
		group := Bounce{
			Recipient: statusAddress(h.get("Final-Recipient")),
			Action:    strings.ToLower(firstWord(h.get("Action"))),
		}
		if found := statusField.FindStringSubmatch(h.get("Status")); found != nil {
			group.Status = found[1]
		}
		group.Status = exactStatus(group.Status, h.get("Diagnostic-Code"))
		if original := statusAddress(h.get("Original-Recipient")); strings.Contains(original, "@") || group.Recipient == "" {
			group.Recipient = original
		}
		failed := group.Action == "failed" && b.Action != "failed"
		if group.Recipient != "" && (b.Recipient == "" || failed) {
			*b = group
		}
		if ended {
			return
		}
	}
}

func (p *parser) complaint(q *parser) {
	q.readHeader(&q.top)
	b := &p.report.bounce
	b.Action = strings.ToLower(firstWord(q.top.get("Feedback-Type")))
	for _, name := range [...]string{"Original-Rcpt-To", "Removal-Recipient"} {
		if b.Recipient == "" {
			b.Recipient = statusAddress(q.top.get(name))
		}
	}
}

// statusAddress takes the address out of "rfc822; user@example.com".
func statusAddress(value string) string {
	if kind, address, ok := strings.Cut(value, ";"); ok && !strings.Contains(kind, "@") {
		value = address
	}
	value = strings.TrimSpace(value)
	if address, _ := findAddress(rawText(value, "")); address != "" {
		return address
	}
	return addrSpec(firstWord(rawText(value, "")))
}

func firstWord(s string) string {
	s = clean(rawText(s, ""))
	if i := strings.IndexAny(s, " \t;("); i >= 0 {
		s = s[:i]
	}
	return s
}
