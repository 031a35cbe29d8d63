package inbound

import (
	"context"
	"errors"
	"slices"
	"time"
)

// beginHistory takes what the first listing of a generation tells to be there as history:
// all up to the Position that comes next. Where the server omits that, or leaves messages
// out, all of the folder is read in one listing, and new mail with it.
func (p *plan) beginHistory(first Listing) {
	p.newHistory = first.Windowed && first.NextPosition == 0
	if first.NextPosition <= 1 || first.Incomplete || len(first.Refs) == 0 && !first.More {
		return
	}
	p.state.History = History{Before: first.NextPosition, Messages: first.Total, Bytes: p.size}
	// The search has found all that is there; what shows late is for the next comparison.
	p.state.ComparedAt = time.Now()
}

// withoutRefs is a listing that tells about the folder, and lists nothing of it.
func (l Listing) withoutRefs() Listing {
	return Listing{Generation: l.Generation, NextPosition: l.NextPosition, Total: l.Total, Windowed: l.Windowed}
}

// tookNewest reports a page that was listed newest first, as the cursor asks: it has all
// from Next.Before on. A Fetcher that does not know Cursor.Newest lists in ascending order,
// and gives no such place.
func (c Cursor) tookNewest(page Listing) bool {
	next := page.Next.Before
	return c.Newest && page.More && next > c.After && (c.Before == 0 || next < c.Before) &&
		!slices.ContainsFunc(page.Refs, func(ref Ref) bool { return ref.Position < next })
}

// errMoved says that the folder's identities have changed since its history began: the next
// look at the folder finds out how.
var errMoved = errors.New("the folder has changed")

// historyPage is a page of the history.
type historyPage struct {
	todo     []Ref         // to be read
	early    []LedgerEntry // of what need not be read
	settled  []Ref         // all others: they are settled with the page
	end      History       // what is left behind the page
	newest   bool          // todo is read from its end
	next     uint64        // Listing.NextPosition
	position uint64        // the highest that is listed
}

// historyPage lists the next page of the history.
func (p *plan) historyPage(ctx context.Context) (page historyPage, err error) {
	left := p.state.History
	listing, err := p.listHistory(ctx)
	if err != nil {
		return page, err
	}
	restored := listing.NextPosition > 0 && listing.NextPosition < p.state.NextPosition
	if listing.Generation != p.state.Generation || restored {
		return page, errMoved
	}
	newest := p.from.tookNewest(listing)
	page.newest, page.next, page.end = newest || p.from.Newest && !listing.More, listing.NextPosition, left
	refs := make([]Ref, 0, len(listing.Refs))
	behind := false
	for _, ref := range listing.Refs {
		behind = behind || ref.Position >= left.Before
		if left.has(ref.Position) {
			refs = append(refs, ref)
			page.position = max(page.position, ref.Position)
		}
	}
	switch {
	case !listing.More, behind && !newest:
		page.end.After = left.Before // nothing is left
	case newest:
		page.end.Before = listing.Next.Before
	default:
		page.end.After = max(left.After, page.position)
	}
	p.from = listing.Next
	p.from.Newest = newest
	if page.todo, page.early, err = p.sift(ctx, refs); err != nil {
		return page, err
	}
	read := make(map[SourceID]bool, len(page.todo))
	for _, ref := range page.todo {
		read[ref.SourceID] = true
	}
	page.settled = without(refs, read)
	return page, nil
}

// listHistory lists behind p.from; at first, from where the history goes on.
func (p *plan) listHistory(ctx context.Context) (Listing, error) {
	newest := p.account.InitialOrder == Newest
	first := p.firstPage
	p.firstPage = nil
	if first != nil && !newest && p.state.History.After == 0 && first.Generation == p.state.Generation {
		first.NextPosition = p.state.NextPosition // mail may have come since
		p.from = Cursor{}
		return *first, nil
	}
	if p.from.Generation == "" {
		p.from = Cursor{Generation: p.state.Generation, After: p.state.History.After, Newest: newest}
		if newest {
			p.from.Before = p.state.History.Before
		}
	}
	p.from.Received = p.asksReceived()
	return p.session.List(ctx, p.folder, p.from)
}

// done takes messages out of the history, which have been put into the pipeline.
func (p *plan) done(refs []Ref) {
	h := &p.state.History
	h.Messages = max(0, h.Messages-len(refs))
	for _, ref := range refs {
		if h.Bytes >= 0 {
			size := min(ref.Size, h.Bytes)
			h.Bytes, p.settled = h.Bytes-size, p.settled+size
		}
	}
}

// endPassed ends a history between whose bounds nothing is left.
func (p *plan) endPassed() {
	if !p.state.History.isLeft() {
		p.endHistory()
	}
}

// endHistory takes out all that is left.
func (p *plan) endHistory() {
	p.settled += max(0, p.state.History.Bytes)
	p.state.History = History{}
}

// sizes returns how many bytes are in the folder, and how many of them the initial upload
// has left; -1 and 0 where that is not known.
func (p *plan) sizes() (total, left int64) {
	h := p.state.History
	if p.size < 0 || !h.isOver() && h.Bytes < 0 || h.isOver() && p.whole {
		return -1, 0
	}
	return p.size, min(h.Bytes, p.size)
}

// tell tells the tally how many bytes of the history were settled since the last time.
func (p *plan) tell(t *tally) {
	t.addBytes(0, -p.settled)
	p.settled = 0
}

// passed moves the history on behind messages that have been put into the pipeline, the
// oldest or the newest of those that are left.
func (p *plan) passed(refs []Ref, newest bool) {
	p.done(refs)
	first, last := refs[0].Position, refs[len(refs)-1].Position
	if newest {
		p.state.History.Before = first
	} else {
		p.state.History.After = last
	}
	p.state.Position = max(p.state.Position, last)
	p.endPassed()
}

// passedPage moves the history on behind a page.
func (p *plan) passedPage(page historyPage) {
	p.done(page.settled)
	p.state.History.After, p.state.History.Before = page.end.After, page.end.Before
	p.state.Position = max(p.state.Position, page.position)
	p.endPassed()
}

// expectHistory counts a page of a history. If the folder was counted when it was looked at
// first, the history is part of the total.
func (f *fetch) expectHistory(page historyPage) {
	due, shown := len(page.todo)+len(page.early)+len(f.plan.suspects), len(page.todo)+len(page.settled)
	if !f.tally.counted[f.plan.folder] {
		f.tally.progress(0, due, 0)
		return
	}
	unlisted := f.plan.state.History.Messages - shown
	if page.end.isLeft() {
		unlisted = min(unlisted, 0) // Total was too low
	}
	f.tally.progress(shown-due, -unlisted, 0)
}
