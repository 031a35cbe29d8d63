package integration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// TestNamespaces_WithNeighbor: every suite passes in each of two namespaces of a database while
// the other one makes passes and a third one forgets its account, all with the same accounts,
// groups, managers and customers' addresses; and these see nothing of the suite.
func TestNamespaces_WithNeighbor(t *testing.T) {
	t.Parallel()
	for _, d := range longTenantDatabases() {
		for ours, theirs := range map[string]string{"": "acme", "acme": ""} {
			t.Run(fmt.Sprintf("%s/%q beside %q", d.dialect, ours, theirs), func(t *testing.T) {
				if os.Getenv("POSTROOM_LONG") != "1" && ours != "acme" {
					t.Skip("POSTROOM_LONG=1 runs it the other way round, too")
				}
				open := func(t *testing.T, c driver.Connector, namespace string) *sqlstore.Store {
					return openNamespace(t, d, c, namespace)
				}
				runSuites(t, d, func(t *testing.T, pause time.Duration) *sqlstore.Store {
					c := d.create(t)
					store := open(t, c, ours)
					newNeighbor(t, open(t, c, theirs), open(t, c, "a third one")).start(pause)
					return store
				}, open)
			})
		}
	}
}

func openNamespace(t *testing.T, d tenantDatabase, c driver.Connector, namespace string) *sqlstore.Store {
	db := sql.OpenDB(c)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	store, err := sqlstore.Open(context.Background(), db, d.dialect, &sqlstore.Options{Namespace: namespace})
	require.NoError(t, err)
	return store
}

// neighbor is a company that is busy in a different namespace of the same database.
type neighbor struct {
	t       *testing.T
	store   *sqlstore.Store
	leaving *sqlstore.Store // of a third company, which forgets its account again and again
	syncer  *inbound.Syncer
	boxes   map[string]*inboundtest.Mailbox // by account
	told    recorder
	rounds  int
}

func newNeighbor(t *testing.T, store, leaving *sqlstore.Store) *neighbor {
	n := &neighbor{t: t, store: store, leaving: leaving,
		boxes: map[string]*inboundtest.Mailbox{"shop": inboundtest.NewMailbox(), "a": inboundtest.NewMailbox()}}
	for _, id := range []string{"m1", "m2", "m3"} {
		require.NoError(t, store.Managers().Put(t.Context(), assign.Manager{ID: id, Status: assign.Free}, "support"))
	}
	var accounts []inbound.Account
	for id := range n.boxes {
		accounts = append(accounts, inbound.Account{ID: id, Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
			Username: id + "@shop.example", NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
			InitialNotifications: inbound.NotifyEach, InitialAge: inbound.AnyAge})
	}
	var err error
	n.syncer, err = inbound.New(inbound.Config{
		Accounts: accounts, Credentials: inboundtest.Password("test"),
		Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: n},
		Store:    store, CustomerRepo: store.Customers(), ManagerDirectory: store.Managers(), Notifier: &n.told,
		Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(),
	})
	require.NoError(t, err)
	return n
}

// Open implements inbound.Fetcher.
func (n *neighbor) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return n.boxes[a.ID].Open(ctx, a, login)
}

// start makes a round now, and more of them until the test ends.
func (n *neighbor) start(pause time.Duration) {
	ctx, end := context.WithCancel(context.WithoutCancel(n.t.Context()))
	stop, failed := make(chan struct{}), make(chan error, 1)
	require.NoError(n.t, n.round(ctx))
	go func() {
		for {
			select {
			case <-stop:
				failed <- n.round(ctx)
				return
			case <-time.After(pause):
			}
			if err := n.round(ctx); err != nil {
				failed <- err
				return
			}
		}
	}()
	n.t.Cleanup(func() {
		close(stop)
		assert.NoError(n.t, <-failed, "round %d", n.rounds)
		end()
	})
}

// addresses are those of the customers in the suites.
var addresses = []string{"c1@example.com", "c2@example.com", "new1@example.com", "anna@example.com"}

// round delivers a message to each mailbox, makes a pass of each, has the third company forget
// its account, and looks at everything that it can count.
func (n *neighbor) round(ctx context.Context) error {
	n.rounds++
	for _, id := range slices.Sorted(maps.Keys(n.boxes)) {
		n.boxes[id].Deliver(fmt.Appendf(nil, "From: %s\r\nTo: shop@shop.example\r\nSubject: %s %d\r\n"+
			"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nHello.\r\n", addresses[n.rounds%len(addresses)], id, n.rounds))
		if _, err := n.syncer.Sync(ctx, id); err != nil {
			return err
		}
	}
	if _, err := n.syncer.Dispatch(ctx); err != nil {
		return err
	}
	if err := fillAccount(ctx, n.leaving, "shop", 2*n.rounds, 2); err != nil {
		return err
	}
	for more := true; more; {
		var err error
		if more, err = n.leaving.ForgetAccount(ctx, "shop", 3); err != nil {
			return err
		}
	}
	if err := errors.Join(n.leaving.EndLeases(ctx), n.store.EndLeases(ctx)); err != nil {
		return err
	}
	if err := n.look(ctx); err != nil {
		return fmt.Errorf("after %d rounds: %w", n.rounds, err)
	}
	return nil
}

// look returns an error unless there is all of the neighbor's, and nothing else.
func (n *neighbor) look(ctx context.Context) error {
	customers := min(n.rounds, len(addresses))
	var problems []error
	expect := func(what string, got, want any, err error) {
		if err == nil && !assert.ObjectsAreEqual(want, got) {
			err = fmt.Errorf("%s: %v, want %v", what, got, want)
		}
		problems = append(problems, err)
	}
	emails, err := n.store.CountEmails(ctx, inbound.EmailFilter{})
	expect("emails", emails, 2*n.rounds, err)
	left, err := n.leaving.CountEmails(ctx, inbound.EmailFilter{})
	expect("emails of the third company", left, 0, err)
	outcomes, err := n.store.Outcomes(ctx, "shop")
	expect("outcomes", outcomes, map[inbound.Outcome]int{inbound.Uploaded: n.rounds}, err)
	all, err := n.store.Customers().Counts(ctx)
	expect("customers", all, sqlstore.CustomerCounts{All: customers, Created: customers}, err)
	pending, dead, err := n.store.Undelivered(ctx)
	expect("undelivered notifications", []int{pending, dead}, []int{0, 0}, err)
	states, err := n.store.NotificationCounts(ctx)
	expect("notifications", states, map[notify.State]int{notify.Delivered: 2*n.rounds + customers}, err)
	expect("deliveries", len(n.told.all()), 2*n.rounds+customers, nil)
	backlogs, err := n.store.Backlogs(ctx)
	expect("backlogs", len(backlogs), 0, err)
	groups, err := n.store.PendingGroups(ctx)
	expect("pending groups", len(groups), 0, err)
	waiting, err := n.store.WaitingCounts(ctx)
	expect("waiting customers", len(waiting), 0, err)
	health, err := n.store.AllHealth(ctx)
	expect("accounts with a health", slices.Sorted(maps.Keys(health)), []string{"a", "shop"}, err)
	usage, err := n.store.Usage(ctx, "shop")
	expect("what was read until when", usage.HistoryAfter, time.Time{}, err)
	stale, err := n.store.StaleFingerprints(ctx, "z", 1000)
	expect("emails without a fingerprint z", len(stale), 2*n.rounds, err)
	managers, err := n.store.Managers().List(ctx)
	expect("managers", len(managers), 3, err)
	return errors.Join(problems...)
}
