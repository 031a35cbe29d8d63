package inbound

import (
	"context"
	"fmt"
	"time"
)

// Renumbering tells that the identities a server gave are not valid any more.
// Nothing is uploaded twice: mail is compared by its bytes.
type Renumbering struct {
	Account, Folder string
	Was, Is         string // Generation; the same when the server was restored, or is a different one
}

// startGeneration begins a folder's generation: the first one, or a new one
// because the server has numbered its messages anew. What was uploaded before is
// then recognized by its bytes. It returns the listing to go on with.
func (f *folderPlan) startGeneration(ctx context.Context, listing Listing) (Listing, error) {
	known := !f.state.StartedAt.IsZero()
	changed := known && !f.account.isMailbox(f.state.Mailbox)
	if known {
		f.reportRenumbering(ctx, listing.Generation)
	}
	started := f.state.StartedAt
	if !known {
		started = time.Now()
	}
	f.state = FolderState{Mailbox: f.account.mailbox(), Generation: listing.Generation,
		StartedAt: started, Start: f.startsAt()}
	if changed {
		// The generation may be an earlier one of the mailbox before.
		return f.invalidate(ctx, 0)
	}
	// Only what is there in the pass that connects the account was certainly there
	// before. A folder that is added later, or a different protocol, goes by the
	// time of arrival.
	if !known && f.first && f.account.Start.Now {
		return f.recordBaseline(ctx, listing)
	}
	asked := f.from.Received
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

// saveState records what is remembered of the folder immediately, together with
// rows: what is in the pipeline goes by line.mark.
func (f *folderPlan) saveState(ctx context.Context, rows ...LedgerEntry) error {
	err := f.fenced(ctx, func(ctx context.Context) error {
		for len(rows) > 0 {
			n := min(len(rows), pageLimit)
			if err := f.store.Record(ctx, f.account.ID, rows[:n]); err != nil {
				return err
			}
			rows = rows[n:]
		}
		return f.store.SetFolderState(ctx, f.account.ID, f.folder, f.state)
	})
	if err != nil {
		return fmt.Errorf("inbound: record state of folder %q: %w", f.folder, err)
	}
	return nil
}

// reportRenumbering notifies the Observer.
func (f *folderPlan) reportRenumbering(ctx context.Context, is string) {
	f.renumbered = true
	f.logger.WarnContext(ctx, "the server has renumbered the folder; its mail is compared by content",
		"account", f.account.ID, "folder", f.folder, "was", f.state.Generation, "is", is)
	if f.observer.Renumbered != nil {
		f.observer.Renumbered(Renumbering{Account: f.account.ID, Folder: f.folder, Was: f.state.Generation, Is: is})
	}
}

// serverRestored follows a server that was restored from a backup: it reuses the
// UIDs from its UIDNEXT on for other messages, and has given some below to what
// came since. The rows of those UIDs become void, so that what appears under them
// is read. Not all rows do: a back end that lags behind looks the same.
func (f *folderPlan) serverRestored(ctx context.Context, listing Listing) (Listing, error) {
	f.state.NextPosition = listing.NextPosition
	f.state.Position = min(f.state.Position, listing.NextPosition-1-min(listing.NextPosition-1, overlap))
	f.state.StartGap = max(f.state.StartGap, f.state.StartPosition)
	f.state.StartPosition = min(f.state.StartPosition, listing.NextPosition)
	f.reportRenumbering(ctx, f.state.Generation)
	return f.invalidate(ctx, f.state.NextPosition-min(f.state.NextPosition, overlap))
}

// mailboxChanged follows an account whose settings name a different mailbox now,
// one of the same UIDVALIDITY (many servers start it at 1) or the same form of
// unique-ids. Or the same one by a different name: what is uploaded is then
// recognized by its bytes.
func (f *folderPlan) mailboxChanged(ctx context.Context) (Listing, error) {
	f.reportRenumbering(ctx, f.state.Generation)
	f.state = FolderState{Mailbox: f.account.mailbox(), Generation: f.state.Generation,
		StartedAt: f.state.StartedAt, Start: f.startsAt()}
	return f.invalidate(ctx, 0)
}

// invalidate makes the rows behind a Position void (0: all of them), and lists the
// folder anew.
func (f *folderPlan) invalidate(ctx context.Context, behind uint64) (Listing, error) {
	err := f.fenced(ctx, func(ctx context.Context) error {
		for after, more := (SourceID{Folder: f.folder, Generation: f.state.Generation}), true; more; {
			rows, err := f.store.Entries(ctx, f.account.ID, "", after, pageLimit)
			if err != nil {
				return err
			}
			more = len(rows) == pageLimit
			var void []LedgerEntry
			for _, row := range rows {
				if row.Folder != f.folder || row.Generation != f.state.Generation {
					more = false
					break
				}
				after = row.SourceID
				if behind == 0 || row.Position > behind {
					row.Deleted, row.At = true, time.Time{}
					void = append(void, row)
				}
			}
			if err := f.store.Record(ctx, f.account.ID, void); err != nil {
				return err
			}
		}
		return f.store.SetFolderState(ctx, f.account.ID, f.folder, f.state)
	})
	if err != nil {
		return Listing{}, fmt.Errorf("inbound: invalidate the records of folder %q: %w", f.folder, err)
	}
	if err := f.begin(ctx); err != nil {
		return Listing{}, err
	}
	return f.session.List(ctx, f.folder, f.from)
}

// recordBaseline remembers what is there now as before the start: in IMAP by the
// UID that comes next, where messages have no Position by a row for each. The server
// is asked first, and all of it is written in one transaction: a half-made baseline
// would let the next pass mistake mail that has arrived in between for old. So would a
// row for mail that arrives during the listing, where the server has times of arrival.
func (f *folderPlan) recordBaseline(ctx context.Context, first Listing) (Listing, error) {
	var rows []LedgerEntry
	recorded := make(map[SourceID]bool) // feeds repeat themselves
	now, last := time.Now(), uint64(0)
	for listing := first; ; {
		if listing.Incomplete {
			// Old mail cannot be told from new by what is listed, but by time.
			if err := f.saveState(ctx); err != nil {
				return first, err
			}
			if err := f.begin(ctx); err != nil {
				return first, err
			}
			return f.session.List(ctx, f.folder, f.from)
		}
		for _, ref := range listing.Refs {
			last = max(last, ref.Position)
			isNew := !ref.Received.IsZero() && !isBefore(ref.Received, f.startsAt())
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
		if listing, err = f.session.List(ctx, f.folder, listing.Next); err != nil {
			return listing, err
		}
	}
	f.state.Baseline = true
	if last > 0 || first.NextPosition > 0 {
		// Some servers give a UIDNEXT far above the UID that comes next, and some
		// none; mail that arrived during the listing is above UIDNEXT.
		f.state.StartPosition = last + 1
		if first.NextPosition > 0 {
			f.state.StartPosition, f.state.StartGap = min(last+1, first.NextPosition), first.NextPosition
		}
	}
	if err := f.saveState(ctx, rows...); err != nil {
		return first, err
	}
	return first, f.begin(ctx)
}

// forgetBaseline is called when a POP3 server lists a page of messages of which none
// is known. If there was a baseline, the server may have given its messages new
// unique-ids, perhaps in the middle of a pass: from then on, what is not known goes
// by the time of arrival.
func (f *folderPlan) forgetBaseline(ctx context.Context) error {
	if !f.state.Baseline || !f.account.Start.Now {
		return nil
	}
	rows, err := f.store.Entries(ctx, f.account.ID, "", SourceID{Folder: f.folder}, 1)
	if err != nil {
		return fmt.Errorf("inbound: read ledger: %w", err)
	}
	if len(rows) == 0 || rows[0].Folder != f.folder {
		return nil // the mailbox was empty when the account was connected
	}
	f.state.Baseline = false
	return f.saveState(ctx)
}

// loadSizes reads the sizes of what was there when the account was connected.
// They serve messages that no clock of a server can date.
func (p *pass) loadSizes(ctx context.Context) error {
	if p.sizes != nil {
		return nil
	}
	sizes := make(map[int64]bool)
	for after, more := (SourceID{}), true; more; {
		rows, err := p.store.Entries(ctx, p.account.ID, Ignored, after, pageLimit)
		if err != nil {
			return fmt.Errorf("inbound: read ledger: %w", err)
		}
		for _, row := range rows {
			after = row.SourceID
			if row.BeforeStart && row.Listed > 0 { // 0 is unknown
				sizes[row.Listed] = true
			}
		}
		more = len(rows) == pageLimit
	}
	p.sizes = sizes
	return nil
}

// retire ends rows that wait for another attempt under an identity that is not
// listed any more: of an earlier generation, or of a folder that the account does
// not collect from. The message itself is read again under the one it has now.
func (p *pass) retire(ctx context.Context) error {
	if _, done := p.retired.Load(p.account.ID); done && !p.renumbered {
		return nil
	}
	generations := make(map[string]string)
	for _, folder := range p.account.listings(p.fetchers) {
		state, err := p.store.FolderState(ctx, p.account.ID, folder)
		if err != nil {
			return fmt.Errorf("inbound: read state of folder %q: %w", folder, err)
		}
		if !state.StartedAt.IsZero() {
			generations[folder] = state.Generation
		}
	}
	listed := func(row LedgerEntry) bool {
		generation, collected := generations[row.Folder]
		return collected && generation == row.Generation
	}
	for after, more := (SourceID{}), true; more; {
		rows, err := p.store.Entries(ctx, p.account.ID, Failed, after, pageLimit)
		if err != nil {
			return fmt.Errorf("inbound: read failed messages: %w", err)
		}
		if more = len(rows) == pageLimit; more {
			after = rows[len(rows)-1].SourceID
		}
		if err := p.retireRows(ctx, rows, listed); err != nil {
			return fmt.Errorf("inbound: record messages that are not listed any more: %w", err)
		}
	}
	p.retired.Store(p.account.ID, true)
	return nil
}

func (p *pass) retireRows(ctx context.Context, rows []LedgerEntry, listed func(LedgerEntry) bool) error {
	var ended []LedgerEntry
	folders := make(map[string]bool)
	for _, row := range rows {
		if listed(row) {
			continue
		}
		row.Outcome, row.At = Vanished, time.Now()
		row.Reason = "not listed under this ID any more; before: " + row.Reason
		ended = append(ended, row)
		folders[row.Folder] = true
	}
	if len(ended) == 0 {
		return nil
	}
	return p.fenced(ctx, func(ctx context.Context) error {
		for folder := range folders {
			// A folder that is collected from again is listed from its beginning.
			state, err := p.store.FolderState(ctx, p.account.ID, folder)
			if err != nil {
				return err
			}
			state.ComparedAt = time.Time{}
			if err := p.store.SetFolderState(ctx, p.account.ID, folder, state); err != nil {
				return err
			}
		}
		return p.store.Record(ctx, p.account.ID, ended)
	})
}
