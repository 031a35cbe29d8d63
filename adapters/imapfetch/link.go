package imapfetch

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/internal/mailconn"
)

// link is one connection with the library on it.
type link struct {
	conn   *mailconn.Conn
	heard  *listener
	client *imapclient.Client // nil until the greeting is read
	secret string             // the password or token; no error shows it

	// fetching is the exchange to which messages belong that the library does
	// not match with a command; nil outside of Fetch.
	fetching atomic.Pointer[exchange]
}

// stray gets the messages that the library cannot match: the second part of an
// answer that the server splits, an answer that names its UID after the body,
// or news about flags. Whatever it is has to be read to the end, or the
// connection would stand still.
func (l *link) stray(msg *imapclient.FetchMessageData) {
	if x := l.fetching.Load(); x != nil {
		x.offer(msg, make(chan struct{}, 1))
	}
	for msg.Next() != nil {
	}
}

// hide takes the secret out of what the server said: some repeat the command that
// they do not like.
func (l *link) hide(text string) string {
	if l.secret == "" {
		return text
	}
	return strings.ReplaceAll(text, l.secret, "[redacted]")
}

// close closes the connection and waits until the library has let go of it.
// Nobody may be in the middle of reading a body.
func (l *link) close() {
	_ = l.conn.Close() // nothing is left to be said
	if l.client != nil {
		<-l.client.Closed()
	}
}

// listener keeps the end of what the server said, since the library forgets the
// reason that a server gives for hanging up; and the error at which reading
// ended, since the library reads on after it, and would wait for a silent server
// several times over.
type listener struct {
	*mailconn.Conn

	mu   sync.Mutex
	tail []byte
	err  error
}

const tailSize = 512

// Read implements net.Conn.
func (l *listener) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err // written by the one goroutine that reads
	}
	n, err := l.Conn.Read(p)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.tail = append(l.tail, p[max(0, n-tailSize):n]...)
	if extra := len(l.tail) - tailSize; extra > 0 {
		l.tail = append(l.tail[:0], l.tail[extra:]...)
	}
	return n, err
}

// bye returns the line with which the server has taken its leave, or "".
func (l *listener) bye() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := bytes.Split(l.tail, []byte("\r\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		if len(lines[i]) >= 5 && bytes.EqualFold(lines[i][:5], []byte("* BYE")) {
			return string(lines[i])
		}
	}
	return ""
}
