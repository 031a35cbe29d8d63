package inbound

import (
	"context"
	"errors"
	"log/slog"
	"slices"
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
	groupOf     func(assign.PendingGroup) string // the group of pending customers as the settings are now
	spareTurns  *spareTurns
	lookedAt    *sync.Map // groups without anybody, when the host was asked for customers it has taken
	dispatch    signal    // sent when there are notifications to deliver
	logger      *slog.Logger

	assigned map[string]int
	spare    []assign.Manager // turns of the present group that nobody needed after all
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
	var attached []attachment
	for i, row := range rows {
		a := attachment{Assignment: row, managerID: taken[row.CustomerID]}
		if a.managerID == "" && !joined {
			if a.managerID, err = w.customers.attach(ctx, row.CustomerID, row.ManagerID); err != nil {
				spare := len(w.spare)
				if err := w.putOff(ctx, row, err); err != nil {
					return err
				}
				if len(w.spare) > spare {
					if err := w.passOn(ctx, rows[i+1:], taken); err != nil {
						return err
					}
				}
				continue
			}
		}
		attached = append(attached, a)
	}
	return w.settleAll(ctx, attached)
}

// passOn gives the turn that has become free last to the next customer of a step,
// whose own turn goes to the one behind, and so on: turns are used in the order in
// which they were claimed. What is left over in the end is spare.
func (w *assigner) passOn(ctx context.Context, rows []assign.Assignment, taken map[string]string) error {
	last := len(w.spare) - 1
	free := w.spare[last].ID
	var changed []assign.Assignment
	for i := range rows {
		if taken[rows[i].CustomerID] == "" {
			rows[i].ManagerID, free = free, rows[i].ManagerID
			changed = append(changed, rows[i])
		}
	}
	if len(changed) == 0 {
		return nil
	}
	w.spare[last].ID = free
	return w.fenced(ctx, func(ctx context.Context) error { return w.store.SetAssignments(ctx, changed) })
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
	for i, one := range all {
		spare := len(w.spare)
		if err := w.settleAll(ctx, []attachment{one}); err != nil {
			return err
		}
		if len(w.spare) == spare {
			continue
		}
		var unattached []assign.Assignment
		for _, a := range all[i+1:] {
			if a.managerID == "" {
				unattached = append(unattached, a.Assignment)
			}
		}
		if err := w.passOn(ctx, unattached, nil); err != nil {
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
			if err := announce(ctx, w.store, row, ours); err != nil {
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
	w.dispatch.send()
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
	gone := errors.Is(cause, customer.ErrNotFound)
	if gone && row.Stage == assign.StageClaimed {
		w.spare = append(w.spare, assign.Manager{ID: row.ManagerID})
		row.Stage, row.ManagerID = assign.StageWaiting, ""
	}
	if gone && time.Since(row.Since) > lookupLag {
		w.logger.WarnContext(ctx, "a customer who waited for a manager is gone", "customer", row.CustomerID)
		return w.fenced(ctx, func(ctx context.Context) error {
			return w.store.RemoveAssignments(ctx, []string{row.CustomerID})
		})
	}
	if !isOnesOwn(ctx, cause) {
		return cause
	}
	if down := w.customers.isDown(ctx, row.Shop); down != nil {
		w.down[row.Shop] = down // the customer is not to blame
	} else {
		row.Attempts++
	}
	row.NextTry, row.LastError = time.Now().Add(retries.Pause(row.Attempts)), boundedText(cause.Error())
	w.logger.WarnContext(ctx, "a customer could not be given to a manager; it is tried again",
		"customer", row.CustomerID, "manager", row.ManagerID, "next_try", row.NextTry, "error", cause)
	return w.fenced(ctx, func(ctx context.Context) error {
		return w.store.SetAssignments(ctx, []assign.Assignment{row})
	})
}
