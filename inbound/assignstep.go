package inbound

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
)

// assigner is one run of AssignWaiting.
type assigner struct {
	store Store
	fence
	customers   customerRepo
	joins       *transactions
	distributor assign.Distributor
	outbox      outbox
	groupOf     func(assign.PendingGroup) string // the group of pending customers as the settings are now
	lookedAt    *sync.Map                        // groups without anybody that were asked for taken customers
	dispatch    signal                           // sent when there are notifications to deliver
	logger      *slog.Logger

	assigned map[string]int
	down     map[string]error // shops for which the host could not be asked
}

// attachment is an assignment with the manager whom the customer has.
type attachment struct {
	assign.Assignment
	managerID string // "": to be attached within the transaction
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
	joined, err := w.joins.joined(ctx)
	if err != nil {
		return err
	}
	all := make([]attachment, len(rows))
	for i, row := range rows {
		all[i] = attachment{row, taken[row.CustomerID]}
	}
	var attached []attachment
	for i := range all {
		a, behind := &all[i], unattached(all[i+1:])
		if a.managerID == "" && !joined {
			if a.managerID, err = w.customers.attach(ctx, a.CustomerID, a.ManagerID); err != nil {
				if err := w.putOff(ctx, a.Assignment, err, behind); err != nil {
					return err
				}
				continue
			}
		}
		if a.managerID != "" && a.managerID != a.ManagerID && a.Stage == assign.StageClaimed {
			if err := w.letGo(ctx, &a.Assignment, behind); err != nil {
				return err
			}
		}
		attached = append(attached, *a)
	}
	return w.settleAll(ctx, attached)
}

// unattached returns those who do not have a manager yet.
func unattached(all []attachment) (rows []*assign.Assignment) {
	for i := range all {
		if all[i].managerID == "" {
			rows = append(rows, &all[i].Assignment)
		}
	}
	return rows
}

// taken returns whom the host has given to a manager itself, by customer, and why
// it cannot be asked for customers of some shops.
func (w *assigner) taken(ctx context.Context, rows []assign.Assignment) (taken map[string]string,
	unknown map[string]error, err error) {
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
func (w *assigner) putOffShops(ctx context.Context, rows []assign.Assignment,
	unknown map[string]error) ([]assign.Assignment, error) {
	var off, on []assign.Assignment
	for _, row := range rows {
		err := unknown[row.Shop]
		if err == nil {
			on = append(on, row)
			continue
		}
		row.NextTry, row.LastError = time.Now().Add(retries.Pause(1)), boundedText(err.Error())
		off = append(off, row)
	}
	if len(off) == 0 {
		return on, nil
	}
	return on, w.fenced(ctx, func(ctx context.Context) error { return w.store.SetAssignments(ctx, off) })
}

// claim claims turns for those who need one and records whose they are, so that
// an assignment that is cut off is finished with the same manager. It returns
// those of the records that are still pending.
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
	err = w.fenced(ctx, func(ctx context.Context) error {
		pending = nil
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
		turns, err := w.distributor.Claim(ctx, group, eligible, len(need))
		if err != nil {
			return err
		}
		changed := make([]assign.Assignment, len(need))
		for i, place := range need {
			pending[place].Stage, pending[place].ManagerID = assign.StageClaimed, turns[i].ID
			changed[i] = pending[place]
		}
		return w.store.SetAssignments(ctx, changed)
	})
	return pending, err
}

// settleAll records attachments and notifies the managers, in one transaction, or
// one by one to find which of them fails.
func (w *assigner) settleAll(ctx context.Context, all []attachment) error {
	if len(all) == 0 {
		return nil
	}
	err := w.settle(ctx, all)
	if err == nil {
		return nil
	}
	for i, one := range all {
		if len(all) > 1 {
			err = w.settle(ctx, all[i:i+1])
		}
		switch {
		case err == nil:
			continue
		case !isOnesOwn(ctx, err):
			return err
		}
		if err := w.putOff(ctx, one.Assignment, err, unattached(all[i+1:])); err != nil {
			return err
		}
	}
	return nil
}

func (w *assigner) settle(ctx context.Context, all []attachment) error {
	counts := make(map[string]int)
	err := w.fenced(ctx, func(ctx context.Context) error {
		clear(counts)
		ids := make([]string, len(all))
		for i, a := range all {
			ids[i] = a.CustomerID
		}
		current, err := w.store.Assignments(ctx, ids)
		if err != nil {
			return err
		}
		var pending []attachment
		for _, a := range all {
			if row := current[a.CustomerID]; row.Stage.Pending() { // or else a batch saw the manager first
				pending = append(pending, attachment{row, a.managerID})
			}
		}
		done := make([]assign.Assignment, len(pending))
		unused := make(map[string][]string) // managers whose turns nobody needed, by group
		for i, a := range pending {
			if a.managerID == "" {
				if a.managerID, err = w.customers.attach(ctx, a.CustomerID, a.ManagerID); err != nil {
					return err
				}
			}
			ours := a.managerID == a.ManagerID
			if ours {
				counts[a.managerID]++
			} else if a.Stage == assign.StageClaimed {
				_, left := passOn(a.ManagerID, unattached(pending[i+1:]))
				unused[a.Group] = append(unused[a.Group], left)
			}
			row := a.Assignment
			row.Stage, row.ManagerID, row.Since = assign.StageAssigned, a.managerID, time.Now()
			row.Attempts, row.NextTry, row.LastError = 0, time.Time{}, ""
			if err := announce(ctx, w.store, w.outbox, row, ours); err != nil {
				return err
			}
			done[i] = row
		}
		if err := unclaim(ctx, w.store, unused); err != nil {
			return err
		}
		return w.store.SetAssignments(ctx, done)
	})
	if err != nil {
		return err
	}
	for manager, n := range counts {
		w.assigned[manager] += n
	}
	w.dispatch.send()
	return nil
}

// isOnesOwn reports an error that is held against the one customer it came of.
func isOnesOwn(ctx context.Context, err error) bool {
	return ctx.Err() == nil && !errors.Is(err, ErrLeaseLost) && !errors.Is(err, ErrTemporary)
}

// putOff lets a customer who could not be saved wait for the next attempt. One
// whose record the host has deleted waits no longer; a repository may take a while
// until it shows a new one. Those behind in the same step get the turn of a deleted
// one.
func (w *assigner) putOff(ctx context.Context, row assign.Assignment, cause error, behind []*assign.Assignment) error {
	if !isOnesOwn(ctx, cause) {
		return cause
	}
	gone, manager := errors.Is(cause, customer.ErrNotFound), row.ManagerID
	var changed []assign.Assignment
	unused := make(map[string][]string)
	if gone && row.Stage == assign.StageClaimed {
		row.Stage, row.ManagerID = assign.StageWaiting, ""
		var left string
		changed, left = passOn(manager, behind)
		unused[row.Group] = []string{left}
	}
	removed := gone && time.Since(row.Since) > lookupLag
	if removed {
		w.logger.WarnContext(ctx, "a customer who waited for a manager is gone",
			"account", row.AccountID, "customer", row.CustomerID)
	} else {
		if down := w.customers.isDown(ctx, row.Shop); down != nil {
			w.down[row.Shop] = down // the customer is not to blame
		} else {
			row.Attempts++
		}
		row.NextTry, row.LastError = time.Now().Add(retries.Pause(row.Attempts)), boundedText(cause.Error())
		w.logger.WarnContext(ctx, "a customer could not be given to a manager; it is tried again",
			"account", row.AccountID, "customer", row.CustomerID, "manager", manager, "next_try", row.NextTry,
			"error", cause)
	}
	return w.fenced(ctx, func(ctx context.Context) error {
		if err := unclaim(ctx, w.store, unused); err != nil {
			return err
		}
		if removed {
			if err := w.store.RemoveAssignments(ctx, []string{row.CustomerID}); err != nil {
				return err
			}
			return w.store.SetAssignments(ctx, changed)
		}
		return w.store.SetAssignments(ctx, append(changed, row))
	})
}

// letGo gives up the turn of a customer to whom the host has attached a different
// manager.
func (w *assigner) letGo(ctx context.Context, row *assign.Assignment, behind []*assign.Assignment) error {
	changed, left := passOn(row.ManagerID, behind)
	row.Stage, row.ManagerID = assign.StageWaiting, ""
	return w.fenced(ctx, func(ctx context.Context) error {
		if err := w.store.Unclaim(ctx, row.Group, []string{left}); err != nil {
			return err
		}
		return w.store.SetAssignments(ctx, append(changed, *row))
	})
}

// passOn gives the turn of a customer who does not need it to the next one of the
// step, whose own turn goes to the one behind, and so on: turns are used in the
// order in which they were claimed. It returns the assignments that are changed by
// that, and whose turn is left over in the end.
func passOn(free string, behind []*assign.Assignment) (changed []assign.Assignment, left string) {
	for _, next := range behind {
		next.ManagerID, free = free, next.ManagerID
		changed = append(changed, *next)
	}
	return changed, free
}
