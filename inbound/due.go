package inbound

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Due returns the IDs of the accounts of which a pass is due at a time, as the store has it
// (Health.NextAttempt), the one that has waited longest first. An account is due until a pass
// of it has ended: it is, too, while a pass is under way, in any process, and after a process
// died in one. Accounts that are inactive or paused, that have wrong settings, or that are
// left alone after refused logins are never due.
//
// Due reads the accounts from Config.AccountSource again, and calls the store once, whatever
// the number of accounts. It is for hosts whose own scheduler calls [Syncer.SyncDue]; Run
// does not need it.
func (s *Syncer) Due(ctx context.Context, at time.Time) ([]string, error) {
	if err := s.Reload(ctx); err != nil {
		return nil, err
	}
	recorded, err := s.store.AllHealth(ctx)
	if err != nil {
		return nil, err
	}
	var due []string
	for id, a := range s.settings.Load().active() {
		if recorded[id].isDue(a, at) {
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(a, b string) int {
		if c := recorded[a].NextAttempt.Compare(recorded[b].NextAttempt); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return due, nil
}

// DueOptions change what [Syncer.SyncDue] does. The zero value is the defaults.
type DueOptions struct {
	// Now is true if somebody wants a pass that is not due yet, also of an account that is
	// left alone. A pause that the server has asked for is kept in any case.
	Now bool
	// HistoryTime is how long the pass reads mail that was there when the account was first
	// connected; new mail comes before it, and is not limited. When the time is over and some
	// is left, the pass ends as one that went well, and the next is due in a second, or as soon
	// as the provider is known to allow another login. At least one slice of some seconds
	// is read. 0: until none is left.
	HistoryTime time.Duration
}

// SyncDue is Sync for hosts whose own scheduler, such as a queue of jobs, calls it in many
// processes: it makes a pass only if one is due, as the store has it. It returns when the
// next one is due; the zero time is when somebody asks for it (DueOptions.Now). Two calls
// after each other make one pass.
//
// The accounts are read from Config.AccountSource first, so that the pass has the settings
// that hold now. An account that is not there is ErrNotFound; one that is inactive or paused
// has no pass. SyncDue does not wait: while another caller is at work on the account, in any
// process, or for half a minute after the process of one died, it fails with ErrBusy. After
// ErrLeaseLost this process was stopped for so long that another one may have gone on. A pass
// that fails is logged, as Run does.
func (s *Syncer) SyncDue(ctx context.Context, accountID string, o DueOptions) (
	report Report, next time.Time, err error) {
	report = newReport(accountID)
	if err := s.Reload(ctx); err != nil {
		return report, next, err
	}
	a, err := s.account(ctx, accountID)
	if err != nil || a.Inactive || a.Paused {
		return report, next, err
	}
	s.passes.Add(1)
	defer s.passes.Add(-1)
	end := s.sync(ctx, accountID, nil, &o)
	if end.notDue {
		return report, end.health.NextAttempt, nil
	}
	if next = end.health.NextAttempt; next.IsZero() && end.health.Refusals == 0 {
		next = time.Now() // nothing is recorded
	}
	if ctx.Err() == nil && !errors.Is(end.fatal, ErrBusy) {
		s.logPassEnd(ctx, accountID, end, end.health.Failures, next)
	}
	err = s.finishSync(ctx, &end, next)
	return end.report, next, err
}

// isDue reports whether a pass of an account is due.
func (h Health) isDue(a Account, at time.Time) bool {
	if h.NextAttempt.IsZero() {
		return h.Refusals == 0 // otherwise it is left alone
	}
	// Further off than any pause: then the clock was set back.
	return !h.NextAttempt.After(at) || h.NextAttempt.After(at.Add(max(25*time.Hour, 2*a.Interval)))
}

// beginIfDue reports whether the pass is due, or whether somebody wants it and the server has
// not asked for a pause. It returns the health before the pass.
func (p *pass) beginIfDue(ctx context.Context, o *DueOptions) (h Health, due bool, err error) {
	if h, err = p.readHealth(ctx); err != nil {
		return h, false, err
	}
	now := time.Now()
	if due = h.isDue(p.account, now); !due && o.Now {
		if err := p.allowance.load(ctx); err != nil {
			return h, false, err
		}
		due = h.Cause != CauseThrottled && !p.allowance.usage.NotBefore.After(now) || isDueAt(h.NextAttempt, now)
	}
	p.historyTime.limit = o.HistoryTime
	return h, due, nil
}

// historyTime bounds how long a pass reads history.
type historyTime struct {
	limit time.Duration // 0: there is none
	ends  time.Time     // zero until history is read
	left  bool          // there is history that was not read for want of time
}

// turn begins a turn, which ends with the time.
func (h *historyTime) turn() turn {
	t := newTurn()
	if h.limit > 0 && h.ends.IsZero() {
		h.ends = time.Now().Add(h.limit)
	}
	if !h.ends.IsZero() && h.ends.Before(t.ends) {
		t.ends = h.ends
	}
	return t
}

// isOver reports that no more history may be read.
func (h *historyTime) isOver() bool { return !h.ends.IsZero() && time.Now().After(h.ends) }
