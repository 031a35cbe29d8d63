package inbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// maxVisits bounds the sessions of one pass.
	maxVisits = 500
	// maxInterruptions is how many of them may end within a message in one pass: fewer
	// where the server falls silent, since each of these takes a time limit.
	maxInterruptions, silences = 20, 4
)

// run makes the pass: it visits the mailbox, and ends what waits under IDs that are no
// longer listed.
func (p *pass) run(ctx context.Context) error {
	health, err := p.readHealth(ctx)
	if err != nil {
		return err
	}
	p.stepShown, health.Step = health.Step.Op != "", Step{} // of a process that died
	p.health, p.committer.initial = &health, &health
	health.HistoryAfter = stillAhead(health.HistoryAfter, time.Now())
	p.allowance.until = health.HistoryAfter
	p.tally.beginPass(&health)
	if err := p.recordBlindness(ctx); err != nil {
		return err
	}
	if err := p.customers.checkFields(ctx, p.account); err != nil {
		return err
	}
	steps, watched, stop := watchSteps(ctx, p.recordStep)
	p.connection.watch(steps)
	err = p.visitAll(watched, health.State == HealthDegraded)
	p.stepShown = stop() || p.stepShown
	if err = p.recordUsage(ctx, steps, err); err != nil {
		return err
	}
	if gone := p.tally.missing + p.tally.owed; len(p.incomplete) == 0 && gone > 0 && !p.allowance.waits() &&
		!p.historyTime.left {
		p.tally.progress(0, -gone, 0)
	}
	p.partial, p.unread = append(p.partial, p.incomplete...), p.unread || len(p.incomplete) > 0
	if _, done := p.retired.Load(p.account.ID); done && !p.renumbered {
		return nil
	}
	if err := retire(ctx, p.known, p.folders); err != nil {
		return err
	}
	p.retired.Store(p.account.ID, true)
	return nil
}

func (p *pass) readHealth(ctx context.Context) (Health, error) {
	health, err := p.store.Health(ctx, p.account.ID)
	if err != nil {
		return health, fmt.Errorf("inbound: read health: %w", err)
	}
	return health, nil
}

// visitAll visits the mailbox, and comes back as long as there is a reason to. sure says
// that a listing which is not complete needs no second look.
func (p *pass) visitAll(ctx context.Context, sure bool) error {
	interruptions := 0
	for visits, again := 0, true; again; visits++ {
		if visits == maxVisits {
			p.unread = p.unread || p.stopped
			return nil
		}
		var err error
		again, err = p.visit(ctx)
		p.tally.whole = false
		if p.interrupted && interruptions < maxInterruptions && ctx.Err() == nil {
			// What is set aside keeps nothing else from being read in this pass.
			interruptions += p.costOfInterruption(err)
			again, p.unread, p.partial = true, false, nil
			continue
		}
		if !again && !sure && len(p.incomplete) > 0 {
			// A message that goes while the folder is listed looks the same.
			again, sure, p.partial = true, true, nil
		}
		if visits > 0 && (errors.Is(err, ErrThrottled) || errors.Is(err, ErrAuth)) {
			p.unread, p.later = true, err // the server wants a pause between logins; the next pass will do
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// costOfInterruption is what a visit that was interrupted counts against maxInterruptions.
func (p *pass) costOfInterruption(err error) int {
	var limit interface{ Timeout() bool }
	if errors.As(errors.Join(append(p.partial, err)...), &limit) && limit.Timeout() {
		return maxInterruptions / silences
	}
	return 1
}

// visit goes through the folders in one session. It says whether to come back
// immediately: to read again, on a new connection, what was shorter than the server lists
// it; and POP3 servers may show part of the mail only, and the rest when that
// has been read (Gmail shows some 250 messages at a time). A visit that found
// nothing but what was uploaded before, or the same messages under new unique-ids,
// is the last.
func (p *pass) visit(ctx context.Context) (again bool, err error) {
	before := p.visited
	p.interrupted, p.stopped = false, false
	err = p.withSession(ctx, func() error {
		p.tally.beginVisit(p.windowed)
		p.visited = make([]int64, 0, len(before))
		defer func() { p.tally.report.Listed = p.tally.listed }()
		if p.first && before == nil {
			if err := p.recordConnected(ctx); err != nil {
				return err
			}
		}
		return p.visitFolders(ctx)
	})
	more := p.windowed && p.tally.fresh.Load() > 0 && !slices.Equal(before, p.visited)
	more = more && !p.allowance.waits() || p.stopped
	if more && p.historyTime.isOver() {
		more, p.unread, p.historyTime.left = false, true, true
	}
	again = err == nil && (more || p.readsAgain())
	if again || p.interrupted || len(p.incomplete) > 0 {
		p.close() // what follows, or the next pass, looks at the server anew
	}
	return again, err
}

// readsAgain reports whether there are messages to be read a second time, on a new
// connection. A server that gives messages new IDs each time has such messages for ever:
// so each further visit must have found some that it came for.
func (p *pass) readsAgain() bool {
	unsure, confirmed := p.tally.unsure.Load() > 0, p.tally.second.Load() > 0
	again := unsure && !p.revisited || confirmed && (unsure || p.moreDue)
	p.revisited, p.moreDue = p.revisited || again, false
	return again
}

// visitFolders takes one folder after the other: first what is new in all of them, and then
// their histories. A folder that fails does not delay those behind it, unless they would
// fail for the same reason.
func (p *pass) visitFolders(ctx context.Context) error {
	var unread []error
	p.incomplete, p.histories = nil, nil
	each := func(committing, reading error) (stop bool, err error) {
		if committing != nil {
			p.interrupted = false
			return true, committing
		}
		if reading == nil {
			return false, nil
		}
		if unread = append(unread, reading); ctx.Err() != nil || concernsAccount(reading) {
			p.interrupted = false
			return true, oneOrAll(unread...)
		}
		p.closeLost(reading)
		return false, nil
	}
	for _, folder := range p.folders {
		if err := p.reopen(ctx); err != nil {
			return oneOrAll(append(unread, err)...)
		}
		committing, reading := p.syncFolder(ctx, folder)
		if p.reused && isLost(reading) && ctx.Err() == nil {
			// The kept connection was cut at some time, which is no failure of this pass.
			p.lost(SessionLostInfo{Err: reading})
			p.close()
			if err := p.open(ctx); err != nil {
				return err
			}
			committing, reading = p.syncFolder(ctx, folder)
		}
		p.reused = false
		if stop, err := each(committing, reading); stop {
			return err
		}
	}
	for _, plan := range p.histories {
		if err := p.reopen(ctx); err != nil {
			return oneOrAll(append(unread, err)...)
		}
		if stop, err := each(p.uploadHistory(ctx, plan)); stop {
			return err
		}
	}
	p.unread = p.unread || len(unread) > 0
	if len(unread) == len(p.folders) {
		return oneOrAll(unread...)
	}
	p.partial = append(p.partial, unread...)
	return nil
}
