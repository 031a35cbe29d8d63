package inbound

import (
	"context"
	"errors"
	"fmt"
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
func (s *Syncer) Sync(ctx context.Context, accountID string) (Report, error) {
	report := newReport(accountID)
	err := s.exclusively(ctx, accountID, func(ctx context.Context, p *pass) error {
		p.report = &report
		err := p.run(ctx)
		unrecorded := p.recordHealth(ctx, err)
		if err == nil {
			return unrecorded
		}
		if unrecorded != nil {
			s.logger.WarnContext(ctx, "health not recorded", "account", accountID, "error", unrecorded)
		}
		return err
	})
	if s.observer.PassEnded != nil {
		s.observer.PassEnded(report, err)
	}
	return report, err
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
	p := &pass{Syncer: s, account: a}
	return inAccount(a.ID, s.hold(ctx, p.leaseName(), leaseTTL+leaseRetry, func(ctx context.Context, token uint64) error {
		p.token = token
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
	account Account
	token   uint64 // fencing token of the account's lease
	session Session
	report  *Report // the committer's, until the pipeline has ended

	through bool // everything on the server was looked at
	health  Health
	total   atomic.Int64 // messages on the server, in the folders listed so far
	settled atomic.Int64 // of those
}

// leaseName is the lease that makes sure that one mailbox is synced by one
// process at a time.
func (p *pass) leaseName() string { return "account/" + p.account.ID }

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

func (p *pass) run(ctx context.Context) (err error) {
	if p.health, err = p.store.Health(ctx, p.account.ID); err != nil {
		return fmt.Errorf("inbound: read health: %w", err)
	}
	if err := p.checkFields(ctx, p.account); err != nil {
		return err
	}
	if waiting := p.drainQueue(ctx); waiting != nil { // which holds up no mail
		defer func() { err = errors.Join(err, waiting) }()
	}
	for visits, again := 0, true; again; visits++ {
		again, err = p.visit(ctx)
		if visits > 0 && errors.Is(err, ErrThrottled) {
			break // the server wants a pause between log-ins; the next pass will do
		}
		if err != nil {
			return err
		}
	}
	p.through = true
	return nil
}

// visit goes through the folders in one session. It says whether to come back
// at once: POP3 servers may show part of the mail only, and the rest when that
// has been read (Gmail shows some 250 messages at a time).
func (p *pass) visit(ctx context.Context) (again bool, err error) {
	if p.session, err = p.fetchers[p.account.Protocol].Open(ctx, p.account); err != nil {
		return false, err
	}
	defer func() { _ = p.session.Close() }() // what had to be durable is by now
	p.total.Store(0)
	p.settled.Store(0)
	before := p.report.looked()
	// One folder that cannot be read does not hold up the others.
	var problems []error
	for _, folder := range p.account.Folders {
		err := p.syncFolder(ctx, folder)
		if err != nil {
			problems = append(problems, err)
		}
		if ctx.Err() != nil || err != nil && !errors.Is(err, ErrPermanent) {
			break
		}
	}
	p.report.Listed = int(p.total.Load())
	if len(problems) == 1 {
		return false, problems[0]
	}
	return p.account.Protocol == POP3 && p.report.looked() > before, errors.Join(problems...)
}

// recordHealth writes down how the pass ended. A pass that was asked to stop
// says nothing about the account's health.
func (p *pass) recordHealth(ctx context.Context, passErr error) error {
	if errors.Is(passErr, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	h := p.health
	h.InitialComplete = h.InitialComplete || p.through
	switch {
	case passErr == nil:
		h.State, h.LastSuccess, h.LastError, h.Hint, h.Failures = HealthOK, time.Now(), "", "", 0
	case errors.Is(passErr, ErrAuth), errors.Is(passErr, ErrPermanent):
		h.State = HealthBlocked
	default:
		h.State = HealthRetrying
	}
	if passErr != nil {
		h.LastError, h.Hint = passErr.Error(), HintOf(passErr)
		h.Failures++
	}
	if !p.health.InitialComplete && p.total.Load() > 0 {
		h.InitialTotal, h.InitialDone = p.reached()
	}
	if err := p.store.SetHealth(ctx, p.account.ID, h); err != nil {
		return fmt.Errorf("inbound: record health: %w", err)
	}
	return nil
}
