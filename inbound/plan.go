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
	// maxAgain is how many messages are looked at again in one listing, besides those that
	// are listed anyway: see Cursor.Again.
	maxAgain = 100
	// maxTokenRefusals is how many tokens may be refused in one pass without anything new
	// in between.
	maxTokenRefusals = 3
)

// plan finds out what a folder has that is not settled: what is new or due again, or in a
// plan of the history some of what was there at first.
type plan struct {
	folder    string
	account   Account
	connected time.Time // when the account was first connected
	first     bool      // and that is in this pass
	uploading bool      // the initial upload goes on, or that of the folder begins
	known     *records
	session   Session
	logger    *slog.Logger
	observer  *Observer
	only      map[SourceID]bool // not nil: nothing else is read, and nothing concluded about the folder
	initial   bool              // what is listed now is of the history
	between   bool              // it is a look at new mail between slices of a history
	last      bool              // and the last one, behind all slices of a turn
	behind    uint64            // nothing is listed up to this Position

	state      *FolderState             // nil: to be read
	firstPage  *Listing                 // of the history, if it was listed already
	retry      map[SourceID]LedgerEntry // due again, mostly because they failed; seen ones are taken out
	moreDue    bool                     // there may be more that are due
	later      []LedgerEntry            // still marked: when to look at them again
	from       Cursor
	size       int64                    // of the folder in bytes, as the server says; -1: unknown
	settled    int64                    // bytes of the history, since the tally was told
	newHistory bool                     // all that is in a maildrop is the history
	arranged   bool                     // a maildrop is listed in the order of the initial upload
	pages      []dropPage               // of it, that are still to be listed
	unseen     int                      // messages on the pages of the history that had no record
	whole      bool                     // the listing has everything, not only what is new
	before     map[SourceID]LedgerEntry // records of what is read again
	suspects   []Ref                    // failed more than once, and due again: read last, and one by one
	taken      recent                   // messages that are in the pipeline
	resized    map[SourceID]bool        // were before the start, by their ID, but with a different size
	refusals   int                      // of tokens, since there was something new
	duplicates duplicateKeys

	stopped    bool    // the turn has ended before the history
	waits      bool    // the history of a maildrop has to wait for the provider's limits
	renumbered bool    // the folder has a new generation
	windowed   bool    // the server may show further messages in the next session
	visited    []int64 // sizes of what was listed, in order, where messages have no Position
}

// begin reads what is remembered of the folder, and sets the cursor.
func (p *plan) begin(ctx context.Context) error {
	if err := p.load(ctx); err != nil {
		return err
	}
	p.uploading = p.uploading || p.state.StartedAt.IsZero() || !p.account.isMailbox(p.state.Mailbox)
	return p.resume(ctx)
}

// load reads what is remembered of the folder, unless it has been read.
func (p *plan) load(ctx context.Context) error {
	if p.state != nil {
		return nil
	}
	state, err := p.known.folder(ctx, p.folder)
	p.state = &state
	return err
}

// resume sets the cursor for the generation of p.state: a little below the
// watermark, but above the history, and once a day at the beginning. Messages further
// down that failed and are due again are asked for one by one.
func (p *plan) resume(ctx context.Context) error {
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
	after, token := p.newAfter(), p.state.Token
	// A clock that was set back must not put the comparison off.
	if ago := now.Sub(p.state.ComparedAt); p.only != nil ||
		!p.state.History.isLeft() && (ago >= compareEvery || ago < 0) {
		after, token = 0, ""
	}
	after, again, undated, err := p.due(ctx, now, after)
	if err != nil {
		return err
	}
	if undated {
		token = "" // a feed does not repeat what it has told
	}
	p.whole = after == 0 && token == ""
	p.from = Cursor{Generation: p.state.Generation, After: after, Token: token, Received: p.asksReceived(),
		Again: again, Newest: p.looksFirst()}
	return nil
}

// newAfter is the Position behind which there may be new mail.
func (p *plan) newAfter() uint64 {
	after := max(p.behind, p.state.Position-min(p.state.Position, overlap))
	if p.byID() && p.state.StartPosition > 0 {
		after = max(after, p.state.StartPosition-1)
	}
	if p.state.History.isLeft() {
		after = max(after, p.state.History.Before-1)
	}
	return after
}

// looksFirst reports the first look of an account at a folder from which only later mail
// is wanted: the newest message tells where that begins.
func (p *plan) looksFirst() bool {
	return p.account.Start.Now && p.first && p.only == nil && p.state.StartedAt.IsZero()
}

// due notes the messages whose time of another look has come. Those behind after are
// listed anyway; the others are asked for by their Position. If they are too many for
// that, the listing begins before them, unless that would be the history: then the rest
// of them waits. undated says that there are some without a Position.
func (p *plan) due(ctx context.Context, now time.Time, after uint64) (
	from uint64, again []uint64, undated bool, err error) {
	rows, err := p.known.due(ctx, p.folder, p.state.Generation, now, pageLimit)
	if err != nil {
		return 0, nil, false, err
	}
	p.moreDue = len(rows) == pageLimit
	p.retry = make(map[SourceID]LedgerEntry, len(rows))
	var below []LedgerEntry
	for _, e := range rows {
		switch {
		case p.between && e.awaitsReading():
			continue // on a new connection
		case p.state.History.isLeft() && !p.last && e.failures() > 1:
			continue // a server may end the pass when it is asked for it
		case e.Position > 0 && e.Position <= after:
			below = append(below, e)
			continue
		}
		p.retry[e.SourceID] = e
		undated = undated || e.Position == 0
	}
	switch {
	case len(below) <= maxAgain:
	case p.state.History.isLeft():
		below, p.moreDue = below[:maxAgain], true
	default:
		for _, e := range below {
			p.retry[e.SourceID], after = e, min(after, e.Position-1)
		}
		below = nil
	}
	for _, e := range below {
		p.retry[e.SourceID], again = e, append(again, e.Position)
	}
	if again, err = p.withheld(ctx, now, after, again); err != nil {
		return 0, nil, false, err
	}
	return after, again, undated, nil
}

// save records what is remembered of the folder immediately, together with records:
// what is in the pipeline goes by pipeline.mark.
func (p *plan) save(ctx context.Context, rows ...LedgerEntry) error {
	return p.known.writeFolder(ctx, p.folder, *p.state, rows...)
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

// item returns what is known of a listed message before any of it is read.
func (p *plan) item(ref Ref) *item {
	before := p.before[ref.SourceID]
	return &item{ref: ref, before: before, notBefore: p.notBefore(ref), byID: p.byID(),
		doubtsClock: p.doubtsClock(ref), initialUntil: p.initialUntil(before)}
}

// byID reports whether what was there at the start is known by its ID.
func (p *plan) byID() bool { return p.account.Start.Now && p.state.Baseline }

// asksReceived says whether a listing is to have the times of arrival. For the initial
// upload alone, it is enough what the header says where the listing has none.
func (p *plan) asksReceived() bool {
	return p.wantsReceived() || p.account.tellsInitial() && (p.initial || p.uploading || len(p.retry) > 0)
}

// wantsReceived says whether it depends on the time of arrival what is uploaded.
func (p *plan) wantsReceived() bool {
	return p.account.Start.Now || !p.startsAt().IsZero()
}

// arrivedLater reports a message that arrived well after the account was
// connected, whatever its Position says: a server that was restored reuses UIDs.
func (p *plan) arrivedLater(ref Ref) bool {
	return p.account.Start.Now && ref.Received.After(p.startsAt().Add(time.Hour))
}

// withheld adds to the Positions that are asked for those of marked messages that are to be
// looked at again. It returns them in order.
func (p *plan) withheld(ctx context.Context, now time.Time, after uint64, again []uint64) ([]uint64, error) {
	rows, err := p.known.withheld(ctx, p.folder, p.state.Generation, now, maxAgain)
	if err != nil {
		return nil, err
	}
	for _, e := range rows {
		switch {
		case e.Position == 0:
			continue // a feed tells when the mark is taken off
		case e.Position <= after && len(again) == maxAgain:
			continue
		case e.Position <= after:
			again = append(again, e.Position)
		}
		p.retry[e.SourceID] = e
	}
	slices.Sort(again)
	return again, nil
}
