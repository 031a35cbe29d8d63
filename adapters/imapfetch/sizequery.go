package imapfetch

import (
	"cmp"
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
)

// maxSkipped is how many messages that break the connection, one after the other, a
// listing or a Fetch leaves out before it fails.
const maxSkipped = 10

// sizeQuery asks for the sizes and the marks of a page of a listing. Between send and
// the closing of done it belongs to the goroutine that collects the answer.
type sizeQuery struct {
	uids     []uint32
	received bool // ask for the time of arrival too

	mu    sync.Mutex // for what follows, while several commands are in flight
	known map[uint32]messageSize
	marks map[uint32]inbound.Mark // of the messages that have one
	last  uint32                  // the latest message that came without something asked for; 0 if none
	came  map[uint32]struct{}     // the messages of which the server has said anything
	done  chan struct{}           // closed when the answer is complete; nil if nothing was asked
	err   error                   // the first one
}

// messageSize is what a listing says about a message.
type messageSize struct {
	size     int64
	received time.Time
}

// send asks for what is not known yet, by as many commands as that takes: all of them
// together, unless oneByOne is set.
func (z *sizeQuery) send(c *conn, most int, oneByOne bool) {
	var missing []uint32
	for _, uid := range z.uids {
		if _, ok := z.known[uid]; !ok {
			missing = append(missing, uid)
		}
	}
	z.done, z.err, z.last = make(chan struct{}), nil, 0
	z.prepare()
	options := &imap.FetchOptions{UID: true, RFC822Size: true, Flags: true, InternalDate: z.received}
	sets := split(missing, most)
	if oneByOne {
		go func() {
			defer close(z.done)
			for _, set := range sets {
				if z.collect(c, set, c.client.Fetch(setOf(set), options)); z.err != nil {
					return
				}
			}
		}()
		return
	}
	var all sync.WaitGroup
	for _, set := range sets {
		cmd := c.client.Fetch(setOf(set), options)
		all.Go(func() { z.collect(c, set, cmd) })
	}
	go func() {
		all.Wait()
		close(z.done)
	}()
}

func (z *sizeQuery) prepare() {
	if z.known == nil {
		z.known = make(map[uint32]messageSize, len(z.uids))
		z.marks = make(map[uint32]inbound.Mark)
		z.came = make(map[uint32]struct{}, len(z.uids))
	}
}

// answered adds what the server has said about these messages already.
func (z *sizeQuery) answered(messages map[uint32]wire.Message) {
	z.prepare()
	for _, uid := range z.uids {
		m, ok := messages[uid]
		if !ok {
			continue
		}
		z.came[uid], z.known[uid] = struct{}{}, messageSize{size: m.Size}
		if z.received {
			z.known[uid] = messageSize{m.Size, m.Received}
		}
		if mark := markOf(m.Marks); mark != inbound.MarkNone {
			z.marks[uid] = mark
		}
	}
}

// collect reads the answer to one command, about these messages. Their sizes, dates and marks
// are taken when it is complete: they may have come in responses of their own.
func (z *sizeQuery) collect(c *conn, uids []uint32, cmd *imapclient.FetchCommand) {
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		var uid uint32
		var sized, dated bool
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				uid = uint32(item.UID)
			case imapclient.FetchItemDataRFC822Size:
				sized = true
			case imapclient.FetchItemDataInternalDate:
				dated = true
			}
		}
		z.mu.Lock()
		z.came[uid] = struct{}{}
		if !sized || z.received && !dated {
			z.last = uid
		}
		z.mu.Unlock()
	}
	err := cmd.Close()
	z.mu.Lock()
	defer z.mu.Unlock()
	z.err = cmp.Or(z.err, err)
	for _, uid := range uids {
		m := c.wire.TakeSaid(uid)
		all := m.Size > 0 && (!z.received || !m.Received.IsZero())
		if all || err == nil && (m.Size > 0 || !m.Received.IsZero()) {
			z.known[uid] = messageSize{m.Size, m.Received}
		}
		if mark := markOf(m.Marks); mark != inbound.MarkNone {
			z.marks[uid] = mark
		}
	}
}

func markOf(m wire.Marks) inbound.Mark {
	switch {
	case m.Deleted:
		return inbound.MarkDeleted
	case m.Draft:
		return inbound.MarkDraft
	}
	return inbound.MarkNone
}

// reset waits for the end of a query on a connection that is closed, so that the
// query can be sent again on a new one.
func (z *sizeQuery) reset() {
	if z.done != nil {
		<-z.done
		z.done = nil
	}
}

// skipBroken counts the message at which the answer became unreadable as listed,
// with nothing known of it: the one that came in part, or else the first one that
// did not come.
func (z *sizeQuery) skipBroken() {
	z.done = nil
	for _, uid := range z.uids {
		if _, ok := z.known[uid]; !ok && (z.last == 0 || uid == z.last) {
			z.known[uid] = messageSize{}
			return
		}
	}
}

// refs returns the page. What the server has omitted is zero.
func (z *sizeQuery) refs(folder, generation string) []inbound.Ref {
	refs := make([]inbound.Ref, len(z.uids))
	for i, uid := range z.uids {
		one := z.known[uid]
		refs[i] = inbound.Ref{SourceID: sourceID(folder, generation, uid), Position: uint64(uid),
			Size: one.size, Received: one.received, Mark: z.marks[uid]}
	}
	return refs
}

// sizes waits until the sizes of a page are known. A message whose size or date
// the library cannot read costs the connection: it is left out, and the others are
// asked for on a new connection.
func (s *session) sizes(ctx context.Context, z *sizeQuery) error {
	blamed := false // commands that are sent together, for a BAD
	for skipped := 0; ; skipped++ {
		err := s.command(ctx, inbound.OpList, answerBudget, func() error {
			defer s.probe()()
			if z.done == nil {
				s.sendSizes(z)
			}
			<-z.done
			return z.err
		})
		if blamed && err != nil {
			s.server.oneByOne.Store(false) // it was not that
		}
		switch {
		case s.lostStep(err) && !blamed:
			s.server.oneByOne.Store(true)
			blamed = !errors.Is(err, errAhead)
			z.done = nil
		case !errors.Is(err, errUnreadable) || skipped == maxSkipped:
			return err
		default:
			z.skipBroken()
		}
		if err := s.reopen(ctx); err != nil {
			return err
		}
	}
}

// sendSizes sends a query on this connection.
func (s *session) sendSizes(z *sizeQuery) {
	z.send(s.conn, s.perCommand(math.MaxInt), s.server.oneByOne.Load())
}
