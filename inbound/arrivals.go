package inbound

import "context"

// arrivals puts messages on the line in the order of the listing. Servers that
// work on several commands at once answer them in turns; but what becomes of a
// message may depend on those before it, and must not depend on the server's
// mood.
type arrivals struct {
	*line
	place map[ID]int    // of each ref in the order
	held  map[int]*item // came before their turn
	next  int           // whose turn it is
}

func newArrivals(l *line, refs []Ref) *arrivals {
	a := &arrivals{line: l, place: make(map[ID]int, len(refs)), held: make(map[int]*item)}
	for i, ref := range refs {
		a.place[ref.ID] = i
	}
	return a
}

// mayWait says whether a message may wait for room in memory. While others are
// held back it must not: they would not give up their room before it has come.
func (a *arrivals) mayWait() bool { return len(a.held) == 0 }

// add takes a message, and passes on all whose turn has come.
func (a *arrivals) add(ctx context.Context, it *item) error {
	a.held[a.place[it.ref.ID]] = it
	for {
		it, ok := a.held[a.next]
		if !ok {
			return nil
		}
		delete(a.held, a.next)
		a.next++
		if err := a.put(ctx, it); err != nil {
			return err
		}
	}
}

// end passes on what is still held back because one before it never came.
// After a failure it frees them: they come again.
func (a *arrivals) end(ctx context.Context, err error) error {
	for ; len(a.held) > 0; a.next++ {
		it, ok := a.held[a.next]
		if !ok {
			continue
		}
		delete(a.held, a.next)
		if err != nil {
			it.raw.Close()
			continue
		}
		err = a.put(ctx, it)
	}
	return err
}
