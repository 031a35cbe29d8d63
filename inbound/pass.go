package inbound

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/postroom/postroom/inbound/email"
)

// pass is one pass of one account. Its fields belong to the goroutine that reads
// from the server; the committer works beside it.
type pass struct {
	account Account
	folders []string // to list, one by one
	*connection
	known     *records
	rules     *rules
	committer *committer
	tally     *tally
	store     Store
	customers customerRepo
	limits    Limits
	opener    email.Opener
	spool     *spooler
	retired   *sync.Map // accounts whose failed records were looked through
	logger    *slog.Logger
	observer  *Observer

	recorder    healthRecorder
	allowance   *providerAllowance
	historyTime historyTime

	health      *Health // nil: this pass says nothing about the account's health
	stepShown   bool    // the stored health has a Step
	renumbered  bool    // a folder has a new generation
	announced   bool    // it was logged that the initial upload begins
	unread      bool    // something on the server was not looked at
	partial     []error // failures that concern only a folder, a deletion or a mark
	later       error   // a further visit was refused, and the pass is left at that
	revisited   bool    // a visit has come to read messages again
	moreDue     bool    // there are more messages due again than one visit takes
	unspooled   bool    // a message was set aside for want of a temporary file
	interrupted bool    // the reading of a folder ended at a message, which is set aside now
	stopped     bool    // this visit has ended before the history of a maildrop
	windowed    bool    // the server may show further messages after this visit
	visited     []int64 // sizes of what this visit has listed, in order, where messages have no Position
	histories   []*plan // folders of which history is left
	incomplete  []error // folders of which the server does not list all messages, in the latest visit
}

// recordConnected remembers the moment when the account is first connected.
func (p *pass) recordConnected(ctx context.Context) error {
	err := p.known.fenced(ctx, func(ctx context.Context) error {
		return p.store.SetAccountState(ctx, p.account.ID, p.connection.state)
	})
	if err != nil {
		return fmt.Errorf("inbound: record that the account is connected: %w", err)
	}
	return nil
}

// syncFolder takes one folder through plan, fetch, parse, decide and commit,
// all at work at the same time, and then deletes and marks what is committed. An
// error of committing ends the pass; one of reading concerns the folder; one of
// deleting or marking is noted in p.partial.
func (p *pass) syncFolder(ctx context.Context, folder string) (committing, reading error) {
	size := int64(-1)
	if p.tally.whole && !(p.account.Start.Now && p.first) { // nothing of what is there is uploaded
		if size, reading = p.sizeOf(ctx, folder); reading != nil {
			return nil, inFolder(folder, reading) // as a listing would fail
		}
	}
	plan := p.plan(folder)
	plan.size = size
	committing, reading = p.upload(ctx, plan)
	p.notePlan(plan)
	switch {
	case committing != nil || reading != nil:
		return committing, reading
	case plan.state.History.isLeft():
		p.histories = append(p.histories, plan)
		return nil, nil
	}
	return p.finishFolder(ctx, folder, plan.state.Generation), nil
}

// sizeOf returns how many bytes are in a folder; -1 if the server does not say it, or hangs
// up instead: then the connection is a new one.
func (p *pass) sizeOf(ctx context.Context, folder string) (int64, error) {
	informer, ok := p.session.(FolderInformer)
	if !ok {
		return -1, nil
	}
	info, err := informer.FolderInfo(ctx, folder)
	if isLost(err) {
		p.close()
		return -1, p.reopen(ctx)
	}
	return info.Bytes, err
}

// notePlan takes note of what a plan has found out about the mailbox.
func (p *pass) notePlan(plan *plan) {
	p.windowed, p.renumbered = p.windowed || plan.windowed, p.renumbered || plan.renumbered
	p.stopped = p.stopped || plan.stopped
	p.visited, p.moreDue = append(p.visited, plan.visited...), p.moreDue || plan.moreDue
}

// finishFolder deletes and marks on the server what is committed.
func (p *pass) finishFolder(ctx context.Context, folder, generation string) error {
	r := &removal{account: p.account, folder: folder, generation: generation,
		known: p.known, emails: p.store, session: p.session, tally: p.tally, logger: p.logger,
		aside: func(err error) { p.partial = append(p.partial, err) }}
	defer func() { p.tally.report.Deleted += r.deleted }()
	for _, step := range []func(context.Context) error{r.markSeen, r.deleteUploaded} {
		err := step(ctx)
		if err == nil {
			continue
		}
		if ctx.Err() != nil || errors.Is(err, ErrLeaseLost) {
			return err
		}
		p.partial = append(p.partial, inFolder(folder, err))
		if p.closeLost(err); p.session == nil {
			break
		}
	}
	return nil
}

// plan returns the plan of a folder.
func (p *pass) plan(folder string) *plan {
	return &plan{folder: folder, account: p.account, connected: p.connection.state.StartedAt, first: p.first,
		uploading: p.mayBeInitial(),
		known:     p.known, session: p.session, logger: p.logger, observer: p.observer,
		size: -1, before: make(map[SourceID]LedgerEntry), resized: make(map[SourceID]bool),
		duplicates: newDuplicateKeys()}
}

// upload reads what a plan finds and commits it.
func (p *pass) upload(ctx context.Context, plan *plan) (committing, reading error) {
	if err := plan.begin(ctx); err != nil {
		return err, nil
	}
	var f *fetch
	committing, reading = p.through(ctx, plan.folder, func(ctx context.Context, pipeline *pipeline) error {
		f = p.fetch(plan, pipeline)
		defer p.noteFetch(f)
		return f.read(ctx)
	})
	if committing == nil && f.incomplete != nil {
		p.incomplete = append(p.incomplete, f.incomplete)
		if !plan.whole { // it tells more if everything is asked for
			committing = p.known.compareNext(ctx, plan.folder)
		}
	}
	return committing, reading
}

// through calls read, which puts messages into a pipeline, and returns when all of them are
// committed. An error of committing ends the reading, too.
func (p *pass) through(
	ctx context.Context, folder string, read func(ctx context.Context, pipeline *pipeline) error,
) (committing, reading error) {
	pipeline := openPipeline(ctx, p.limits, p.opener, p.committer.commit)
	reading = read(pipeline.ctx, pipeline)
	if err := oneOrAll(pipeline.finish(), p.allowance.err); err != nil {
		return inFolder(folder, err), nil
	}
	return nil, inFolder(folder, reading)
}

// fetch returns the reader of a plan.
func (p *pass) fetch(plan *plan, pipeline *pipeline) *fetch {
	return &fetch{plan: plan, session: p.session, rules: p.rules, customers: p.customers, store: p.store,
		limits: p.limits, spool: p.spool, pipeline: pipeline, tally: p.tally, admit: p.admit,
		historyTime: &p.historyTime}
}

// noteFetch takes note of messages that were set aside.
func (p *pass) noteFetch(f *fetch) {
	p.interrupted = p.interrupted || f.interrupted
	if f.unspooled != nil && !p.unspooled {
		p.unspooled = true
		p.partial = append(p.partial, &Error{Account: p.account.ID, Op: OpUpload, Class: ErrTemporary, Err: f.unspooled,
			Hint: "large messages need it; set SpoolDir, or TMPDIR in the environment, to a folder with room for them"})
	}
}

// judgeMessages notes in p.partial if most of the messages fail.
func (p *pass) judgeMessages(ctx context.Context) error {
	before := p.health.MostFailed
	if before {
		var err error
		if before, err = p.retriesMessages(ctx); err != nil {
			return err
		}
	}
	failing := p.tally.mostFailed(before)
	p.health.MostFailed, p.partial = failing != nil, append(p.partial, failing)
	return nil
}

// retriesMessages reports whether messages have failed that will be tried again.
func (p *pass) retriesMessages(ctx context.Context) (bool, error) {
	for _, folder := range p.folders {
		state, err := p.known.folder(ctx, folder)
		if err != nil {
			return false, err
		}
		rows, err := p.known.due(ctx, folder, state.Generation, time.Now().Add(retries.Max), pageLimit)
		failed := slices.ContainsFunc(rows, func(row LedgerEntry) bool { return row.Outcome == Failed })
		if failed || err != nil {
			return failed, err
		}
	}
	return false, nil
}

// recordHealth writes down how the pass ended. A pass that was asked to stop
// says nothing about the account's health, and one that has lost its lease leaves
// it to the process that has it.
func (p *pass) recordHealth(ctx context.Context, fatal, partial error) error {
	stopped := errors.Is(fatal, context.Canceled) && ctx.Err() != nil
	if p.health == nil || stopped && !p.stepShown {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	h := p.health.underway(p.tally)
	if stopped {
		return p.writeHealth(ctx, h)
	}
	now := time.Now()
	h.InitialComplete = h.InitialComplete || fatal == nil && !p.unread
	if p.tally.cameFurther() {
		h.Failures = 0
	}
	h.HistoryAfter = time.Time{}
	if p.allowance.waits() {
		h.HistoryAfter = p.allowance.until
	}
	if h.InitialComplete {
		h.InitialNotBefore = time.Time{}
	}
	h.passed(fatal, partial, p.unread && (p.allowance.waits() || p.historyTime.left), now)
	if h.Cause == CauseUnknown {
		h.Cause = CauseOf(p.later)
	}
	due := h
	if p.historyTime.left && due.HistoryAfter.IsZero() {
		due.HistoryAfter = p.loginAt.Add(p.loginPause())
	}
	h.NextAttempt = nextPass(p.account, due, fatal, oneOrAll(partial, p.later), now)
	completed := h.InitialComplete && !p.health.InitialComplete
	*p.health = h
	err := p.recorder.record(ctx, p.known.fence, p.account, h)
	if completed && err == nil {
		p.committer.assign.send() // it settles what was held back meanwhile
	}
	return err
}

// recordStep writes down which step takes long now, and tells the Observer; the zero Step
// is none.
func (p *pass) recordStep(ctx context.Context, step Step) {
	if step.Op != "" {
		p.logger.WarnContext(ctx, "a step of the pass takes long", "account", p.account.ID, "step", step.Op,
			"folder", step.Folder, "since", step.Since, "bytes", step.Bytes, "last_byte", step.LastByte)
	}
	if p.observer.SlowStep != nil {
		p.observer.SlowStep(SlowStepInfo{Account: p.account.ID, Step: step})
	}
	h := p.health.underway(p.tally)
	h.Step = step
	if err := p.writeHealth(ctx, h); err != nil && ctx.Err() == nil {
		p.logger.WarnContext(ctx, "a step that takes long is not recorded", "account", p.account.ID, "error", err)
	}
}

// writeHealth writes down the health while a pass goes on, or after it was stopped.
func (p *pass) writeHealth(ctx context.Context, h Health) error {
	err := p.known.fenced(ctx, func(ctx context.Context) error { return p.store.SetHealth(ctx, p.account.ID, h) })
	if err != nil {
		return fmt.Errorf("inbound: record health: %w", err)
	}
	return nil
}
