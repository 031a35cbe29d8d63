package fingerprint

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync"
)

// Sums are the hashes of a message, 64 hexadecimal digits each. They are "" if the
// message has none of the fields that count.
type Sums struct {
	Header  string
	Message string // "" also when only the header was read
	Weak    bool   // the message has no Message-ID, no Date and no Received
}

// Read reads a message up to its end.
func Read(src io.Reader) (Sums, error) { return read(src, false) }

// ReadHeader reads the header of a message, and less than 4 KiB behind it.
func ReadHeader(src io.Reader) (Sums, error) { return read(smallReads{src}, true) }

// smallReads reads little at a time.
type smallReads struct{ src io.Reader }

func (s smallReads) Read(b []byte) (int, error) { return s.src.Read(b[:min(len(b), 4<<10)]) }

func read(src io.Reader, headerOnly bool) (Sums, error) {
	r := readers.Get().(*reader)
	defer r.release()
	r.begin(src)
	r.headerOnly = headerOnly
	_, ended := r.header(&r.top)
	if !headerOnly && !ended {
		r.entity(&r.top)
	}
	if r.err != nil && r.err != io.EOF {
		return Sums{}, r.err
	}
	var s Sums
	sum, weak := r.top.sum()
	if sum == nil {
		return s, nil
	}
	s.Header, s.Weak = hex.EncodeToString(sum), weak
	if !headerOnly {
		r.count("header:", sum)
		s.Message = hex.EncodeToString(r.message.Sum(nil))
	}
	return s, nil
}

const (
	pieceBytes = 64 << 10 // a longer line comes in pieces of this size
	maxDepth   = 30       // of multiparts; a deeper one is a leaf
)

// reader is the state of one Read. Its buffers are used again.
type reader struct {
	src        *bufio.Reader
	line       []byte // the current line with its line break, or a piece of it
	begins     bool   // line is the beginning of a line
	whole      bool   // line is the end of a line
	err        error
	headerOnly bool
	boundaries []string // of the open multiparts, outermost first
	top, part  fields
	leaf       leaf
	message    hash.Hash
	counted    []byte // the last line of message
}

var readers = sync.Pool{New: func() any {
	return &reader{
		src:     bufio.NewReaderSize(nil, pieceBytes),
		leaf:    leaf{out: digest{sum: sha256.New(), buf: make([]byte, 0, digestBytes)}},
		message: sha256.New(),
	}
}}

func (r *reader) begin(src io.Reader) {
	r.src.Reset(src)
	r.line, r.whole, r.err = nil, true, nil
	r.boundaries = r.boundaries[:0]
	r.message.Reset()
	io.WriteString(r.message, "postroom message 1\n")
}

func (r *reader) release() {
	r.src.Reset(nil)
	r.line = nil
	clear(r.boundaries[:cap(r.boundaries)])
	readers.Put(r)
}

// count adds a line to the hash of the message.
func (r *reader) count(kind string, sum []byte) {
	r.counted = hex.AppendEncode(append(r.counted[:0], kind...), sum)
	r.message.Write(append(r.counted, '\n'))
}

// next reads the next line, or the next piece of it. It is valid until the next
// call.
func (r *reader) next() bool {
	r.begins = r.whole
	if r.err != nil {
		return false
	}
	r.line, r.err = r.src.ReadSlice('\n')
	r.whole = r.err != bufio.ErrBufferFull
	if !r.whole {
		r.err = nil
	}
	return len(r.line) > 0
}

// boundaryHit is what ended a part: a boundary line of an open multipart, 0 being
// the outermost, or the end of the message.
type boundaryHit struct {
	level   int
	closing bool
}

const atEnd = -1

// boundary reports whether the current line is a boundary line, innermost first.
func (r *reader) boundary() (boundaryHit, bool) {
	if !r.begins || !r.whole || len(r.boundaries) == 0 || !bytes.HasPrefix(r.line, []byte("--")) {
		return boundaryHit{}, false
	}
	text := bytes.TrimRight(r.line[2:], " \t\r\n")
	for level := len(r.boundaries) - 1; level >= 0; level-- {
		b := r.boundaries[level]
		if len(text) < len(b) || string(text[:len(b)]) != b {
			continue
		}
		if rest := text[len(b):]; len(rest) == 0 || string(rest) == "--" {
			return boundaryHit{level: level, closing: len(rest) > 0}, true
		}
	}
	return boundaryHit{}, false
}

// header reads a header into f. A blank line ends it; ended is true if a boundary
// line or the end of the message did. The lines that are no fields are a leaf.
func (r *reader) header(f *fields) (hit boundaryHit, ended bool) {
	f.reset(f == &r.top)
	r.leaf.begin(true, "")
	defer r.endLeaf()
	at := isStray
	for first := true; r.next(); {
		rest := r.line
		if r.begins {
			if hit, ok := r.boundary(); ok {
				return hit, true
			}
			if isBreak(r.line) {
				if first && f == &r.top {
					continue
				}
				return boundaryHit{}, false
			}
			at, rest = f.place(r.line, at, first && f == &r.top)
			first = false
		}
		switch {
		case at == isCounted:
			f.add(rest)
		case at == isStray && !r.headerOnly:
			r.leaf.write(r.line, r.begins)
		}
	}
	return boundaryHit{level: atEnd}, true
}

func isBreak(line []byte) bool { return string(line) == "\n" || string(line) == "\r\n" }

// entity reads the part whose header is f, with all parts within it.
func (r *reader) entity(f *fields) boundaryHit {
	kind, boundary := contentType(f.smallest(fieldType))
	if kind == "multipart" && boundary != "" && len(r.boundaries) < maxDepth {
		return r.multipart(boundary)
	}
	isText := kind == "" || kind == "text" || kind == "message" || kind == "multipart"
	encoding := ""
	if kind != "multipart" {
		encoding = transferEncoding(f.smallest(fieldEncoding))
	}
	r.leaf.begin(isText, encoding)
	defer r.endLeaf()
	return r.body(true)
}

// multipart reads the parts between the boundary lines. Without any, what stands
// there is a leaf.
func (r *reader) multipart(boundary string) boundaryHit {
	level := len(r.boundaries)
	r.boundaries = append(r.boundaries, boundary)
	r.leaf.begin(true, "")
	hit := r.body(true)
	if hit.level != level {
		r.endLeaf()
	}
	for hit.level == level {
		if hit.closing {
			hit = r.body(false)
			continue
		}
		var ended bool
		if hit, ended = r.header(&r.part); !ended {
			hit = r.entity(&r.part)
		}
	}
	r.boundaries = r.boundaries[:level]
	return hit
}

// body reads up to a boundary line. What stands before it belongs to the leaf, or is
// skipped.
func (r *reader) body(counts bool) boundaryHit {
	for r.next() {
		if hit, ok := r.boundary(); ok {
			return hit
		}
		if counts {
			r.leaf.write(r.line, r.begins)
		}
	}
	return boundaryHit{level: atEnd}
}

// endLeaf counts the leaf, unless it is empty.
func (r *reader) endLeaf() {
	if sum := r.leaf.end(); sum != nil {
		r.count("part:", sum)
	}
}
