package inbound_test

import (
	"context"
	"slices"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

// transaction is a transaction of the store, with the changes of a host that takes
// part in it.
type transaction struct{ changed []*record }

type txKey struct{}

// enlist makes a change part of the transaction.
func (c *crm) enlist(ctx context.Context, r *record) {
	if j, ok := ctx.Value(txKey{}).(*transaction); ok && c.joins {
		r.draft = j
		j.changed = append(j.changed, r)
	}
}

// end commits what was done in the transaction, or undoes it.
func (j *transaction) end(w *world, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range j.changed {
		switch {
		case r.draft == nil: // it was changed twice
		case err == nil:
		case r.isNew:
			w.note("%s is undone", r.ID)
			w.crm.records = slices.DeleteFunc(slices.Clone(w.crm.records), func(o *record) bool { return o == r })
		default:
			w.note("the manager of %s is undone", r.ID)
		}
		if r.draft != nil && err != nil && r.ManagerID != "" {
			if w.isSharedNow(r.ID) {
				w.shares[r.ManagerID]--
			}
			r.ManagerID, r.attached, r.giver, r.managers = "", false, nil, r.managers[:len(r.managers)-1]
		}
		r.draft, r.isNew = nil, false
	}
}

// worldStore marks the contexts of its transactions.
type worldStore struct {
	inbound.Store
	w *world
}

// Atomic implements inbound.Store.
func (s worldStore) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(txKey{}) != nil {
		return s.Store.Atomic(ctx, fn)
	}
	j := &transaction{}
	err := s.Store.Atomic(ctx, func(ctx context.Context) error { return fn(context.WithValue(ctx, txKey{}, j)) })
	j.end(s.w, err)
	return err
}

// Claim implements assign.Turns.
func (s worldStore) Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error) {
	s.claimed("")
	return s.Store.Claim(ctx, group, eligible, n)
}

// Unclaim implements assign.Turns.
func (s worldStore) Unclaim(ctx context.Context, group string, managerIDs []string) error {
	s.w.locked(func() {
		s.w.unclaimed += len(managerIDs)
		if s.w.claimedIn[""] != s.w.groups {
			s.w.owed += len(managerIDs)
		}
	})
	return s.Store.Unclaim(ctx, group, managerIDs)
}

// SetAssignments implements assign.Assignments.
func (s worldStore) SetAssignments(ctx context.Context, rows []assign.Assignment) error {
	for _, row := range rows {
		if row.Stage == assign.StageClaimed {
			s.claimed(row.CustomerID)
		}
	}
	return s.Store.SetAssignments(ctx, rows)
}

// claimed records that a turn is claimed among the current managers.
func (s worldStore) claimed(customerID string) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.claimedIn[customerID] = s.w.groups
}

// isSharedNow reports whether the turn of a customer was claimed after the last
// change of a group.
func (w *world) isSharedNow(customerID string) bool {
	groups, known := w.claimedIn[customerID]
	if !known {
		groups = w.claimedIn[""]
	}
	return groups == w.groups
}
