package inbound

import (
	"context"
	"errors"
	"time"
)

// page lists one page and returns what of it has to be read, together with the
// records of what need not be. It moves the cursor on.
func (p *plan) page(ctx context.Context) (Listing, []Ref, []LedgerEntry, error) {
	listing, err := p.list(ctx)
	if err != nil {
		return listing, nil, nil, err
	}
	switch {
	case listing.Generation != p.state.Generation || p.state.StartedAt.IsZero():
		listing, err = p.startGeneration(ctx, listing)
	case !p.account.isMailbox(p.state.Mailbox):
		listing, err = p.mailboxChanged(ctx, listing)
	case listing.NextPosition > 0 && listing.NextPosition < p.state.NextPosition:
		listing, err = p.serverRestored(ctx, listing)
	}
	if err == nil && !p.arranged {
		listing, err = p.arrange(ctx, listing)
	}
	if err != nil {
		return listing, nil, nil, err
	}
	p.windowed = p.windowed || listing.Windowed
	if p.only == nil && p.whole && (len(listing.Refs) == 0 || p.listsAll(listing.Refs)) {
		void, err := p.duplicates.watch(ctx, p.known, listing)
		if err == nil && len(void) > 0 {
			err = p.save(ctx, void...)
		}
		if err != nil {
			return listing, nil, nil, err
		}
	}
	p.from = listing.Next
	p.from.Received = p.asksReceived()
	todo, early, err := p.sift(ctx, listing.Refs)
	return listing, todo, early, err
}

// sift returns which of the listed messages have to be read, and the records of those
// that need not be.
func (p *plan) sift(ctx context.Context, refs []Ref) (todo []Ref, early []LedgerEntry, err error) {
	rows, err := p.rowsOf(ctx, refs)
	if err != nil {
		return nil, nil, err
	}
	for _, ref := range refs {
		row, known := rows[ref.SourceID]
		if p.taken.has(ref.SourceID) {
			continue // feeds repeat themselves
		}
		if p.only != nil {
			if !p.only[ref.SourceID] || !row.isAbout(ref) || ref.Mark != MarkNone {
				continue
			}
		} else {
			due := !known || p.isDue(row, ref)
			baseline := row.isAbout(ref) && row.Baseline
			if (row.Baseline || row.BeforeStart) && !row.isAbout(ref) && !row.isVoid() {
				p.resized[ref.SourceID] = true
			}
			switch {
			case (!known || row.BeforeStart || row.Outcome == Failed) && p.beforeStart(ref, baseline):
				if due {
					entry := ref.entry(Ignored, p.beforeStartReason(ref), time.Now())
					entry.BeforeStart, entry.Baseline = true, baseline
					early = append(early, entry.over(row)...)
					p.taken.add(ref.SourceID)
				}
				continue
			case due, row.BeforeStart && (!row.At.After(p.state.StartMovedAt) || p.arrivedLater(ref)):
			default:
				continue
			}
			if ref.Mark != MarkNone {
				early = append(early, p.withhold(ref, row)...)
				p.taken.add(ref.SourceID)
				continue
			}
		}
		p.taken.add(ref.SourceID)
		if known {
			p.before[ref.SourceID] = row
		} else if p.initial {
			p.unseen++
		}
		if row.failures() > 1 {
			p.suspects = append(p.suspects, ref)
		} else {
			todo = append(todo, ref)
		}
	}
	if len(todo)+len(early) > 0 {
		p.refusals = 0
	}
	return todo, early, p.lookLater(ctx)
}

// list lists the next page. Where the server no longer takes the token, the listing
// begins anew with everything: what has a record is subtracted as ever. A server that
// takes none of its tokens must not keep the pass from ending.
func (p *plan) list(ctx context.Context) (Listing, error) {
	if len(p.pages) > 0 {
		return p.listPage(ctx)
	}
	listing, err := p.session.List(ctx, p.folder, p.from)
	if !errors.Is(err, ErrCursorRefused) || p.from.Token == "" || p.refusals >= maxTokenRefusals {
		return listing, err
	}
	p.refusals++
	p.state.Token, p.whole = "", true
	p.from = Cursor{Generation: p.state.Generation, Received: p.from.Received}
	return p.session.List(ctx, p.folder, p.from)
}

// listsAll reports a page of a folder whose messages have no Position, and all of
// which are listed in the server's order, as far as it shows them: POP3 in every pass.
func (p *plan) listsAll(refs []Ref) bool {
	return p.whole && p.windowed && len(refs) > 0 && refs[0].Position == 0
}

// rowsOf returns the records of a page.
func (p *plan) rowsOf(ctx context.Context, refs []Ref) (map[SourceID]LedgerEntry, error) {
	rows, err := p.known.lookup(ctx, refs)
	if err != nil {
		return nil, err
	}
	if !p.listsAll(refs) {
		return rows, nil
	}
	for _, r := range refs {
		p.visited = append(p.visited, r.Size)
	}
	if len(rows) == 0 {
		if err := p.forgetBaseline(ctx); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// isDue reports whether a message that has a record has to be read again: it failed
// and its pause is over, or it is not what the record is about.
func (p *plan) isDue(row LedgerEntry, ref Ref) bool {
	_, due := p.retry[row.SourceID]
	delete(p.retry, row.SourceID)
	switch {
	case due || row.Outcome == Vanished || !row.isAbout(ref) || row.isWithheld() && ref.Mark == MarkNone:
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

// beforeStart reports a message that is before the account's start, as far as
// the listing tells. baseline says that its record remembers it as there when the
// account was connected.
func (p *plan) beforeStart(ref Ref, baseline bool) bool {
	if p.account.Start.Now && ref.Position > 0 && ref.Position < p.state.StartPosition || baseline && p.byID() {
		return !p.arrivedLater(ref)
	}
	limit := p.notBefore(ref)
	if p.doubtsClock(ref) {
		limit = limit.Add(-clockSlack) // the header tells more
	}
	return !limit.IsZero() && !ref.Received.IsZero() && isBefore(ref.Received, limit)
}

func (p *plan) beforeStartReason(ref Ref) string {
	if ref.Received.IsZero() || p.account.Start.Now {
		return wasConnectedLater
	}
	return beforeSince(ref.Received, p.account.Start.Since)
}

// gone returns records for messages that were due again and are no longer listed. What
// had an outcome before keeps it, and is looked for with the next listing of the whole
// folder.
func (p *plan) gone() []LedgerEntry {
	var rows []LedgerEntry
	now := time.Now()
	for _, e := range p.retry {
		switch reason := e.Reason; {
		case e.isWithheld():
			e.Outcome, e.Reason = Vanished, "gone from the server; before: "+reason
			e.NextTry, e.At = time.Time{}, now
		case e.Outcome == Failed:
			e.Outcome, e.Reason = Vanished, "gone from the server before it could be read; before: "+reason
			e.NextTry, e.At = time.Time{}, now
		default:
			e.NextTry = now.Add(compareEvery)
		}
		rows = append(rows, e)
	}
	return rows
}
