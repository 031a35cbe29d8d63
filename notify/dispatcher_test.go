package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/notify"
)

// box is an Outbox in a slice.
type box struct{ entries []notify.Entry }

func (b *box) Add(_ context.Context, ns []notify.Notification) error {
	for _, n := range ns {
		b.entries = append(b.entries, notify.Entry{Notification: n, State: notify.Pending})
	}
	return nil
}

func (b *box) Due(_ context.Context, now time.Time, limit int) ([]notify.Entry, error) {
	var due []notify.Entry
	seen := make(map[string]bool)
	waiting := make(map[string]bool)
	for _, e := range b.entries {
		if e.State != notify.Pending {
			continue
		}
		if !seen[e.ManagerID] {
			seen[e.ManagerID] = true
			waiting[e.ManagerID] = e.NextTry.After(now)
		}
		if !waiting[e.ManagerID] && len(due) < limit {
			due = append(due, e)
		}
	}
	return due, nil
}

func (b *box) Update(_ context.Context, entries []notify.Entry) error {
	for _, e := range entries {
		i := slices.IndexFunc(b.entries, func(o notify.Entry) bool { return o.ID == e.ID })
		b.entries[i] = e
	}
	return nil
}

func (b *box) Notifications(context.Context, string, int) ([]notify.Entry, error) {
	return b.entries, nil
}

func (b *box) Undelivered(context.Context) (pending, dead int, err error) { return 0, 0, nil }

// recorder is a Notifier that records what it delivers and fails on request.
type recorder struct {
	ids  []string
	fail func(n notify.Notification) error
}

func (r *recorder) Notify(_ context.Context, n notify.Notification) error {
	if r.fail != nil {
		if err := r.fail(n); err != nil {
			return err
		}
	}
	r.ids = append(r.ids, n.ID)
	return nil
}

func fill(t *testing.T, b *box, managers ...string) {
	t.Helper()
	for i, m := range managers {
		require.NoError(t, b.Add(t.Context(), []notify.Notification{{ID: fmt.Sprintf("%s-%d", m, i), ManagerID: m}}))
	}
}

func TestDrain_DeliversInOrder(t *testing.T) {
	b, n := new(box), new(recorder)
	fill(t, b, "a", "b", "a", "a")
	report, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.NoError(t, err)
	assert.Equal(t, notify.Report{Delivered: 4}, report)
	assert.Equal(t, []string{"a-0", "b-1", "a-2", "a-3"}, n.ids)
	report, err = (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.NoError(t, err)
	assert.Zero(t, report, "a delivered notification is not delivered again")
}

func TestDrain_FailureBlocksOnlyTheSameManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := new(box)
		down := true
		n := &recorder{fail: func(n notify.Notification) error {
			if down && n.ManagerID == "a" {
				return errors.New("down")
			}
			return nil
		}}
		fill(t, b, "a", "b", "a", "b")
		d := &notify.Dispatcher{Outbox: b, Notifier: n}
		report, err := d.Drain(t.Context())
		require.NoError(t, err)
		assert.Equal(t, notify.Report{Delivered: 2, Failed: 1}, report)
		assert.Equal(t, []string{"b-1", "b-3"}, n.ids)

		down = false
		report, err = d.Drain(t.Context())
		require.NoError(t, err)
		assert.Zero(t, report, "the pause is not over")
		time.Sleep(11 * time.Second)
		_, err = d.Drain(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"b-1", "b-3", "a-0", "a-2"}, n.ids)
		assert.Equal(t, 2, b.entries[0].Attempts)
		assert.Empty(t, b.entries[0].LastError)
	})
}

func TestDrain_DeadAfterTooManyAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := new(box)
		n := &recorder{fail: func(n notify.Notification) error {
			if n.ID == "a-0" {
				return errors.New("no such user")
			}
			return nil
		}}
		fill(t, b, "a", "a")
		d := &notify.Dispatcher{Outbox: b, Notifier: n, Attempts: 3}
		for range 3 {
			_, err := d.Drain(t.Context())
			require.NoError(t, err)
			time.Sleep(time.Hour)
		}
		assert.Equal(t, notify.Dead, b.entries[0].State)
		assert.Equal(t, "no such user", b.entries[0].LastError)
		assert.Equal(t, []string{"a-1"}, n.ids, "a dead notification does not block the next one")
	})
}

func TestDrain_PermanentFailureIsNotRetried(t *testing.T) {
	b := new(box)
	n := &recorder{fail: func(notify.Notification) error { return fmt.Errorf("%w: no address", notify.ErrPermanent) }}
	fill(t, b, "a")
	report, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.NoError(t, err)
	assert.Equal(t, notify.Report{Dead: 1}, report)
	assert.Equal(t, 1, b.entries[0].Attempts)
}

func TestDrain_PausedNotifierKeepsNotificationsPending(t *testing.T) {
	b, paused := &slowBox{}, true
	n := &recorder{}
	n.fail = func(m notify.Notification) error {
		if paused && m.ID != "a-0" {
			return fmt.Errorf("%w until the end of the holidays", notify.ErrPaused)
		}
		return nil
	}
	fill(t, &b.box, "a", "a", "b")
	d := &notify.Dispatcher{Outbox: b, Notifier: n, Attempts: 1}
	for range 3 {
		_, err := d.Drain(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, notify.Delivered, b.entries[0].State, "recorded, although the next one found it paused")
	for _, e := range b.entries[1:] {
		assert.Equal(t, notify.Entry{Notification: e.Notification, State: notify.Pending}, e)
	}
	assert.Equal(t, 1, b.updates)
	paused = false
	report, err := d.Drain(t.Context())
	require.NoError(t, err)
	assert.Equal(t, notify.Report{Delivered: 2}, report)
	assert.Equal(t, []string{"a-0", "a-1", "b-2"}, n.ids)
}

func TestDrain_StopRecordsDeliveries(t *testing.T) {
	b := new(box)
	ctx, cancel := context.WithCancel(t.Context())
	n := &recorder{}
	n.fail = func(notify.Notification) error {
		if len(n.ids) == 1 {
			cancel()
			return ctx.Err()
		}
		return nil
	}
	fill(t, b, "a", "a", "a")
	_, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, notify.Delivered, b.entries[0].State, "recorded although the context has ended")
	assert.Equal(t, notify.Pending, b.entries[1].State)
	assert.Zero(t, b.entries[1].Attempts, "a stopped attempt does not count")
}

// slowBox is an Outbox whose Update takes time.
type slowBox struct {
	box
	cost    time.Duration
	updates int
}

func (b *slowBox) Update(ctx context.Context, entries []notify.Entry) error {
	b.updates++
	time.Sleep(b.cost)
	return b.box.Update(ctx, entries)
}

func (b *box) delivered() int {
	n := 0
	for _, e := range b.entries {
		if e.State == notify.Delivered {
			n++
		}
	}
	return n
}

func TestPromise_KilledDispatcherRepeatsOneDelivery(t *testing.T) {
	for name, tc := range map[string]struct{ record, deliver time.Duration }{
		"in memory":           {0, 0},
		"memory, log":         {100 * time.Microsecond, 10 * time.Microsecond},
		"disk, HTTP":          {5 * time.Millisecond, 20 * time.Millisecond},
		"slow disk, HTTP":     {50 * time.Millisecond, 50 * time.Millisecond},
		"very slow disk":      {5 * time.Second, time.Second},
		"slow disk, SMTP":     {100 * time.Millisecond, 2 * time.Second},
		"slow disk, timeouts": {100 * time.Millisecond, 29 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &slowBox{cost: tc.record}
				fill(t, &b.box, slices.Repeat([]string{"a"}, 50)...)
				n := &recorder{}
				n.fail = func(notify.Notification) error {
					// A kill would leave only what is recorded now.
					assert.Equal(t, len(n.ids), b.delivered())
					time.Sleep(tc.deliver)
					return nil
				}
				_, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
				require.NoError(t, err)
				assert.Equal(t, 50, b.delivered())
			})
		})
	}
}

func TestDrain_FastNotifierIsRecordedInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &slowBox{cost: 4 * time.Millisecond}
		fill(t, &b.box, slices.Repeat([]string{"a"}, 2000)...)
		n := &recorder{fail: func(notify.Notification) error { time.Sleep(10 * time.Microsecond); return nil }}
		_, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2000, b.delivered())
		assert.LessOrEqual(t, b.updates, 11, "the first delivery and ten batches")
	})
}

func TestDrain_RecordsAtLeastOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &slowBox{cost: 20 * time.Second}
		fill(t, &b.box, slices.Repeat([]string{"a"}, 100)...)
		n := &recorder{}
		n.fail = func(notify.Notification) error {
			assert.LessOrEqual(t, len(n.ids)-b.delivered(), 10, "deliveries of a second")
			time.Sleep(100 * time.Millisecond)
			return nil
		}
		_, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 100, b.delivered())
	})
}

func TestDrain_UnwritableOutboxEndsDelivery(t *testing.T) {
	b, n := &brokenBox{}, new(recorder)
	fill(t, &b.box, "a", "a", "a")
	_, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.ErrorIs(t, err, errFull)
	assert.Len(t, n.ids, 1, "further deliveries would be repeated too")
}

type brokenBox struct{ box }

var errFull = errors.New("disk full")

func (*brokenBox) Update(context.Context, []notify.Entry) error { return errFull }

// A lost lease ends the context. A different dispatcher may since have delivered
// what failed here.
func TestDrain_RecordsNoFailureAfterTheContextEnded(t *testing.T) {
	for name, failure := range map[string]error{"temporary": errors.New("down"), "permanent": notify.ErrPermanent} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &slowBox{cost: time.Second}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				n := &recorder{}
				n.fail = func(m notify.Notification) error {
					switch m.ManagerID {
					case "b":
						return failure // not recorded yet when the context ends
					case "c":
						cancel()
					}
					return nil
				}
				fill(t, &b.box, "a", "b", "c", "d")
				report, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(ctx)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, notify.Delivered, b.entries[0].State)
				unchanged := notify.Entry{Notification: b.entries[1].Notification, State: notify.Pending}
				assert.Equal(t, unchanged, b.entries[1])
				assert.Equal(t, notify.Delivered, b.entries[2].State, "recorded although the context has ended")
				assert.Equal(t, notify.Report{Delivered: 2}, report, "no failure is recorded after the context ended")
			})
		})
	}
}

func TestIDsAreTheSameForTheSameEvent(t *testing.T) {
	n := notify.Notification{CustomerID: "c1", EmailID: "e1"}
	assert.Equal(t, n.As(notify.IncomingEmail), n.As(notify.CustomerAssigned).As(notify.IncomingEmail))
	assert.NotEqual(t, n.As(notify.IncomingEmail).ID, n.As(notify.CustomerAssigned).ID)
}
