package fingerprint

import "bytes"

// longestWhite is how long a run of white space may be that does not count at the
// end of a line or of a part.
const longestWhite = 1 << 10

// trimmed writes what comes, except the runs of white space that it is told to drop.
type trimmed struct {
	out  *digest
	run  []byte // the white space at the end, not written yet
	long bool   // the run was longer than longestWhite, and is written
}

// content writes b, which does not end in white space.
func (t *trimmed) content(b []byte) {
	if len(b) == 0 {
		return
	}
	t.out.write(t.run)
	t.run, t.long = t.run[:0], false
	t.out.write(b)
}

// white takes white space.
func (t *trimmed) white(b []byte) {
	if !t.long {
		t.run = append(t.run, b...)
		if len(t.run) <= longestWhite {
			return
		}
		b, t.run, t.long = t.run, t.run[:0], true
	}
	t.out.write(b)
}

// drop forgets the run of white space at the end.
func (t *trimmed) drop() { t.run, t.long = t.run[:0], false }

// exactForm makes the normal form of a part that is not text.
type exactForm struct{ trimmed }

func (x *exactForm) write(b []byte) {
	content := bytes.TrimRight(b, " \t\r\n")
	x.content(content)
	x.white(b[len(content):])
}

// textForm makes the normal form of a text that comes in pieces.
type textForm struct {
	trimmed
	breaks int  // line breaks that are not written yet
	crs    int  // CRs at the end that an LF may follow
	mid    bool // not at the beginning of a line
	quotes int  // ">" at the beginning of the line that are not written yet
	from   int  // how much of fromWord stands behind them
}

func (t *textForm) write(b []byte) {
	behind := len(b) // bytes behind the next LF, -1 without one: sought once, however many CRs stand before it
	for len(b) > 0 {
		if t.crs > 0 {
			b = t.afterCR(b)
			continue
		}
		if !t.mid && t.isQuote(b[0]) {
			b = b[1:]
			continue
		}
		if len(b) <= behind {
			behind = -1
			if lf := bytes.IndexByte(b, '\n'); lf >= 0 {
				behind = len(b) - lf - 1
			}
		}
		line := b
		if behind >= 0 {
			line = b[:len(b)-behind-1]
		}
		if cr := bytes.IndexByte(line, '\r'); cr >= 0 {
			t.text(line[:cr])
			t.crs, b = 1, b[cr+1:]
			continue
		}
		t.text(line)
		if behind >= 0 {
			t.lineBreaks(1)
		}
		b = b[len(b)-max(behind, 0):]
	}
}

// afterCR decides what the CRs in front of b are: together with an LF one line
// break, else a line break each.
func (t *textForm) afterCR(b []byte) []byte {
	switch b[0] {
	case '\r':
		t.crs++
		return b[1:]
	case '\n':
		t.lineBreaks(1)
		b = b[1:]
	default:
		t.lineBreaks(t.crs)
	}
	t.crs = 0
	return b
}

// isQuote takes c if it may belong to the ">From " of mbox files, of which the ">"
// do not count.
func (t *textForm) isQuote(c byte) bool {
	switch {
	case t.from == 0 && c == '>':
		t.quotes++
		return true
	case t.quotes > 0 && c == fromWord[t.from]:
		if t.from++; t.from == len(fromWord) {
			t.quotes, t.from = 0, 0
			t.text(fromWord)
		}
		return true
	}
	t.noQuote()
	return false
}

// noQuote writes what has only looked like ">From ".
func (t *textForm) noQuote() {
	quotes, from := t.quotes, fromWord[:t.from]
	t.quotes, t.from = 0, 0
	for quotes > 0 {
		n := min(quotes, len(manyQuotes))
		t.text(manyQuotes[:n])
		quotes -= n
	}
	t.text(from)
}

var (
	fromWord   = []byte("From ")
	manyQuotes = bytes.Repeat([]byte(">"), 256)
	manyBreaks = bytes.Repeat([]byte("\n"), 256)
)

// text takes a part of a line.
func (t *textForm) text(s []byte) {
	if len(s) == 0 {
		return
	}
	t.mid = true
	content := bytes.TrimRight(s, " \t")
	white := s[len(content):]
	if len(content) > 0 || len(t.run)+len(white) > longestWhite {
		for t.breaks > 0 {
			n := min(t.breaks, len(manyBreaks))
			t.out.write(manyBreaks[:n])
			t.breaks -= n
		}
	}
	t.content(content)
	t.white(white)
}

func (t *textForm) lineBreaks(n int) {
	t.drop()
	t.breaks += n
	t.mid = false
}

// end ends the text. White space and line breaks at its end do not count.
func (t *textForm) end() { t.noQuote() }
