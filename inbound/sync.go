package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Sync makes one pass of an account: it uploads what is on the server and not settled
// yet, the whole mailbox the first time, and deletes or marks what the account wants
// deleted or marked. The report tells what was done, even if the pass failed halfway:
// what is committed stays, and the next pass goes on from there. An inactive account is
// an *Error of class ErrPermanent.
//
// What was in a folder when it was first listed is its history, which is read in the order
// of Account.InitialOrder, some 2 seconds at a time; new mail of all folders comes before
// each slice. In POP3, whose sessions show no mail that arrives later, a session ends
// after 2 minutes of history, and the next one sees it. Where an IMAP server hides its
// UIDNEXT or leaves messages out, and with feeds, all is read in one listing.
//
// Between two logins of an account there is the pause that its provider is known to want
// (package discover/presets), a minute most often: if need be, Sync waits for it.
//
// An account is synced by one caller at a time, over all processes; Sync waits
// half a minute for a different one to end (or for the lease of one that died), and
// then fails with ErrBusy. It delivers no notifications: see Dispatch. When ctx
// ends, the batch that is being committed is finished first; Sync then returns
// the context's error.
//
// A folder, a deletion or a mark that fails is part of the error too, though the
// pass has done the rest; so is a folder of which the server does not list all messages
// that it says it has. A session ends with a server that is 10 minutes behind 4 KiB a
// second, or a message in 10 seconds: the message is tried again later, and after a few of
// them the pass ends. Messages that fail are counted in the report, and are an error
// only if they are most of those that were looked at. At its end Sync assigns waiting
// customers, of all accounts; the report counts them.
func (s *Syncer) Sync(ctx context.Context, accountID string) (Report, error) {
	s.passes.Add(1)
	defer s.passes.Add(-1)
	end := s.sync(ctx, accountID, nil, nil)
	err := s.finishSync(ctx, &end, time.Time{})
	return end.report, err
}

// finishSync assigns waiting customers after a pass, and returns the error of both.
func (s *Syncer) finishSync(ctx context.Context, end *passEnd, next time.Time) error {
	waiting := s.assignAfter(ctx, &end.report)
	if end.fatal != nil {
		waiting = nil // it has the same cause
	}
	err := oneOrAll(end.fatal, end.partial, waiting)
	s.passEnded(*end, err, next)
	return err
}

// passEnd is how a pass has ended.
type passEnd struct {
	began   time.Time
	report  Report
	fatal   error // of login or reading: the next pass had better wait
	partial error // of a single folder, a deletion, a mark, or messages; delays nothing else
	health  Health
	notDue  bool // there was no pass, since none is due
}

// found reports whether there was mail to settle.
func (e passEnd) found() bool { return len(e.report.Outcomes) > 0 }

// sync makes one pass, on a connection that may be kept; nil is one for this pass alone. With
// options it makes the pass only if one is due and the lease is free.
func (s *Syncer) sync(ctx context.Context, accountID string, kept *connection, due *DueOptions) (end passEnd) {
	end.began, end.report = time.Now(), newReport(accountID)
	wait := leaseWait
	if due != nil {
		wait = 0
	}
	end.fatal = s.withAccountLease(ctx, &end.report, kept, wait, func(ctx context.Context, p *pass) error {
		if due != nil {
			var isDue bool
			var err error
			if end.health, isDue, err = p.beginIfDue(ctx, due); err != nil || !isDue {
				end.notDue = err == nil
				return err
			}
		}
		err := p.run(ctx)
		p.endPass()
		if err == nil {
			err = p.judgeMessages(ctx)
		}
		end.partial = inAccount(accountID, oneOrAll(p.partial...))
		unrecorded := p.recordHealth(ctx, err, end.partial)
		if p.health != nil {
			end.health = *p.health
		}
		if err == nil {
			return unrecorded
		}
		if unrecorded != nil {
			s.logger.WarnContext(ctx, "health not recorded", "account", accountID, "error", unrecorded)
		}
		return err
	})
	return end
}

// passEnded notifies the Observer.
func (s *Syncer) passEnded(end passEnd, err error, next time.Time) {
	if s.observer.PassEnded != nil {
		s.observer.PassEnded(PassEndedInfo{Report: end.report, Err: err, Began: end.began, Took: time.Since(end.began),
			Health: end.health, Next: next})
	}
}

// withAccountLease runs fn while no other pass of the report's account can, in any
// process. It waits that long for the lease. The pass has a connection that may be kept; nil
// is one of its own.
func (s *Syncer) withAccountLease(ctx context.Context, report *Report, kept *connection, wait time.Duration,
	fn func(ctx context.Context, p *pass) error) error {
	a, err := s.account(ctx, report.Account)
	if err != nil {
		return err
	}
	if kept == nil {
		kept = s.newConnection(a)
	}
	a = kept.account // the settings may have changed since
	if a.Inactive {
		return &Error{Account: a.ID, Op: OpSync, Class: ErrPermanent, Err: errors.New("the account is switched off")}
	}
	return inAccount(a.ID, s.withLease(ctx, "account/"+a.ID, wait, func(ctx context.Context, f fence) error {
		p, err := s.newPass(ctx, kept, f, report)
		if err != nil {
			return err
		}
		if err := s.refingerprint.run(ctx, s.store, f); err != nil {
			return err
		}
		defer p.recordLogin(ctx)
		return fn(ctx, p)
	}))
}

func (s *Syncer) newConnection(a Account) *connection {
	return &connection{fetcher: s.fetchers[a.Protocol], account: a, preset: s.presetFor(a.Host),
		keychain: s.keychain, budget: s.budget, user: s.user, observer: &s.observer}
}

// newPass returns a pass of a connection's account, with the tools that its steps share.
func (s *Syncer) newPass(ctx context.Context, c *connection, f fence, report *Report) (*pass, error) {
	a, st := c.account, s.settings.Load()
	state, err := s.store.AccountState(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("inbound: read state of account: %w", err)
	}
	c.beginPass(state)
	p := &pass{
		account:    a,
		folders:    a.listings(s.fetchers),
		connection: c,
		known:      &records{store: s.store, fence: f, account: a.ID},
		rules:      &rules{senders: senders{a, st.company}},
		tally:      &tally{report: report, observer: &s.observer, counted: make(map[string]bool)},
		store:      s.store,
		customers:  s.customers,
		limits:     s.limits,
		opener:     s.opener,
		spool:      s.spool,
		retired:    &s.retired,
		logger:     s.logger,
		observer:   &s.observer,
		recorder:   s.recorder,
	}
	p.allowance = newAllowance(a, c.preset, p.known)
	if c.loginPause() > 0 && c.loginAt.IsZero() {
		if err := p.allowance.load(ctx); err != nil {
			return nil, err
		}
		c.beginLogins(p.allowance.usage.LoginAt)
		if pause := c.untilLogin(); pause > 0 {
			s.logger.InfoContext(ctx, "waiting, as the provider wants a pause between logins", "account", a.ID,
				"pause", pause.Round(time.Second))
		}
	}
	p.committer = &committer{
		rules: p.rules, account: a, shop: st.shops[a.Shop], store: s.store,
		archive: s.archive, fence: f, customers: s.customers,
		joins: s.transactions, distributor: s.distributor, attempts: max(s.limits.Attempts, 0),
		outbox: outbox{s.store, s.initialNotifications},
		tally:  p.tally, logger: s.logger, dispatch: s.wakeDispatch, assign: s.wakeAssign,
	}
	return p, nil
}
