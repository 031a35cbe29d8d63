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
	// compareEvery is how often the whole folder is listed, for what has
	// appeared further down.
	compareEvery = 24 * time.Hour
	// pageLimit bounds lists of rows that are read at once.
	pageLimit = 1000
	// maxRefusals is how many tokens may be refused in one pass without anything new
	// in between.
	maxRefusals = 3
)

// folderPlan finds out what a folder has that is not settled.
type folderPlan struct {
	*pass
	folder   string
	state    FolderState
	retry    map[SourceID]LedgerEntry // failed before, and due again; seen ones are taken out
	from     Cursor
	whole    bool                     // the listing has everything, not only what is new
	before   map[SourceID]LedgerEntry // rows of what is read again
	only     map[SourceID]bool        // not nil: nothing else is read, and nothing concluded about the folder
	suspects []Ref                    // failed more than once, and due again: read last, and one by one
	taken    recent                   // messages that are on the line
	refusals int                      // of tokens, since there was something new
	twins    twins
}

// openPlan reads what is remembered of a folder.
func (p *pass) openPlan(ctx context.Context, folder string) (*folderPlan, error) {
	f := &folderPlan{pass: p, folder: folder, before: make(map[SourceID]LedgerEntry),
		twins: twins{listed: make(map[SourceID]bool), missing: make(map[SourceID]LedgerEntry)}}
	var err error
	if f.state, err = p.store.FolderState(ctx, p.account.ID, folder); err != nil {
		return nil, fmt.Errorf("inbound: read state of folder %q: %w", folder, err)
	}
	return f, f.begin(ctx)
}

// begin sets the cursor for the generation of f.state: a little below the
// watermark, or below the first message that failed and is due again, and once
// a day at the beginning.
func (f *folderPlan) begin(ctx context.Context) error {
	now := time.Now()
	due, err := f.store.Retry(ctx, f.account.ID, f.folder, f.state.Generation, now, pageLimit)
	if err != nil {
		return fmt.Errorf("inbound: read failed messages: %w", err)
	}
	f.retry = make(map[SourceID]LedgerEntry, len(due))
	after, token := f.state.Position-min(f.state.Position, overlap), f.state.Token
	for _, e := range due {
		f.retry[e.SourceID] = e
		if e.Position > 0 {
			after = min(after, e.Position-1)
		} else {
			token = "" // a feed does not repeat what it has told
		}
	}
	if start := f.startsAt(); !start.Equal(f.state.Start) && !f.state.StartedAt.IsZero() {
		// Before anything is left out by it, so that moving back is noticed.
		if start.Before(f.state.Start) {
			f.state.StartMovedAt, f.state.ComparedAt = now, time.Time{}
		}
		f.state.Start = start
		if err := f.saveState(ctx); err != nil {
			return err
		}
	}
	// A clock that was set back must not put the comparison off.
	if ago := now.Sub(f.state.ComparedAt); ago >= compareEvery || ago < 0 || f.only != nil {
		after, token = 0, ""
	}
	f.whole = after == 0 && token == ""
	f.from = Cursor{Generation: f.state.Generation, After: after, Token: token, Received: f.wantsReceived()}
	return nil
}

// startsAt is the moment from which mail counts for the account; the zero time
// means that all mail does.
func (p *pass) startsAt() time.Time {
	if p.account.Start.Now {
		return p.accountState.StartedAt
	}
	return p.account.Start.Since
}

// clockSlack is how far the clock of a server may be off, and how late it may
// show mail that has arrived.
const clockSlack = 24 * time.Hour

// notBefore is the moment from which mail counts, where it goes by the time of
// arrival. Where what was there at the start is known by its ID, clocks are not
// needed; but POP3 servers may show old mail later (Gmail shows some 250 messages
// at a time), and so may IMAP servers below the UIDNEXT that they gave: of that,
// what is clearly older than the start is left out too.
func (f *folderPlan) notBefore(ref Ref) time.Time {
	switch {
	case !f.byID():
		return f.startsAt()
	case ref.Position == 0, ref.Position < f.state.StartGap:
		return f.startsAt().Add(-clockSlack)
	}
	return time.Time{}
}

// byID reports whether what was there at the start is known by its ID.
func (f *folderPlan) byID() bool { return f.account.Start.Now && f.state.Baseline }

// wantsReceived says whether the time of arrival matters.
func (f *folderPlan) wantsReceived() bool {
	return f.account.Start.Now || !f.startsAt().IsZero()
}

// arrivedLater reports a message that arrived well after the account was
// connected, whatever its Position says: a server that was restored reuses UIDs.
func (f *folderPlan) arrivedLater(ref Ref) bool {
	return f.account.Start.Now && ref.Received.After(f.startsAt().Add(time.Hour))
}

// page lists one page and returns what of it has to be read, together with the
// rows of what need not be. It moves the cursor on.
func (f *folderPlan) page(ctx context.Context) (Listing, []Ref, []LedgerEntry, error) {
	listing, err := f.list(ctx)
	if err != nil {
		return listing, nil, nil, err
	}
	switch {
	case listing.Generation != f.state.Generation || f.state.StartedAt.IsZero():
		listing, err = f.startGeneration(ctx, listing)
	case !f.account.isMailbox(f.state.Mailbox):
		listing, err = f.mailboxChanged(ctx)
	case listing.NextPosition > 0 && listing.NextPosition < f.state.NextPosition:
		listing, err = f.serverRestored(ctx, listing)
	}
	if err != nil {
		return listing, nil, nil, err
	}
	f.windowed = f.windowed || listing.Windowed
	if err := f.watchTwins(ctx, listing); err != nil {
		return listing, nil, nil, err
	}
	rows, err := f.rowsOf(ctx, listing.Refs)
	if err != nil {
		return listing, nil, nil, err
	}
	f.from = listing.Next
	f.from.Received = f.wantsReceived()
	var todo []Ref
	var early []LedgerEntry
	for _, ref := range listing.Refs {
		row, known := rows[ref.SourceID]
		if f.taken.has(ref.SourceID) {
			continue // feeds repeat themselves
		}
		if f.only != nil {
			if !f.only[ref.SourceID] || !row.isAbout(ref) {
				continue
			}
		} else {
			due := !known || f.isDue(row, ref)
			baseline := row.isAbout(ref) && row.Baseline
			switch {
			case (!known || row.BeforeStart || row.Outcome == Failed) && f.beforeStart(ref, baseline):
				if due {
					entry := ref.entry(Ignored, f.beforeStartReason(ref), time.Now())
					entry.BeforeStart, entry.Baseline = true, baseline
					early = append(early, entry.over(row)...)
					f.taken.add(ref.SourceID)
				}
				continue
			case due, row.BeforeStart && (!row.At.After(f.state.StartMovedAt) || f.arrivedLater(ref)):
			default:
				continue
			}
		}
		f.taken.add(ref.SourceID)
		if known {
			f.before[ref.SourceID] = row
		}
		if row.failures() > 1 {
			f.suspects = append(f.suspects, ref)
		} else {
			todo = append(todo, ref)
		}
	}
	if len(todo)+len(early) > 0 {
		f.refusals = 0
	}
	return listing, todo, early, nil
}

// list lists the next page. Where the server does not take the token any more, the
// listing begins anew with everything: what has a record is subtracted as ever. A
// server that takes none of its tokens must not keep the pass from ending.
func (f *folderPlan) list(ctx context.Context) (Listing, error) {
	listing, err := f.session.List(ctx, f.folder, f.from)
	if !errors.Is(err, ErrCursorRefused) || f.from.Token == "" || f.refusals >= maxRefusals {
		return listing, err
	}
	f.refusals++
	f.state.Token, f.whole = "", true
	f.from = Cursor{Generation: f.state.Generation, Received: f.from.Received}
	return f.session.List(ctx, f.folder, f.from)
}

// listsAll reports a page of a folder whose messages have no Position, and all of
// which are listed in the server's order, as far as it shows them: POP3 in every pass.
func (f *folderPlan) listsAll(refs []Ref) bool {
	return f.whole && f.windowed && len(refs) > 0 && refs[0].Position == 0
}

// rowsOf returns the rows of a page.
func (f *folderPlan) rowsOf(ctx context.Context, refs []Ref) (map[SourceID]LedgerEntry, error) {
	ids := make([]SourceID, len(refs))
	for i, r := range refs {
		ids[i] = r.SourceID
	}
	rows, err := f.store.Lookup(ctx, f.account.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("inbound: read ledger: %w", err)
	}
	if !f.listsAll(refs) {
		return rows, nil
	}
	for _, r := range refs {
		f.visited = append(f.visited, r.Size)
	}
	if len(rows) == 0 {
		if err := f.forgetBaseline(ctx); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// isDue reports whether a message that has a row has to be read again: it failed
// and its pause is over, or it is not what the row is about.
func (f *folderPlan) isDue(row LedgerEntry, ref Ref) bool {
	_, due := f.retry[row.SourceID]
	delete(f.retry, row.SourceID)
	switch {
	case due || row.Outcome == Vanished || !row.isAbout(ref):
		return true
	case row.Deleted:
		// Deleted and still there: the deletion was undone, or the ID is
		// another message's now. Its bytes tell; some servers list what is
		// deleted for weeks, so not in every pass.
		ago := time.Since(row.At)
		return ago >= compareEvery || ago < 0
	}
	return false
}

// isAbout reports whether the row of an ID is about the message that is listed
// under it, as far as the listing tells. Else the ID was given again: by POP3 when a
// message is gone, by a server that was set back, or in a different mailbox.
func (e LedgerEntry) isAbout(ref Ref) bool {
	return !e.isVoid() && (ref.Size == 0 || e.Listed == 0 || ref.Size == e.Listed)
}

// isVoid reports a row whose ID may be another message's by now.
func (e LedgerEntry) isVoid() bool { return e.Deleted && e.At.IsZero() }

// beforeStart reports a message that is before the account's start, as far as
// the listing tells. baseline says that its row remembers it as there when the
// account was connected.
func (f *folderPlan) beforeStart(ref Ref, baseline bool) bool {
	if f.account.Start.Now && ref.Position > 0 && ref.Position < f.state.StartPosition || baseline && f.byID() {
		return !f.arrivedLater(ref)
	}
	limit := f.notBefore(ref)
	return !limit.IsZero() && !ref.Received.IsZero() && isBefore(ref.Received, limit)
}

// wasConnectedLater is the reason of what a start from now leaves out.
const wasConnectedLater = "was there before the account was connected"

func (f *folderPlan) beforeStartReason(ref Ref) string {
	if ref.Received.IsZero() || f.account.Start.Now {
		return wasConnectedLater
	}
	return beforeSince(ref.Received, f.account.Start.Since)
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
