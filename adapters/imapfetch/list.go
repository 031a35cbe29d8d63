package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/postroom/postroom/inbound"
)

const (
	// pageSize is how many messages a page of List has at most.
	pageSize = 1000
	// searchBudget bounds the answer to a search: some 4 million messages.
	searchBudget = 32 << 20
	// arrivals is how many messages may arrive between two commands before a
	// server that lists more messages than it has is not believed.
	arrivals = 10_000
)

// found is a folder's listing while List returns it page by page.
type found struct {
	listing inbound.Listing // what is the same on all pages
	rest    []uidRange      // not returned yet, ascending
	next    inbound.Cursor  // where rest begins
	ahead   *sizeQuery      // the next page, whose sizes are asked for already; nil at the end
	page    int             // how many messages a page has

	answered, silent int // messages so far of which the server knows something, and others
}

// uidRange is the UIDs from first to last, inclusive.
type uidRange struct{ first, last uint32 }

// List opens the folder, or opens it again so that new mail is seen, and returns
// a page of up to 1000 messages, fewer where the server's MESSAGELIMIT (RFC
// 9738) is lower. The cursor of the page before continues the same listing. A
// message whose size the server omits is listed with Size 0. See [inbound.Session].
func (s *session) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	f := s.found
	if f == nil || f.ahead == nil || s.folder != folder ||
		from.Generation != f.next.Generation || from.After != f.next.After ||
		!slices.Equal(from.Again, f.next.Again) {
		if err := s.search(ctx, folder, from); err != nil {
			return inbound.Listing{}, err
		}
	}
	return s.page(ctx, from.Received)
}

// identifiable returns an error for a folder whose messages have no identity.
func identifiable(generation string) error {
	if generation != "" {
		return nil
	}
	return &inbound.Error{Op: inbound.OpOpenFolder, Class: inbound.ErrPermanent,
		Err:  errors.New("the server sends no UIDVALIDITY, so its messages have no lasting identity"),
		Hint: "collect from this server by POP3"}
}

// clipped returns a position as a UID.
func clipped(position uint64) uint32 { return uint32(min(position, math.MaxUint32)) }

// nextUIDs removes the next page from the front of the listing.
func (f *found) nextUIDs() []uint32 {
	uids := make([]uint32, 0, f.page)
	for len(uids) < f.page && len(f.rest) > 0 {
		r := &f.rest[0]
		uids = append(uids, r.first)
		if r.first == r.last {
			f.rest = f.rest[1:]
		} else {
			r.first++
		}
	}
	return uids
}

// listedUpTo moves the cursor of the next page.
func (f *found) listedUpTo(position uint64) {
	if position > f.next.After {
		f.next.After, f.next.Again = position, nil
		return
	}
	for len(f.next.Again) > 0 && f.next.Again[0] <= position {
		f.next.Again = f.next.Again[1:]
	}
}

// maxSilent is how many messages more than those that the server has an answer about it may
// be silent about in a listing.
const maxSilent = 100

// proven returns an error if the server names many more messages than it knows anything of.
// Else, a server that names four billion messages in one line would fill the ledger. A few
// are listed: they may be in trouble.
func (f *found) proven(page *sizeQuery) error {
	for _, uid := range page.uids {
		if _, ok := page.came[uid]; ok {
			f.answered++
		} else {
			f.silent++
		}
	}
	if f.silent <= f.answered+maxSilent {
		return nil
	}
	return &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary, Hint: hintServer,
		Err: fmt.Errorf("the server lists %d messages and has an answer about %d of them",
			f.answered+f.silent, f.answered)}
}

// page returns the next page, and asks for the sizes on the page after it, so that
// they have arrived when they are needed.
func (s *session) page(ctx context.Context, received bool) (inbound.Listing, error) {
	f := s.found
	page := f.ahead
	if page == nil {
		page = &sizeQuery{uids: f.nextUIDs(), received: received}
	} else if page.received != received {
		page = &sizeQuery{uids: page.uids, received: received}
	}
	f.ahead = nil
	if err := s.sizes(ctx, page); err != nil {
		return inbound.Listing{}, err
	}
	if err := f.proven(page); err != nil {
		return inbound.Listing{}, err
	}
	listing := f.listing
	listing.Refs = page.refs(s.folder, s.generation)
	if n := len(listing.Refs); n > 0 {
		f.listedUpTo(listing.Refs[n-1].Position)
	}
	listing.Next, listing.More = f.next, len(f.rest) > 0
	listing.Next.Received = received
	if !listing.More {
		return listing, nil
	}
	f.ahead = &sizeQuery{uids: f.nextUIDs(), received: received}
	if s.server.oneByOne.Load() {
		return listing, nil // sizes asks for them
	}
	return listing, s.command(ctx, inbound.OpList, answerBudget, func() error {
		s.sendSizes(f.ahead)
		return nil
	})
}
