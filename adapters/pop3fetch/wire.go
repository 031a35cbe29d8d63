package pop3fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/postroom/postroom/internal/escape"
	"github.com/postroom/postroom/internal/mailconn"
)

const (
	// bufferSize is how much one read from the connection returns at most. TLS
	// returns at most 16 KiB.
	bufferSize = 32 << 10
	// maxStatus bounds a status line: RFC 2449, section 4, allows 512 bytes,
	// and no server uses much more.
	maxStatus = 4 << 10
	// maxShort bounds the lines of a reply that is short by nature (CAPA).
	maxShort = 256
)

var crlf = []byte("\r\n")

// wire reads the server's replies, strictly. All reading of a session goes
// through it, also that of go-pop3.
type wire struct {
	out    *mailconn.Conn
	in     *bufio.Reader
	read   int                 // lines so far that are not part of a message
	redact func(string) string // hides secrets in what errors say of the server's text
}

func newWire(conn *mailconn.Conn, redact func(string) string) *wire {
	return &wire{out: conn, in: bufio.NewReaderSize(conn, bufferSize), redact: redact}
}

// errReply is an -ERR reply: the command had no effect, and the session can go on.
type errReply struct {
	text string // after "-ERR ", without secrets
}

func (r *errReply) Error() string { return "the server refused: " + escape.Quoted(r.text) }

// protocolError is something that no POP3 server says. Which reply belongs to
// which command is not known from here on.
type protocolError struct {
	what string
	line string // what the server said, without secrets
}

func (e *protocolError) Error() string { return e.what + ": " + escape.Quoted(e.line) }

// violation returns the protocolError of a line.
func (w *wire) violation(what string, line []byte) error {
	return &protocolError{what: what, line: w.redact(string(line))}
}

// status reads a status line and returns its text, which is valid until the
// next read. An -ERR is a *errReply.
func (w *wire) status() ([]byte, error) {
	w.out.Expect(mailconn.Reply)
	line, err := w.line()
	if err != nil {
		return nil, err
	}
	w.out.Progress(math.MaxInt) // there is one for each command
	return w.parseStatus(line)
}

// parseStatus accepts any letter case: RFC 1939 requires upper case, and some
// servers use lower case. +ERR is hMailServer's word for some errors.
func (w *wire) parseStatus(line []byte) ([]byte, error) {
	word, text, _ := bytes.Cut(line, []byte(" "))
	switch {
	case bytes.EqualFold(word, []byte("+OK")):
		return text, nil
	case bytes.EqualFold(word, []byte("-ERR")), bytes.EqualFold(word, []byte("+ERR")):
		return nil, &errReply{text: w.redact(string(text))}
	}
	return nil, w.violation("the server's answer is neither +OK nor -ERR", line)
}

// line reads one line that is not part of a message and returns it without its
// end, valid until the next read.
func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull), err == nil && len(line) > maxStatus:
		return nil, w.violation("the server's answer has an endless line", line)
	case err == io.EOF:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	w.read++
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
}

// lines calls each for every line of a body that has no more than limit lines.
// The server itself writes the lines of LIST, UIDL and CAPA, so a bare LF may end
// them.
func (w *wire) lines(limit int, each func(line []byte) error) error {
	if limit > maxShort {
		w.out.Expect(mailconn.List)
	}
	for n := 0; ; n++ {
		line, err := w.line()
		if err != nil {
			return err
		}
		if len(line) == 1 && line[0] == '.' {
			return nil
		}
		if n == limit {
			return w.violation(fmt.Sprintf("the server's list has more than %d lines", limit), line)
		}
		if err := each(bytes.TrimPrefix(line, []byte("."))); err != nil {
			return err
		}
	}
}

// send writes commands.
func (w *wire) send(commands []byte) error {
	_, err := w.out.Write(commands)
	return err
}
