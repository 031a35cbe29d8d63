package sqlstore

import (
	"context"

	"github.com/postroom/postroom/inbound"
)

// AllHealth implements inbound.Overview.
func (s *Store) AllHealth(ctx context.Context) (map[string]inbound.Health, error) {
	all, err := collectMap(ctx, s.conn(ctx), func(row scanner) (one keyed[string, inbound.Health], err error) {
		err = scanHealth(row, &one.value, &one.key)
		return one, err
	}, "SELECT account, "+healthColumns+" FROM postroom_health WHERE namespace = ?", s.namespace)
	return all, s.wrap("read the health of all accounts", err)
}

// WaitingCustomers implements inbound.Overview.
func (s *Store) WaitingCustomers(ctx context.Context) (map[string]int, error) {
	counts, err := countBy[string](ctx, s.conn(ctx), "SELECT account, COUNT(*) FROM postroom_assignments"+
		s.dialect.indexedBy("postroom_assignments_account")+
		" WHERE namespace = ? AND "+s.dialect.queued()+" GROUP BY account", s.namespace)
	return counts, s.wrap("count pending assignments of all accounts", err)
}

// PendingNotifications implements inbound.Overview.
func (s *Store) PendingNotifications(ctx context.Context) (map[string]inbound.Backlog, error) {
	all, err := collectMap(ctx, s.conn(ctx), func(row scanner) (one keyed[string, inbound.Backlog], err error) {
		err = row.Scan(&one.key, &one.value.Count, intoTime{&one.value.Oldest})
		return one, err
	}, "SELECT account, COUNT(*), MIN(at) FROM postroom_notifications"+
		s.dialect.indexedBy("postroom_notifications_account")+
		" WHERE namespace = ? AND state = 'pending' GROUP BY account", s.namespace)
	return all, s.wrap("count pending notifications of all accounts", err)
}
