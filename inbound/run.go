package inbound

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Run collects from every active account, assigns waiting customers and delivers the
// notifications, until ctx ends; then it returns nil. Accounts that are added, changed or
// removed meanwhile are followed, while the others go on undisturbed, as they do when one
// account is in trouble. A second Run of a Syncer at the same time is an error.
//
// Where the server can tell of new mail (a Session that is a Watcher, as in IMAP), Run
// stays logged in between passes, and a pass follows each sign of new mail. Each account
// has a pass at its Interval in any case. Further folders of an account are looked at
// every minute. Once an hour, Run looks through a new connection whether the one that it
// has kept still shows everything; less often where the provider counts logins (package
// discover/presets).
//
// Several processes may Run on one store. Each account is run by one of them, whichever
// comes first; the others wait for it to stop, or for its lease to end half a minute after
// it was killed.
//
// An initial upload keeps to what the provider lets a program read of a mailbox (package
// discover/presets): it waits while new mail goes on, and Health.HistoryAfter says until
// when. Nor are there more sessions of an account, or shorter pauses between its logins, than
// its provider is known to allow.
//
// After a failure to log in or to read the mailbox, the pauses of an account grow from
// half a minute up to an hour, or to its Interval if that is longer; they begin anew with a
// pass that has settled messages before it failed. When only a folder, a deletion, a mark
// or most of the messages fail, the next pass comes at the usual interval. No pause is
// shorter than the server asks for (Error.RetryAfter), or than its provider is known to want
// after too many logins or commands (package discover/presets), not even after a restart.
//
// An account whose login is refused (ErrAuth) is left alone until Run or SyncNow is
// called again or its settings change, because repeating a wrong password locks
// mailboxes. But if it has worked before, it is tried again five times, after 30 s, 3 min,
// 18 min, and twice after an hour: servers also refuse right passwords while they are
// busy. When Run returns, none of its goroutines is left.
func (s *Syncer) Run(ctx context.Context) error {
	if !s.running.begin() {
		return errors.New("inbound: Run is at work already")
	}
	defer s.running.end()
	var all sync.WaitGroup
	all.Go(func() { s.follow(ctx) })
	leases, leave := s.budget.leases.join(s.store)
	defer leave()
	all.Go(func() { s.runAssigner(ctx) })
	if s.dispatcher != nil {
		all.Go(func() { s.runDispatcher(ctx) })
	}
	s.runAccounts(ctx, leases)
	all.Wait()
	return nil
}

// runAccounts has a runner at work for each account that is active.
func (s *Syncer) runAccounts(ctx context.Context, leases *keptLeases) {
	for ctx.Err() == nil {
		st := s.settings.Load()
		s.running.follow(st.active(), func(a Account) *runner { return newRunner(ctx, s, a, leases) })
		s.recordRefused(ctx, st)
		select {
		case <-ctx.Done():
		case <-s.changed:
		}
	}
	s.running.wait()
}

// SyncNow has Run make a pass of an account now, also of one that it has left alone or
// that waits after a failure. It does not wait for it. An account that is not configured
// is ErrNotFound. One that Run does not collect from is ErrBusy: it is inactive or paused,
// another process collects from it, or Run is not at work.
func (s *Syncer) SyncNow(accountID string) error {
	if _, err := s.settings.Load().account(accountID); err != nil {
		return err
	}
	if _, waits := s.waiting.Load(accountID); waits {
		return fmt.Errorf("%w: account %q is being collected from by another process", ErrBusy, accountID)
	}
	return s.running.wake(accountID)
}
