package transfer

import (
	"bytes"
	"strings"
)

// UUScanner finds uuencoded blocks (POSIX.1, uuencode) in text that comes in pieces:
// "begin 644 name", lines of data, "end". What only looks like a block is text: the
// lines behind "begin" must be lines of data, too. Text without blocks comes out as
// it went in. The zero value needs a Reset.
type UUScanner struct {
	sink  UUSink
	state uuState
	piece []byte // the beginning of a line whose end has not come yet
	held  []byte // lines from "begin" on, until it is certain that they are a block
	data  []byte // decoded from held, or from the last line
	lines int    // of data in held
	mid   bool   // outside, the text does not stand at the beginning of a line
}

// UUSink receives what a UUScanner finds, in its order. Slices are valid during the
// call only.
type UUSink interface {
	Text(b []byte)     // text outside of blocks
	Begin(name string) // a block begins; the name has no spaces around and is never ""
	Decoded(b []byte)  // bytes of the block
	End(whole bool)    // the block ends; whole: by "end"
}

type uuState int

const (
	uuOutside   uuState = iota
	uuCandidate         // the next line begins as "begin" does
	uuOpening           // lines are held
	uuInside
)

// longestUULine is more than any line of a block has, with a long name of a file.
const longestUULine = 512

var uuBegin = []byte("begin ")

// Reset makes u ready for a text. Its buffers stay.
func (u *UUScanner) Reset(sink UUSink) {
	*u = UUScanner{sink: sink, piece: u.piece[:0], held: u.held[:0], data: u.data[:0]}
}

// Write scans a piece of the text.
func (u *UUScanner) Write(b []byte) {
	for len(b) > 0 {
		if u.state == uuOutside {
			b = u.outside(b)
			continue
		}
		line := b
		nl := bytes.IndexByte(b, '\n')
		if nl >= 0 {
			line = b[:nl+1]
		}
		b = b[len(line):]
		if len(u.piece) > 0 || nl < 0 {
			u.piece = append(u.piece, line...)
			line = u.piece
		}
		if nl >= 0 || len(line) > longestUULine {
			u.line(line)
			u.piece = u.piece[:0]
			u.mid = u.state == uuOutside && nl < 0
		}
	}
}

// Finish ends the text, and a block that is still open.
func (u *UUScanner) Finish() {
	if len(u.piece) > 0 {
		u.line(u.piece)
		u.piece = u.piece[:0]
	}
	switch u.state {
	case uuOpening:
		u.sink.Text(u.held)
	case uuInside:
		u.sink.End(false)
	}
	u.state = uuOutside
}

// outside passes text up to a line that may begin a block, and returns the rest.
func (u *UUScanner) outside(b []byte) []byte {
	if !u.mid && (bytes.HasPrefix(b, uuBegin) || bytes.HasPrefix(uuBegin, b)) {
		u.state = uuCandidate
		return b
	}
	u.mid = false
	if i := bytes.Index(b, []byte("\nbegin ")); i >= 0 {
		u.sink.Text(b[:i+1])
		return b[i+1:]
	}
	// The last line may be the beginning of "begin".
	last := b[bytes.LastIndexByte(b, '\n')+1:]
	if len(last) < len(b) && bytes.HasPrefix(uuBegin, last) {
		u.sink.Text(b[:len(b)-len(last)])
		return last
	}
	u.mid = len(last) > 0
	u.sink.Text(b)
	return nil
}

// line takes a line with its line end. One that is longer than those of a block
// comes in pieces.
func (u *UUScanner) line(line []byte) {
	bare := bytes.TrimRight(line, "\r\n")
	switch u.state {
	case uuCandidate:
		if uuName(bare) != "" {
			u.state, u.held, u.data, u.lines = uuOpening, append(u.held[:0], line...), u.data[:0], 0
			return
		}
		u.state = uuOutside
		u.sink.Text(line)
	case uuOpening:
		data, ok := uuLine(u.data, bare)
		isEnd := string(bytes.TrimRight(bare, " \t")) == "end" && u.lines > 0
		if !ok && !isEnd {
			u.sink.Text(u.held)
			u.again(line)
			return
		}
		if len(data) > len(u.data) {
			u.lines++
		}
		u.held, u.data = append(u.held, line...), data
		// A single short line is too little to go by.
		if isEnd || u.lines >= 2 || len(data) == 45 {
			first, _, _ := bytes.Cut(u.held, []byte("\n"))
			u.sink.Begin(uuName(bytes.TrimRight(first, "\r")))
			u.sink.Decoded(u.data)
			u.state = uuInside
		} else if len(u.held) > 2*longestUULine {
			u.sink.Text(u.held)
			u.state = uuOutside
		}
		if isEnd {
			u.sink.End(true)
			u.state = uuOutside
		}
	case uuInside:
		if string(bytes.TrimRight(bare, " \t")) == "end" {
			u.state = uuOutside
			u.sink.End(true)
			return
		}
		data, ok := uuLine(u.data[:0], bare)
		if !ok {
			u.sink.End(false)
			u.again(line)
			return
		}
		u.data = data
		u.sink.Decoded(data)
	}
}

// again takes a line that does not belong to a block.
func (u *UUScanner) again(line []byte) {
	u.state = uuOutside
	if bytes.HasPrefix(line, uuBegin) {
		u.state = uuCandidate
		u.line(line)
		return
	}
	u.sink.Text(line)
}

// uuName returns the name in a line such as "begin 644 name", or "".
func uuName(line []byte) string {
	mode, name, _ := strings.Cut(strings.TrimPrefix(string(line), string(uuBegin)), " ")
	if len(mode) < 3 || len(mode) > 4 || strings.Trim(mode, "01234567") != "" {
		return ""
	}
	return strings.TrimSpace(name)
}

// uuLine decodes a line: a character for the number of its bytes, then four
// characters for every three bytes. Spaces at the end may be lost, and a checksum
// may follow; but a line never decodes to more bytes than it has.
func uuLine(dst, line []byte) (data []byte, ok bool) {
	if len(line) == 0 {
		return dst, true
	}
	for _, c := range line {
		if c < ' ' || c > '`' {
			return dst, false
		}
	}
	n := int(line[0]-' ') & 63
	chars := line[1:]
	if whole := (n + 2) / 3 * 4; len(chars) > whole {
		if len(bytes.TrimRight(chars[whole:], " ")) > 1 {
			return dst, false
		}
		chars = chars[:whole]
	}
	if n > len(line) {
		return dst, false
	}
	at := func(i int) byte {
		if i < len(chars) {
			return (chars[i] - ' ') & 63
		}
		return 0
	}
	for i := 0; n > 0; i, n = i+4, n-3 {
		group := [3]byte{at(i)<<2 | at(i+1)>>4, at(i+1)<<4 | at(i+2)>>2, at(i+2)<<6 | at(i+3)}
		dst = append(dst, group[:min(n, 3)]...)
	}
	return dst, true
}
