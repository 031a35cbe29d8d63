package inbound

import (
	"context"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/postroom/postroom/inbound/email"
)

const (
	// A batch is committed when it has so many messages, or holds a third of
	// the memory for messages (the next ones arrive meanwhile), or has waited
	// so long for more.
	batchMessages = 256
	batchWait     = 100 * time.Millisecond
)

// item is one thing on the line: a message with its bytes, the row of one that
// needs no reading, or a watermark.
type item struct {
	ref       Ref
	raw       *spooled
	extent    Extent      // how much of the message raw is
	before    LedgerEntry // its row, when it is read again
	notBefore time.Time   // the account's start, where it goes by time
	byID      bool        // what was there at the start is known by its ID; time only helps
	message   *email.Message
	parsed    chan struct{} // closed when message or err is set; nil: nothing to wait for
	err       error

	settled *LedgerEntry
	state   *folderState
}

// folderState is the watermark of a folder, to be recorded in its place.
type folderState struct {
	folder string
	FolderState
}

// line carries items from the server to the store: it parses them side by side
// and commits them in the order in which they were put on it. What is on it is
// bounded by the spooler's memory and by its own length.
type line struct {
	*pass
	ctx     context.Context // ends when a stage fails
	group   *errgroup.Group
	parse   chan *item
	ordered chan *item
	rereads bool // from kept bytes: the server is not read
}

// openLine starts the stages behind the fetching.
func (p *pass) openLine(ctx context.Context) *line {
	l := &line{pass: p, parse: make(chan *item, batchMessages), ordered: make(chan *item, 2*batchMessages)}
	l.group, l.ctx = errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		l.group.Go(l.parseAll)
	}
	l.group.Go(l.commitAll)
	return l
}

// finish waits until everything on the line is committed, or a stage failed. It
// returns the stage's error, which has ended the reading too.
func (l *line) finish() error {
	close(l.parse)
	close(l.ordered)
	err := l.group.Wait()
	for it := range l.ordered { // after a failure: free what was not committed
		it.free()
	}
	return err
}

// put adds a message. The line owns its bytes from here on.
func (l *line) put(ctx context.Context, it *item) error {
	it.parsed = make(chan struct{})
	select {
	case <-ctx.Done():
		it.raw.Close()
		return context.Cause(ctx)
	case l.parse <- it:
	}
	err := l.add(ctx, it)
	if err != nil {
		it.free()
	}
	return err
}

// free gives the bytes back, once no parser reads them.
func (it *item) free() {
	if it.parsed != nil {
		<-it.parsed
	}
	it.raw.Close()
}

// settle adds rows of messages that need no reading.
func (l *line) settle(ctx context.Context, rows ...LedgerEntry) error {
	for i := range rows {
		if rows[i].Outcome != Failed && rows[i].Outcome != Vanished && !rows[i].isDisplaced() {
			l.fresh.Add(1)
		}
		if err := l.add(ctx, &item{ref: Ref{SourceID: rows[i].SourceID}, settled: &rows[i]}); err != nil {
			return err
		}
	}
	return nil
}

// mark adds a watermark: it is recorded once everything before it is.
func (l *line) mark(ctx context.Context, folder string, s FolderState) error {
	return l.add(ctx, &item{state: &folderState{folder, s}})
}

func (l *line) add(ctx context.Context, it *item) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case l.ordered <- it:
		return nil
	}
}

// parseAll is one of the parsers.
func (l *line) parseAll() error {
	for it := range l.parse {
		it.message, it.err = email.Parse(it.raw.reader(), l.limits.Email)
		if it.message != nil {
			// The store keeps the raw bytes; the texts would only weigh here.
			it.message.Text, it.message.HTML = "", ""
		}
		close(it.parsed)
	}
	return nil
}

// commitAll collects batches and commits them. A batch that was begun is
// finished even when the context ends.
func (l *line) commitAll() error {
	for {
		batch, more, err := l.batch()
		if err == nil && len(batch) > 0 {
			err = l.commit(l.ctx, batch)
		}
		for _, it := range batch {
			it.free()
		}
		if err != nil || !more {
			return err
		}
	}
}

// batch takes items off the line, waiting for them to be parsed.
func (l *line) batch() (batch []*item, more bool, err error) {
	var timeout <-chan time.Time
	held := int64(0)
	for len(batch) < batchMessages && held < l.limits.MemoryBytes/3 {
		select {
		case <-l.ctx.Done():
			return batch, false, context.Cause(l.ctx)
		case <-timeout:
			return batch, true, nil
		case it, ok := <-l.ordered:
			if !ok {
				return batch, false, nil
			}
			batch = append(batch, it)
			if it.parsed != nil {
				select {
				case <-l.ctx.Done():
					return batch, false, context.Cause(l.ctx)
				case <-it.parsed:
				}
				held += it.raw.weight
			}
			if timeout == nil {
				timer := time.NewTimer(batchWait)
				defer timer.Stop()
				timeout = timer.C
			}
		}
	}
	return batch, true, nil
}

// row returns the ledger row of a decision.
func (p *pass) row(it *item, d Decision, emailID string) LedgerEntry {
	e := it.ref.entry(d.Outcome, strings.Join(d.Reasons, "; "), time.Now())
	e.EmailID, e.Extent, e.Keep, e.BeforeStart = emailID, it.extent, d.Keep, d.BeforeStart
	e.Baseline = it.before.Baseline && it.before.isAbout(it.ref)
	e.Attempts = it.before.failures()
	if m := it.message; m != nil {
		e.From, e.ReplyTo, e.Subject, e.Size = m.From.Address, replyTo(m), m.Subject, m.Size
	}
	return e
}
