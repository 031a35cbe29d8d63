package email

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// Parse reads a message, or only its header, from r to its end. What is broken
// is put right or passed over with a warning; an error is r's, wrapped, and then
// there is no message. It reads once, keeps no more than the limits allow,
// whatever the size of the message, and takes time linear in it. It may be called
// from several goroutines at once.
func Parse(r io.Reader, l Limits) (*Message, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	p.begin(r, l.withDefaults(), false)

	if _, ended := p.readHeader(&p.top); !ended {
		p.entity(&p.top, partPosition{})
	}
	p.drain()
	if p.err != io.EOF {
		return nil, fmt.Errorf("email: read: %w", p.err)
	}
	m := p.m
	m.Size, m.SHA256 = p.size, hexSum(p.sum)
	p.readFields()
	p.assemble()
	p.classify()
	return m, nil
}

// parser is the state of one Parse. Its buffers are used again.
type parser struct {
	windowReader
	limits     Limits
	inner      bool        // reads a message within a message: only its texts count
	wanted     *wantedPart // reads only this part; nil: all
	m          *Message
	top, head  header   // of the message, of the part being read
	boundaries []string // of the open multiparts, outermost first
	parts      int
	decoder    bodyDecoder
	fileSum    hash.Hash
	blocks     transfer.UUScanner // of the text being read
	files      uuFiles
	parameters []parameter

	charset      string // of the first labelled text: a hint for raw 8-bit headers
	text         []byte // of the part being read
	bodies       []bodyText
	textRoom     [2]int // bytes that may still be kept: text, HTML
	alternatives int
	report       report
}

var parsers = sync.Pool{New: func() any {
	return &parser{windowReader: windowReader{buf: make([]byte, windowBytes), sum: sha256.New()}, fileSum: sha256.New()}
}}

func (p *parser) begin(r io.Reader, l Limits, inner bool) {
	p.src, p.err, p.size, p.pos, p.end = r, nil, 0, 0, 0
	p.unhashed = inner
	p.sum.Reset()
	p.limits, p.inner, p.m = l, inner, &Message{}
	p.boundaries, p.parts, p.alternatives, p.charset = p.boundaries[:0], 0, 0, ""
	p.bodies, p.textRoom = p.bodies[:0], [2]int{l.TextBytes, l.TextBytes}
	p.report = report{}
}

// largestKept bounds the buffers that stay in the pool after a large message.
const largestKept = 256 << 10

func (p *parser) release() {
	p.src, p.m, p.wanted, p.files = nil, nil, nil, uuFiles{}
	clear(p.bodies[:cap(p.bodies)])
	clear(p.parameters[:cap(p.parameters)])
	clear(p.boundaries[:cap(p.boundaries)])
	for _, b := range [...]*[]byte{&p.text, &p.top.block, &p.head.block} {
		if cap(*b) > largestKept {
			*b = nil
		}
	}
	p.decoder.transfer.Trim(largestKept)
	parsers.Put(p)
}

// maxWarnings bounds Warnings; there are not many more different ones.
const maxWarnings = 50

// warn adds a warning, once.
func (p *parser) warn(text string) {
	if len(p.m.Warnings) < maxWarnings && !slices.Contains(p.m.Warnings, text) {
		p.m.Warnings = append(p.m.Warnings, text)
	}
}

// readFields reads the fields of the message's header. It comes last, because
// raw 8-bit text in them is in the charset of the body.
func (p *parser) readFields() {
	m, h := p.m, &p.top
	if len(h.fields) == 0 {
		p.warn("there is no header")
	}
	m.Subject = headerText(h.get("Subject"), p.charset)
	if from := p.addresses("From"); len(from) > 0 {
		m.From = from[0]
		for _, a := range from {
			switch {
			case a.Address == "":
			case m.From.Address == "":
				m.From = a
			case !strings.EqualFold(a.Address, m.From.Address):
				m.severalAuthors = true
				p.warn("From has several addresses; the first one counts")
			}
		}
	}
	if m.From.Address == "" {
		p.warn("From has no address")
	}
	if sender := p.addresses("Sender"); len(sender) > 0 {
		m.Sender = sender[0]
	}
	m.ReplyTo, m.To, m.Cc = p.addresses("Reply-To"), p.addresses("To"), p.addresses("Cc")

	m.MessageID = p.id("Message-ID")
	m.InReplyTo = p.id("In-Reply-To")
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
		found := addressList(rawText(p.top.value(i), p.charset), room+1)
		if len(found) > room {
			p.warn("more addresses than the limit")
			return append(list, found[:room]...)
		}
		list = append(list, found...)
	}
	return list
}

func (p *parser) id(name string) string {
	return messageID(clean(rawText(p.top.get(name), "")))
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
	return p.m.Received
}
