package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

const (
	// batchMessages and batchBytes are how much one command asks for at most;
	// inFlight commands at a time hide the round trip of distant servers, and
	// occupy those that run commands concurrently.
	batchMessages = 100
	batchBytes    = 4 << 20
	inFlight      = 4
)

// Fetch reads messages by several commands in flight. Their order is that of refs
// as long as the server answers in order; a message that comes out of order is
// delivered when it comes. An error of each, and a connection that ends within a
// message, end the session. See [inbound.Session].
func (s *session) Fetch(ctx context.Context, refs []inbound.Ref, opts inbound.FetchOptions,
	each func(inbound.Ref, io.Reader) error) error {
	if len(refs) == 0 {
		return nil
	}
	if err := s.reselect(ctx, refs[0].Folder, refs[0].Generation, false); err != nil {
		return err
	}
	job := newFetchJob(refs, opts, each, s.perCommand(batchMessages))
	blamed := false // commands that are sent together, for a BAD
	for skipped := 0; ; skipped++ {
		before := job.whole
		err := s.command(ctx, inbound.OpRead, answerBudget, func() error { return job.run(ctx, s.conn) })
		if blamed && job.bad {
			s.server.oneByOne.Store(false) // it was a message
		}
		if err == nil {
			return nil
		}
		s.unusable = true // job.run has closed the connection
		switch {
		case job.eachErr != nil:
			return fmt.Errorf("%w (%w)", job.eachErr, inbound.ErrDirty)
		case s.lostStep(err):
			s.server.oneByOne.Store(true)
			blamed = !errors.Is(err, errAhead)
			if err := s.reopen(ctx); err != nil {
				return err
			}
			continue
		case !errors.Is(err, errUnreadable) || skipped == maxSkipped:
			return err
		}
		if job.whole > before {
			skipped = 0 // the connection was of use
		}
		job.skipBroken()
		if err := s.reopen(ctx); err != nil {
			return err
		}
	}
}

// fetchJob is one Fetch, on one connection or on several in turn.
type fetchJob struct {
	refs          []inbound.Ref
	section       *imap.FetchItemBodySection
	limit         int64 // of bytes to hand over; 0 for none
	maxPerCommand int   // messages in a command
	each          func(inbound.Ref, io.Reader) error
	eachErr       error // what each returned

	wanted   map[uint32]int // UID -> index in refs, of what has not come
	last     int            // index of the message that came last; -1 if none
	reading  uint32         // the message that each is called with; 0 if none
	whole    int            // how many came to their end
	bodiless uint32         // the latest message that came without its body; 0 if none
	bad      bool           // the server has answered BAD to a command that it got alone
	refused  int            // messages in a row that were refused in words that may mean the server
}

func newFetchJob(refs []inbound.Ref, opts inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
	most int) *fetchJob {
	job := &fetchJob{refs: refs, section: &imap.FetchItemBodySection{Peek: true}, limit: opts.MaxBytes,
		maxPerCommand: most, each: each, wanted: make(map[uint32]int, len(refs)), last: -1}
	if opts.HeaderOnly {
		job.section.Specifier = imap.PartSpecifierHeader
	}
	if opts.MaxBytes > 0 {
		job.section.Partial = &imap.SectionPartial{Size: opts.MaxBytes}
	}
	for i, ref := range refs {
		uid := uidOf(ref)
		if _, twice := job.wanted[uid]; !twice && uid > 0 {
			job.wanted[uid] = i
		}
	}
	return job
}

// batch is the UIDs of one command, ascending as they are in refs.
type batch []uint32

// batches divides what is wanted into commands.
func (job *fetchJob) batches() []batch {
	var all []batch
	var one batch
	var bytes int64
	var m setMeasure
	for i, ref := range job.refs {
		uid := uidOf(ref)
		if at, ok := job.wanted[uid]; !ok || at != i {
			continue
		}
		size := job.size(ref)
		if len(one) == job.maxPerCommand ||
			len(one) > 0 && (bytes+size > batchBytes || m.with(uid).length > setLength) {
			all, one, bytes, m = append(all, one), nil, 0, setMeasure{}
		}
		one, bytes, m = append(one, uid), bytes+size, m.with(uid)
	}
	if len(one) > 0 {
		all = append(all, one)
	}
	return all
}

// size is how many bytes a message will probably take.
func (job *fetchJob) size(ref inbound.Ref) int64 {
	size := ref.Size
	if job.section.Specifier == imap.PartSpecifierHeader {
		size = min(size, 8<<10)
	}
	if job.limit > 0 {
		size = min(size, job.limit)
	}
	return size
}

const (
	// maxBelievedSize is how large a message may be whatever was listed: some servers
	// list wrong sizes. It is that of the largest one that anybody sends.
	maxBelievedSize = 256 << 20
	// slack is how much more than was asked for may come.
	slack = 1 << 20
)

// largest is how large a body may be that the server sends: that of the largest message,
// with room for sizes that are listed wrong. Where only the beginnings are asked for, a
// server that sends whole messages all the same is read up to four times as far.
func (job *fetchJob) largest() int64 {
	var listed int64
	for _, ref := range job.refs {
		listed = max(listed, ref.Size)
	}
	listed = 4 * min(listed, math.MaxInt64/8)
	if job.limit == 0 {
		return max(listed, maxBelievedSize)
	}
	return max(job.limit, min(listed, 4*min(job.limit, math.MaxInt64/8))) + slack
}

// split makes commands of one message each from what has not come of a batch that
// the server refused: often the reason is one message that the server cannot read.
func (job *fetchJob) split(b batch) []batch {
	if len(b) == 1 {
		return nil // it is this one, and is left out
	}
	var singles []batch
	for _, uid := range b {
		if _, ok := job.wanted[uid]; ok {
			singles = append(singles, batch{uid})
		}
	}
	return singles
}

// skipBroken leaves out the message at which the answer became unreadable: the one
// that was being read, the one that came without its body, or else the one after the
// last that came.
func (job *fetchJob) skipBroken() {
	if job.reading != 0 {
		job.reading = 0 // it is not wanted any more
		return
	}
	if _, ok := job.wanted[job.bodiless]; ok {
		delete(job.wanted, job.bodiless)
		return
	}
	for i := range job.refs {
		i = (job.last + 1 + i) % len(job.refs)
		uid := uidOf(job.refs[i])
		if at, ok := job.wanted[uid]; ok && at == i {
			delete(job.wanted, uid)
			return
		}
	}
}
