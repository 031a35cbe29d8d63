package inbound

import (
	"context"
	"fmt"
	"time"
)

// startGeneration begins a folder's generation: the first one, or a new one
// because the server has numbered its messages anew. What was uploaded before is
// then recognized by its bytes. It returns the listing to go on with.
func (p *plan) startGeneration(ctx context.Context, listing Listing) (Listing, error) {
	known := !p.state.StartedAt.IsZero()
	changed := known && !p.account.isMailbox(p.state.Mailbox)
	if known {
		p.reportRenumbering(ctx, listing.Generation)
	}
	started := p.state.StartedAt
	if !known || changed {
		started = time.Now()
	}
	*p.state = FolderState{Mailbox: p.account.mailbox(), Generation: listing.Generation,
		StartedAt: started, Start: p.startsAt(), StartGap: listing.NextPosition}
	if known || !p.first || !p.account.Start.Now {
		p.beginHistory(listing)
	}
	if changed {
		return p.invalidateAll(ctx)
	}
	// Only what is there in the pass that connects the account was certainly there
	// before. A folder that is added later, or a different protocol, goes by the
	// time of arrival.
	if !known && p.first && p.account.Start.Now {
		return p.recordBaseline(ctx, listing)
	}
	asked := p.from.Received
	if err := p.save(ctx); err != nil {
		return listing, err
	}
	if err := p.resume(ctx); err != nil {
		return listing, err
	}
	switch {
	case !asked && p.wantsReceived():
		return p.session.List(ctx, p.folder, p.from)
	case p.state.History.isLeft() && p.only == nil:
		p.firstPage = &listing
		return listing.withoutRefs(), nil
	}
	return listing, nil
}

// reportRenumbering notifies the Observer.
func (p *plan) reportRenumbering(ctx context.Context, is string) {
	p.renumbered = true
	p.logger.WarnContext(ctx, "the server has renumbered the folder; its mail is compared by content",
		"account", p.account.ID, "folder", p.folder, "was", p.state.Generation, "is", is)
	if p.observer.Renumbered != nil {
		p.observer.Renumbered(RenumberingInfo{Account: p.account.ID, Folder: p.folder, Was: p.state.Generation, Is: is})
	}
}

// serverRestored follows a server that was restored from a backup: it reuses the
// UIDs from its UIDNEXT on for other messages, and has given some below to what
// came since. The records of those UIDs become void, so that what appears under them
// is read. Not all records do: a back end that lags behind looks the same.
func (p *plan) serverRestored(ctx context.Context, listing Listing) (Listing, error) {
	p.state.NextPosition = listing.NextPosition
	p.state.Position = min(p.state.Position, listing.NextPosition-1-min(listing.NextPosition-1, overlap))
	p.state.StartGap = max(p.state.StartGap, p.state.StartPosition)
	p.state.StartPosition = min(p.state.StartPosition, listing.NextPosition)
	p.state.History.Before = min(p.state.History.Before, listing.NextPosition)
	p.endPassed()
	p.reportRenumbering(ctx, p.state.Generation)
	return p.invalidateBehind(ctx, p.state.NextPosition-min(p.state.NextPosition, overlap))
}

// mailboxChanged follows an account whose settings name a different mailbox now,
// one of the same UIDVALIDITY (many servers start it at 1) or the same form of
// unique-ids. Or the same one by a different name: what is uploaded is then
// recognized by its bytes.
func (p *plan) mailboxChanged(ctx context.Context, listing Listing) (Listing, error) {
	p.reportRenumbering(ctx, p.state.Generation)
	*p.state = FolderState{Mailbox: p.account.mailbox(), Generation: p.state.Generation,
		StartedAt: time.Now(), Start: p.startsAt(), StartGap: listing.NextPosition}
	p.beginHistory(listing)
	return p.invalidateAll(ctx)
}

// invalidateAll makes all records of the folder void, and lists it anew. Those of
// earlier generations go, too: the mailbox may be given one of them later.
func (p *plan) invalidateAll(ctx context.Context) (Listing, error) {
	return p.invalidate(ctx, SourceID{Folder: p.folder},
		func(row LedgerEntry) (within, void bool) { return row.Folder == p.folder, true })
}

// invalidateBehind makes the records of this generation that are behind a Position
// void, and lists the folder anew.
func (p *plan) invalidateBehind(ctx context.Context, position uint64) (Listing, error) {
	return p.invalidate(ctx, SourceID{Folder: p.folder, Generation: p.state.Generation},
		func(row LedgerEntry) (within, void bool) {
			return row.Folder == p.folder && row.Generation == p.state.Generation, row.Position > position
		})
}

// invalidate makes records void, and lists the folder anew. It looks at the records
// from start on, until one is not within.
func (p *plan) invalidate(ctx context.Context, start SourceID,
	look func(LedgerEntry) (within, void bool)) (Listing, error) {
	var void []LedgerEntry
	err := p.known.fenced(ctx, func(ctx context.Context) error {
		for row, err := range flat(p.known.pages(ctx, "", start)) {
			if err != nil {
				return err
			}
			within, isVoid := look(row)
			if !within {
				break
			}
			if isVoid {
				row.Deleted, row.At = true, time.Time{}
				void = append(void, row)
			}
			if len(void) == pageLimit {
				if err := p.known.record(ctx, void); err != nil {
					return err
				}
				void = void[:0]
			}
		}
		return p.known.writeFolder(ctx, p.folder, *p.state, void...)
	})
	if err != nil {
		return Listing{}, fmt.Errorf("inbound: invalidate the records of folder %q: %w", p.folder, err)
	}
	if err := p.resume(ctx); err != nil {
		return Listing{}, err
	}
	return p.session.List(ctx, p.folder, p.from)
}

// recordBaseline remembers what is there now as before the start: in IMAP by the
// UID that comes next, where messages have no Position by a record for each. The server
// is asked first, and all of it is written in one transaction: a half-made baseline
// would let the next pass mistake mail that has arrived in between for old. So would a
// record of mail that arrives during the listing, where the server has times of arrival.
func (p *plan) recordBaseline(ctx context.Context, first Listing) (Listing, error) {
	if !first.Incomplete && p.from.tookNewest(first) {
		return p.recordNewest(ctx, first)
	}
	var rows []LedgerEntry
	recorded := make(map[SourceID]bool) // feeds repeat themselves
	now, last := time.Now(), uint64(0)
	for listing := first; ; {
		if listing.Incomplete {
			// Old mail cannot be told from new by what is listed, but by time.
			if err := p.save(ctx); err != nil {
				return first, err
			}
			if err := p.resume(ctx); err != nil {
				return first, err
			}
			return p.session.List(ctx, p.folder, p.from)
		}
		for _, ref := range listing.Refs {
			last = max(last, ref.Position)
			isNew := !ref.Received.IsZero() && !isBefore(ref.Received, p.startsAt())
			if ref.Position == 0 && !isNew && !recorded[ref.SourceID] {
				recorded[ref.SourceID] = true
				entry := ref.entry(Ignored, wasConnectedLater, now)
				entry.BeforeStart, entry.Baseline = true, true
				rows = append(rows, entry)
			}
		}
		if !listing.More {
			break
		}
		var err error
		if listing, err = p.session.List(ctx, p.folder, listing.Next); err != nil {
			return listing, err
		}
	}
	p.startBehind(last, first.NextPosition)
	if err := p.save(ctx, rows...); err != nil {
		return first, err
	}
	return first, p.resume(ctx)
}

// startBehind has mail count behind the last Position.
func (p *plan) startBehind(last, next uint64) {
	p.state.Baseline = true
	if last > 0 || next > 0 {
		// Some servers give a UIDNEXT far above the UID that comes next, and some
		// none; mail that arrived during the listing is above UIDNEXT.
		p.state.StartPosition = last + 1
		if next > 0 {
			p.state.StartPosition = min(last+1, next)
		}
	}
}

// recordNewest is recordBaseline from the newest messages of a folder that has more. The
// others are not listed: they get their records when all of it is compared.
func (p *plan) recordNewest(ctx context.Context, newest Listing) (Listing, error) {
	last := newest.Next.Before
	for _, ref := range newest.Refs {
		last = max(last, ref.Position)
	}
	p.startBehind(last, newest.NextPosition)
	p.state.Position, p.state.ComparedAt = p.state.StartPosition-1, time.Now()
	if err := p.save(ctx); err != nil {
		return newest, err
	}
	return newest.withoutRefs(), p.resume(ctx)
}

// forgetBaseline is called when a POP3 server lists a page of messages of which none
// is known. If there was a baseline, the server may have given its messages new
// unique-ids, perhaps in the middle of a pass: from then on, what is not known goes
// by the time of arrival.
func (p *plan) forgetBaseline(ctx context.Context) error {
	if !p.state.Baseline || !p.account.Start.Now {
		return nil
	}
	known := false
	for row, err := range flat(p.known.pages(ctx, "", SourceID{Folder: p.folder})) {
		if err != nil {
			return err
		}
		known = row.Folder == p.folder
		break
	}
	if !known {
		return nil // the mailbox was empty when the account was connected
	}
	p.state.Baseline = false
	return p.save(ctx)
}
