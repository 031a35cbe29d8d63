package imapfetch

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
)

const (
	// tailMargin is how many UIDs above UIDNEXT are asked for together with those that
	// were there before. If more have come, they are searched for.
	tailMargin = 500
	// maxOddTails is after how many answers in a row that prove nothing a server is not
	// asked so any more.
	maxOddTails = 3
)

// tailOf returns what is known of the end of a folder if a listing is known to be short: the
// session has listed it before, from this cursor on or from an earlier one.
func (s *session) tailOf(folder string, from inbound.Cursor) *look {
	l := s.looks[folder]
	if l == nil || !l.known || from.Newest || from.After >= highestUID || from.Generation != l.generation ||
		clipped(from.After) < l.after || s.messageLimit() > 0 || s.server.oddTails.Load() >= maxOddTails {
		return nil
	}
	return l
}

// openTail opens a folder and asks for its last messages, sizes included, in one round trip:
// those above the cursor, and the last one whatever its UID. Sequence numbers prove that
// nothing is missing in the answer. If they do not, the listing is nil, and the folder has to
// be searched.
func (s *session) openTail(ctx context.Context, l *look, folder, name string, from inbound.Cursor) (*found, error) {
	again := s.newRecheck(from)
	if len(again.asked) > 1 {
		return nil, nil
	}
	if err := s.leave(ctx); err != nil {
		return nil, err
	}
	s.folder = ""
	after := clipped(from.After)
	upTo := uint32(min(max(uint64(l.highest), l.next, from.After)+tailMargin, highestUID))
	var set imap.UIDSet
	for _, uids := range again.asked {
		set = setOf(uids)
	}
	set = append(set, imap.UIDRange{Start: imap.UID(after + 1), Stop: imap.UID(upTo)}, imap.UIDRange{}) // and *
	var box *imap.SelectData
	var messages []wire.Message
	var odd bool
	err := s.command(ctx, inbound.OpOpenFolder, answerBudget, func() (err error) {
		defer s.probe()()
		examine := s.client.Select(name, &imap.SelectOptions{ReadOnly: true})
		if s.server.oneByOne.Load() {
			if box, err = examine.Wait(); err != nil || box.NumMessages == 0 {
				return err
			}
		}
		listed := s.listMessages(set, from.Received)
		if box == nil {
			box, err = examine.Wait()
		}
		var refused error
		messages, refused = listed()
		if odd = refusesForm(refused); err != nil || odd || box.NumMessages == 0 {
			return err
		}
		return refused
	})
	if err != nil {
		return nil, err
	}
	if odd && box.NumMessages > 0 {
		s.server.oddTails.Store(maxOddTails) // it does not take such a set
		return nil, nil
	}
	generation := s.wire.Selected().UIDValidity
	if generation != l.generation || box.UIDNext == 0 && after == 0 {
		return nil, nil
	}
	tail, proven := provenTail(messages, after, upTo, min(box.NumMessages, s.wire.Exists()))
	if !proven {
		s.server.oddTails.Add(1)
		return nil, nil
	}
	if lost := l.lowest(after); lost > 0 && box.NumMessages > 0 && (len(tail) == 0 || tail[0].UID > lost) {
		return nil, nil // gone, or left out
	}
	s.server.oddTails.Store(0)
	s.folder, s.generation, s.writable = folder, generation, false
	return s.tailListing(folder, from, box, tail, again.among(messages)), nil
}

// listMessages asks for what a listing says about messages. The returned function waits for
// the answer.
func (c *conn) listMessages(set imap.NumSet, received bool) (wait func() ([]wire.Message, error)) {
	c.wire.List()
	cmd := c.client.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true, Flags: true, InternalDate: received})
	return func() ([]wire.Message, error) {
		refused := cmd.Close()
		messages, err := c.wire.Listed()
		if refused != nil {
			return nil, refused
		}
		if err != nil {
			return nil, &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary, Err: err, Hint: hintServer}
		}
		return messages, nil
	}
}

// provenTail returns those of the messages that are above after. ok means that the folder,
// which has so many messages, has no others there: the last one is among them or below, and
// no sequence number is missing.
func provenTail(messages []wire.Message, after, upTo, there uint32) (tail []wire.Message, ok bool) {
	for i, m := range messages {
		if m.UID > after {
			tail = messages[i:]
			break
		}
	}
	if there == 0 {
		return nil, true
	}
	if len(messages) == 0 {
		return nil, false
	}
	last := messages[len(messages)-1]
	if last.Seq < there || last.UID > upTo || after == 0 && messages[0].Seq != 1 {
		return nil, false
	}
	for i := 1; i < len(tail); i++ {
		if tail[i].Seq != tail[i-1].Seq+1 {
			return nil, false
		}
	}
	return tail, true
}

// lowest returns the lowest UID above after that was there before; 0 if none was.
func (l *look) lowest(after uint32) uint32 {
	for _, uid := range l.uids {
		if uid > after {
			return uid
		}
	}
	return 0
}

// among returns those of the messages that were asked for by name, and are no newer ones.
func (r *recheck) among(messages []wire.Message) (again []wire.Message) {
	for _, uids := range r.asked {
		for _, m := range messages {
			if _, asked := slices.BinarySearch(uids, m.UID); asked {
				again = append(again, m)
			}
		}
	}
	return again
}

// tailListing is the listing of the end of a folder, with all that its pages say.
func (s *session) tailListing(folder string, from inbound.Cursor, box *imap.SelectData,
	tail, again []wire.Message) *found {
	f := &found{folder: folder, page: pageSize, answers: make(map[uint32]wire.Message, len(tail)+len(again)),
		received: from.Received, next: inbound.Cursor{Generation: s.generation, After: from.After},
		listing: inbound.Listing{Generation: s.generation, NextPosition: uint64(box.UIDNext),
			Total: int(box.NumMessages)}}
	l := look{generation: s.generation, exists: box.NumMessages, next: uint64(box.UIDNext), after: clipped(from.After),
		known: true}
	for _, m := range again {
		f.next.Again = append(f.next.Again, uint64(m.UID))
	}
	for _, m := range tail {
		l.uids = append(l.uids, m.UID)
	}
	for _, m := range slices.Concat(again, tail) {
		f.rest = append(f.rest, uidRange{m.UID, m.UID})
		f.answers[m.UID] = m
	}
	s.looked(folder, l)
	return f
}
