package sqlstore

import (
	"context"
	"slices"
	"strings"

	"github.com/postroom/postroom/assign"
)

const (
	assignmentColumns = "customer, " + assignmentValues
	assignmentValues  = "shop, address, account, team, email, stage, manager, " +
		"round, news_since, since, attempts, next_try, last_error"
)

func scanAssignment(row scanner) (a assign.Assignment, err error) {
	err = row.Scan(&a.CustomerID, &a.Shop, &a.Address, &a.AccountID, &a.Group, &a.EmailID, &a.Stage, &a.ManagerID,
		&a.Round, intoTime{&a.NotifySince}, intoTime{&a.Since}, &a.Attempts, intoTime{&a.NextTry}, &a.LastError)
	return a, err
}

// Assignments implements assign.Assignments. Within Atomic, it holds the lock that a
// different transaction has to wait for in the same call: what a batch decides about
// notifications and what the assigner does would otherwise both rest on what was before.
// Locks of turns and of places are taken after it.
func (s *Store) Assignments(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error) {
	if len(customerIDs) == 0 {
		return nil, nil
	}
	q := s.conn(ctx)
	if s.transaction(ctx) != nil {
		if err := s.lock(ctx, q, "assignments"); err != nil {
			return nil, s.wrap("read assignments", err)
		}
	}
	marks, args := list([]any{s.namespace}, customerIDs)
	all, err := collect(ctx, q, scanAssignment, "SELECT "+assignmentColumns+
		" FROM postroom_assignments WHERE namespace = ? AND customer IN ("+marks+")", args...)
	if err != nil {
		return nil, s.wrap("read assignments", err)
	}
	found := make(map[string]assign.Assignment, len(all))
	for _, a := range all {
		found[a.CustomerID] = a
	}
	return found, nil
}

// SetAssignments implements assign.Assignments.
func (s *Store) SetAssignments(ctx context.Context, assignments []assign.Assignment) error {
	return s.write(ctx, "record assignments", func(ctx context.Context, q querier) error {
		// Places are given by one transaction at a time, each after those that the
		// one before has given.
		if err := s.lock(ctx, q, "places"); err != nil {
			return err
		}
		for chunk := range slices.Chunk(assignments, 1000) {
			if err := s.setAssignments(ctx, q, chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) setAssignments(ctx context.Context, q querier, assignments []assign.Assignment) error {
	var ids []string
	latest := make(map[string]assign.Assignment, len(assignments))
	for _, a := range assignments {
		if _, twice := latest[a.CustomerID]; !twice {
			ids = append(ids, a.CustomerID)
		}
		latest[a.CustomerID] = a
	}
	marks, args := list([]any{s.namespace}, ids)
	places, err := countBy[string](ctx, q,
		"SELECT customer, place FROM postroom_assignments WHERE namespace = ? AND customer IN ("+marks+")", args...)
	if err != nil {
		return err
	}
	// No place is given twice while its owner has it. The last place may be given
	// again after its owner has left, since no customer is behind it.
	var last int
	if err := q.queryRow(ctx,
		"SELECT COALESCE(MAX(place), 0) FROM postroom_assignments WHERE namespace = ? AND place > 0",
		s.namespace).Scan(&last); err != nil {
		return err
	}
	for _, a := range assignments {
		switch {
		case !a.Stage.Pending():
			places[a.CustomerID] = 0
		case places[a.CustomerID] == 0:
			last++
			places[a.CustomerID] = last
		}
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		a := latest[id]
		rows[i] = []any{s.namespace, id, a.Shop, a.Address, a.AccountID, a.Group, a.EmailID, string(a.Stage),
			a.ManagerID, a.Round, micros(a.NotifySince), micros(a.Since), a.Attempts, micros(a.NextTry),
			a.LastError, places[id]}
	}
	return s.insert(ctx, q, "INSERT INTO postroom_assignments (namespace, "+assignmentColumns+", place)", rows,
		s.dialect.onConflict("namespace, customer", strings.Split(assignmentValues+", place", ", ")...))
}

// RemoveAssignments implements assign.Assignments.
func (s *Store) RemoveAssignments(ctx context.Context, customerIDs []string) error {
	return s.write(ctx, "remove assignments", func(ctx context.Context, q querier) error {
		for ids := range slices.Chunk(customerIDs, 1000) {
			marks, args := list([]any{s.namespace}, ids)
			_, err := q.exec(ctx,
				"DELETE FROM postroom_assignments WHERE namespace = ? AND customer IN ("+marks+")", args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Queued implements assign.Assignments.
func (s *Store) Queued(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
	// The zero time is stored as the least number.
	pending, err := collect(ctx, s.conn(ctx), scanAssignment, "SELECT "+assignmentColumns+" FROM postroom_assignments"+
		s.dialect.indexedBy("postroom_assignments_team")+
		" WHERE namespace = ? AND "+s.dialect.queued()+" AND team = ? ORDER BY next_try, place LIMIT ?",
		s.namespace, group, limit)
	return pending, s.wrap("read pending assignments", err)
}

// PendingGroups implements assign.Assignments.
func (s *Store) PendingGroups(ctx context.Context) ([]assign.PendingGroup, error) {
	groups, err := collect(ctx, s.conn(ctx), func(row scanner) (g assign.PendingGroup, err error) {
		err = row.Scan(&g.AccountID, &g.Group)
		return g, err
	}, "SELECT DISTINCT account, team FROM postroom_assignments"+
		" WHERE namespace = ? AND "+s.dialect.queued()+" ORDER BY account, team", s.namespace)
	return groups, s.wrap("read groups with pending assignments", err)
}

// WaitingCounts counts, by group, the customers who wait for a manager; a group for
// which nobody waits is absent.
func (s *Store) WaitingCounts(ctx context.Context) (map[string]int, error) {
	counts, err := countBy[string](ctx, s.conn(ctx), "SELECT team, COUNT(*) FROM postroom_assignments"+
		" WHERE namespace = ? AND "+s.dialect.queued()+" GROUP BY team", s.namespace)
	return counts, s.wrap("count pending assignments", err)
}

// Regroup implements assign.Assignments.
func (s *Store) Regroup(ctx context.Context, from assign.PendingGroup, group string) error {
	return s.write(ctx, "move pending assignments to another group", func(ctx context.Context, q querier) error {
		_, err := q.exec(ctx, "UPDATE postroom_assignments SET team = ?"+
			" WHERE namespace = ? AND "+s.dialect.queued()+" AND account = ? AND team = ?",
			group, s.namespace, from.AccountID, from.Group)
		return err
	})
}
