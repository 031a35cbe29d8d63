package inbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// Sync makes one pass of an account: it uploads what is on the server and not
// settled yet, the whole mailbox the first time, and deletes or marks what the
// account wants deleted or marked. The report tells what was done, also when
// the pass failed half-way: what is committed stays so, and the next pass goes
// on from there.
//
// An account is synced by one caller at a time, over all processes; Sync waits
// half a minute for another one to end (or for the lease of one that died), and
// then fails with ErrBusy. It delivers no notifications: see Dispatch. When ctx
// ends, the batch that is being committed is finished first; Sync then returns
// the context's error.
//
// A folder, a deletion or a mark that fails is part of the error too, though the
// pass has done the rest. At its end Sync assigns waiting customers, of all
// accounts; the report counts them.
func (s *Syncer) Sync(ctx context.Context, accountID string) (Report, error) {
	report, fatal, beside := s.sync(ctx, accountID)
	waiting := s.assignAfter(ctx, &report)
	if fatal != nil {
		waiting = nil // it has the same cause
	}
	err := oneOrAll(fatal, beside, waiting)
	s.passEnded(report, err)
	return report, err
}

// sync makes one pass. A fatal error is one of login or reading: the next pass
// had better wait. What is beside it concerns a single folder, a deletion or a
// mark, and delays nothing else.
func (s *Syncer) sync(ctx context.Context, accountID string) (report Report, fatal, beside error) {
	report = newReport(accountID)
	fatal = s.exclusively(ctx, accountID, func(ctx context.Context, p *pass) error {
		p.report = &report
		err := p.run(ctx)
		beside = inAccount(accountID, oneOrAll(p.beside...))
		unrecorded := p.recordHealth(ctx, err, beside)
		if err == nil {
			return unrecorded
		}
		if unrecorded != nil {
			s.logger.WarnContext(ctx, "health not recorded", "account", accountID, "error", unrecorded)
		}
		return err
	})
	return report, fatal, beside
}

// passEnded notifies the Observer.
func (s *Syncer) passEnded(report Report, err error) {
	if s.observer.PassEnded != nil {
		s.observer.PassEnded(report, err)
	}
}

// exclusively runs fn while no other pass of the account can, in any process.
func (s *Syncer) exclusively(ctx context.Context, accountID string, fn func(ctx context.Context, p *pass) error) error {
	a, err := s.account(accountID)
	if err != nil {
		return err
	}
	if a.Inactive {
		return &Error{Account: a.ID, Op: "sync", Class: ErrPermanent, Err: errors.New("the account is switched off")}
	}
	lease := "account/" + a.ID
	return inAccount(a.ID, s.hold(ctx, lease, leaseTTL+leaseRetry, func(ctx context.Context, token uint64) error {
		p := &pass{Syncer: s, account: a, fence: fence{s.store, lease, token}}
		if p.accountState, err = s.store.AccountState(ctx, a.ID); err != nil {
			return fmt.Errorf("inbound: read state of account: %w", err)
		}
		return fn(ctx, p)
	}))
}

// inAccount has an error say which account it is of.
func inAccount(id string, err error) error {
	var inner *Error
	switch e, ok := err.(*Error); { // of what is wrapped, the text is made already
	case err == nil, errors.Is(err, context.Canceled) && !errors.As(err, &inner):
		return err
	case ok:
		e.Account = id
		return e
	}
	return &Error{Account: id, Op: "sync", Err: err}
}

// pass is one pass of one account. Its fields belong to the goroutine that
// reads from the server, but for those of the committer.
type pass struct {
	*Syncer
	fence
	account  Account
	replayed string // address whose customer Replay creates; else ""
	session  Session
	report   *Report // the committer's, until the pipeline has ended
	failed   int     // messages that could not be committed; the committer's, too

	accountState AccountState
	first        bool           // the account is connected for the first time
	renumbered   bool           // a folder has a new generation
	unread       bool           // something on the server was not looked at
	beside       []error        // failures that concern a folder, a deletion or a mark alone
	health       *Health        // nil: this pass says nothing about the account's health
	sizes        map[int64]bool // of what was there when the account was connected; see loadSizes
	windowed     bool           // the server may show further messages after this visit
	visited      []int64        // sizes of what this visit has listed in order, where messages have no Position
	fresh        atomic.Int64   // messages that this visit has settled for the first time, but for duplicates
	total        atomic.Int64   // messages on the server, in the folders listed so far
	settled      atomic.Int64   // of those
}

// progress counts messages that are settled, and tells whoever watches.
func (p *pass) progress(n int) {
	settled := p.settled.Add(int64(n))
	if p.observer.Progress != nil {
		p.observer.Progress(p.account.ID, int(settled), int(p.total.Load()))
	}
}

// reached tells how far the initial upload has come: messages settled, of those
// in the folders listed so far.
func (p *pass) reached() (total, done int) {
	total = int(p.total.Load())
	return total, min(int(p.settled.Load()), total)
}

func (p *pass) run(ctx context.Context) error {
	health, err := p.store.Health(ctx, p.account.ID)
	if err != nil {
		return fmt.Errorf("inbound: read health: %w", err)
	}
	p.health = &health
	if err := p.checkFields(ctx, p.account); err != nil {
		return err
	}
	for visits, again := 0, true; again && visits < maxVisits; visits++ {
		again, err = p.visit(ctx)
		if visits > 0 && (errors.Is(err, ErrThrottled) || errors.Is(err, ErrAuth)) {
			p.unread = true // the server wants a pause between logins; the next pass will do
			break
		}
		if err != nil {
			return err
		}
	}
	return p.retire(ctx)
}

// maxVisits bounds the sessions of one pass.
const maxVisits = 500

// open logs in.
func (p *pass) open(ctx context.Context) (err error) {
	if p.session, err = p.fetchers[p.account.Protocol].Open(ctx, p.account); err != nil {
		return err
	}
	if p.accountState.StartedAt.IsZero() {
		p.accountState.StartedAt, p.first = time.Now(), true
	}
	return nil
}

// close ends the session, if there is one. What had to be durable is by now.
func (p *pass) close() {
	if p.session != nil {
		_ = p.session.Close()
		p.session = nil
	}
}

// reopen logs in again, after a connection was lost with a folder. A refusal is
// not held against the settings, with which the first login went through.
func (p *pass) reopen(ctx context.Context) error {
	err := p.open(ctx)
	if errors.Is(err, ErrAuth) {
		err = &Error{Op: "log in again", Class: ErrTemporary, Err: errors.New(err.Error())}
	}
	return err
}

// recordConnected remembers the moment when the account is first connected.
func (p *pass) recordConnected(ctx context.Context) error {
	err := p.fenced(ctx, func(ctx context.Context) error {
		return p.store.SetAccountState(ctx, p.account.ID, p.accountState)
	})
	if err != nil {
		return fmt.Errorf("inbound: record that the account is connected: %w", err)
	}
	return nil
}

// visit goes through the folders in one session. It says whether to come back
// immediately: POP3 servers may show part of the mail only, and the rest when that
// has been read (Gmail shows some 250 messages at a time). A visit that found
// nothing but what was uploaded before, or the same messages under new unique-ids,
// is the last.
func (p *pass) visit(ctx context.Context) (again bool, err error) {
	if err := p.open(ctx); err != nil {
		return false, err
	}
	defer p.close()
	if p.first && p.visited == nil {
		if err := p.recordConnected(ctx); err != nil {
			return false, err
		}
	}
	p.total.Store(0)
	p.settled.Store(0)
	before := p.visited
	p.visited = make([]int64, 0, len(before))
	p.fresh.Store(0)
	defer func() { p.report.Listed = int(p.total.Load()) }()
	var unread []error
	folders := p.account.listings(p.fetchers)
	for _, folder := range folders {
		if p.session == nil { // the one before was lost with a folder
			if err := p.reopen(ctx); err != nil {
				return false, oneOrAll(append(unread, err)...)
			}
		}
		committing, reading := p.syncFolder(ctx, folder)
		if committing != nil {
			return false, committing
		}
		if reading == nil {
			continue
		}
		if unread = append(unread, reading); ctx.Err() != nil || concernsAccount(reading) {
			return false, oneOrAll(unread...)
		}
		p.closeLost(reading)
	}
	p.unread = p.unread || len(unread) > 0
	if len(unread) == len(folders) {
		return false, oneOrAll(unread...)
	}
	p.beside = append(p.beside, unread...)
	return p.windowed && p.fresh.Load() > 0 && !slices.Equal(before, p.visited), nil
}

// closeLost ends the session after an error with which it is lost.
func (p *pass) closeLost(err error) {
	if errors.Is(err, ErrDirty) || errors.Is(err, ErrEnded) {
		p.close()
	}
}

// concernsAccount reports failures that the next folder would meet as well.
func concernsAccount(err error) bool {
	return errors.Is(err, ErrAuth) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrLeaseLost)
}

// oneOrAll joins errors; a single one stays as it is.
func oneOrAll(errs ...error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// mostFailed is an error if most of the messages that the pass has looked at could
// not be uploaded: then the mailbox is read, and yet all is not well.
func (p *pass) mostFailed() error {
	total := 0
	for _, n := range p.report.Outcomes {
		total += n
	}
	if p.failed*2 <= total {
		return nil
	}
	return &Error{Account: p.account.ID, Op: "upload", Class: ErrTemporary,
		Err:  fmt.Errorf("%d of %d messages could not be uploaded", p.failed, total),
		Hint: "look at the reasons in the ledger"}
}

// recordHealth writes down how the pass ended. A pass that was asked to stop
// says nothing about the account's health, and one that has lost its lease leaves
// it to whoever has it.
func (p *pass) recordHealth(ctx context.Context, fatal, beside error) error {
	if p.health == nil || errors.Is(fatal, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if fatal == nil && beside == nil {
		beside = p.mostFailed()
	}
	h := *p.health
	if !h.InitialComplete && p.total.Load() > 0 {
		h.InitialTotal, h.InitialDone = p.reached()
	}
	h.InitialComplete = h.InitialComplete || fatal == nil && !p.unread
	switch {
	case errors.Is(fatal, ErrAuth), errors.Is(fatal, ErrPermanent):
		h.State = HealthBlocked
	case fatal != nil:
		h.State = HealthRetrying
	case beside != nil:
		h.State = HealthDegraded
	default:
		h.State = HealthOK
	}
	if fatal == nil {
		h.LastSuccess, h.Failures = time.Now(), 0
	} else {
		h.Failures++
	}
	h.LastError, h.Hint = "", ""
	if err := oneOrAll(fatal, beside); err != nil {
		h.LastError, h.Hint = boundedText(err.Error()), HintOf(err)
	}
	err := p.fenced(ctx, func(ctx context.Context) error { return p.store.SetHealth(ctx, p.account.ID, h) })
	if err != nil {
		return fmt.Errorf("inbound: record health: %w", err)
	}
	return nil
}
