package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// overlap is how many UIDs below the watermark are looked at again in each
	// pass: servers with several back ends show lower UIDs late.
	overlap = 200
	// pageLimit bounds lists of rows that are read at once.
	pageLimit = 1000
)

// folderPlan finds out what a folder has that is not settled.
type folderPlan struct {
	*pass
	folder string
	state  FolderState
	retry  map[ID]LedgerEntry // failed before, and due again; seen ones are taken out
	from   Cursor
	tried  map[ID]int // failures so far of what is read again
}

// openPlan reads what is remembered of a folder.
func (p *pass) openPlan(ctx context.Context, folder string) (*folderPlan, error) {
	f := &folderPlan{pass: p, folder: folder, tried: make(map[ID]int)}
	var err error
	if f.state, err = p.store.FolderState(ctx, p.account.ID, folder); err != nil {
		return nil, fmt.Errorf("inbound: read state of folder %q: %w", folder, err)
	}
	return f, f.begin(ctx)
}

// begin sets the cursor for the generation of f.state: a little below the
// watermark, or below the first message that failed and is due again.
func (f *folderPlan) begin(ctx context.Context) error {
	due, err := f.store.Retry(ctx, f.account.ID, f.folder, f.state.Generation, time.Now(), pageLimit)
	if err != nil {
		return fmt.Errorf("inbound: read failed messages: %w", err)
	}
	f.retry = make(map[ID]LedgerEntry, len(due))
	after := f.state.Settled - min(f.state.Settled, overlap)
	for _, e := range due {
		f.retry[e.ID] = e
		if e.UID > 0 {
			after = min(after, e.UID-1)
		}
	}
	f.from = Cursor{Generation: f.state.Generation, After: after, Received: f.wantsReceived()}
	return nil
}

// wantsReceived says whether the time of arrival matters: for a start by date,
// and for "from now" after the server has renumbered its messages.
func (f *folderPlan) wantsReceived() bool { return !f.notBefore().IsZero() }

// notBefore is the moment from which mail counts, where it goes by time.
func (f *folderPlan) notBefore() time.Time {
	switch {
	case f.account.Start.Now && (f.state.StartUID > 0 || f.account.Protocol == POP3):
		return time.Time{} // by UID, or by what the baseline has settled: senders' clocks are not to be trusted
	case f.account.Start.Now:
		return f.state.StartedAt
	}
	return f.account.Start.Since
}

// page lists one page and returns what of it has to be read, together with the
// rows of what need not be. It moves the cursor on.
func (f *folderPlan) page(ctx context.Context) (Listing, []Ref, []LedgerEntry, error) {
	listing, err := f.session.List(ctx, f.folder, f.from)
	if err != nil {
		return listing, nil, nil, err
	}
	if listing.Generation != f.state.Generation || f.state.StartedAt.IsZero() {
		if listing, err = f.enter(ctx, listing); err != nil {
			return listing, nil, nil, err
		}
	}
	f.from = listing.Next
	f.from.Received = f.wantsReceived()
	ids := make([]ID, len(listing.Refs))
	for i, r := range listing.Refs {
		ids[i] = r.ID
	}
	rows, err := f.store.Lookup(ctx, f.account.ID, ids)
	if err != nil {
		return listing, nil, nil, fmt.Errorf("inbound: read ledger: %w", err)
	}
	var todo []Ref
	var early []LedgerEntry
	for _, ref := range listing.Refs {
		row, known := rows[ref.ID]
		_, due := f.retry[ref.ID]
		delete(f.retry, ref.ID)
		switch {
		case known && !due:
		case !known && f.beforeStart(ref):
			early = append(early, LedgerEntry{ID: ref.ID, Outcome: Ignored, Reason: f.whyEarly(ref), Size: ref.Size, At: time.Now()})
		default:
			todo = append(todo, ref)
			if known {
				f.tried[ref.ID] = row.Attempts
			}
		}
	}
	return listing, todo, early, nil
}

// beforeStart reports a message that is before the account's start, as far as
// the listing tells.
func (f *folderPlan) beforeStart(ref Ref) bool {
	if ref.UID > 0 && ref.UID < f.state.StartUID {
		return true
	}
	limit := f.notBefore()
	return !limit.IsZero() && !ref.Received.IsZero() && ref.Received.Before(limit)
}

func (f *folderPlan) whyEarly(ref Ref) string {
	if ref.Received.IsZero() || f.account.Start.Now {
		return beforeConnected
	}
	return beforeSince(ref.Received, f.account.Start.Since)
}

// beforeConnected is the reason of what a start from now leaves out.
const beforeConnected = "was there before the account was connected"

// enter begins a folder's generation: the first one, or a new one because the
// server has numbered its messages anew. What was uploaded before is then
// recognised by its bytes. It returns the listing to go on with.
func (f *folderPlan) enter(ctx context.Context, listing Listing) (Listing, error) {
	first := f.state.StartedAt.IsZero()
	if !first {
		f.logger.WarnContext(ctx, "the server has renumbered the folder; its mail is compared by content",
			"account", f.account.ID, "folder", f.folder, "was", f.state.Generation, "is", listing.Generation)
	}
	started := f.state.StartedAt
	f.state = FolderState{Generation: listing.Generation, StartedAt: started}
	if first {
		f.state.StartedAt = time.Now()
	}
	asked := f.from.Received
	switch {
	case first && f.account.Start.Now && listing.UIDNext > 0:
		f.state.StartUID = listing.UIDNext
	case first && f.account.Start.Now:
		return f.baseline(ctx, listing)
	}
	if err := f.store.SetFolderState(ctx, f.account.ID, f.folder, f.state); err != nil {
		return listing, fmt.Errorf("inbound: record state of folder %q: %w", f.folder, err)
	}
	if err := f.begin(ctx); err != nil {
		return listing, err
	}
	if asked || !f.wantsReceived() {
		return listing, nil
	}
	return f.session.List(ctx, f.folder, f.from)
}

// baseline settles everything that is there now as before the start, in one
// transaction: a half-made baseline would let the next pass take mail that has
// arrived in between for old. It serves servers that tell no UIDNEXT.
func (f *folderPlan) baseline(ctx context.Context, listing Listing) (Listing, error) {
	if listing.Incomplete {
		return listing, &Error{Op: "list", Class: ErrTemporary, Err: errors.New("the server's first listing is incomplete, so old mail cannot be told from new")}
	}
	first := listing
	err := f.store.Atomic(ctx, func(ctx context.Context) error {
		if err := f.store.Confirm(ctx, f.leaseName(), f.token); err != nil {
			return err
		}
		for {
			now := time.Now()
			rows := make([]LedgerEntry, len(listing.Refs))
			for i, ref := range listing.Refs {
				rows[i] = LedgerEntry{ID: ref.ID, Outcome: Ignored, Reason: beforeConnected, Size: ref.Size, At: now}
			}
			if err := f.store.Record(ctx, f.account.ID, rows); err != nil {
				return err
			}
			if !listing.More {
				return f.store.SetFolderState(ctx, f.account.ID, f.folder, f.state)
			}
			var err error
			if listing, err = f.session.List(ctx, f.folder, listing.Next); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return listing, fmt.Errorf("inbound: record what was there before the start: %w", err)
	}
	return first, f.begin(ctx)
}

// gone returns rows for messages that failed before and are no longer listed.
func (f *folderPlan) gone() []LedgerEntry {
	var rows []LedgerEntry
	for _, e := range f.retry {
		e.Outcome, e.Reason, e.At = Vanished, "gone from the server before it could be read; before: "+e.Reason, time.Now()
		rows = append(rows, e)
	}
	return rows
}
