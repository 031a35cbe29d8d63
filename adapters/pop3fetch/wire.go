package pop3fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
)

const (
	// bufferSize is what is read from the connection at a time. TLS hands over
	// at most 16 KiB at once.
	bufferSize = 32 << 10
	// maxStatus bounds a status line: RFC 2449, section 4, allows 512 bytes,
	// and no server needs much more.
	maxStatus = 4 << 10
	// maxShort bounds the lines of a reply that is short by nature (CAPA).
	maxShort = 256
)

var crlf = []byte("\r\n")

// wire reads the server's replies, strictly. All reading of a session goes
// through it, also that of go-pop3.
type wire struct {
	out net.Conn
	in  *bufio.Reader
}

func newWire(conn net.Conn) *wire {
	return &wire{out: conn, in: bufio.NewReaderSize(conn, bufferSize)}
}

// refusal is an -ERR reply: the conversation is intact, the command had no effect.
type refusal struct {
	text string // after "-ERR "
}

func (r *refusal) Error() string { return fmt.Sprintf("the server refused: %.200q", r.text) }

// protocolError is something that no POP3 server says: the conversation is broken.
type protocolError struct {
	what string
	line []byte
}

func (v *protocolError) Error() string { return fmt.Sprintf("%s: %.200q", v.what, v.line) }

// status reads a status line and returns its text, which is valid until the
// next read. An -ERR is a *refusal. RFC 1939 wants upper case; some servers do not know.
func (w *wire) status() ([]byte, error) {
	line, err := w.line()
	if err != nil {
		return nil, err
	}
	return parseStatus(line)
}

func parseStatus(line []byte) ([]byte, error) {
	word, text, _ := bytes.Cut(line, []byte(" "))
	switch {
	case bytes.EqualFold(word, []byte("+OK")):
		return text, nil
	case bytes.EqualFold(word, []byte("-ERR")):
		return nil, &refusal{text: string(text)}
	}
	return nil, &protocolError{what: "the server's answer is neither +OK nor -ERR", line: bytes.Clone(line)}
}

// line reads one line that is not part of a body and returns it without its
// end, valid until the next read.
func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull), err == nil && len(line) > maxStatus:
		return nil, &protocolError{what: "the server's answer has an endless line", line: bytes.Clone(line[:200])}
	case err == io.EOF:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
}

// lines calls each for every line of a body that has no more than limit lines.
// The lines of LIST, UIDL and CAPA are the server's own words, so a bare LF may
// end them.
func (w *wire) lines(limit int, each func(line []byte)) error {
	for n := 0; ; n++ {
		line, err := w.line()
		if err != nil {
			return err
		}
		if len(line) == 1 && line[0] == '.' {
			return nil
		}
		if n == limit {
			return &protocolError{what: fmt.Sprintf("the server's list has more than %d lines", limit), line: bytes.Clone(line)}
		}
		each(bytes.TrimPrefix(line, []byte(".")))
	}
}

// send writes commands.
func (w *wire) send(commands []byte) error {
	_, err := w.out.Write(commands)
	return err
}
