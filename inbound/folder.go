package inbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound/email"
)

// syncFolder takes one folder through plan, fetch, parse, decide and commit,
// all at work at the same time, and then deletes and marks what is committed. An
// error of committing ends the pass; one of reading concerns the folder; one of
// deleting or marking is noted in p.beside.
func (p *pass) syncFolder(ctx context.Context, folder string) (committing, reading error) {
	plan, err := p.openPlan(ctx, folder)
	if err != nil {
		return err, nil
	}
	if committing, reading = plan.upload(ctx); committing != nil || reading != nil {
		return committing, reading
	}
	for _, step := range []func(context.Context) error{plan.markSeen, plan.deleteUploaded} {
		err := step(ctx)
		if err == nil {
			continue
		}
		if ctx.Err() != nil || errors.Is(err, ErrLeaseLost) {
			return err, nil
		}
		p.beside = append(p.beside, inFolder(folder, err))
		if p.closeLost(err); p.session == nil {
			break
		}
	}
	return nil, nil
}

// syncOnly uploads nothing but these messages of a folder.
func (p *pass) syncOnly(ctx context.Context, folder string, only map[SourceID]bool) error {
	plan, err := p.openPlan(ctx, folder)
	if err != nil {
		return err
	}
	plan.only = only
	if err := plan.begin(ctx); err != nil {
		return err
	}
	return oneOrAll(plan.upload(ctx))
}

// upload reads what the folder has and commits it.
func (f *folderPlan) upload(ctx context.Context) (committing, reading error) {
	line := f.openLine(ctx)
	reading = f.read(line.ctx, line)
	if err := line.finish(); err != nil {
		return inFolder(f.folder, err), nil // it has ended the reading, too
	}
	return nil, inFolder(f.folder, reading)
}

// inFolder writes the folder into an Error that does not name one.
func inFolder(folder string, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Folder == "" {
		e.Folder = folder
	}
	return err
}

// read puts everything on the line that the folder has and that is not settled,
// page by page, each followed by the watermark that is true after it.
func (f *folderPlan) read(ctx context.Context, line *line) error {
	suspects := 0
	for first := true; ; first = false {
		listing, todo, early, err := f.page(ctx)
		if err != nil {
			return err
		}
		if first {
			f.total.Add(int64(listing.Total))
		}
		if f.only == nil && listing.NextPosition > f.state.NextPosition {
			// Before any row of its messages: a server that is set back is
			// recognised by it, wherever this pass ends.
			f.state.NextPosition = listing.NextPosition
			if err := line.mark(ctx, f.folder, f.state); err != nil {
				return err
			}
		}
		if err := line.settle(ctx, early...); err != nil {
			return err
		}
		f.progress(len(listing.Refs) - len(todo) - len(early) - len(f.suspects) + suspects)
		suspects = len(f.suspects)
		if err := f.take(ctx, line, todo); err != nil {
			return err
		}
		if f.only != nil || listing.Incomplete {
			if listing.More {
				continue
			}
			return f.takeSuspects(ctx, line) // nothing can be concluded from what is not there
		}
		moved := f.whole && !listing.More
		if moved {
			f.state.ComparedAt = time.Now()
		}
		if n := len(listing.Refs); n > 0 && listing.Refs[n-1].Position > f.state.Position {
			f.state.Position, moved = listing.Refs[n-1].Position, true
		}
		if !listing.More && listing.Next.Token != f.state.Token {
			f.state.Token, moved = listing.Next.Token, true
		}
		if moved {
			if err := line.mark(ctx, f.folder, f.state); err != nil {
				return err
			}
		}
		if !listing.More {
			if err := line.settle(ctx, f.gone()...); err != nil {
				return err
			}
			return f.takeSuspects(ctx, line)
		}
	}
}

// takeSuspects reads messages that failed more than once, after all others and one by one:
// a server may hang up on a client that asks for one of them, every time.
func (f *folderPlan) takeSuspects(ctx context.Context, line *line) error {
	var problems []error
	for _, ref := range f.suspects {
		err := f.take(ctx, line, []Ref{ref})
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

// take reads these messages and puts them on the line. What the server does not
// deliver is asked for once more and then recorded as failed, not as gone:
// servers leave messages out of an answer now and then.
func (f *folderPlan) take(ctx context.Context, line *line, todo []Ref) error {
	if f.needsSurvey(todo) {
		var err error
		if todo, err = f.survey(ctx, line, todo); err != nil {
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
	missing, err := f.fetch(ctx, line, whole, FetchOptions{})
	if err == nil && len(large) > 0 {
		var more []Ref
		more, err = f.fetch(ctx, line, large, beginning)
		missing = append(missing, more...)
	}
	if err == nil && len(missing) > 0 {
		missing, err = f.fetch(ctx, line, missing, beginning)
	}
	if err != nil {
		return err
	}
	for _, row := range f.undelivered(missing) {
		if err := line.settle(ctx, row.over(f.before[row.SourceID])...); err != nil {
			return err
		}
	}
	return nil
}

// undelivered returns the rows of messages that the server lists and does not
// deliver.
func (f *folderPlan) undelivered(refs []Ref) []LedgerEntry {
	rows := make([]LedgerEntry, len(refs))
	for i, ref := range refs {
		before := f.before[ref.SourceID]
		rows[i] = ref.entry(Failed, "the server lists the message but does not deliver it", time.Time{})
		rows[i].Baseline = before.Baseline && before.isAbout(ref)
		rows[i].failedAgain(before.failures())
	}
	return rows
}

// failedAgain counts a failure and sets when to try next.
func (e *LedgerEntry) failedAgain(before int) {
	e.At = time.Now()
	e.Attempts = before + 1
	e.NextTry = e.At.Add(retryPause(e.Attempts))
}

// failures is how often the message has failed so far; for a message without a
// row, or with another outcome, that is never.
func (e LedgerEntry) failures() int {
	if e.Outcome != Failed {
		return 0
	}
	return e.Attempts
}

// retryPause grows from a minute to a day: 1 min, 6 min, 36 min, 3.6 h, 21.6 h.
func retryPause(attempts int) time.Duration {
	pause := time.Minute
	for range min(attempts, 6) - 1 {
		pause *= 6
	}
	return min(pause, 24*time.Hour)
}

// fetch puts the messages on the line, and returns those that the server did
// not deliver.
func (f *folderPlan) fetch(ctx context.Context, line *line, refs []Ref, part FetchOptions) (missing []Ref, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	arrived := newReorderBuffer(line, refs)
	delivered := make(map[SourceID]bool, len(refs))
	limit := max(f.limits.MessageBytes, 0)
	err = f.session.Fetch(ctx, refs, part, func(ref Ref, r io.Reader) error {
		raw, cut, err := f.spool.take(ctx, r, ref.expectedSize(), limit, arrived.mayWait())
		if err != nil {
			return err
		}
		delivered[ref.SourceID] = true
		return arrived.add(ctx, &item{ref: ref, raw: raw, extent: extentOf(ref, raw.size, limit, cut),
			before: f.before[ref.SourceID], notBefore: f.notBefore(ref), byID: f.byID()})
	})
	err = arrived.end(ctx, err)
	missing = without(refs, delivered)
	return missing, f.brokeOff(ctx, line, missing, err)
}

// extentOf says how much of a message was read: size bytes, or no more than the
// limit where it was cut.
func extentOf(ref Ref, size, limit int64, cut bool) Extent {
	switch {
	case limit > 0 && ref.Size > limit:
		return ExtentTooLarge // also where less came than is listed: it is not known to be whole
	case cut:
		return ExtentCut
	case size < ref.Size:
		return ExtentShort
	}
	return ExtentWhole
}

// isPart reports that only the beginning of a message was read.
func (e Extent) isPart() bool { return e == ExtentTooLarge || e == ExtentCut }

// brokeOff notes at which message the reading ended. Some servers hang up on a
// client that asks for a message that they cannot read, others refuse it in all
// kinds of words: the second time it is set aside, so that the pass after comes to
// those behind it.
func (f *folderPlan) brokeOff(ctx context.Context, line *line, missing []Ref, err error) error {
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
	if unrecorded := line.settle(ctx, row.over(f.before[row.SourceID])...); unrecorded != nil {
		return errors.Join(err, unrecorded)
	}
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
func (f *folderPlan) needsSurvey(refs []Ref) bool {
	undated := func(ref Ref) bool { return ref.Received.IsZero() }
	return !f.account.CreateCustomer && f.only == nil || f.wantsReceived() && slices.ContainsFunc(refs, undated)
}

// survey reads headers, settles what they show not to be uploaded, and returns
// the rest.
func (f *folderPlan) survey(ctx context.Context, line *line, refs []Ref) ([]Ref, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	if f.account.Start.Now && !f.byID() {
		if err := f.loadSizes(ctx); err != nil {
			return nil, err
		}
	}
	heads := make([]*item, 0, len(refs))
	read := make(map[SourceID]bool, len(refs))
	err := f.session.Fetch(ctx, refs, FetchOptions{HeaderOnly: true}, func(ref Ref, r io.Reader) error {
		message, err := email.Parse(r, f.limits.Email)
		if err != nil {
			return err
		}
		heads = append(heads, &item{ref: ref, message: message, notBefore: f.notBefore(ref), byID: f.byID()})
		read[ref.SourceID] = true
		return nil
	})
	if err != nil {
		return nil, f.brokeOff(ctx, line, without(refs, read), err)
	}
	decisions, err := f.preview(ctx, heads)
	if err != nil {
		return nil, err
	}
	settled := make(map[SourceID]bool)
	for i, d := range decisions {
		if d.Outcome == Unmatched || d.Outcome == Ignored {
			row := f.row(heads[i], d, "")
			row.Size = heads[i].ref.Size
			if f.before[row.SourceID].keepsBytes() {
				continue // whether it is the same message, its bytes tell
			}
			if err := line.settle(ctx, row); err != nil {
				return nil, err
			}
			settled[row.SourceID] = true
		}
	}
	return without(refs, settled), nil
}

// markSeen sets \Seen on what has been uploaded, also by earlier passes that did
// not come to it.
func (f *folderPlan) markSeen(ctx context.Context) error {
	marker, ok := f.session.(Marker)
	if !ok || !f.account.MarkSeen {
		return nil
	}
	for more := true; more; {
		rows, err := f.store.Unmarked(ctx, f.account.ID, f.folder, f.state.Generation, pageLimit)
		if err != nil {
			return fmt.Errorf("inbound: read what is to be marked: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		refs := make([]Ref, len(rows))
		for i := range rows {
			refs[i] = Ref{SourceID: rows[i].SourceID, Size: rows[i].Listed}
			rows[i].Unmarked = false
		}
		if err := marker.MarkSeen(ctx, refs); err != nil {
			return err
		}
		err = f.fenced(ctx, func(ctx context.Context) error { return f.store.Record(ctx, f.account.ID, rows) })
		if err != nil {
			return fmt.Errorf("inbound: record what is marked: %w", err)
		}
		more = len(rows) == pageLimit
	}
	return nil
}
