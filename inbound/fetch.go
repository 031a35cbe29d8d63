package inbound

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound/email"
)

// fetch reads what a plan has found off the wire and into the pipeline.
type fetch struct {
	plan        *plan
	session     Session
	rules       *rules
	customers   customerRepo
	store       Emails
	limits      Limits
	spool       *spooler
	pipeline    *pipeline
	tally       *tally
	historyTime *historyTime
	turn        turn // of reading the history of a maildrop
	unlisted    int  // messages of Listing.Total that no page has had so far
	interrupted bool // reading has ended at a message, which waits for another attempt now
	taken       int  // messages that were put into the pipeline so far, or their records

	admit func(ctx context.Context, slice []Ref, newest bool) ([]Ref, error) // see pass.admit

	shown      int   // messages on all pages so far
	incomplete error // the server has not listed all messages; nil if it has
	unspooled  error // the first error of a temporary file
}

// read puts everything into the pipeline that the folder has and that is not settled,
// page by page, each followed by the watermark that is true after it.
func (f *fetch) read(ctx context.Context) error {
	suspects := 0
	for first := true; ; first = false {
		listing, todo, early, err := f.plan.page(ctx)
		if err != nil {
			return err
		}
		due := len(todo) + len(early) + len(f.plan.suspects) - suspects
		f.expect(listing, first, due)
		f.taken, suspects = f.taken+due, len(f.plan.suspects)
		if f.plan.only == nil && listing.NextPosition > f.plan.state.NextPosition {
			// Before any record of its messages: a server that is restored is
			// recognized by it, wherever this pass ends.
			f.plan.state.NextPosition = listing.NextPosition
			if err := f.pipeline.mark(ctx, f.plan.folder, *f.plan.state); err != nil {
				return err
			}
		}
		if err := f.pipeline.settle(ctx, early...); err != nil {
			return err
		}
		if err := f.takePage(ctx, todo); err != nil {
			return err
		}
		if f.plan.stopped || f.plan.waits {
			return f.takeSuspects(ctx) // nothing can be concluded so far
		}
		f.shown += len(listing.Refs)
		if f.plan.only != nil || listing.Incomplete {
			if listing.More {
				continue
			}
			if f.plan.only == nil {
				total := listing.Total
				if !f.plan.whole {
					total = 0 // not all of them are asked for
				}
				f.incomplete = incompleteListing(f.plan.folder, f.shown, total)
			}
			return f.takeSuspects(ctx) // nothing can be concluded from what is not there
		}
		moved := f.plan.whole && !listing.More
		if moved {
			f.plan.state.ComparedAt = time.Now()
		}
		if moved && f.plan.arranged && f.plan.unseen == 0 {
			f.plan.endHistory()
			f.plan.tell(f.tally)
		}
		if n := len(listing.Refs); n > 0 && listing.Refs[n-1].Position > f.plan.state.Position {
			f.plan.state.Position, moved = listing.Refs[n-1].Position, true
		}
		if !listing.More && listing.Next.Token != f.plan.state.Token {
			f.plan.state.Token, moved = listing.Next.Token, true
		}
		if moved {
			if err := f.pipeline.mark(ctx, f.plan.folder, *f.plan.state); err != nil {
				return err
			}
		}
		if !listing.More {
			gone := f.plan.gone()
			f.taken += len(gone)
			f.tally.progress(0, len(gone), 0)
			if err := f.pipeline.settle(ctx, gone...); err != nil {
				return err
			}
			return f.takeSuspects(ctx)
		}
	}
}

// expect counts a page of a listing, of whose messages due have to get an outcome in
// this pass. The total is that of the messages which are due. In the initial upload it
// is that of the folder, and what is settled already counts as settled.
func (f *fetch) expect(listing Listing, first bool, due int) {
	if first && !f.plan.between {
		f.tally.listed += listing.Total
	}
	if !f.tally.whole || f.plan.between {
		owed := min(due, f.tally.owed)
		f.tally.owed -= owed
		f.tally.progress(0, due-owed, 0)
		return
	}
	settled, total := len(listing.Refs)-due, 0
	if first {
		f.unlisted, total = listing.Total, listing.Total
		f.tally.counted[f.plan.folder] = true
		f.tally.addBytes(f.plan.sizes())
	}
	if f.unlisted -= len(listing.Refs); f.unlisted < 0 { // Total is unknown, or mail has arrived since
		total, f.unlisted = total-f.unlisted, 0
	}
	if !listing.More {
		if f.plan.whole && listing.Incomplete {
			f.tally.missing += f.unlisted
		} else if f.plan.whole {
			total -= f.unlisted // the server does not show them
		} else {
			settled += max(0, f.unlisted-f.plan.state.History.Messages) // below the watermark
		}
		f.unlisted = 0
	}
	f.tally.progress(settled, total, 0)
}

// takeSuspects reads messages that failed more than once, after all others and one by one:
// a server may hang up on a client that asks for one of them, every time.
func (f *fetch) takeSuspects(ctx context.Context) error {
	var problems []error
	for _, ref := range f.plan.suspects {
		err := f.take(ctx, []Ref{ref})
		if err == nil {
			continue
		}
		problems = append(problems, err)
		if ctx.Err() != nil || errors.Is(err, ErrDirty) || errors.Is(err, ErrEnded) || concernsAccount(err) {
			break
		}
	}
	return oneOrAll(problems...)
}

// take reads these messages and puts them into the pipeline. What the server does not
// deliver is asked for once more and then recorded as failed, not as gone:
// servers leave messages out of an answer now and then. One that delivers none of so many in
// a row is at fault itself: reading ends, and the next pass goes on behind them.
func (f *fetch) take(ctx context.Context, todo []Ref) error {
	if f.needsSurvey(todo) {
		var err error
		if todo, err = f.survey(ctx, todo); err != nil {
			return err
		}
	}
	limit := f.limits.MessageBytes
	var whole, large []Ref
	for _, ref := range todo {
		if limit > 0 && ref.expectedSize() > limit {
			large = append(large, ref)
		} else {
			whole = append(whole, ref)
		}
	}
	// Of what may be too large, a byte more than the limit is asked for: it tells
	// that the message goes on.
	beginning := FetchOptions{MaxBytes: max(limit, 0) + 1}
	if limit <= 0 {
		beginning = FetchOptions{}
	}
	missing, err := f.deliver(ctx, whole, FetchOptions{})
	if err == nil && len(large) > 0 {
		var more []Ref
		more, err = f.deliver(ctx, large, beginning)
		missing = append(missing, more...)
	}
	if err == nil && len(missing) > 0 {
		missing, err = f.deliver(ctx, missing, beginning)
	}
	if err != nil {
		return err
	}
	for _, row := range f.undelivered(missing) {
		if err := f.pipeline.settle(ctx, row.over(f.plan.before[row.SourceID])...); err != nil {
			return err
		}
	}
	return f.tally.judgeDelivery(len(todo), len(missing))
}

// undelivered returns the records of messages that the server lists and does not
// deliver.
func (f *fetch) undelivered(refs []Ref) []LedgerEntry {
	rows := make([]LedgerEntry, len(refs))
	for i, ref := range refs {
		before := f.plan.before[ref.SourceID]
		rows[i] = ref.entry(Failed, "the server lists the message but does not deliver it", time.Time{})
		rows[i].Baseline = before.Baseline && before.isAbout(ref)
		if f.plan.resized[ref.SourceID] {
			rows[i].Baseline, rows[i].ListedSize = true, before.ListedSize // so that it is known the next time, too
		}
		rows[i].failedAgain(before.failures())
	}
	return rows
}

// deliver puts the messages into the pipeline, and returns those that the server did
// not deliver.
func (f *fetch) deliver(ctx context.Context, refs []Ref, part FetchOptions) (missing []Ref, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	arrived := newReorderBuffer(f.pipeline, refs)
	delivered := make(map[SourceID]bool, len(refs))
	last := ExtentWhole // of what came last
	limit := max(f.limits.MessageBytes, 0)
	err = f.session.Fetch(ctx, refs, part, func(ref Ref, r io.Reader) error {
		raw, cut, err := f.spool.take(ctx, r, ref.expectedSize(), limit, arrived.mayWait())
		if errors.Is(err, errSpool) {
			delivered[ref.SourceID] = true
			return f.setAside(ctx, ref, err)
		}
		if err != nil {
			return err
		}
		delivered[ref.SourceID] = true
		last = extentOf(ref, raw.size, limit, cut)
		it := f.plan.item(ref)
		it.raw, it.extent = raw, last
		return arrived.add(ctx, it)
	})
	err = arrived.end(ctx, err)
	missing = without(refs, delivered)
	if err != nil && last == ExtentShort {
		// The rest of that message has broken the conversation (POP3 without dot-stuffing).
		f.interrupted = true
		return missing, err
	}
	return missing, f.recordInterrupted(ctx, missing, err)
}

// setAside records that a message could not be read because it needs a temporary file.
func (f *fetch) setAside(ctx context.Context, ref Ref, err error) error {
	f.unspooled = cmp.Or(f.unspooled, err)
	row := f.undelivered([]Ref{ref})[0]
	row.Reason = "too large to stay in memory, and " + boundedText(err.Error())
	return f.pipeline.settle(ctx, row.over(f.plan.before[ref.SourceID])...)
}

// extentOf says how much of a message was read: size bytes, or no more than the
// limit where it was cut.
func extentOf(ref Ref, size, limit int64, cut bool) Extent {
	switch {
	case cut && ref.Size > limit:
		return ExtentTooLarge
	case cut:
		return ExtentCut
	case size < ref.Size:
		return ExtentShort
	}
	return ExtentWhole
}

// recordInterrupted notes at which message the reading ended. Some servers hang up on a
// client that asks for a message that they cannot read, others refuse it in all kinds
// of words: the second time, it waits like other failed messages, so that the next pass
// comes to those behind it.
func (f *fetch) recordInterrupted(ctx context.Context, missing []Ref, err error) error {
	if err == nil || errors.Is(err, ErrAuth) || errors.Is(err, ErrLeaseLost) || ctx.Err() != nil || len(missing) == 0 {
		return err
	}
	row := f.undelivered(missing[:1])[0]
	row.Reason = "the connection ended while the message was read"
	if !errors.Is(err, ErrTemporary) {
		row.Reason = "the server refused the message: " + boundedText(err.Error())
	}
	if row.Attempts == 1 {
		row.NextTry = row.At // most likely it was not the message's fault
	}
	if unrecorded := f.pipeline.settle(ctx, row.over(f.plan.before[row.SourceID])...); unrecorded != nil {
		return errors.Join(err, unrecorded)
	}
	f.interrupted = true
	return err
}

// without returns the messages that are not among these.
func without(refs []Ref, these map[SourceID]bool) []Ref {
	var rest []Ref
	for _, ref := range refs {
		if !these[ref.SourceID] {
			rest = append(rest, ref)
		}
	}
	return rest
}

// needsSurvey says whether headers alone are read first: where unknown senders'
// mail is not uploaded, it is not downloaded either; and POP3 has no time of
// arrival in its listing.
func (f *fetch) needsSurvey(refs []Ref) bool {
	undated := func(ref Ref) bool { return ref.Received.IsZero() || f.plan.doubtsClock(ref) }
	return !f.rules.account.CreateCustomer && f.rules.replayed == "" ||
		f.plan.wantsReceived() && slices.ContainsFunc(refs, undated)
}

// maxSurveyed is how much of a header is kept in memory for its fingerprint. That of a
// longer one may differ from the whole message's, which is then not recognized by it.
const maxSurveyed = 256 << 10

// survey reads headers, settles what they show not to be uploaded, and returns
// the rest.
func (f *fetch) survey(ctx context.Context, refs []Ref) ([]Ref, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	if f.rules.account.Start.Now && !f.plan.byID() {
		if err := f.rules.loadSizes(ctx, f.plan.known); err != nil {
			return nil, err
		}
	}
	heads := make([]*item, 0, len(refs))
	read := make(map[SourceID]bool, len(refs))
	err := f.session.Fetch(ctx, refs, FetchOptions{HeaderOnly: true}, func(ref Ref, r io.Reader) error {
		header, err := io.ReadAll(io.LimitReader(r, maxSurveyed))
		if err != nil {
			return err
		}
		message, err := email.Parse(io.MultiReader(bytes.NewReader(header), r), f.limits.Email)
		if err != nil {
			return err
		}
		fingerprint, err := fingerprintOf(bytes.NewReader(header))
		if err != nil {
			return err
		}
		it := f.plan.item(ref)
		it.message, it.fingerprint = message, fingerprint
		heads = append(heads, it)
		read[ref.SourceID] = true
		return nil
	})
	if err != nil {
		return nil, f.recordInterrupted(ctx, without(refs, read), err)
	}
	decisions, err := f.rules.preview(ctx, f.customers, heads)
	if err != nil {
		return nil, err
	}
	uploaded, err := emailsLike(ctx, f.store, f.rules.account.Shop, heads)
	if err != nil {
		return nil, err
	}
	settled := make(map[SourceID]bool)
	for i, d := range decisions {
		if d.Outcome == Unmatched && (f.rules.account.CreateCustomer || len(uploaded[heads[i].fingerprint]) > 0) {
			continue // whether a person has written it, or it is the same message, its parts tell
		}
		if d.Outcome == Unmatched || d.Outcome == Ignored {
			row := f.rules.entry(heads[i], d)
			row.Size = heads[i].ref.Size
			if f.plan.before[row.SourceID].keepsBytes() {
				continue // whether it is the same message, its bytes tell
			}
			if err := f.pipeline.settle(ctx, row); err != nil {
				return nil, err
			}
			settled[row.SourceID] = true
		}
	}
	return without(refs, settled), nil
}
