package integration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailgen"
)

// TestRun_BadNetwork has a network in between that cuts, stalls and delays connections.
// Afterwards everything is uploaded exactly once, without anybody's help. That takes a while:
// POSTROOM_CHAOS says how long the trouble lasts, such as 10m. By default it lasts 10 s, and
// the pauses before further attempts are cut short.
func TestRun_BadNetwork(t *testing.T) {
	asked := os.Getenv("POSTROOM_CHAOS")
	during, err := time.ParseDuration(cmp.Or(asked, "10s"))
	require.NoError(t, err, "POSTROOM_CHAOS")
	hurried := asked == ""
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, nil)
			s.managers(assign.Free, assign.Lunch)
			truths := s.deliver(mailgen.Options{Seed: 14, Messages: 300, Scale: 0.2})
			want := expected(truths)
			account := s.account("shop", protocol, inbound.Plain)
			between := newBadNetwork(t, net.JoinHostPort(s.server.Host(), strconv.Itoa(account.Port)))
			account.Host, account.Port, account.Interval = "127.0.0.1", between.port(), time.Second
			account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true
			s.network.AllowPlaintext = true
			s.network.DialTimeout, s.network.LoginTimeout = 2*time.Second, 5*time.Second
			s.network.IdleTimeout = 3 * time.Second

			config := s.config(account)
			states := &stateStore{Store: s.store}
			config.Store = states
			syncer, err := inbound.New(config)
			require.NoError(t, err)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- syncer.Run(ctx) }()
			later := 0
			for until := time.Now().Add(during); time.Now().Before(until); time.Sleep(during / 50) {
				later++
				require.NoError(t, s.server.Deliver(mailbox, "INBOX",
					message(fmt.Sprintf("later%d@post.example", later), fmt.Sprint("later ", later))))
			}
			between.becomeCalm()
			all := want.outcomes[inbound.Uploaded] + later
			wait, tick := 2*time.Hour, time.Second // longer than any pause after so much trouble
			if hurried {
				wait, tick = 2*time.Minute, 500*time.Millisecond
			}
			assert.Eventually(t, func() bool {
				if hurried {
					s.endPauses("shop")
					_ = syncer.SyncNow("shop")
				}
				return len(s.emails("shop")) >= all && states.last() == inbound.HealthOK
			}, wait, tick)
			stop()
			require.NoError(t, <-ended)

			outcomes := s.outcomes("shop")
			assert.Equal(t, all, outcomes[inbound.Uploaded])
			assert.Zero(t, outcomes[inbound.Failed])
			told := s.notifier.all()
			assert.Len(t, told, want.customers+later+all, "a customer and an email each")
			ids := make(map[string]bool)
			for _, n := range told {
				ids[n.ID] = true
			}
			assert.Len(t, ids, len(told), "nobody is told twice")
			states.checkOrder(t)
		})
	}
}

// endPauses makes the messages that have failed due now.
func (s *scene) endPauses(account string) {
	assert.NoError(s.t, s.store.Atomic(s.t.Context(), func(ctx context.Context) error {
		rows, err := s.store.Entries(ctx, account, inbound.Failed, inbound.SourceID{}, 1000)
		for i := range rows {
			rows[i].NextTry = rows[i].At
		}
		return errors.Join(err, s.store.Record(ctx, account, rows))
	}))
}

// stateStore keeps the states that are recorded, one after the other.
type stateStore struct {
	*sqlstore.Store
	mu   sync.Mutex
	seen []inbound.HealthState
}

func (s *stateStore) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	err := s.Store.SetHealth(ctx, account, h)
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.seen); err == nil && (n == 0 || s.seen[n-1] != h.State) {
		s.seen = append(s.seen, h.State)
	}
	return err
}

func (s *stateStore) last() inbound.HealthState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) == 0 {
		return inbound.HealthNew
	}
	return s.seen[len(s.seen)-1]
}

// checkOrder requires that the states are those of a network in trouble, and end well.
func (s *stateStore) checkOrder(t *testing.T) {
	t.Helper()
	for _, state := range s.seen {
		assert.Contains(t, []inbound.HealthState{inbound.HealthNew, inbound.HealthInitialUpload, inbound.HealthOK,
			inbound.HealthDegraded, inbound.HealthBackingOff}, state, "%q", s.seen)
	}
	assert.Equal(t, inbound.HealthOK, s.seen[len(s.seen)-1], "%q", s.seen)
	t.Logf("states: %q", s.seen)
}
