package inbound

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postroom/postroom/assign"
)

const (
	// assignStep is how many waiting customers are assigned at a time.
	assignStep = 20
	// assignPoll is how often customers who wait are looked at without being
	// woken: for managers who have come, and for attempts that are due.
	assignPoll = 30 * time.Second
	// assignIdle is how often it is looked for some while nobody waits: a different process may
	// have left them.
	assignIdle = 2 * time.Minute
)

// AssignWaiting assigns the customers who wait for a manager to the managers of their
// groups, as the accounts are configured now, in the order in which they came; it
// returns how many customers each manager got. A customer to whom the host has attached
// a manager in the meantime is not counted, but that manager is notified of the
// messages that came. A customer to whom no manager can be attached is tried again with
// growing pauses and delays nobody else.
//
// Afterwards, AssignWaiting settles the notifications that are held back because they stem
// from an initial upload: see NotifyDigest.
//
// No mailbox is needed for it. [Syncer.Run] does it all the time; Sync, Replay and
// Redecide do it when they end. One caller at a time works on a store. AssignWaiting
// waits half a minute for another one to end, and then fails with ErrBusy.
func (s *Syncer) AssignWaiting(ctx context.Context) (assigned map[string]int, err error) {
	assigned, _, err = s.assignWaiting(ctx)
	return assigned, err
}

// assignWaiting is AssignWaiting. It also reports whether there was nothing to do.
func (s *Syncer) assignWaiting(ctx context.Context) (assigned map[string]int, idle bool, err error) {
	assigned = make(map[string]int)
	pending, err := s.store.PendingGroups(ctx)
	if err != nil {
		return assigned, false, fmt.Errorf("inbound: read customers who wait for a manager: %w", err)
	}
	held, err := s.store.Backlogs(ctx)
	if err != nil {
		return assigned, false, fmt.Errorf("inbound: read notifications that are held back: %w", err)
	}
	if len(pending) == 0 && len(held) == 0 {
		return assigned, true, nil
	}
	const lease = "assign"
	err = s.withLease(ctx, lease, leaseWait, func(ctx context.Context, f fence) error {
		w := &assigner{
			store: s.store, fence: f, customers: s.customers, joins: s.transactions, distributor: s.distributor,
			outbox:  outbox{s.store, s.initialNotifications},
			groupOf: s.groupNow, lookedAt: &s.lookedAt, dispatch: s.wakeDispatch,
			logger: s.logger, assigned: assigned, down: make(map[string]error),
		}
		return w.run(ctx)
	})
	return assigned, false, err
}

// assignAfter assigns waiting customers at the end of a call that may have added
// some. It returns an error only where the store or the host is in trouble as a
// whole: that a customer or a group has to wait is not that call's failure.
func (s *Syncer) assignAfter(ctx context.Context, report *Report) error {
	assigned, err := s.AssignWaiting(ctx)
	report.Assigned = maps.Clone(report.Assigned) // an Observer may have the other one
	for manager, n := range assigned {
		report.Assigned[manager] += n
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return nil
	case errors.Is(err, ErrTemporary):
		return err
	}
	s.logger.WarnContext(ctx, "customers still wait for a manager", "error", err)
	return nil
}

// groupNow is the group that pending customers wait in as the settings are now; an
// account that is not ours, or no longer, leaves them where they are.
func (s *Syncer) groupNow(g assign.PendingGroup) string {
	if a, ok := s.settings.Load().accounts[g.AccountID]; ok {
		return a.ManagerGroup
	}
	return g.Group
}

func (w *assigner) run(ctx context.Context) error {
	pending, err := w.store.PendingGroups(ctx)
	if err != nil {
		return fmt.Errorf("inbound: read customers who wait for a manager: %w", err)
	}
	var groups []string
	for _, g := range pending {
		now := w.groupOf(g)
		if now != g.Group {
			err := w.fenced(ctx, func(ctx context.Context) error { return w.store.Regroup(ctx, g, now) })
			if err != nil {
				return fmt.Errorf("inbound: move waiting customers to group %q: %w", now, err)
			}
		}
		if !slices.Contains(groups, now) {
			groups = append(groups, now)
		}
	}
	var problems []error
	for _, group := range groups {
		if err := w.drain(ctx, group); err != nil {
			problems = append(problems, fmt.Errorf("inbound: assign waiting customers of group %q: %w", group, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	if ctx.Err() == nil {
		problems = append(problems, w.settleHeld(ctx))
	}
	for _, shop := range slices.Sorted(maps.Keys(w.down)) {
		problems = append(problems, w.down[shop])
	}
	return oneOrAll(problems...)
}

// drain assigns what can be assigned in a group, step by step. It asks again for
// each step who is there.
func (w *assigner) drain(ctx context.Context, group string) error {
	for {
		rows, err := w.store.Queued(ctx, group, assignStep)
		if err != nil {
			return err
		}
		now := time.Now()
		rows = slices.DeleteFunc(rows, func(a assign.Assignment) bool { return !isDueAt(a.NextTry, now) })
		if len(rows) == 0 {
			return nil
		}
		var members []assign.Manager
		if group != "" {
			if members, err = w.distributor.Directory.Group(ctx, group); err != nil {
				return err
			}
		}
		if len(w.distributor.Tiers.Eligible(members)) == 0 {
			return w.lookForTaken(ctx, group)
		}
		if err := w.step(ctx, group, members, rows); err != nil {
			return err
		}
	}
}

// lookForTaken notifies the managers to whom the host itself has given customers of a
// group in which nobody is, or who are in no group now. It asks the host once an hour,
// for the first findLimit of them.
func (w *assigner) lookForTaken(ctx context.Context, group string) error {
	if last, ok := w.lookedAt.Load(group); ok && time.Since(last.(time.Time)) < time.Hour {
		return nil
	}
	rows, err := w.store.Queued(ctx, group, findLimit)
	if err != nil {
		return err
	}
	taken, _, err := w.taken(ctx, rows)
	if err != nil {
		return err
	}
	w.lookedAt.Store(group, time.Now())
	var attached []attachment
	for _, row := range rows {
		if managerID := taken[row.CustomerID]; managerID != "" {
			attached = append(attached, attachment{row, managerID})
		}
	}
	return w.settleAll(ctx, attached)
}

// isDueAt reports a time that has come, or that is further off than any pause:
// then the clock was set back.
func isDueAt(next, now time.Time) bool {
	return !next.After(now) || next.After(now.Add(25*time.Hour))
}

// runAssigner assigns waiting customers as they come, and as managers come.
func (s *Syncer) runAssigner(ctx context.Context) {
	loop(ctx, s.wakeAssign, func() time.Duration {
		_, idle, err := s.assignWaiting(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, ErrBusy) {
			s.logger.WarnContext(ctx, "customers still wait for a manager", "error", err)
		}
		if idle {
			return assignIdle
		}
		return assignPoll
	})
}
