package imapfetch

import (
	"errors"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/refusal"
)

// probeAfter is how long a server may be silent while commands that were sent
// together wait for their answers, before it is asked whether it has lost one.
const probeAfter = 12 * time.Second

// errAhead reports a server that does not take a command before it has answered the
// one before.
var errAhead = errors.New("the server does not answer commands that are sent together")

// probe begins to watch commands that were sent together; the returned function ends
// that. When the server has been silent for probeAfter, it is sent one NOOP. If it
// answers that before an earlier command, it has lost the earlier one: the connection
// is closed, and failure gives errAhead.
func (c *conn) probe() (stop func()) {
	if c.server.oneByOne.Load() {
		return func() {}
	}
	over := make(chan struct{})
	var sending sync.Mutex // so that nothing is sent after stop
	go func() {
		ticker := time.NewTicker(c.probeAfter)
		defer ticker.Stop()
		for before := int64(-1); ; {
			select {
			case <-over:
				return
			case <-c.client.Closed():
				return
			case <-ticker.C:
			}
			now := c.wire.Received()
			if now == before {
				break
			}
			before = now
		}
		sending.Lock()
		select {
		case <-over:
			sending.Unlock()
			return
		default:
		}
		noop := c.client.Noop()
		sending.Unlock()
		if _ = noop.Wait(); c.wire.Overtaken() { // the order counts, not the answer
			_ = c.transport.Close() // nothing is left to be said
		}
	}()
	return func() {
		sending.Lock()
		close(over)
		sending.Unlock()
	}
}

// lostStep reports whether an error means that the server does not take commands that
// are sent together: it has lost one of them, or has answered BAD, which is no answer
// to a command of this package that comes in its turn; unless it asks for a pause
// (Microsoft 365 does so by BAD).
func (c *conn) lostStep(err error) bool {
	if c.server.oneByOne.Load() || errors.Is(err, inbound.ErrThrottled) {
		return false
	}
	var status *imap.Error
	if errors.As(err, &status) && status.Type == imap.StatusResponseTypeBad {
		r := refusal.Read(inbound.IMAP, refusal.Reading, string(status.Code), status.Text)
		return !errors.Is(r.Class, inbound.ErrThrottled)
	}
	return errors.Is(err, errAhead) || errors.As(err, new(badAnswer))
}
