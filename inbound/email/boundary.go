package email

import (
	"bytes"
	"strings"
)

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

// boundary takes the window up to the end of the line that begins at, if that is a
// boundary line of an open multipart (RFC 2046, section 5.1.1), innermost first. With
// guess, a line that looks like one above a part header becomes the boundary of the
// innermost multipart, which declared none, or a wrong one.
func (r *partReader) boundary(at int, guess bool) (boundaryHit, bool) {
	r.need(at + 2)
	w := r.window()
	if len(r.boundaries) == 0 || len(w) < at+2 || w[at] != '-' || w[at+1] != '-' {
		return boundaryHit{}, false
	}
	r.need(at + longestBoundaryLine)
	w = r.window()[at:]
	w = w[:min(len(w), longestBoundaryLine)]
	end := bytes.IndexByte(w, '\n') + 1
	if end == 0 {
		if len(w) == longestBoundaryLine {
			return boundaryHit{}, false
		}
		end = len(w)
	}
	text := bytes.TrimRight(w[2:end], " \t\r\n")
	level, closing := r.openBoundary(text)
	if level < 0 && guess && isGuess(text, w[end:]) {
		level = len(r.boundaries) - 1
		r.boundaries[level] = string(text)
		r.warn("the boundary was guessed: it is not declared, or wrongly")
	}
	if level < 0 {
		return boundaryHit{}, false
	}
	r.pos += at + end
	return boundaryHit{level: level, closing: closing}, true
}

// openBoundary returns the level of the multipart whose boundary is text, with "--"
// behind it when it is closed, innermost first; -1: none. Letters may have another case
// if no boundary is just so.
func (r *partReader) openBoundary(text []byte) (level int, closing bool) {
	fold := -1
	for level := len(r.boundaries) - 1; level >= 0; level-- {
		b := r.boundaries[level]
		if b == "" || len(text) < len(b) || len(text) > len(b) && string(text[len(b):]) != "--" {
			continue
		}
		if string(text[:len(b)]) == b {
			return level, len(text) > len(b)
		}
		if fold < 0 && strings.EqualFold(string(text[:len(b)]), b) {
			fold = level
		}
	}
	if fold >= 0 {
		r.warn("a boundary line is written in letters of another case")
		return fold, len(text) > len(r.boundaries[fold])
	}
	return -1, false
}

// isGuess reports whether a line of two hyphens and text looks like a boundary line:
// behind it the header of a part begins.
func isGuess(text, behind []byte) bool {
	if len(text) == 0 || bytes.IndexByte(text, ' ') >= 0 {
		return false
	}
	return hasFold(behind, "content-") || hasFold(behind, "mime-version:") ||
		hasFold(behind, "x-") && fieldColon(behind) > 0
}

// hasFold reports whether b begins with prefix, which is lower case.
func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// body passes everything up to the next boundary line to d, nil to skip it, and
// takes that line. The line break before it belongs to it.
func (r *partReader) body(d *bodyDecoder, guess bool) boundaryHit {
	for b := (bodyScan{guess: guess}); ; {
		if s, ended := r.scan(d, &b); ended {
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
func (r *partReader) scan(d *bodyDecoder, b *bodyScan) (s boundaryHit, ended bool) {
	if !b.begun {
		b.begun = true
		if s, ok := r.boundary(0, b.guess); ok {
			return s, true
		}
	}
	w := r.window()
	i := bytes.Index(w[b.searched:], []byte("\n--"))
	if i < 0 || len(r.boundaries) == 0 {
		if n := len(w) - undecided(w); n > 0 {
			r.pass(d, n)
		}
		b.searched = 0
		if !r.more() {
			r.pass(d, len(r.window()))
			return boundaryHit{level: atEnd}, true
		}
		return boundaryHit{}, false
	}
	// Pass what is certain, so that the window begins with the line break.
	at := b.searched + i
	if at > 0 && w[at-1] == '\r' {
		at--
	}
	r.pass(d, at)
	br := 1
	if r.window()[0] == '\r' {
		br = 2
	}
	b.searched = br
	return r.boundary(br, b.guess)
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
func (r *partReader) pass(d *bodyDecoder, n int) {
	if d != nil && n > 0 {
		d.write(r.buf[r.pos : r.pos+n])
	}
	r.pos += n
}
