package inbound

import "context"

// maxHeldBack bounds how many messages wait for one before them. It is what three
// commands of imapfetch ask for: of the four that it has under way, three can be
// answered before the first. That is no message left out, but Dovecot at work on
// several commands.
const maxHeldBack = 300

// reorderBuffer passes messages on in the order of the listing. The result for a
// message may depend on the messages before it, and must not depend on the order
// of responses: servers that execute several commands concurrently interleave
// their responses.
//
// Servers also leave messages out of a response. A message that does not come
// holds back no more than maxHeldBack messages and half of the memory; then the
// buffer gives up its turn and goes on without it. If it comes later, it is
// passed on immediately.
type reorderBuffer struct {
	put       func(context.Context, *item) error // passes a message on and owns its bytes from there
	place     map[SourceID]int                   // of each ref in the order
	next      int                                // the place whose turn it is
	held      map[int]*item                      // came before their turn, by place
	heldBytes int64
	maxBytes  int64
}

func newReorderBuffer(p *pipeline, refs []Ref) *reorderBuffer {
	b := &reorderBuffer{
		put:      p.put,
		place:    make(map[SourceID]int, len(refs)),
		held:     make(map[int]*item),
		maxBytes: p.limits.MemoryBytes / 2, // by default, three commands of imapfetch, too
	}
	for i, ref := range refs {
		b.place[ref.SourceID] = i
	}
	return b
}

// mayWait reports whether a message may wait for room in memory. It must not
// while others are held back: they free no room until it has come.
func (b *reorderBuffer) mayWait() bool { return len(b.held) == 0 }

// add takes a message and passes on all whose turn has come.
func (b *reorderBuffer) add(ctx context.Context, it *item) error {
	place := b.place[it.ref.SourceID]
	if place < b.next {
		return b.put(ctx, it) // late: its turn was given up
	}
	b.held[place] = it
	b.heldBytes += heldSize(it)
	for {
		it := b.take()
		switch {
		case it != nil:
			if err := b.put(ctx, it); err != nil {
				return err
			}
		case len(b.held) > maxHeldBack || b.heldBytes > b.maxBytes:
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
		b.heldBytes -= heldSize(it)
		b.next++
	}
	return it
}

// heldSize is what a message counts against maxBytes. A large one is in a file and
// fetched by a command of its own: three of them must not exceed the bound.
func heldSize(it *item) int64 { return min(it.raw.Size(), spoolInMemory) }

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
