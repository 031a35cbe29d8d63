package inbound

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	// overlap is how many UIDs below the watermark are looked at again in each
	// pass: servers with several back ends show lower UIDs late.
	overlap = 200
	// compareEvery is how often the whole folder is listed, for what has
	// appeared further down.
	compareEvery = 24 * time.Hour
	// maxRefusals is how many tokens may be refused in one pass without anything new
	// in between.
	maxRefusals = 3
)

// plan finds out what a folder has that is not settled.
type plan struct {
	folder    string
	account   Account
	connected time.Time // when the account was first connected
	first     bool      // and that is in this pass
	known     *records
	session   Session
	logger    *slog.Logger
	observer  *Observer
	only      map[SourceID]bool // not nil: nothing else is read, and nothing concluded about the folder

	state    FolderState
	retry    map[SourceID]LedgerEntry // failed before, and due again; seen ones are taken out
	from     Cursor
	whole    bool                     // the listing has everything, not only what is new
	before   map[SourceID]LedgerEntry // records of what is read again
	suspects []Ref                    // failed more than once, and due again: read last, and one by one
	taken    recent                   // messages that are in the pipeline
	refusals int                      // of tokens, since there was something new
	twins    twins

	renumbered bool    // the folder has a new generation
	windowed   bool    // the server may show further messages in the next session
	visited    []int64 // sizes of what was listed, in order, where messages have no Position
}

// begin reads what is remembered of the folder, and sets the cursor.
func (p *plan) begin(ctx context.Context) (err error) {
	p.before = make(map[SourceID]LedgerEntry)
	p.twins = twins{listed: make(map[SourceID]bool), missing: make(map[SourceID]LedgerEntry)}
	if p.state, err = p.known.folder(ctx, p.folder); err != nil {
		return err
	}
	return p.resume(ctx)
}

// resume sets the cursor for the generation of p.state: a little below the
// watermark, or below the first message that failed and is due again, and once
// a day at the beginning.
func (p *plan) resume(ctx context.Context) error {
	due, err := p.known.due(ctx, p.folder, p.state.Generation)
	if err != nil {
		return err
	}
	p.retry = make(map[SourceID]LedgerEntry, len(due))
	after, token := p.state.Position-min(p.state.Position, overlap), p.state.Token
	for _, e := range due {
		p.retry[e.SourceID] = e
		if e.Position > 0 {
			after = min(after, e.Position-1)
		} else {
			token = "" // a feed does not repeat what it has told
		}
	}
	now := time.Now()
	if start := p.startsAt(); !start.Equal(p.state.Start) && !p.state.StartedAt.IsZero() {
		// Before anything is left out by it, so that moving back is noticed.
		if start.Before(p.state.Start) {
			p.state.StartMovedAt, p.state.ComparedAt = now, time.Time{}
		}
		p.state.Start = start
		if err := p.save(ctx); err != nil {
			return err
		}
	}
	// A clock that was set back must not put the comparison off.
	if ago := now.Sub(p.state.ComparedAt); ago >= compareEvery || ago < 0 || p.only != nil {
		after, token = 0, ""
	}
	p.whole = after == 0 && token == ""
	p.from = Cursor{Generation: p.state.Generation, After: after, Token: token, Received: p.wantsReceived()}
	return nil
}

// save records what is remembered of the folder immediately, together with records:
// what is in the pipeline goes by pipeline.mark.
func (p *plan) save(ctx context.Context, rows ...LedgerEntry) error {
	return p.known.writeFolder(ctx, p.folder, p.state, rows...)
}

// startsAt is the moment from which mail counts for the account; the zero time
// means that all mail does.
func (p *plan) startsAt() time.Time {
	if p.account.Start.Now {
		return p.connected
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
func (p *plan) notBefore(ref Ref) time.Time {
	switch {
	case !p.byID():
		return p.startsAt()
	case ref.Position == 0, ref.Position < p.state.StartGap:
		return p.startsAt().Add(-clockSlack)
	}
	return time.Time{}
}

// byID reports whether what was there at the start is known by its ID.
func (p *plan) byID() bool { return p.account.Start.Now && p.state.Baseline }

// wantsReceived says whether the time of arrival matters.
func (p *plan) wantsReceived() bool {
	return p.account.Start.Now || !p.startsAt().IsZero()
}

// arrivedLater reports a message that arrived well after the account was
// connected, whatever its Position says: a server that was restored reuses UIDs.
func (p *plan) arrivedLater(ref Ref) bool {
	return p.account.Start.Now && ref.Received.After(p.startsAt().Add(time.Hour))
}

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
		listing, err = p.mailboxChanged(ctx)
	case listing.NextPosition > 0 && listing.NextPosition < p.state.NextPosition:
		listing, err = p.serverRestored(ctx, listing)
	}
	if err != nil {
		return listing, nil, nil, err
	}
	p.windowed = p.windowed || listing.Windowed
	if err := p.watchTwins(ctx, listing); err != nil {
		return listing, nil, nil, err
	}
	rows, err := p.rowsOf(ctx, listing.Refs)
	if err != nil {
		return listing, nil, nil, err
	}
	p.from = listing.Next
	p.from.Received = p.wantsReceived()
	var todo []Ref
	var early []LedgerEntry
	for _, ref := range listing.Refs {
		row, known := rows[ref.SourceID]
		if p.taken.has(ref.SourceID) {
			continue // feeds repeat themselves
		}
		if p.only != nil {
			if !p.only[ref.SourceID] || !row.isAbout(ref) {
				continue
			}
		} else {
			due := !known || p.isDue(row, ref)
			baseline := row.isAbout(ref) && row.Baseline
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
		}
		p.taken.add(ref.SourceID)
		if known {
			p.before[ref.SourceID] = row
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
	return listing, todo, early, nil
}

// list lists the next page. Where the server does not take the token any more, the
// listing begins anew with everything: what has a record is subtracted as ever. A
// server that takes none of its tokens must not keep the pass from ending.
func (p *plan) list(ctx context.Context) (Listing, error) {
	listing, err := p.session.List(ctx, p.folder, p.from)
	if !errors.Is(err, ErrCursorRefused) || p.from.Token == "" || p.refusals >= maxRefusals {
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

// isAbout reports whether the record of an ID is about the message that is listed
// under it, as far as the listing tells. Else the ID was reused: by POP3 when a message is
// gone, by a server that was restored, or in a different mailbox.
func (e LedgerEntry) isAbout(ref Ref) bool {
	return !e.isVoid() && (ref.Size == 0 || e.Listed == 0 || ref.Size == e.Listed)
}

// isVoid reports a record whose ID may be another message's by now.
func (e LedgerEntry) isVoid() bool { return e.Deleted && e.At.IsZero() }

// beforeStart reports a message that is before the account's start, as far as
// the listing tells. baseline says that its record remembers it as there when the
// account was connected.
func (p *plan) beforeStart(ref Ref, baseline bool) bool {
	if p.account.Start.Now && ref.Position > 0 && ref.Position < p.state.StartPosition || baseline && p.byID() {
		return !p.arrivedLater(ref)
	}
	limit := p.notBefore(ref)
	return !limit.IsZero() && !ref.Received.IsZero() && isBefore(ref.Received, limit)
}

// wasConnectedLater is the reason of what a start from now leaves out.
const wasConnectedLater = "was there before the account was connected"

func (p *plan) beforeStartReason(ref Ref) string {
	if ref.Received.IsZero() || p.account.Start.Now {
		return wasConnectedLater
	}
	return beforeSince(ref.Received, p.account.Start.Since)
}

// gone returns records for messages that failed before and are no longer listed.
func (p *plan) gone() []LedgerEntry {
	var rows []LedgerEntry
	for _, e := range p.retry {
		e.Outcome, e.Reason, e.At = Vanished, "gone from the server before it could be read; before: "+e.Reason, time.Now()
		rows = append(rows, e)
	}
	return rows
}
