package imapfetch

import (
	"bytes"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

// conn is one connection with the library on it.
type conn struct {
	transport  *mailconn.Conn
	byes       *byeRecorder
	client     *imapclient.Client // nil until the greeting is read
	credential mailauth.Credential

	// fetching is the fetchRun to which messages belong that the library does
	// not match with a command; nil outside of Fetch.
	fetching atomic.Pointer[fetchRun]
}

// unsolicited handles the FETCH responses that the library cannot match with a
// command: the second part of an answer that the server splits, an answer that
// has its UID after the body, or changed flags. It has to read each to the end,
// or the library would read nothing more.
func (c *conn) unsolicited(msg *imapclient.FetchMessageData) {
	if x := c.fetching.Load(); x != nil {
		x.offer(msg, make(chan struct{}, 1))
	}
	for msg.Next() != nil {
	}
}

// close closes the connection and waits until the library has let go of it.
// Nobody may be in the middle of reading a body.
func (c *conn) close() {
	_ = c.transport.Close() // nothing is left to be said
	if c.client != nil {
		<-c.client.Closed()
	}
}

// byeRecorder is the connection as the library sees it. It keeps the end of what
// the server has sent, since the library drops the reason that a server gives
// for ending the connection; and the error at which reading ended, since the
// library reads on after it, and would wait for a silent server several times.
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

// Write implements net.Conn. The library writes an empty SASL response as "=",
// which stands for an empty initial response only: anywhere else an empty
// response is an empty line (RFC 9051, section 6.2.2).
func (r *byeRecorder) Write(p []byte) (int, error) {
	if string(p) != "=\r\n" {
		return r.Conn.Write(p)
	}
	_, err := r.Conn.Write(p[1:])
	return len(p), err
}

// bye returns the line by which the server has ended the connection, or "".
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
