package inbound

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
)

const (
	// assignStep is how many waiting customers are assigned at a time.
	assignStep = 20
	// assignPoll is how often customers who wait are looked at without being
	// woken: for managers who have come, and for attempts that are due.
	assignPoll = 30 * time.Second
)

// AssignWaiting gives the customers who wait for a manager to the managers of
// their groups, as the accounts are configured now, in the order in which they
// came; it returns how many each manager got. One whom the host has given to
// somebody in the meantime counts for nobody, but that manager is notified of the
// messages that came. One who cannot be saved is tried again with growing pauses
// and delays nobody else.
//
// No mailbox is needed for it. [Syncer.Run] does it by itself; Sync, Replay and
// Redecide do it when they end. One process at a time works on a store: while a
// different one does, AssignWaiting waits up to half a minute and fails with
// ErrBusy.
func (s *Syncer) AssignWaiting(ctx context.Context) (assigned map[string]int, err error) {
	assigned = make(map[string]int)
	pending, err := s.store.PendingGroups(ctx)
	if err != nil {
		return assigned, fmt.Errorf("inbound: read customers who wait for a manager: %w", err)
	}
	if len(pending) == 0 {
		return assigned, nil
	}
	const lease = "assign"
	err = s.hold(ctx, lease, leaseTTL+leaseRetry, func(ctx context.Context, token uint64) error {
		w := &assigner{Syncer: s, fence: fence{s.store, lease, token}, assigned: assigned, down: make(map[string]error)}
		return w.run(ctx)
	})
	return assigned, err
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

// groupNow is the group that pending customers wait in as the settings are now;
// an account that is not ours, or not any more, leaves them where they are.
func (s *Syncer) groupNow(g assign.PendingGroup) string {
	if a, ok := s.accounts[g.AccountID]; ok {
		return a.ManagerGroup
	}
	return g.Group
}

// assigner is one run of AssignWaiting.
type assigner struct {
	*Syncer
	fence
	assigned map[string]int
	spare    []assign.Manager // turns of the present group that nobody needed after all
	down     map[string]error // shops for which the host could not be asked
}

func (w *assigner) run(ctx context.Context) error {
	pending, err := w.store.PendingGroups(ctx)
	if err != nil {
		return fmt.Errorf("inbound: read customers who wait for a manager: %w", err)
	}
	var groups []string
	for _, g := range pending {
		now := w.groupNow(g)
		if now != g.Group {
			if err := w.fenced(ctx, func(ctx context.Context) error { return w.store.Regroup(ctx, g, now) }); err != nil {
				return fmt.Errorf("inbound: move waiting customers to group %q: %w", now, err)
			}
		}
		if !slices.Contains(groups, now) {
			groups = append(groups, now)
		}
	}
	var problems []error
	for _, group := range groups {
		w.spare = w.spareTurns.take(group)
		err := w.drain(ctx, group)
		w.spareTurns.put(group, w.spare)
		if err != nil {
			problems = append(problems, fmt.Errorf("inbound: assign waiting customers of group %q: %w", group, err))
		}
		if ctx.Err() != nil {
			break
		}
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
		rows, err := w.store.Pending(ctx, group, assignStep)
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

// lookForTaken notifies the managers to whom the host itself has given customers
// of a group in which nobody is, or of no group any more. It asks the host once an hour, for the first
// findLimit of them.
func (w *assigner) lookForTaken(ctx context.Context, group string) error {
	if last, ok := w.lookedAt.Load(group); ok && time.Since(last.(time.Time)) < time.Hour {
		return nil
	}
	rows, err := w.store.Pending(ctx, group, findLimit)
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

// step takes some customers through claim, attach and settle. Each of them has a
// manager afterwards, or is gone, or is put off.
func (w *assigner) step(ctx context.Context, group string, members []assign.Manager, rows []assign.Assignment) error {
	taken, unknown, err := w.taken(ctx, rows)
	if err != nil {
		return err
	}
	if rows, err = w.putOffShops(ctx, rows, unknown); err != nil || len(rows) == 0 {
		return err
	}
	if rows, err = w.claim(ctx, group, members, rows, taken); err != nil {
		return err
	}
	joined, err := w.joins(ctx)
	if err != nil {
		return err
	}
	var attached []attachment
	for _, row := range rows {
		a := attachment{Assignment: row, managerID: taken[row.CustomerID]}
		if a.managerID == "" && !joined {
			if a.managerID, err = w.customers.attach(ctx, row.CustomerID, row.ManagerID); err != nil {
				if err := w.putOff(ctx, row, err); err != nil {
					return err
				}
				continue
			}
		}
		attached = append(attached, a)
	}
	return w.settleAll(ctx, attached)
}

// taken returns whom the host has given to a manager itself, by customer, and why
// it cannot be asked for customers of some shops.
func (w *assigner) taken(ctx context.Context, rows []assign.Assignment) (taken map[string]string, unknown map[string]error, err error) {
	addresses := make(map[string][]string) // by shop
	for _, row := range rows {
		addresses[row.Shop] = append(addresses[row.Shop], row.Address)
	}
	taken, unknown = make(map[string]string), make(map[string]error)
	for shop, list := range addresses {
		if err := w.down[shop]; err != nil {
			unknown[shop] = err
			continue
		}
		found, err := w.customers.findSome(ctx, shop, distinct(list))
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		if err != nil {
			w.down[shop], unknown[shop] = err, err
			continue
		}
		for _, row := range rows {
			for _, c := range found[row.Address] {
				if row.Shop == shop && c.ID == row.CustomerID && c.ManagerID != "" {
					taken[c.ID] = c.ManagerID
				}
			}
		}
	}
	return taken, unknown, nil
}

// putOffShops puts off the customers of shops for which the host cannot be asked,
// so that those of other shops go on, and returns the others.
func (w *assigner) putOffShops(ctx context.Context, rows []assign.Assignment, unknown map[string]error) ([]assign.Assignment, error) {
	var off, on []assign.Assignment
	for _, row := range rows {
		err := unknown[row.Shop]
		if err == nil {
			on = append(on, row)
			continue
		}
		row.NextTry, row.LastError = time.Now().Add(retryPause(1)), boundedText(err.Error())
		off = append(off, row)
	}
	if len(off) == 0 {
		return on, nil
	}
	return on, w.fenced(ctx, func(ctx context.Context) error { return w.store.SetAssignments(ctx, off) })
}

// claim claims turns for those who need one and records whose they are, so that
// an assignment that is cut off is finished with the same manager. It returns
// those of the rows that are still pending.
func (w *assigner) claim(ctx context.Context, group string, members []assign.Manager, rows []assign.Assignment,
	taken map[string]string) (pending []assign.Assignment, err error) {
	isMember := make(map[string]bool, len(members))
	for _, m := range members {
		isMember[m.ID] = true
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.CustomerID
	}
	eligible := w.distributor.Tiers.Eligible(members)
	isEligible := make(map[string]bool, len(eligible))
	for _, m := range eligible {
		isEligible[m.ID] = true
	}
	w.spare = slices.DeleteFunc(w.spare, func(m assign.Manager) bool { return !isEligible[m.ID] })
	spare := w.spare
	err = w.fenced(ctx, func(ctx context.Context) error {
		pending, spare = nil, w.spare
		now, err := w.store.Assignments(ctx, ids)
		if err != nil {
			return err
		}
		var need []int
		for _, id := range ids {
			row := now[id]
			if !row.Stage.Pending() {
				continue
			}
			if taken[id] == "" && (row.Stage != assign.StageClaimed || !isMember[row.ManagerID]) {
				need = append(need, len(pending))
			}
			pending = append(pending, row)
		}
		if len(need) == 0 {
			return nil
		}
		reused := min(len(spare), len(need))
		turns := spare[:reused:reused]
		spare = spare[reused:]
		claimed, err := w.distributor.Claim(ctx, group, eligible, len(need)-reused)
		if err != nil {
			return err
		}
		turns = append(turns, claimed...)
		changed := make([]assign.Assignment, len(need))
		for i, place := range need {
			pending[place].Stage, pending[place].ManagerID = assign.StageClaimed, turns[i].ID
			changed[i] = pending[place]
		}
		return w.store.SetAssignments(ctx, changed)
	})
	if err == nil {
		w.spare = spare
	}
	return pending, err
}

// attachment is an assignment with the manager whom the customer has.
type attachment struct {
	assign.Assignment
	managerID string // "": to be attached within the transaction
}

// settleAll records attachments and notifies the managers, in one transaction, or
// one by one to find which of them fails.
func (w *assigner) settleAll(ctx context.Context, all []attachment) error {
	if len(all) == 0 {
		return nil
	}
	err := w.settle(ctx, all)
	if err == nil || len(all) == 1 && !isOnesOwn(ctx, err) {
		return err
	}
	if len(all) == 1 {
		return w.putOff(ctx, all[0].Assignment, err)
	}
	for _, one := range all {
		if err := w.settleAll(ctx, []attachment{one}); err != nil {
			return err
		}
	}
	return nil
}

func (w *assigner) settle(ctx context.Context, all []attachment) error {
	counts := make(map[string]int)
	var unused []assign.Manager
	err := w.fenced(ctx, func(ctx context.Context) error {
		clear(counts)
		unused = nil
		ids := make([]string, len(all))
		for i, a := range all {
			ids[i] = a.CustomerID
		}
		current, err := w.store.Assignments(ctx, ids)
		if err != nil {
			return err
		}
		var done []assign.Assignment
		for _, a := range all {
			row := current[a.CustomerID]
			if !row.Stage.Pending() {
				continue // by a batch that saw the manager first
			}
			managerID := a.managerID
			if managerID == "" {
				if managerID, err = w.customers.attach(ctx, row.CustomerID, row.ManagerID); err != nil {
					return err
				}
			}
			ours := managerID == row.ManagerID
			if ours {
				counts[managerID]++
			} else if row.Stage == assign.StageClaimed {
				unused = append(unused, assign.Manager{ID: row.ManagerID})
			}
			row.Stage, row.ManagerID, row.Since = assign.StageAssigned, managerID, time.Now()
			row.Attempts, row.NextTry, row.LastError = 0, time.Time{}, ""
			if err := w.announce(ctx, row, ours); err != nil {
				return err
			}
			done = append(done, row)
		}
		return w.store.SetAssignments(ctx, done)
	})
	if err != nil {
		return err
	}
	for manager, n := range counts {
		w.assigned[manager] += n
	}
	w.spare = append(w.spare, unused...)
	w.wakeDispatcher()
	return nil
}

// isOnesOwn reports an error that is held against the one customer it came of.
func isOnesOwn(ctx context.Context, err error) bool {
	return ctx.Err() == nil && !errors.Is(err, ErrLeaseLost) && !errors.Is(err, ErrTemporary)
}

// putOff lets a customer who could not be saved wait for the next attempt. One
// whose record the host has deleted waits no longer; a repository may take a while
// until it shows a new one.
func (w *assigner) putOff(ctx context.Context, row assign.Assignment, cause error) error {
	if errors.Is(cause, customer.ErrNotFound) && time.Since(row.Since) > lookupLag {
		w.logger.WarnContext(ctx, "a customer who waited for a manager is gone", "customer", row.CustomerID)
		err := w.fenced(ctx, func(ctx context.Context) error { return w.store.RemoveAssignments(ctx, []string{row.CustomerID}) })
		if err == nil && row.Stage == assign.StageClaimed {
			w.spare = append(w.spare, assign.Manager{ID: row.ManagerID})
		}
		return err
	}
	if !isOnesOwn(ctx, cause) {
		return cause
	}
	if down := w.customers.isDown(ctx, row.Shop); down != nil {
		w.down[row.Shop] = down // the customer is not to blame
	} else {
		row.Attempts++
	}
	row.NextTry, row.LastError = time.Now().Add(retryPause(max(row.Attempts, 1))), boundedText(cause.Error())
	w.logger.WarnContext(ctx, "a customer could not be given to a manager; it is tried again",
		"customer", row.CustomerID, "manager", row.ManagerID, "next_try", row.NextTry, "error", cause)
	return w.fenced(ctx, func(ctx context.Context) error {
		return w.store.SetAssignments(ctx, []assign.Assignment{row})
	})
}

// runAssigner assigns waiting customers as they come, and as managers come.
func (s *Syncer) runAssigner(ctx context.Context) {
	s.loop(ctx, s.wakeAssign, assignPoll, func() {
		if _, err := s.AssignWaiting(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ErrBusy) {
			s.logger.WarnContext(ctx, "customers still wait for a manager", "error", err)
		}
	})
}
