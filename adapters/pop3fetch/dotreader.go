package pop3fetch

import (
	"bufio"
	"bytes"
	"io"
)

// dotReader reads the body of one multi-line reply (RFC 1939, section 3), without
// the stuffed dots and otherwise byte by byte as it is. It ends in io.EOF only at
// CRLF "." CRLF. A bare LF is an ordinary byte of the message: a sender who could
// end a message with it would write the server's next reply.
type dotReader struct {
	src   *bufio.Reader // after the status line, at the first byte of the body
	place position
	left  int64 // how many more bytes a message may have
	err   error // sticky; io.EOF once the terminator was read
}

// position is where in a line the next byte stands.
type position uint8

const (
	lineStart position = iota // at the beginning of the body, or after CRLF
	afterCR
	midLine
)

// terminator ends a body when it stands at the start of a line.
const terminator = ".\r\n"

// Read implements io.Reader. It waits for the server only while it has no bytes to
// return.
func (d *dotReader) Read(p []byte) (n int, err error) {
	for n < len(p) && d.err == nil {
		if n > 0 && d.src.Buffered() < len(terminator) {
			break
		}
		n += d.step(p[n:])
	}
	if n == 0 && len(p) > 0 {
		return 0, d.err
	}
	return n, nil
}

// step copies what is buffered up to the next dot that begins a line, or handles
// such a dot.
func (d *dotReader) step(p []byte) int {
	if d.src.Buffered() == 0 {
		if _, err := d.src.Peek(1); err != nil {
			return d.fail(err)
		}
	}
	chunk, _ := d.src.Peek(min(d.src.Buffered(), len(p))) // no more than is there
	if d.place == lineStart && chunk[0] == '.' {
		return d.dot()
	}
	chunk = chunk[:d.untilDot(chunk)]
	copy(p, chunk)
	switch k := len(chunk); {
	case bytes.HasSuffix(chunk, crlf), k == 1 && chunk[0] == '\n' && d.place == afterCR:
		d.place = lineStart
	case chunk[k-1] == '\r':
		d.place = afterCR
	default:
		d.place = midLine
	}
	_, _ = d.src.Discard(len(chunk)) // they are buffered
	if d.left -= int64(len(chunk)); d.left < 0 {
		d.err = &protocolError{what: "the server sends a message without end"}
	}
	return len(chunk)
}

// dot handles a dot that begins a line: the terminator, or one to drop. At least two
// more bytes follow it in either case.
func (d *dotReader) dot() int {
	next, err := d.src.Peek(len(terminator))
	if err != nil {
		return d.fail(err)
	}
	if string(next) == terminator {
		_, _ = d.src.Discard(len(terminator))
		d.err = io.EOF
		return 0
	}
	_, _ = d.src.Discard(1)
	d.place = midLine
	return 0
}

// untilDot returns how many bytes of chunk come before the first dot that begins a
// line. It searches for dots, which are rarer in large messages than line ends.
func (d *dotReader) untilDot(chunk []byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(chunk[i:], '.')
		if j < 0 {
			return len(chunk)
		}
		j += i
		if j >= 2 && chunk[j-1] == '\n' && chunk[j-2] == '\r' || j == 1 && chunk[0] == '\n' && d.place == afterCR {
			return j
		}
		i = j + 1
	}
}

// fail keeps an error of the connection, whose end is not the end of the message.
func (d *dotReader) fail(err error) int {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	d.err = err
	return 0
}
