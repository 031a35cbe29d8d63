package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/postroom/postroom/assign"
)

// Managers is a directory of managers in tables of its own, for hosts that have
// none and as a model for those that do. It is safe for concurrent use.
type Managers struct{ store *Store }

var _ assign.ManagerDirectory = (*Managers)(nil)

// Managers returns the directory that is in the store's database.
func (s *Store) Managers() *Managers { return &Managers{store: s} }

func scanManager(row scanner) (m assign.Manager, err error) {
	var status string
	if err := row.Scan(&m.ID, &m.Name, &m.Email, &status); err != nil {
		return m, err
	}
	m.Status, err = assign.ParseStatus(status)
	return m, err
}

// Group implements assign.ManagerDirectory. Members come in the order in which
// they joined the group.
func (m *Managers) Group(ctx context.Context, group string) ([]assign.Manager, error) {
	members, err := collect(ctx, m.store.conn(ctx), scanManager, `SELECT m.id, m.name, m.email, m.status
		FROM postroom_members g JOIN postroom_managers m ON m.namespace = g.namespace AND m.id = g.manager
		WHERE g.namespace = ? AND g.team = ? AND m.active = 1 ORDER BY g.seq`, m.store.namespace, group)
	return members, m.store.wrap("read a group of managers", err)
}

// List returns all active managers, in the order of their identifiers.
func (m *Managers) List(ctx context.Context) ([]assign.Manager, error) {
	all, err := collect(ctx, m.store.conn(ctx), scanManager, "SELECT id, name, email, status FROM postroom_managers"+
		" WHERE namespace = ? AND active = 1 ORDER BY id", m.store.namespace)
	return all, m.store.wrap("read the managers", err)
}

// Manager implements assign.ManagerDirectory.
func (m *Managers) Manager(ctx context.Context, id string) (assign.Manager, error) {
	one, err := scanManager(m.store.conn(ctx).queryRow(ctx,
		"SELECT id, name, email, status FROM postroom_managers WHERE namespace = ? AND id = ?", m.store.namespace, id))
	if errors.Is(err, sql.ErrNoRows) {
		return assign.Manager{}, fmt.Errorf("%w: %q", assign.ErrNotFound, id)
	}
	return one, m.store.wrap("read a manager", err)
}

// Put adds or replaces a manager, makes them active, and makes them a member of exactly
// these groups. They keep their position in groups they were in.
func (m *Managers) Put(ctx context.Context, manager assign.Manager, groups ...string) error {
	s := m.store
	return s.write(ctx, "enter a manager", func(ctx context.Context, q querier) error {
		// The manager's row stays locked, so the groups of two calls are not mixed.
		if err := s.insert(ctx, q, "INSERT INTO postroom_managers (namespace, id, name, email, status, active)",
			[][]any{{s.namespace, manager.ID, manager.Name, manager.Email, manager.Status.String(), 1}},
			s.dialect.onConflict("namespace, id", "name", "email", "status", "active")); err != nil {
			return err
		}
		left, args := "DELETE FROM postroom_members WHERE namespace = ? AND manager = ?", []any{s.namespace, manager.ID}
		if len(groups) > 0 {
			var marks string
			marks, args = list(args, groups)
			left += " AND team NOT IN (" + marks + ")"
		}
		if _, err := q.exec(ctx, left, args...); err != nil {
			return err
		}
		rows := make([][]any, len(groups))
		for i, group := range groups {
			rows[i] = []any{s.namespace, group, manager.ID}
		}
		return s.insert(ctx, q, "INSERT INTO postroom_members (namespace, team, manager)", rows,
			s.dialect.onConflict("namespace, team, manager"))
	})
}

// SetStatus sets the status of a manager. An unknown manager is assign.ErrNotFound.
func (m *Managers) SetStatus(ctx context.Context, id string, status assign.Status) error {
	return m.set(ctx, id, "status", status.String())
}

// SetActive deactivates a manager, whom Group then omits, or activates them again in
// the same groups. An unknown manager is assign.ErrNotFound.
func (m *Managers) SetActive(ctx context.Context, id string, active bool) error {
	return m.set(ctx, id, "active", boolInt(active))
}

func (m *Managers) set(ctx context.Context, id, column string, value any) error {
	const where = " WHERE namespace = ? AND id = ?"
	s := m.store
	return s.write(ctx, "change a manager", func(ctx context.Context, q querier) error {
		// A database may not count a row that has the value already.
		_, err := scanText(q.queryRow(ctx, "SELECT id FROM postroom_managers"+where, s.namespace, id))
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: %q", assign.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		_, err = q.exec(ctx, "UPDATE postroom_managers SET "+column+" = ?"+where, value, s.namespace, id)
		return err
	})
}
