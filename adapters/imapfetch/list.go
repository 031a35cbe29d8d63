package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
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
	folder  string
	listing inbound.Listing // what is the same on all pages
	rest    []uidRange      // not returned yet, ascending
	next    inbound.Cursor  // where the next page begins
	ahead   *sizeQuery      // the next page, whose sizes are asked for already; nil at the end
	page    int             // how many messages a page has

	answers  map[uint32]wire.Message // what the server has said with the UIDs; nil if nothing
	received bool                    // answers have the time of arrival

	answered, silent int // messages so far of which the server knows something, and others
}

// uidRange is the UIDs from first to last, inclusive.
type uidRange struct{ first, last uint32 }

// List opens the folder, or opens it again so that new mail is seen, and returns
// a page of up to 1000 messages, fewer where the server's MESSAGELIMIT (RFC
// 9738) is lower. The cursor of the page before continues the same listing. A
// message whose size the server omits is listed with Size 0. See [inbound.Session].
func (s *session) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	if from.Newest {
		if listing, ok, err := s.listNewest(ctx, folder, from); ok || err != nil {
			return listing, err
		}
	}
	f := s.continued(folder, from)
	if f == nil {
		var err error
		if f, err = s.search(ctx, folder, from); err != nil {
			return inbound.Listing{}, err
		}
	}
	return s.page(ctx, f, from.Received)
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

// nextUIDs removes the next page from the listing: from its front, or from its end if that
// is to come first.
func (f *found) nextUIDs() []uint32 {
	uids := make([]uint32, 0, f.page)
	if f.next.Newest {
		for len(uids) < f.page && len(f.rest) > 0 {
			r := &f.rest[len(f.rest)-1]
			uids = append(uids, r.last)
			if r.first == r.last {
				f.rest = f.rest[:len(f.rest)-1]
			} else {
				r.last--
			}
		}
		slices.Reverse(uids)
		return uids
	}
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

// listed moves the cursor of the next page behind these messages.
func (f *found) listed(refs []inbound.Ref) {
	if len(refs) == 0 {
		return
	}
	if f.next.Newest {
		f.next.Before, f.next.Again = refs[0].Position, nil
		return
	}
	position := refs[len(refs)-1].Position
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

// query asks for what a page says, as far as it is not known.
func (f *found) query(uids []uint32, received bool) *sizeQuery {
	z := &sizeQuery{uids: uids, received: received}
	if f.answers != nil && (f.received || !received) {
		z.answered(f.answers)
	}
	return z
}

// page returns the next page, and asks for the sizes on the page after it, so that
// they have arrived when they are needed.
func (s *session) page(ctx context.Context, f *found, received bool) (inbound.Listing, error) {
	if err := s.reselect(ctx, f.folder, f.listing.Generation, false); err != nil {
		return inbound.Listing{}, err
	}
	page := f.ahead
	if page == nil {
		page = f.query(f.nextUIDs(), received)
	} else if page.received != received {
		page = f.query(page.uids, received)
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
	f.listed(listing.Refs)
	listing.Next, listing.More = f.next, len(f.rest) > 0
	listing.Next.Received = received
	if listing.More {
		f.ahead = f.query(f.nextUIDs(), received)
	}
	if s.keep(f); !listing.More {
		return listing, nil
	}
	if s.server.oneByOne.Load() {
		return listing, nil // sizes asks for them
	}
	return listing, s.command(ctx, inbound.OpList, answerBudget, func() error {
		s.sendSizes(f.ahead)
		return nil
	})
}
