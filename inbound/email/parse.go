package email

import (
	"fmt"
	"io"
	"strings"
)

// Parse reads a message, or only its header, from r to its end. What is broken is
// repaired or skipped with a warning; an error is r's, wrapped, and then there is no
// message. Parse reads once, keeps no more than the limits allow, whatever the size
// of the message, and takes time linear in it. It may be called from several
// goroutines concurrently.
func Parse(r io.Reader, l Limits) (*Message, error) { return Parser{Limits: l}.Parse(r) }

// Parser is how messages are read. Its zero value is what Parse and OpenAttachment do
// without limits of the caller.
type Parser struct {
	Limits Limits
	Opener Opener // opens sealed parts; nil: they stay sealed, and a warning says so
}

// Parse is like the function Parse.
func (c Parser) Parse(r io.Reader) (*Message, error) {
	p := parsers.Get().(*parser)
	defer p.release()
	p.begin(r, c.Limits.withDefaults(), false)
	p.sealed.begin(c.Opener, p.limits)

	if _, ended := p.readHeader(&p.top); !ended {
		p.entity(&p.top, partPosition{})
	}
	p.drain()
	if p.err != io.EOF {
		return nil, fmt.Errorf("email: read: %w", p.err)
	}
	m := p.message
	m.Size, m.SHA256 = p.size, hexSum(p.sum)
	p.readFields()
	p.assemble()
	classify(m, &p.top, &p.report)
	m.ForwardedFrom = forwardedFrom(m, p.attached)
	m.Warnings = p.warnings
	return m, nil
}

// assemble puts the body of the message together.
func (p *parser) assemble() {
	var cut bool
	m := p.message
	p.useSpares()
	if m.Text, m.HTML, cut = p.bodies.assemble(p.limits.TextBytes); cut {
		p.warn(textTooLong)
	}
	if strings.HasPrefix(strings.TrimLeft(m.Text, " \n"), "-----BEGIN PGP MESSAGE-----") {
		p.warn(closedOpenPGP)
	}
	markInline(m.Attachments, p.locations, m.HTML, p.limits.Attachments)
}
