package inbound

import (
	"context"
	"slices"
	"time"
)

// dropPage is a page of a maildrop, by the numbers that messages have in a POP3 session:
// those greater than after and up to upTo.
type dropPage struct {
	after, upTo uint64
	initial     bool // it is of the history
}

// arrange puts the pages of a maildrop in order while its initial upload goes on: first what
// is behind the history, then the history. It returns the page to begin with. Where no
// history is left, or not all messages can be told by their numbers, that is the given one.
func (p *plan) arrange(ctx context.Context, first Listing) (Listing, error) {
	begins := p.newHistory
	p.newHistory = false
	if p.only != nil || !begins && p.state.History.Last == "" || first.Total == 0 || first.Incomplete ||
		!first.Windowed || first.Next.After == 0 {
		return first, nil
	}
	total, step := uint64(first.Total), first.Next.After
	var last uint64
	if !begins {
		var err error
		if last, err = p.findLast(ctx, total, step); err != nil {
			return first, err
		}
	}
	if last == 0 {
		// What is there is the history, at first and when its last message is gone. So it is
		// where a server shows a part of its mail at a time.
		key, err := p.keyAt(ctx, total)
		if err != nil || key == "" {
			return first, err
		}
		last, p.state.History = total, History{Last: key, Messages: first.Total, Bytes: p.size}
	}
	for after := last; after < total; after += step {
		p.pages = append(p.pages, dropPage{after: after, upTo: min(after+step, total)})
	}
	begin := len(p.pages)
	for after := uint64(0); after < last; after += step {
		p.pages = append(p.pages, dropPage{after: after, upTo: min(after+step, last), initial: true})
	}
	if p.account.InitialOrder == Newest {
		slices.Reverse(p.pages[begin:])
	}
	if err := p.save(ctx); err != nil {
		return first, err
	}
	p.arranged = true
	return p.listPage(ctx)
}

// findLast returns the number of the last message of the history; 0 if it is gone. It is
// mostly on the last page.
func (p *plan) findLast(ctx context.Context, total, step uint64) (number uint64, err error) {
	for after := total - min(total, step); ; after -= min(after, step) {
		page, err := p.session.List(ctx, p.folder, Cursor{After: after})
		if err != nil {
			return 0, err
		}
		for i, ref := range page.Refs {
			if ref.Key == p.state.History.Last {
				number = after + uint64(i) + 1
			}
		}
		if number > 0 || after == 0 {
			return number, nil
		}
	}
}

// keyAt returns the Key of the message of a number; "" if there is none.
func (p *plan) keyAt(ctx context.Context, number uint64) (string, error) {
	page, err := p.session.List(ctx, p.folder, Cursor{After: number - 1})
	if err != nil || len(page.Refs) == 0 {
		return "", err
	}
	return page.Refs[0].Key, nil
}

// listPage lists the next of the pages.
func (p *plan) listPage(ctx context.Context) (Listing, error) {
	page := p.pages[0]
	p.pages = p.pages[1:]
	listing, err := p.session.List(ctx, p.folder, Cursor{After: page.after})
	if err != nil {
		return listing, err
	}
	p.initial = page.initial
	switch end := listing.Next.After; {
	case end > page.upTo:
		listing.Refs = listing.Refs[:len(listing.Refs)-int(min(end-page.upTo, uint64(len(listing.Refs))))]
	case end > page.after && end < page.upTo:
		p.pages = slices.Insert(p.pages, 0, dropPage{end, page.upTo, page.initial})
	}
	listing.More = len(p.pages) > 0
	if n := len(listing.Refs); n > 0 && p.initial && p.account.InitialOrder == Newest {
		p.state.History.Last = listing.Refs[n-1].Key
	}
	return listing, nil
}

// readOn notes how far the history of a maildrop has come, before the session ends with
// some of a page still to be read.
func (p *plan) readOn(todo []Ref) {
	if p.account.InitialOrder == Newest {
		p.state.History.Last = todo[len(todo)-1].Key
	}
}

// takePage reads these messages of a page. If they are of the history of a maildrop, they
// are read slice by slice until the turn ends, or the provider's limits are reached.
func (f *fetch) takePage(ctx context.Context, todo []Ref) error {
	if !f.plan.initial {
		return f.take(ctx, todo)
	}
	if f.turn.ends.IsZero() {
		f.turn = f.historyTime.turn()
	}
	for len(todo) > 0 {
		if f.turn.isOver() {
			f.plan.readOn(todo)
			f.plan.stopped = true
			return f.pipeline.mark(ctx, f.plan.folder, *f.plan.state)
		}
		newest := f.plan.account.InitialOrder == Newest
		slice, err := f.admit(ctx, f.turn.cut(todo, newest), newest)
		if err != nil {
			return err
		}
		if f.plan.waits = len(slice) == 0; f.plan.waits {
			f.plan.readOn(todo)
			return f.pipeline.mark(ctx, f.plan.folder, *f.plan.state)
		}
		_, rest := split(todo, len(slice), newest)
		begun := time.Now()
		if err := f.take(ctx, slice); err != nil {
			return err
		}
		f.turn.took(slice, time.Since(begun))
		f.turn.looked, todo = time.Now(), rest
		f.plan.done(slice)
		f.plan.tell(f.tally)
		if err := f.pipeline.mark(ctx, f.plan.folder, *f.plan.state); err != nil {
			return err
		}
	}
	return nil
}
