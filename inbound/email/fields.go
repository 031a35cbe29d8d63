package email

import (
	"slices"
	"strings"
	"time"
)

// readFields reads the fields of the message's header. It comes last, because
// raw 8-bit text in them is in the charset of the body.
func (p *parser) readFields() {
	m, h := p.message, &p.top
	p.judgeHeader()
	if len(h.fields) == 0 {
		p.warn("there is no header")
	}
	m.Subject = headerText(p.header.relabel(h.get("Subject")), p.header.raw)
	if from := p.addresses("From"); len(from) > 0 {
		m.From = from[0]
		for _, a := range from {
			switch {
			case a.Address == "":
			case !strings.Contains(m.From.Address, "@"):
				m.From = a
			case !equalFold(a.Address, m.From.Address):
				m.severalAuthors = true
				p.warn("From has several addresses; the first one counts")
			}
		}
	}
	m.repairedFrom = !p.hasWritten("From", m.From.Address)
	if sender := p.addresses("Sender"); len(sender) > 0 {
		m.Sender = sender[0]
	}
	m.ReplyTo, m.To, m.Cc = p.addresses("Reply-To"), withAddress(p.addresses("To")), withAddress(p.addresses("Cc"))
	p.warnOfLost(m)

	switch {
	case m.From == Address{} && strings.Contains(m.Sender.Address, "@"):
		// DMARC is about From, and so is what a list may say of it.
		m.From, m.repairedFrom = m.Sender, true
		p.warn("there is no From: Sender counts as the sender")
	case m.From.Address == "":
		p.warn("From has no address")
		fallthrough
	default:
		m.OriginalFrom, m.FromList = p.originalAuthor(), p.isFromList(m.From.Address)
	}

	m.MessageID = idOf(h, "Message-ID")
	m.InReplyTo = idOf(h, "In-Reply-To")
	if v := h.get("References"); v != "" {
		var cut bool
		m.References, cut = messageIDs(clean(rawText(v, "")), p.limits.References)
		if cut {
			p.warn("more References than the limit")
		}
	}
	m.DeliveredTo = p.deliveredTo()
	m.Received = p.received()
	m.Date = p.date()
	m.authResults = topmostResults(h)
}

// addresses reads the mailboxes of all fields with a name.
func (p *parser) addresses(name string) []Address {
	var list []Address
	for i := range p.top.fields {
		if !p.top.is(i, name) {
			continue
		}
		room := p.limits.References - len(list)
		found := addressList(p.header.rawText(p.top.value(i)), room+1)
		if len(found) > room {
			p.warn("more addresses than the limit")
			return append(list, found[:room]...)
		}
		list = append(list, found...)
	}
	return list
}

// hasWritten reports whether an address of a field stands there as it was read, without
// comments, spaces or encoded words within it, and where an address may stand.
func (p *parser) hasWritten(name, address string) bool {
	for i := range p.top.fields {
		if p.top.is(i, name) {
			if isWrittenIn(p.header.rawText(p.top.value(i)), address) {
				return true
			}
		}
	}
	return false
}

// deliveredTo collects the addresses that servers say they delivered to.
func (p *parser) deliveredTo() []string {
	var list []string
	for i := range p.top.fields {
		for _, name := range [...]string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"} {
			if !p.top.is(i, name) {
				continue
			}
			address := strings.Trim(clean(rawText(p.top.value(i), "")), "<> ")
			if address == "" || slices.Contains(list, address) {
				continue
			}
			if len(list) == p.limits.References {
				p.warn("more addresses than the limit")
				return list
			}
			list = append(list, address)
		}
	}
	return list
}

// received reads the date of the topmost Received field that has one.
func (p *parser) received() time.Time {
	for i := range p.top.fields {
		if p.top.is(i, "Received") {
			if t, ok := receivedDate(rawText(p.top.value(i), "")); ok {
				return t
			}
		}
	}
	return time.Time{}
}

// date reads Date, or else returns the date of the topmost Received field.
func (p *parser) date() time.Time {
	if v := p.top.get("Date"); v != "" {
		if t, ok := parseDate(rawText(v, "")); ok {
			return t
		}
		p.warn("Date cannot be read")
	}
	return p.message.Received
}
