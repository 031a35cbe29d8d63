package imapfetch

import (
	"errors"
	"io"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/inbound"
)

// fetchRun is several FETCH commands under way on one connection. The library
// hands out the messages of each command on its own, and those that it cannot
// match to the stray handler; here they all come together, one at a time, in
// the goroutine that called Fetch. Waiting for the commands one by one instead
// would stand still for ever with a server that answers them in another order.
type fetchRun struct {
	*conn
	job *fetchJob

	arrivals chan arrival
	ended    chan commandEnd
	over     chan struct{} // closed when nothing is taken any more
	all      sync.WaitGroup
}

// arrival is a message; whoever offers it does not touch it until resume.
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
func (job *fetchJob) run(l *conn) error {
	x := &fetchRun{conn: l, job: job, arrivals: make(chan arrival), ended: make(chan commandEnd), over: make(chan struct{})}
	l.fetching.Store(x)
	defer x.all.Wait()
	defer x.stop()
	queue, running := job.batches(), 0
	for {
		for running < inFlight && len(queue) > 0 {
			x.send(queue[0])
			queue, running = queue[1:], running+1
		}
		if running == 0 {
			return nil
		}
		select {
		case a := <-x.arrivals:
			err := x.receive(a.msg)
			a.resume <- struct{}{}
			if err != nil {
				x.hangUp()
				return err
			}
		case end := <-x.ended:
			running--
			var status *imap.Error
			switch {
			case end.err == nil:
			case errors.As(end.err, &status) && ofMessages(status):
				queue = append(queue, job.split(end.batch)...)
			default:
				x.hangUp()
				return end.err
			}
		}
	}
}

// stop lets everything pass that still comes.
func (x *fetchRun) stop() {
	if x.fetching.CompareAndSwap(x, nil) {
		close(x.over)
	}
}

// hangUp closes the connection and waits for the library's reader to end.
func (x *fetchRun) hangUp() {
	x.stop()
	_ = x.transport.Close() // what is under way is given up
	<-x.client.Closed()
}

// ofMessages reports a refusal that may be due to single messages, unlike one
// that is due to the server's state.
func ofMessages(status *imap.Error) bool {
	switch status.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse:
		return false
	}
	return classify("read", status, unauthenticated).class == inbound.ErrTemporary
}

// send sends the command for a batch and follows it.
func (x *fetchRun) send(b batch) {
	var set imap.UIDSet
	for _, uid := range b {
		set.AddNum(imap.UID(uid))
	}
	cmd := x.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{x.job.section}})
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

// offer hands a message over and waits until it is done with, unless nothing is
// taken any more.
func (x *fetchRun) offer(msg *imapclient.FetchMessageData, resume chan struct{}) {
	select {
	case x.arrivals <- arrival{msg, resume}:
		<-resume
	case <-x.over:
	}
}

// receive reads one message to its end. An error means that the message broke off
// or that each refused it.
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
	if _, wanted := x.job.wanted[uid]; wanted && early != nil {
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
	if !came {
		x.job.bodiless = uid
	}
	return nil
}

// finish takes the body off the wire to its end. If it is cut, or given up
// because of err, the connection is closed, rather than skipping what may be
// gigabytes.
func (x *fetchRun) finish(msg *imapclient.FetchMessageData, b *body, err error) error {
	defer b.resume()
	if err == nil {
		err = b.skip()
	} else if cut := b.truncated(); cut != nil {
		x.job.eachErr, err = nil, cut // each only passed on the cut
	}
	if err == nil {
		return nil
	}
	x.stop()
	_ = x.transport.Close() // what is under way is given up
	if b.skip() != nil {
		// The library's reader stumbles over the rest of the body: only when
		// it has ended, the message may be touched again.
		<-x.client.Closed()
		return err
	}
	for msg.Next() != nil {
	}
	return err
}

// isSection tells the part that was asked for from another one that a server
// may send unasked.
func (job *fetchJob) isSection(got *imap.FetchItemBodySection) bool {
	return got.Specifier == job.section.Specifier && len(got.Part) == 0 && len(got.HeaderFields) == 0 && len(got.HeaderFieldsNot) == 0 &&
		(got.Partial == nil || got.Partial.Offset == 0)
}

// deliver hands one message over. It is wanted no longer then.
func (job *fetchJob) deliver(uid uint32, r io.Reader, size int64) error {
	at := job.wanted[uid]
	delete(job.wanted, uid)
	job.last = at
	if job.limit > 0 && size > job.limit {
		r = io.LimitReader(r, job.limit) // the server has ignored the limit
	}
	job.eachErr = job.each(job.refs[at], r)
	return job.eachErr
}
