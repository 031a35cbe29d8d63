package inbound

import (
	"context"
	"errors"
	"time"
)

// history reads the history of a folder in slices. Between them it looks for new mail in
// all folders, and puts it into the same pipeline.
type history struct {
	*pass
	plan     *plan
	fetch    *fetch
	pipeline *pipeline
	turn     turn
	states   map[string]*FolderState // of the folders that were looked at
	failed   map[string]bool         // folders that are not looked at again in this turn
	before   <-chan struct{}         // closed when all but the last of what was put in is committed
	top      uint64                  // History.Before when the turn began
	more     bool                    // there is more history
}

// uploadHistory uploads the history of a folder, turn by turn, each followed by what is to
// be deleted and marked.
func (p *pass) uploadHistory(ctx context.Context, from *plan) (committing, reading error) {
	if p.allowance.waits() || p.historyTime.isOver() {
		p.unread, p.historyTime.left = true, p.historyTime.isOver()
		return p.finishFolder(ctx, from.folder, from.state.Generation), nil
	}
	for more := true; more; {
		if err := p.reopen(ctx); err != nil {
			return nil, inFolder(from.folder, err)
		}
		if more, committing, reading = p.historyTurn(ctx, from); committing != nil || reading != nil {
			return committing, reading
		}
		if err := p.finishFolder(ctx, from.folder, from.state.Generation); err != nil {
			return err, nil
		}
		if more && p.historyTime.isOver() {
			p.unread, p.historyTime.left = true, true
			return nil, nil
		}
	}
	return nil, nil
}

// historyTurn reads history for a while. It says whether to go on.
func (p *pass) historyTurn(ctx context.Context, from *plan) (more bool, committing, reading error) {
	plan := p.plan(from.folder)
	plan.initial, plan.firstPage, from.firstPage = true, from.firstPage, nil
	h := &history{pass: p, plan: plan, turn: p.historyTime.turn(),
		states: make(map[string]*FolderState), failed: make(map[string]bool)}
	committing, reading = p.through(ctx, from.folder, func(ctx context.Context, pipeline *pipeline) error {
		h.pipeline, h.fetch = pipeline, p.fetch(plan, pipeline)
		defer p.noteFetch(h.fetch)
		if err := plan.load(ctx); err != nil {
			return err
		}
		h.states[from.folder], h.top = plan.state, plan.state.History.Before
		err := h.read(ctx)
		if errors.Is(err, errMoved) {
			p.unread, err = true, nil // the next pass goes on with it
		}
		if err == nil {
			err = h.settle(ctx, plan)
		}
		if err == nil {
			err = h.look(ctx, from.folder, true)
		}
		return err
	})
	return h.more, committing, reading
}

// read reads until the history or the turn ends.
func (h *history) read(ctx context.Context) error {
	for h.plan.state.History.isLeft() {
		if goOn, err := h.between(ctx); err != nil || !goOn {
			return err
		}
		page, err := h.plan.historyPage(ctx)
		if err != nil {
			return err
		}
		h.plan.state.NextPosition = max(h.plan.state.NextPosition, page.next)
		h.fetch.expectHistory(page)
		if err := h.pipeline.settle(ctx, page.early...); err != nil {
			return err
		}
		for todo := page.todo; len(todo) > 0; {
			slice, err := h.admit(ctx, h.turn.cut(todo, page.newest), page.newest)
			if err != nil || len(slice) == 0 {
				return err
			}
			_, todo = split(todo, len(slice), page.newest)
			if err := h.take(ctx, slice, page.newest); err != nil {
				return err
			}
			if goOn, err := h.between(ctx); err != nil || !goOn {
				return err
			}
		}
		if err := h.fetch.takeSuspects(ctx); err != nil {
			return err
		}
		h.plan.suspects = nil
		h.plan.passedPage(page)
		h.plan.tell(h.tally)
		if err := h.pipeline.mark(ctx, h.plan.folder, *h.plan.state); err != nil {
			return err
		}
	}
	return nil
}

// take reads some messages of a page. It waits until all but these are committed, so that
// new mail has to wait for no more than that.
func (h *history) take(ctx context.Context, slice []Ref, newest bool) error {
	begun := time.Now()
	if err := h.fetch.take(ctx, slice); err != nil {
		return err
	}
	h.plan.passed(slice, newest)
	h.plan.tell(h.tally)
	committed, err := h.pipeline.save(ctx, h.plan.folder, *h.plan.state)
	if err == nil {
		err = wait(ctx, h.before)
	}
	h.before = committed
	h.turn.took(slice, time.Since(begun))
	return err
}

// between looks for new mail when it is time to. It says whether to go on with the history.
func (h *history) between(ctx context.Context) (goOn bool, err error) {
	if time.Since(h.turn.looked) >= historySlice {
		for _, folder := range h.folders {
			if err := h.look(ctx, folder, false); err != nil {
				return false, err
			}
		}
		h.turn.looked = time.Now()
	}
	if h.turn.isOver() {
		h.more = true
		return false, nil
	}
	return true, nil
}

// look uploads what is new in a folder, and in the last look of a turn also what has failed
// more than once. A folder that fails is not looked at again in this turn; if it is that of
// the history, the turn ends.
func (h *history) look(ctx context.Context, folder string, last bool) error {
	if h.failed[folder] {
		return nil
	}
	plan := h.pass.plan(folder)
	plan.state, plan.between, plan.last = h.states[folder], true, last
	if folder == h.plan.folder && !last {
		plan.behind = h.top - 1 // what is before it may be in the pipeline
	}
	if err := plan.begin(ctx); err != nil {
		return err
	}
	h.states[folder] = plan.state
	f := h.pass.fetch(plan, h.pipeline)
	err := f.read(ctx)
	h.notePlan(plan)
	h.noteFetch(f)
	switch {
	case err == nil:
	case ctx.Err() != nil, f.interrupted, folder == h.plan.folder, concernsAccount(err),
		errors.Is(err, ErrDirty), errors.Is(err, ErrEnded):
		return inFolder(folder, err)
	default:
		h.failed[folder], h.unread = true, true
		h.partial = append(h.partial, inFolder(folder, err))
	}
	if f.incomplete != nil {
		if plan.whole {
			h.incomplete = append(h.incomplete, f.incomplete)
		}
		plan.state.ComparedAt = time.Time{} // it tells more if everything is asked for
		if err := h.pipeline.mark(ctx, folder, *plan.state); err != nil {
			return err
		}
	}
	if f.taken == 0 {
		return nil
	}
	return h.settle(ctx, plan) // else the next look would find no record of it
}

// settle waits until all that was put into the pipeline is committed.
func (h *history) settle(ctx context.Context, plan *plan) error {
	committed, err := h.pipeline.save(ctx, plan.folder, *plan.state)
	if err != nil {
		return err
	}
	return wait(ctx, committed)
}

// wait waits until a channel is closed; nil is none.
func wait(ctx context.Context, closed <-chan struct{}) error {
	if closed == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-closed:
		return nil
	}
}
