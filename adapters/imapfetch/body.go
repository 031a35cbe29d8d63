package imapfetch

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/internal/mailconn"
)

// body is a message on the wire. It ends in io.EOF only after all of the bytes
// that the server has announced, whereas the library's reader ends so after a lost
// connection, too. After an error it does not read from the library again, whose
// own reader goroutine is active by then.
type body struct {
	literal imap.LiteralReader
	conn    *mailconn.Conn
	size    int64
	left    int64
	err     error
	idle    time.Duration // of the connection, while paused
	paused  bool
}

func newBody(literal imap.LiteralReader, conn *mailconn.Conn) *body {
	return &body{literal: literal, conn: conn, size: literal.Size(), left: literal.Size()}
}

// Read implements io.Reader. It returns as much as has arrived, up to all of p.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.literal.Read(p)
	b.left -= int64(n)
	if err == io.EOF && b.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if b.err = err; err == io.EOF && !b.paused {
		// From here on the consumer may take any time, with nothing asked of the
		// server.
		b.idle, b.paused = b.conn.SetIdle(0), true
	}
	return n, err
}

// resume sets the idle time again after the consumer is done.
func (b *body) resume() {
	if b.paused {
		b.conn.SetIdle(b.idle)
		b.paused = false
	}
}

// skip reads to the end, from which the library can go on. It returns the error
// of a truncated body.
func (b *body) skip() error {
	if b.err == nil {
		_, _ = io.Copy(io.Discard, b) // the error is in b.err
	}
	return b.truncated()
}

// truncated returns an error if the connection ended within the body.
func (b *body) truncated() error {
	if b.err == nil || b.err == io.EOF {
		return nil
	}
	return fmt.Errorf("%w after %d of %d bytes: %w", errTruncated, b.size-b.left, b.size, b.err)
}

// stashInMemory is the largest body that is kept in memory until its UID is
// known; larger ones go to a temporary file.
const stashInMemory = 1 << 20

// stash is a body that came before its UID.
type stash struct {
	size int64
	mem  bytes.Buffer
	file *os.File
}

// newStash reads b to its end.
func newStash(b *body) (*stash, error) {
	st := &stash{size: b.size}
	if b.size <= stashInMemory {
		_, err := st.mem.ReadFrom(b)
		return st, err
	}
	file, err := os.CreateTemp("", "postroom-*.eml")
	if err != nil {
		return nil, fmt.Errorf("keep a message whose UID is not known yet: %w", err)
	}
	st.file = file
	if _, err := io.Copy(file, b); err != nil {
		return st, fmt.Errorf("keep a message whose UID is not known yet: %w", err)
	}
	return st, nil
}

func (st *stash) reader() (io.Reader, error) {
	if st.file == nil {
		return &st.mem, nil
	}
	_, err := st.file.Seek(0, io.SeekStart)
	return st.file, err
}

// free removes what the stash holds. A nil stash holds nothing.
func (st *stash) free() {
	if st == nil || st.file == nil {
		return
	}
	_ = st.file.Close() // it is removed anyway
	_ = os.Remove(st.file.Name())
}
