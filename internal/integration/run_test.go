package integration

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailgen"
)

const (
	eventually = 20 * time.Second
	tick       = 50 * time.Millisecond
)

// TestRun_UploadsAndNotifiesUntilStopped also has a broken account.
func TestRun_UploadsAndNotifiesUntilStopped(t *testing.T) {
	s := newScene(t, nil)
	s.managers(assign.Free)
	truths := s.deliver(mailgen.Options{Seed: 8, Messages: 60, Scale: 0.02})
	want := expected(truths)
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true
	account.Interval = time.Second
	broken := s.account("broken", inbound.POP3, inbound.TLS)
	s.wrong["broken"] = "wrong"
	syncer := s.syncer(account, broken)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- syncer.Run(ctx) }()
	notifications := want.customers + want.outcomes[inbound.Uploaded]
	require.Eventually(t, func() bool { return len(s.notifier.all()) == notifications }, eventually, tick)

	require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("late@post.example", "later")))
	require.Eventually(t, func() bool { return len(s.notifier.all()) == notifications+2 }, eventually, tick)
	var health inbound.Health
	require.Eventually(t, func() bool {
		var err error
		health, err = s.store.Health(t.Context(), "broken")
		return err == nil && health.State == inbound.HealthNeedsSignIn
	}, eventually, tick)
	stop()
	require.NoError(t, <-ended)
	assert.Equal(t, 1, health.Failures)
}

// TestSync_StoppedPassContinues stops an upload repeatedly. The final state must be
// that of an undisturbed upload.
func TestSync_StoppedPassContinues(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			s := newScene(t, nil)
			s.managers(assign.Free, assign.Free)
			truths := s.deliver(mailgen.Options{Seed: 9, Messages: 400, Scale: 0.2})
			want := expected(truths)
			account := s.account("shop", protocol, inbound.TLS)
			account.CreateCustomer, account.ManagerGroup, account.NotifyManager = true, "support", true

			stops := 0
			for {
				ctx, stop := context.WithCancel(t.Context())
				config := s.config(account)
				// Stop after the first commit.
				config.Observer = &inbound.Observer{Committed: func(inbound.CommittedInfo) { stop() }}
				syncer, err := inbound.New(config)
				require.NoError(t, err)
				_, err = syncer.Sync(ctx, "shop")
				stop()
				if err == nil {
					break
				}
				require.ErrorIs(t, err, context.Canceled)
				stops++
				require.Less(t, stops, 100)
			}
			s.pass(s.syncer(account), "shop")
			t.Logf("stopped %d times", stops)
			assert.Equal(t, want.outcomes, s.outcomes("shop"))
			assert.Len(t, s.emails("shop"), want.outcomes[inbound.Uploaded])
			assert.Len(t, s.notifier.all(), want.customers+want.outcomes[inbound.Uploaded])
			checkRaw(t, s, "shop", protocol)
			checkUntouched(t, s, protocol, len(truths))
		})
	}
}
