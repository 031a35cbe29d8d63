package imapfetch

import (
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
)

// newest is a listing from the newest message on. It asks for messages by their sequence
// numbers, counted from the end of the folder, and keeps nothing of the others.
type newest struct {
	folder  string
	listing inbound.Listing // what is the same on all pages
	next    inbound.Cursor  // of the next page
	// seq is the sequence number of the message that was listed last, or a higher one: that
	// of a message falls when others below it are expunged.
	seq uint32
}

// listNewest returns a page of a listing from the newest message on. ok is false if it cannot
// be had by sequence numbers; the folder has to be searched then.
func (s *session) listNewest(ctx context.Context, folder string, from inbound.Cursor) (
	page inbound.Listing, ok bool, err error,
) {
	n := s.newest
	switch {
	case s.continued(folder, from) != nil:
		return page, false, nil
	case n != nil && n.folder == folder && n.next.Generation == from.Generation && n.next.After == from.After &&
		n.next.Before == from.Before && len(from.Again) == 0:
		err = s.reselect(ctx, folder, from.Generation, false)
	default:
		n, err = s.beginNewest(ctx, folder, &from)
	}
	if err != nil || n == nil {
		return page, false, err
	}
	first := from.Before == 0
	messages, ok, err := s.pageBefore(ctx, n, from.Received)
	if !ok && err == nil {
		// Messages may have been expunged. A server need not say so before it opens the folder again.
		if err = s.enter(ctx, folder); err == nil && s.generation == n.listing.Generation {
			messages, ok, err = s.pageBefore(ctx, n, from.Received)
		}
	}
	if !ok || err != nil {
		return page, false, err
	}
	if first {
		if err := s.firstNewest(ctx, n, from, messages); err != nil {
			return page, false, err
		}
	}
	page = n.listing
	if page.More = n.seq > 1 && len(messages) > 0 && uint64(messages[0].UID) > n.next.After+1; page.More {
		s.newest = n
	}
	if again := s.newRecheck(from); first && len(again.asked) > 0 {
		old, err := s.askAgain(ctx, again, from.Received)
		if err != nil {
			return page, false, err
		}
		messages = slices.Concat(old, messages)
	}
	page.Refs = refsOf(folder, page.Generation, messages)
	page.Next = n.next
	page.Next.Received = from.Received
	return page, true, nil
}

// beginNewest opens the folder and finds the place at which the cursor is. It returns nil if
// that message is gone.
func (s *session) beginNewest(ctx context.Context, folder string, from *inbound.Cursor) (n *newest, err error) {
	err = s.byName(folder, func(name string) error {
		box, generation, err := s.examine(ctx, name, from.Generation)
		if err != nil {
			return err
		}
		if from.Generation != "" && from.Generation != generation {
			from.After, from.Before, from.Again = 0, 0, nil
		}
		s.folder, s.generation, s.writable = folder, generation, false
		n = &newest{folder: folder, seq: box.NumMessages,
			next: inbound.Cursor{Generation: generation, After: from.After, Newest: true, Before: from.Before},
			listing: inbound.Listing{Generation: generation, NextPosition: uint64(box.UIDNext),
				Total: int(box.NumMessages)}}
		s.looked(folder, look{generation: generation, exists: box.NumMessages, next: uint64(box.UIDNext)})
		return nil
	})
	if err != nil || from.Before == 0 || n.seq == 0 {
		return n, err
	}
	at, err := s.messages(ctx, imap.UIDSetNum(imap.UID(clipped(from.Before))), false)
	for _, m := range at {
		if m.UID == clipped(from.Before) {
			n.seq = m.Seq
			return n, err
		}
	}
	return nil, err
}

// examine opens a folder for reading. before is its generation as the caller knows it.
func (s *session) examine(ctx context.Context, name, before string) (
	box *imap.SelectData, generation string, err error,
) {
	if err := s.leave(ctx); err != nil {
		return nil, "", err
	}
	s.folder = ""
	err = s.command(ctx, inbound.OpOpenFolder, answerBudget, func() error {
		box, err = s.client.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if err == nil && mayFlap(s.wire.Selected().UIDValidity, before, time.Now()) {
		box, err = s.settle(ctx, name)
	}
	if err != nil {
		return nil, "", err
	}
	generation = s.wire.Selected().UIDValidity
	return box, generation, identifiable(generation)
}

// pageBefore returns the messages of the next page, and moves the cursor. ok is false if the
// answer does not prove that none is missing between the page before and this one.
func (s *session) pageBefore(ctx context.Context, n *newest, received bool) (page []wire.Message, ok bool, err error) {
	size := s.perCommand(pageSize)
	if n.next.Before > 0 && s.messageLimit() == 0 {
		size++ // the one that was listed last comes once more
	}
	for {
		there := s.wire.Exists()
		last := min(n.seq, there)
		if last == 0 {
			return nil, true, nil
		}
		first := last - min(last, uint32(size)) + 1
		messages, err := s.messages(ctx, imap.SeqSet{{Start: first, Stop: last}}, received)
		if err != nil {
			return nil, false, err
		}
		messages = slices.DeleteFunc(messages, func(m wire.Message) bool { return m.Seq < first || m.Seq > last })
		count := len(messages)
		if count != int(last-first)+1 ||
			n.next.Before > 0 && last < there && uint64(messages[count-1].UID) < n.next.Before {
			return nil, false, nil
		}
		lowest := uint64(messages[0].UID)
		for _, m := range messages {
			if uint64(m.UID) > n.next.After && (n.next.Before == 0 || uint64(m.UID) < n.next.Before) {
				page = append(page, m)
			}
		}
		moved := first < n.seq
		n.seq = first
		switch {
		case len(page) > 0:
			n.next.Before = uint64(page[0].UID)
			return page, true, nil
		case first == 1 || lowest <= n.next.After:
			return nil, true, nil
		case !moved:
			return nil, false, nil
		}
	}
}

// messages returns what a listing says about messages; nothing if the server refuses.
func (s *session) messages(ctx context.Context, set imap.NumSet, received bool) (messages []wire.Message, err error) {
	if err := s.awaitAhead(ctx); err != nil {
		return nil, err
	}
	err = s.command(ctx, inbound.OpList, answerBudget, func() error {
		messages, err = s.listMessages(set, received)()
		if refusesForm(err) {
			return nil
		}
		return err
	})
	return messages, err
}

// firstNewest completes what is the same on all pages, after the first one.
func (s *session) firstNewest(
	ctx context.Context, n *newest, from inbound.Cursor, messages []wire.Message,
) (err error) {
	var highest uint32
	if len(messages) > 0 {
		highest = messages[len(messages)-1].UID
	}
	s.looked(n.folder, look{generation: n.listing.Generation, exists: uint32(n.listing.Total),
		next: n.listing.NextPosition, highest: highest})
	if n.listing.NextPosition > 0 || from.After > 0 {
		return nil
	}
	name, err := s.mailboxName(n.folder)
	if err == nil {
		n.listing.NextPosition, err = s.uidNext(ctx, name, highest, from.Generation == "")
	}
	return err
}

// askAgain returns those of the messages that are still there.
func (s *session) askAgain(ctx context.Context, r *recheck, received bool) (again []wire.Message, err error) {
	for _, uids := range r.asked {
		messages, err := s.messages(ctx, setOf(uids), received)
		if err != nil {
			return nil, err
		}
		again = append(again, (&recheck{asked: [][]uint32{uids}}).among(messages)...)
	}
	return again, nil
}

// refsOf returns messages as a listing has them.
func refsOf(folder, generation string, messages []wire.Message) []inbound.Ref {
	refs := make([]inbound.Ref, len(messages))
	for i, m := range messages {
		refs[i] = inbound.Ref{SourceID: sourceID(folder, generation, m.UID), Position: uint64(m.UID),
			Size: m.Size, Received: m.Received, Mark: markOf(m.Marks)}
	}
	return refs
}

// clip leaves out the messages from a position on.
func (f *found) clip(before uint64) {
	for n := len(f.rest); n > 0 && uint64(f.rest[n-1].last) >= before; n-- {
		if uint64(f.rest[n-1].first) >= before {
			f.rest = f.rest[:n-1]
			continue
		}
		f.rest[n-1].last = uint32(before - 1)
	}
}
