package imapfetch

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// fetchRun is several FETCH commands in flight on one connection. The library
// delivers the messages of each command separately, and those that it cannot match
// to conn.unsolicited; fetchRun merges them, one at a time, into the goroutine that
// called Fetch. Waiting for one command after the other instead would deadlock
// with a server that answers them in a different order.
type fetchRun struct {
	*conn
	job *fetchJob

	arrivals chan arrival
	ended    chan commandEnd
	over     chan struct{} // closed when no more messages are received
	all      sync.WaitGroup
}

// arrival is a message. The goroutine that offers it does not use it until resume.
type arrival struct {
	msg    *imapclient.FetchMessageData
	resume chan struct{}
}

type commandEnd struct {
	batch batch
	err   error
}

// run fetches what is wanted. When it returns an error that is not a refusal by
// the server, the connection is closed.
func (job *fetchJob) run(ctx context.Context, c *conn) error {
	x := &fetchRun{conn: c, job: job,
		arrivals: make(chan arrival), ended: make(chan commandEnd), over: make(chan struct{})}
	c.fetching.Store(x)
	c.wire.LimitBodies(job.largest())
	defer c.wire.LimitBodies(0)
	defer x.wait()
	defer x.stop()
	queue, running, most := job.batches(), 0, inFlight
	if c.server.oneByOne.Load() {
		most = 1
	}
	defer c.probe()()
	for {
		for running < most && len(queue) > 0 {
			x.send(queue[0])
			queue, running = queue[1:], running+1
		}
		if running == 0 {
			return nil
		}
		select {
		case a := <-x.arrivals:
			err := x.receive(a.msg)
			x.resume(a)
			if err != nil {
				x.hangUp()
				return err
			}
		case <-ctx.Done():
			x.hangUp()
			return ctx.Err()
		case end := <-x.ended:
			running--
			var status *imap.Error
			switch {
			case end.err == nil:
			case c.lostStep(end.err): // refused or not, it is asked again on a new connection
				x.hangUp()
				return end.err
			case errors.As(end.err, &status) && job.ofMessages(status, end.batch):
				job.bad = job.bad || status.Type == imap.StatusResponseTypeBad
				queue = append(queue, job.split(end.batch)...)
			default:
				x.hangUp()
				return end.err
			}
		}
	}
}

// stop makes the messages that still come pass unread.
func (x *fetchRun) stop() {
	if x.fetching.CompareAndSwap(x, nil) {
		close(x.over)
	}
}

// hangUp closes the connection and waits a moment for the library's reader to end.
func (x *fetchRun) hangUp() {
	x.stop()
	_ = x.transport.Close() // what is in flight is lost
	x.awaitReader()
}

// resume lets the goroutine that has offered a message go on; if the library's reader may
// still be reading the message, when it has ended.
func (x *fetchRun) resume(a arrival) {
	if !x.stuck {
		a.resume <- struct{}{}
		return
	}
	go func() {
		<-x.client.Closed()
		a.resume <- struct{}{}
	}()
}

// wait waits for the goroutines of send, which end soon after the library's reader.
func (x *fetchRun) wait() {
	if !x.stuck {
		x.all.Wait()
	}
}

// send sends the command for a batch and starts the goroutine that offers its
// messages.
func (x *fetchRun) send(b batch) {
	cmd := x.client.Fetch(setOf(b), &imap.FetchOptions{
		UID: true, BodySection: []*imap.FetchItemBodySection{x.job.section}})
	x.all.Go(func() {
		resume := make(chan struct{}, 1)
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			x.offer(msg, resume)
		}
		end := commandEnd{b, cmd.Close()}
		select {
		case x.ended <- end:
		case <-x.over:
		}
	})
}

// offer passes a message to receive and waits until that returns. After stop it does
// nothing.
func (x *fetchRun) offer(msg *imapclient.FetchMessageData, resume chan struct{}) {
	select {
	case x.arrivals <- arrival{msg, resume}:
		<-resume
	case <-x.over:
	}
}

// receive reads one message to its end. An error means that the message is truncated
// or that each returned one.
func (x *fetchRun) receive(msg *imapclient.FetchMessageData) error {
	var uid uint32
	var early *stash // a body that came before its UID
	defer func() { early.free() }()
	came := false
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil || !x.job.isSection(item.Section) {
				continue
			}
			body := newBody(item.Literal, x.transport)
			var err error
			switch _, wanted := x.job.wanted[uid]; {
			case wanted && x.job.isHollow(uid, body.size):
			case wanted:
				came = true
				x.transport.Grow(body.size)
				err = x.job.deliver(uid, body, body.size)
			case uid == 0 && early == nil:
				x.transport.Grow(body.size)
				early, err = newStash(body)
			}
			if err := x.finish(msg, body, err); err != nil {
				return err
			}
		}
	}
	if _, wanted := x.job.wanted[uid]; wanted && early != nil && !x.job.isHollow(uid, early.size) {
		came = true
		r, err := early.reader()
		if err != nil {
			return err
		}
		idle := x.transport.SetIdle(0)
		err = x.job.deliver(uid, r, early.size)
		x.transport.SetIdle(idle)
		if err != nil {
			return err
		}
	}
	if x.job.reading = 0; came {
		x.job.whole++
	} else {
		x.job.bodiless = uid
	}
	return nil
}

// finish reads the body to its end. If it is truncated, or err says that it is not
// wanted, finish closes the connection instead: there may be gigabytes to skip.
func (x *fetchRun) finish(msg *imapclient.FetchMessageData, b *body, err error) error {
	defer b.resume()
	if err == nil {
		err = b.skip()
	} else if cut := b.truncated(); cut != nil {
		x.job.eachErr, err = nil, cut // each has only passed that on
	}
	if err == nil {
		return nil
	}
	x.stop()
	_ = x.transport.Close() // what is in flight is lost
	if b.skip() != nil {
		// The library's reader fails at the rest of the body. The message may be
		// used again only when that reader has ended.
		x.awaitReader()
		return err
	}
	for msg.Next() != nil {
	}
	return err
}

// isSection reports whether a section is the one that was asked for, rather than
// a different one that a server sends unasked.
func (job *fetchJob) isSection(got *imap.FetchItemBodySection) bool {
	return got.Specifier == job.section.Specifier && len(got.Part) == 0 &&
		len(got.HeaderFields) == 0 && len(got.HeaderFieldsNot) == 0 &&
		(got.Partial == nil || got.Partial.Offset == 0)
}

// isHollow reports an empty body of a message that has a size: the server does not have it
// now. Servers send such for a while (Exchange, iCloud, hMailServer without the file).
func (job *fetchJob) isHollow(uid uint32, size int64) bool {
	return size == 0 && job.refs[job.wanted[uid]].Size > 0
}

// deliver passes one message to each, after which it is no longer wanted.
func (job *fetchJob) deliver(uid uint32, r io.Reader, size int64) error {
	at := job.wanted[uid]
	delete(job.wanted, uid)
	job.last, job.reading, job.refused = at, uid, 0
	if job.limit > 0 && size > job.limit {
		r = io.LimitReader(r, job.limit) // the server has ignored the limit
	}
	job.eachErr = job.each(job.refs[at], r)
	return job.eachErr
}
