package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Renumbering tells that the identities a server gave are not valid any more.
// Nothing is uploaded twice: mail is compared by its bytes.
type Renumbering struct {
	Account, Folder string
	Was, Is         uint32 // UIDVALIDITY; the same when the server was set back to an earlier state, or is another one
}

// enter begins a folder's generation: the first one, or a new one because the
// server has numbered its messages anew. What was uploaded before is then
// recognised by its bytes. It returns the listing to go on with.
func (f *folderPlan) enter(ctx context.Context, listing Listing) (Listing, error) {
	first := f.state.StartedAt.IsZero()
	if !first {
		f.renumbered(ctx, listing.Generation)
	}
	started := f.state.StartedAt
	f.state = FolderState{Mailbox: f.account.mailbox(), Generation: listing.Generation, StartedAt: started}
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
	if err := f.saveState(ctx); err != nil {
		return listing, err
	}
	if err := f.begin(ctx); err != nil {
		return listing, err
	}
	if asked || !f.wantsReceived() {
		return listing, nil
	}
	return f.session.List(ctx, f.folder, f.from)
}

// saveState records what is remembered of the folder, at once: what is on the
// line goes by line.mark.
func (f *folderPlan) saveState(ctx context.Context) error {
	err := f.store.Atomic(ctx, func(ctx context.Context) error {
		if err := f.store.Confirm(ctx, f.leaseName(), f.token); err != nil {
			return err
		}
		return f.store.SetFolderState(ctx, f.account.ID, f.folder, f.state)
	})
	if err != nil {
		return fmt.Errorf("inbound: record state of folder %q: %w", f.folder, err)
	}
	return nil
}

// renumbered tells whoever watches.
func (f *folderPlan) renumbered(ctx context.Context, is uint32) {
	f.logger.WarnContext(ctx, "the server has renumbered the folder; its mail is compared by content",
		"account", f.account.ID, "folder", f.folder, "was", f.state.Generation, "is", is)
	if f.observer.Renumbered != nil {
		f.observer.Renumbered(Renumbering{Account: f.account.ID, Folder: f.folder, Was: f.state.Generation, Is: is})
	}
}

// rewind follows a server that was set back, from a backup say: it gives the UIDs
// from its UIDNEXT on to other messages, and has given some below to what came
// since. The rows of those UIDs become void, so that what appears under them is
// read. Not all rows do: a back end that lags behind looks the same.
func (f *folderPlan) rewind(ctx context.Context, listing Listing) (Listing, error) {
	f.state.UIDNext = listing.UIDNext
	f.state.Settled = min(f.state.Settled, listing.UIDNext-1-min(listing.UIDNext-1, overlap))
	f.state.StartUID = min(f.state.StartUID, listing.UIDNext)
	return f.distrust(ctx, f.state.UIDNext-min(f.state.UIDNext, overlap))
}

// moved follows an account whose settings name another mailbox now, of the same
// UIDVALIDITY by chance: 1 is the first that comes to many a server's mind. Or the
// same one by another name: what is uploaded is then recognised by its bytes.
func (f *folderPlan) moved(ctx context.Context) (Listing, error) {
	f.state = FolderState{Mailbox: f.account.mailbox(), Generation: f.state.Generation, StartedAt: f.state.StartedAt}
	return f.distrust(ctx, 0)
}

// distrust makes the rows above a UID void, and lists the folder anew.
func (f *folderPlan) distrust(ctx context.Context, above uint32) (Listing, error) {
	f.renumbered(ctx, f.state.Generation)
	err := f.store.Atomic(ctx, func(ctx context.Context) error {
		if err := f.store.Confirm(ctx, f.leaseName(), f.token); err != nil {
			return err
		}
		for after := (ID{Folder: f.folder, Generation: f.state.Generation, UID: above}); ; {
			rows, err := f.store.Entries(ctx, f.account.ID, "", after, pageLimit)
			if err != nil {
				return err
			}
			var void []LedgerEntry
			for _, row := range rows {
				if row.Folder == f.folder && row.Generation == f.state.Generation {
					row.Deleted, row.At = true, time.Time{}
					void = append(void, row)
				}
			}
			if err := f.store.Record(ctx, f.account.ID, void); err != nil {
				return err
			}
			if len(void) < pageLimit {
				return f.store.SetFolderState(ctx, f.account.ID, f.folder, f.state)
			}
			after = rows[len(rows)-1].ID
		}
	})
	if err != nil {
		return Listing{}, fmt.Errorf("inbound: give up what is remembered of folder %q: %w", f.folder, err)
	}
	if err := f.begin(ctx); err != nil {
		return Listing{}, err
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
				rows[i] = LedgerEntry{ID: ref.ID, Outcome: Ignored, Reason: beforeConnected, Size: ref.Size, Listed: ref.Size, At: now}
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
			if listing.Incomplete {
				return &Error{Op: "list", Class: ErrTemporary, Err: errors.New("the server's first listing is incomplete, so old mail cannot be told from new")}
			}
		}
	})
	if err != nil {
		return listing, fmt.Errorf("inbound: record what was there before the start: %w", err)
	}
	return first, f.begin(ctx)
}
