package imapfetch

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/internal/mailconn"
)

// conn is one connection with the library on it.
type conn struct {
	transport *mailconn.Conn
	byes      *byeRecorder
	client    *imapclient.Client // nil until the greeting is read
	secret    string             // the password or token; no error shows it

	// fetching is the exchange to which messages belong that the library does
	// not match with a command; nil outside of Fetch.
	fetching atomic.Pointer[fetchRun]
}

// unsolicited gets the messages that the library cannot match: the second part of an
// answer that the server splits, an answer that names its UID after the body,
// or news about flags. Whatever it is has to be read to the end, or the
// connection would stand still.
func (c *conn) unsolicited(msg *imapclient.FetchMessageData) {
	if x := c.fetching.Load(); x != nil {
		x.offer(msg, make(chan struct{}, 1))
	}
	for msg.Next() != nil {
	}
}

// hide takes the secret out of what the server said: some repeat the command that
// they do not like.
func (c *conn) hide(text string) string {
	if c.secret == "" {
		return text
	}
	return strings.ReplaceAll(text, c.secret, "[redacted]")
}

// close closes the connection and waits until the library has let go of it.
// Nobody may be in the middle of reading a body.
func (c *conn) close() {
	_ = c.transport.Close() // nothing is left to be said
	if c.client != nil {
		<-c.client.Closed()
	}
}

// byeRecorder keeps the end of what the server said, since the library forgets the
// reason that a server gives for hanging up; and the error at which reading
// ended, since the library reads on after it, and would wait for a silent server
// several times over.
type byeRecorder struct {
	*mailconn.Conn

	mu   sync.Mutex
	tail []byte
	err  error
}

const tailSize = 512

// Read implements net.Conn.
func (r *byeRecorder) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err // written by the one goroutine that reads
	}
	n, err := r.Conn.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	r.tail = append(r.tail, p[max(0, n-tailSize):n]...)
	if extra := len(r.tail) - tailSize; extra > 0 {
		r.tail = append(r.tail[:0], r.tail[extra:]...)
	}
	return n, err
}

// bye returns the line with which the server has taken its leave, or "".
func (r *byeRecorder) bye() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := bytes.Split(r.tail, []byte("\r\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		if len(lines[i]) >= 5 && bytes.EqualFold(lines[i][:5], []byte("* BYE")) {
			return string(lines[i])
		}
	}
	return ""
}
