package wire

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"sync/atomic"
)

const (
	bufferSize = 8 << 10  // of the buffer while lines are short
	maxLine    = 64 << 10 // of a line that is kept; what follows is left out
	maxName    = 2 << 10  // of a literal that is kept
)

// place says what the next line belongs to.
type place int

const (
	outside   place = iota
	inFetch         // FETCH, after a literal
	inKept          // LIST or STATUS, after a literal
	inDropped       // a response that is left out, after a literal
	inSearch        // SEARCH or ESEARCH that is longer than the buffer
)

// use says what is done with a literal.
type use int

const (
	pass use = iota // to the library
	keep            // as a quoted string in kept
	skip
)

// scanner reads responses from src, and is read by the library.
type scanner struct {
	src      io.Reader
	commands *commands
	facts    facts

	buf  []byte // buf[r:w] is read from src and not scanned yet
	r, w int
	out  []byte // out[o:] is for the library
	o    int
	last error // of src: after what is in buf
	err  error // last, or what fail was called with: after what is in out

	at      place
	literal int64 // bytes of a literal that are still to come
	use     use
	cutting bool   // the rest of the line is left out
	cut     int    // how much of it was
	tail    []byte // the end of what is left out

	kept      []byte // the LIST or STATUS so far
	fetch     fetch
	search    search
	found     found
	listed    listed
	selecting Mailbox // what was said since SELECT
	tallying  tally   // the same

	pace    paced
	events  chan struct{} // see Conn.Events
	largest atomic.Int64  // of a body
	useless int           // lines since the last reply that answer nothing
	fetches int           // FETCH responses for the library since then
}

func newScanner(src io.Reader, commands *commands) *scanner {
	s := &scanner{src: src, commands: commands, selecting: noMailbox, pace: unlimited{},
		events: make(chan struct{}, 1)}
	s.largest.Store(math.MaxInt64)
	return s
}

// noMailbox is a folder about which nothing is said.
var noMailbox = Mailbox{Deletable: true, Markable: true}

// Read implements io.Reader.
func (s *scanner) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		switch {
		case s.o < len(s.out):
			n := copy(p, s.out[s.o:])
			if s.o += n; s.o == len(s.out) {
				s.out, s.o = s.out[:0], 0
				if cap(s.out) > 2*maxLine {
					s.out = nil
				}
			}
			return n, nil
		case s.err != nil:
			return 0, s.err
		case s.literal > 0 && s.use == pass:
			if n := s.body(p); n > 0 {
				return n, nil
			}
		case s.literal > 0:
			s.take()
		default:
			s.line()
		}
	}
}

// body reads a part of a message into p. The last byte is held back until it is seen
// that responses go on after it: otherwise the message may be longer, or cut.
func (s *scanner) body(p []byte) int {
	if s.literal == 1 {
		if !s.inStep() {
			return 0
		}
		p[0] = s.buf[s.r]
		s.r, s.literal = s.r+1, 0
		return 1
	}
	want := int(min(int64(len(p)), s.literal-1))
	if s.r == s.w && want < bufferSize && !s.fill() {
		return 0
	}
	n := copy(p[:want], s.buf[s.r:s.w])
	s.r += n
	if n == 0 && s.last == nil {
		s.pace.Expect(s.expects())
		n, s.last = s.src.Read(p[:want])
	}
	if n == 0 {
		s.err = s.last
	}
	s.literal -= int64(n)
	return n
}

// take reads a part of a literal that the library does not see.
func (s *scanner) take() {
	if s.r == s.w && !s.fill() {
		return
	}
	n := int(min(int64(s.w-s.r), s.literal))
	if s.use == keep {
		s.kept = appendEscaped(s.kept, s.buf[s.r:s.r+n])
	}
	s.r += n
	s.literal -= int64(n)
	if s.literal == 0 && s.use == keep {
		s.kept = append(s.kept, '"')
	}
}

// fill reads more into the buffer, which grows up to maxLine. After it, positions in
// the buffer are others. It returns false if there is nothing more.
func (s *scanner) fill() bool {
	if s.err != nil || s.last != nil {
		s.err = cmp.Or(s.err, s.last)
		return false
	}
	if s.r > 0 || s.buf == nil {
		rest := s.buf[s.r:s.w]
		if len(s.buf) != bufferSize && len(rest) < bufferSize {
			s.buf = make([]byte, bufferSize)
		}
		s.r, s.w = 0, copy(s.buf, rest)
	}
	if s.w == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	s.pace.Expect(s.expects())
	n, err := s.src.Read(s.buf[s.w:])
	s.w += n
	s.last = err
	return n > 0 || s.fill()
}

// line reads one line, or a part of one that is longer than maxLine.
func (s *scanner) line() {
	text, ended := s.next()
	switch {
	case s.err != nil && !ended:
		if after, ok := bytes.CutPrefix(bytes.TrimLeft(text, blanks), []byte("*")); ok && s.at == outside {
			if word, _ := letters(trimLeft(after)); word == "BYE" {
				s.facts.setBye(clean(text))
			}
		}
	case s.cutting:
		s.tail = keepTail(s.tail, text)
		if s.cut += len(text); s.cut > maxCut {
			s.fail(ErrLongLine)
		}
		if ended {
			s.cutting = false
			if s.at != outside {
				s.dropped(s.tail)
			}
		}
	case s.at == inSearch:
		s.searchPart(text, ended)
	default:
		s.cutting, s.cut, s.tail = !ended, 0, s.tail[:0]
		s.response(text)
	}
}

// next returns the next line without its end; or, with ended false, maxLine bytes of
// a longer one, or what there is of one that the connection has cut.
func (s *scanner) next() (text []byte, ended bool) {
	for seen := 0; ; {
		if i := bytes.IndexByte(s.buf[s.r+seen:s.w], '\n'); i >= 0 {
			text = s.buf[s.r : s.r+seen+i]
			s.r += seen + i + 1
			return text, true
		}
		seen = s.w - s.r
		if seen >= maxLine || !s.fill() {
			text = s.buf[s.r:s.w]
			s.r = s.w
			return text, false
		}
	}
}

// response reads the line that begins a response, or that goes on with one after a
// literal.
func (s *scanner) response(text []byte) {
	switch s.at {
	case inFetch:
		s.fetchPart(text)
	case inKept:
		s.keptPart(text)
	case inDropped:
		s.dropped(text)
	default:
		text = trimLeft(text)
		switch {
		case len(text) == 0:
		case text[0] == '*':
			s.untagged(trimLeft(text[1:]))
		case text[0] == '+':
			s.continuation(text[1:])
		default:
			s.tagged(text)
		}
	}
}

// dropped leaves out a response up to its end, which is not in a literal.
func (s *scanner) dropped(text []byte) {
	s.at = outside
	if s.cutting {
		s.at = inDropped
	} else if a := announcement(text); a.found {
		s.at, s.literal, s.use = inDropped, a.size, skip
	}
}
