package inbound

import "context"

// maxHeldFiles bounds how many messages in files wait for one before them. What
// waits in memory is bounded by the spooler's budget. Together that is more than
// servers get ahead of themselves that answer several commands in turns.
const maxHeldFiles = 64

// reorderBuffer passes messages on in the order of the listing. The result for a
// message may depend on the messages before it, and must not depend on the order
// of responses: servers that execute several commands concurrently interleave
// their responses.
//
// Servers also leave messages out of a response. A message that does not come
// holds back what fits in memory and maxHeldFiles files; then the buffer gives up
// its turn and goes on without it. If it comes later, it is passed on immediately.
type reorderBuffer struct {
	put   func(context.Context, *item) error // passes a message on and owns its bytes from there
	place map[ID]int                         // of each ref in the order
	next  int                                // the place whose turn it is
	held  map[int]*item                      // came before their turn, by place
	files int                                // of those, how many are in files
}

func newReorderBuffer(l *line, refs []Ref) *reorderBuffer {
	b := &reorderBuffer{put: l.put, place: make(map[ID]int, len(refs)), held: make(map[int]*item)}
	for i, ref := range refs {
		b.place[ref.ID] = i
	}
	return b
}

// mayWait reports whether a message may wait for room in memory. It must not
// while others are held back: they free no room until it has come.
func (b *reorderBuffer) mayWait() bool { return len(b.held) == 0 }

// add takes a message and passes on all whose turn has come.
func (b *reorderBuffer) add(ctx context.Context, it *item) error {
	place := b.place[it.ref.ID]
	if place < b.next {
		return b.put(ctx, it) // late: its turn was given up
	}
	b.held[place] = it
	if it.raw.file != nil {
		b.files++
	}
	for {
		it := b.take()
		switch {
		case it != nil:
			if err := b.put(ctx, it); err != nil {
				return err
			}
		case b.files > maxHeldFiles:
			b.next++
		default:
			return nil
		}
	}
}

// take removes the message whose turn it is, and returns nil if it has not come.
func (b *reorderBuffer) take() *item {
	it := b.held[b.next]
	if it != nil {
		delete(b.held, b.next)
		if it.raw.file != nil {
			b.files--
		}
		b.next++
	}
	return it
}

// end passes on the messages that are still held back because one before them
// never came. After a failure it frees them: they are fetched again.
func (b *reorderBuffer) end(ctx context.Context, err error) error {
	for len(b.held) > 0 {
		it := b.take()
		switch {
		case it == nil:
			b.next++
		case err != nil:
			it.raw.Close()
		default:
			err = b.put(ctx, it)
		}
	}
	return err
}
