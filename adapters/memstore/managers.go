package memstore

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/postroom/postroom/assign"
)

// Managers is a directory of managers. It is safe for concurrent use.
type Managers struct {
	mu     sync.Mutex
	all    map[string]assign.Manager
	gone   map[string]bool     // deactivated
	groups map[string][]string // IDs in the order in which they joined
}

var _ assign.ManagerDirectory = (*Managers)(nil)

// NewManagers returns an empty directory.
func NewManagers() *Managers {
	return &Managers{all: make(map[string]assign.Manager), gone: make(map[string]bool),
		groups: make(map[string][]string)}
}

// Put adds or replaces a manager, makes them active, and makes them a member of exactly
// these groups. They keep their position in groups they were in.
func (m *Managers) Put(manager assign.Manager, groups ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[manager.ID] = manager
	delete(m.gone, manager.ID)
	for group, ids := range m.groups {
		if !slices.Contains(groups, group) {
			m.groups[group] = slices.DeleteFunc(ids, func(id string) bool { return id == manager.ID })
		}
	}
	for _, group := range groups {
		if !slices.Contains(m.groups[group], manager.ID) {
			m.groups[group] = append(m.groups[group], manager.ID)
		}
	}
}

// SetStatus sets the status of a manager. An unknown manager is assign.ErrNotFound.
func (m *Managers) SetStatus(id string, status assign.Status) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	manager, ok := m.all[id]
	if !ok {
		return fmt.Errorf("%w: %q", assign.ErrNotFound, id)
	}
	manager.Status = status
	m.all[id] = manager
	return nil
}

// SetActive deactivates a manager, whom Group then omits, or activates them again in
// the same groups. An unknown manager is assign.ErrNotFound.
func (m *Managers) SetActive(id string, active bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.all[id]; !ok {
		return fmt.Errorf("%w: %q", assign.ErrNotFound, id)
	}
	m.gone[id] = !active
	return nil
}

// Group implements assign.ManagerDirectory.
func (m *Managers) Group(ctx context.Context, group string) ([]assign.Manager, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var members []assign.Manager
	for _, id := range m.groups[group] {
		if !m.gone[id] {
			members = append(members, m.all[id])
		}
	}
	return members, nil
}

// Manager implements assign.ManagerDirectory.
func (m *Managers) Manager(ctx context.Context, id string) (assign.Manager, error) {
	if err := ctx.Err(); err != nil {
		return assign.Manager{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	manager, ok := m.all[id]
	if !ok {
		return assign.Manager{}, fmt.Errorf("%w: %q", assign.ErrNotFound, id)
	}
	return manager, nil
}
