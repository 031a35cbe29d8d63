package email

import "bytes"

// boundaryHit is what ended a part: a boundary line of one of the open multiparts,
// or the end of the message.
type boundaryHit struct {
	level   int  // of the multipart, 0 for the outermost; atEnd
	closing bool // "--boundary--"
}

const (
	atEnd    = -1
	atWanted = -2 // the walk stands in front of the body that OpenAttachment looks for
)

// longestBoundaryLine bounds how much of a line is looked at. RFC 2046 allows 70
// characters of boundary; real ones are hardly longer.
const longestBoundaryLine = 512

// delimiter takes the window up to the end of the line that begins at, when that
// line is a delimiter of an open multipart (RFC 2046, section 5.1.1), innermost
// first. With guess, a line that looks like a delimiter in front of a part header
// becomes the boundary of the innermost multipart: it declared none, or a wrong
// one.
func (p *parser) boundary(at int, guess bool) (boundaryHit, bool) {
	p.need(at + 2)
	w := p.window()
	if len(p.boundaries) == 0 || len(w) < at+2 || w[at] != '-' || w[at+1] != '-' {
		return boundaryHit{}, false
	}
	p.need(at + longestBoundaryLine)
	w = p.window()[at:]
	w = w[:min(len(w), longestBoundaryLine)]
	end := bytes.IndexByte(w, '\n') + 1
	if end == 0 {
		if len(w) == longestBoundaryLine {
			return boundaryHit{}, false
		}
		end = len(w)
	}
	text := bytes.TrimRight(w[2:end], " \t\r\n")
	for level := len(p.boundaries) - 1; level >= 0; level-- {
		b := p.boundaries[level]
		if b == "" || len(text) < len(b) || string(text[:len(b)]) != b {
			continue
		}
		if rest := text[len(b):]; len(rest) == 0 || string(rest) == "--" {
			p.pos += at + end
			return boundaryHit{level: level, closing: len(rest) > 0}, true
		}
	}
	if guess && len(text) > 0 && bytes.IndexByte(text, ' ') < 0 && hasFold(w[end:], "content-") {
		level := len(p.boundaries) - 1
		p.boundaries[level] = string(text)
		p.warn("the boundary was guessed: it is not declared, or wrongly")
		p.pos += at + end
		return boundaryHit{level: level}, true
	}
	return boundaryHit{}, false
}

// hasFold reports whether b begins with prefix, which is lower case.
func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// body passes everything up to the next boundary line to d, nil to skip it, and
// takes that line. The line break before it belongs to it.
func (p *parser) body(d *bodyDecoder, guess bool) boundaryHit {
	for b := (bodyScan{guess: guess}); ; {
		if s, ended := p.scan(d, &b); ended {
			return s
		}
	}
}

// bodyScan is how far the search for the end of a body has come.
type bodyScan struct {
	guess    bool // see boundary
	begun    bool
	searched int // no boundary line begins before here in the window
}

// scan passes a piece of a body to d, no longer than the window. ended is true
// when that was the last one.
func (p *parser) scan(d *bodyDecoder, b *bodyScan) (s boundaryHit, ended bool) {
	if !b.begun {
		b.begun = true
		if s, ok := p.boundary(0, b.guess); ok {
			return s, true
		}
	}
	w := p.window()
	i := bytes.Index(w[b.searched:], []byte("\n--"))
	if i < 0 || len(p.boundaries) == 0 {
		if n := len(w) - undecided(w); n > 0 {
			p.pass(d, n)
		}
		b.searched = 0
		if !p.more() {
			p.pass(d, len(p.window()))
			return boundaryHit{level: atEnd}, true
		}
		return boundaryHit{}, false
	}
	// Pass what is certain, so that the window begins with the line break.
	at := b.searched + i
	if at > 0 && w[at-1] == '\r' {
		at--
	}
	p.pass(d, at)
	br := 1
	if p.window()[0] == '\r' {
		br = 2
	}
	b.searched = br
	return p.boundary(br, b.guess)
}

// undecided returns how many bytes at the end of w may begin a boundary line with
// the line break in front of it.
func undecided(w []byte) int {
	for _, tail := range [...]string{"\r\n-", "\n-", "\r\n", "\n", "\r"} {
		if len(w) >= len(tail) && string(w[len(w)-len(tail):]) == tail {
			return len(tail)
		}
	}
	return 0
}

// pass hands the first n bytes of the window on.
func (p *parser) pass(d *bodyDecoder, n int) {
	if d != nil && n > 0 {
		d.write(p.buf[p.pos : p.pos+n])
	}
	p.pos += n
}
