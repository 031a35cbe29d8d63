package imapfetch

import (
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

// conn is one connection with the library on it.
type conn struct {
	transport  *mailconn.Conn
	wire       *wire.Conn         // on transport; what the library reads and writes
	client     *imapclient.Client // on wire; nil until the greeting is read
	credential mailauth.Credential
	server     *server
	probeAfter time.Duration
	method     loginMethod // by password; after a login that failed, the one to try next
	identifies bool        // ID was sent, and not waited for
	stuck      bool        // the library's reader goes on after the connection is closed
	again      bool        // a new connection may succeed where this one has failed
	before     imap.CapSet // the capabilities before the login

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

// closeWait is how long close waits for the library's reader, which needs that long only
// if the server has sent something that takes a long time to read.
const closeWait = time.Second

// close closes the connection and lets the library's reader come to its end. Nobody may be
// in the middle of reading a body.
func (c *conn) close() {
	_ = c.transport.Close() // nothing is left to be said
	if c.client == nil {
		return
	}
	c.awaitReader()
}

// awaitReader waits for the library's reader to end, on a connection that is closed. If
// the reader goes on, stuck is set, and awaitReader does not wait again.
func (c *conn) awaitReader() {
	if c.stuck {
		return
	}
	timer := time.NewTimer(closeWait)
	defer timer.Stop()
	select {
	case <-c.client.Closed():
	case <-timer.C:
		c.stuck = true
	}
}
