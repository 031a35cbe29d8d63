package inbound

import (
	"context"
	"runtime"
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

// item is one thing in the pipeline: a message with its bytes, the record of one
// that needs no reading, or a watermark.
type item struct {
	ref         Ref
	raw         *spooled
	extent      Extent      // how much of the message raw is
	before      LedgerEntry // its record, when it is read again
	notBefore   time.Time   // the account's start, where it goes by time
	byID        bool        // what was there at the start is known by its ID; time only helps
	doubtsClock bool        // the server's time of arrival proves nothing

	initialUntil time.Time // see plan.initialUntil
	message      *email.Message
	snippet      string        // of message, whose text is not kept
	fingerprint  string        // see fingerprintOf
	reading      string        // equal for two readings that gave the same; only of ExtentShort
	parsed       chan struct{} // closed when message or err is set; nil: nothing to wait for
	err          error
	archived     bool // the bytes are in the archive

	settled *LedgerEntry
	state   *folderState
}

// isRecognizable reports whether the message has a fingerprint to go by.
func (it *item) isRecognizable() bool { return len(it.fingerprint) > len(fingerprintVersion) }

// emailID is the ID that an email of the message has.
func (it *item) emailID(a Account) string { return emailID(a.ID, it.message.SHA256) }

// folderState is the watermark of a folder, to be recorded in its place.
type folderState struct {
	folder string
	FolderState
	committed chan struct{} // closed when it is; nil: nobody waits for it
}

// pipeline carries items from the server to the committer: it parses messages
// concurrently and passes them on in batches, in the order in which they were put in.
// What is in it is bounded by the spooler's memory and by its own length.
type pipeline struct {
	limits  Limits
	opener  email.Opener
	commit  func(ctx context.Context, batch []*item) error
	ctx     context.Context // ends when a stage fails
	group   *errgroup.Group
	parse   chan *item
	ordered chan *item
}

// openPipeline starts the stages.
func openPipeline(ctx context.Context, limits Limits, opener email.Opener,
	commit func(ctx context.Context, batch []*item) error,
) *pipeline {
	p := &pipeline{limits: limits, opener: opener, commit: commit,
		parse: make(chan *item, batchMessages), ordered: make(chan *item, 2*batchMessages)}
	p.group, p.ctx = errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		p.group.Go(p.parseAll)
	}
	p.group.Go(p.commitAll)
	return p
}

// finish waits until everything is committed, or a stage failed. It returns the
// stage's error, which has ended the reading too.
func (p *pipeline) finish() error {
	close(p.parse)
	close(p.ordered)
	err := p.group.Wait()
	for it := range p.ordered { // after a failure: free what was not committed
		it.free()
	}
	return err
}

// put adds a message, whose bytes belong to the pipeline from here on.
func (p *pipeline) put(ctx context.Context, it *item) error {
	it.parsed = make(chan struct{})
	select {
	case <-ctx.Done():
		it.raw.Close()
		return context.Cause(ctx)
	case p.parse <- it:
	}
	err := p.add(ctx, it)
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

// settle adds records of messages that need no reading.
func (p *pipeline) settle(ctx context.Context, rows ...LedgerEntry) error {
	for i := range rows {
		if err := p.add(ctx, &item{ref: Ref{SourceID: rows[i].SourceID}, settled: &rows[i],
			fingerprint: rows[i].Fingerprint}); err != nil {
			return err
		}
	}
	return nil
}

// mark adds a watermark: it is recorded once everything before it is.
func (p *pipeline) mark(ctx context.Context, folder string, s FolderState) error {
	return p.add(ctx, &item{state: &folderState{folder, s, nil}})
}

// save adds a watermark like mark, and ends the batch with it. The channel is closed when
// everything before it and itself are committed.
func (p *pipeline) save(ctx context.Context, folder string, s FolderState) (committed <-chan struct{}, err error) {
	done := make(chan struct{})
	return done, p.add(ctx, &item{state: &folderState{folder, s, done}})
}

func (p *pipeline) add(ctx context.Context, it *item) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case p.ordered <- it:
		return nil
	}
}

// parseAll is one of the parsers.
func (p *pipeline) parseAll() error {
	for it := range p.parse {
		it.message, it.err = email.Parser{Limits: p.limits.Email, Opener: p.opener}.Parse(it.raw.reader())
		if it.err == nil {
			it.fingerprint, it.err = fingerprintOf(it.raw.reader())
		}
		if it.err == nil && it.extent == ExtentShort {
			it.reading, it.err = readingOf(it.raw.reader(), it.message.SHA256)
		}
		if it.message != nil {
			// The store keeps the raw bytes; the texts would only weigh here.
			it.snippet = it.message.Snippet()
			it.message.Text, it.message.HTML = "", ""
		}
		close(it.parsed)
	}
	return nil
}

// commitAll collects batches and commits them. A batch that was begun is
// finished even when the context ends.
func (p *pipeline) commitAll() error {
	for {
		batch, more, err := p.batch()
		if err == nil && len(batch) > 0 {
			err = p.commit(p.ctx, batch)
		}
		for _, it := range batch {
			if it.free(); err == nil && it.state != nil && it.state.committed != nil {
				close(it.state.committed)
			}
		}
		if err != nil || !more {
			return err
		}
	}
}

// batch takes items out, waiting for them to be parsed.
func (p *pipeline) batch() (batch []*item, more bool, err error) {
	var timeout <-chan time.Time
	held := int64(0)
	for len(batch) < batchMessages && held < p.limits.MemoryBytes/3 {
		select {
		case <-p.ctx.Done():
			return batch, false, context.Cause(p.ctx)
		case <-timeout:
			return batch, true, nil
		case it, ok := <-p.ordered:
			if !ok {
				return batch, false, nil
			}
			batch = append(batch, it)
			if it.state != nil && it.state.committed != nil {
				return batch, true, nil
			}
			if it.parsed != nil {
				select {
				case <-p.ctx.Done():
					return batch, false, context.Cause(p.ctx)
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
