package inbound

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

const (
	// overlap is how many UIDs below the watermark are looked at again in each
	// pass: servers with several back ends show lower UIDs late.
	overlap = 200
	// compareEvery is how often the whole folder is listed, for what has
	// appeared further down.
	compareEvery = 24 * time.Hour
	// maxWithheld is how many messages that are marked on the server are looked at again in
	// one pass, besides those that are listed anyway.
	maxWithheld = 100
	// maxTokenRefusals is how many tokens may be refused in one pass without anything new
	// in between.
	maxTokenRefusals = 3
)

// plan finds out what a folder has that is not settled.
type plan struct {
	folder    string
	account   Account
	connected time.Time // when the account was first connected
	first     bool      // and that is in this pass
	initial   bool      // the initial upload goes on
	known     *records
	session   Session
	logger    *slog.Logger
	observer  *Observer
	only      map[SourceID]bool // not nil: nothing else is read, and nothing concluded about the folder

	state      FolderState
	retry      map[SourceID]LedgerEntry // due again, mostly because they failed; seen ones are taken out
	moreDue    bool                     // there may be more that are due
	later      []LedgerEntry            // still marked: when to look at them again
	initialEnd time.Time                // see initialUntil
	from       Cursor
	whole      bool                     // the listing has everything, not only what is new
	before     map[SourceID]LedgerEntry // records of what is read again
	suspects   []Ref                    // failed more than once, and due again: read last, and one by one
	taken      recent                   // messages that are in the pipeline
	resized    map[SourceID]bool        // were before the start, by their ID, but with a different size
	refusals   int                      // of tokens, since there was something new
	duplicates duplicateKeys

	renumbered bool    // the folder has a new generation
	windowed   bool    // the server may show further messages in the next session
	visited    []int64 // sizes of what was listed, in order, where messages have no Position
}

// begin reads what is remembered of the folder, and sets the cursor.
func (p *plan) begin(ctx context.Context) (err error) {
	p.before, p.resized = make(map[SourceID]LedgerEntry), make(map[SourceID]bool)
	p.duplicates = newDuplicateKeys()
	if p.state, err = p.known.folder(ctx, p.folder); err != nil {
		return err
	}
	p.initialEnd = p.initialUntil()
	return p.resume(ctx)
}

// resume sets the cursor for the generation of p.state: a little below the
// watermark, or below the first message that failed and is due again, and once
// a day at the beginning.
func (p *plan) resume(ctx context.Context) error {
	due, err := p.known.due(ctx, p.folder, p.state.Generation, time.Now(), pageLimit)
	if err != nil {
		return err
	}
	p.moreDue = len(due) == pageLimit
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
	p.from = Cursor{Generation: p.state.Generation, After: after, Token: token, Received: p.asksReceived()}
	p.from.Again, err = p.withheld(ctx, now, after)
	return err
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
	case !p.account.Start.Now:
		return p.startsAt()
	case p.cameLater(ref):
		return time.Time{}
	case p.byID() && !p.resized[ref.SourceID]:
		return p.startsAt().Add(-clockSlack)
	}
	return p.startsAt()
}

// cameLater reports, with Start.Now, a message that the server has numbered since the
// folder was listed first, or anew.
func (p *plan) cameLater(ref Ref) bool {
	return ref.Position > 0 && ref.Position >= p.state.StartGap && (p.state.StartGap > 0 || p.byID())
}

// doubtsClock reports a message of which the server's time of arrival proves nothing: a
// copy of an older one may have it from the day on which a mailbox was moved. Nor does
// the ID of one that was there with a different size: a POP3 server may have given it to a
// new message, or have written notes into the old one.
func (p *plan) doubtsClock(ref Ref) bool {
	return p.account.Start.Now && (!p.byID() && !p.cameLater(ref) || p.resized[ref.SourceID])
}

// byID reports whether what was there at the start is known by its ID.
func (p *plan) byID() bool { return p.account.Start.Now && p.state.Baseline }

// asksReceived says whether a listing is to have the times of arrival. For the initial
// upload alone, it is enough what the header says where the listing has none.
func (p *plan) asksReceived() bool { return p.wantsReceived() || !p.initialEnd.IsZero() }

// wantsReceived says whether it depends on the time of arrival what is uploaded.
func (p *plan) wantsReceived() bool {
	return p.account.Start.Now || !p.startsAt().IsZero()
}

// arrivedLater reports a message that arrived well after the account was
// connected, whatever its Position says: a server that was restored reuses UIDs.
func (p *plan) arrivedLater(ref Ref) bool {
	return p.account.Start.Now && ref.Received.After(p.startsAt().Add(time.Hour))
}

// withheld returns where the messages are that are to be looked at again below a
// Position, in order.
func (p *plan) withheld(ctx context.Context, now time.Time, below uint64) ([]uint64, error) {
	rows, err := p.known.withheld(ctx, p.folder, p.state.Generation, now, maxWithheld)
	if err != nil {
		return nil, err
	}
	var positions []uint64
	for _, e := range rows {
		if e.Position == 0 {
			continue // a feed tells when the mark is taken off
		}
		p.retry[e.SourceID] = e
		if e.Position <= below {
			positions = append(positions, e.Position)
		}
	}
	slices.Sort(positions)
	return positions, nil
}
