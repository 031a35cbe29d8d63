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

// box is an outbox in a slice.
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
	held := make(map[string]bool)
	for _, e := range b.entries {
		if e.State != notify.Pending {
			continue
		}
		if !seen[e.ManagerID] {
			seen[e.ManagerID] = true
			held[e.ManagerID] = e.NextTry.After(now)
		}
		if !held[e.ManagerID] && len(due) < limit {
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

// told is a Notifier that fails as a test wants.
type told struct {
	ids  []string
	fail func(n notify.Notification) error
}

func (t *told) Notify(_ context.Context, n notify.Notification) error {
	if t.fail != nil {
		if err := t.fail(n); err != nil {
			return err
		}
	}
	t.ids = append(t.ids, n.ID)
	return nil
}

func fill(t *testing.T, b *box, managers ...string) {
	t.Helper()
	for i, m := range managers {
		require.NoError(t, b.Add(t.Context(), []notify.Notification{{ID: fmt.Sprintf("%s-%d", m, i), ManagerID: m}}))
	}
}

func TestDrainDeliversInOrder(t *testing.T) {
	b, n := new(box), new(told)
	fill(t, b, "a", "b", "a", "a")
	report, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.NoError(t, err)
	assert.Equal(t, notify.Report{Delivered: 4}, report)
	assert.Equal(t, []string{"a-0", "b-1", "a-2", "a-3"}, n.ids)
	report, err = (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.NoError(t, err)
	assert.Zero(t, report, "what is delivered is not delivered again")
}

func TestFailureHoldsBackTheSameManagerOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := new(box)
		down := true
		n := &told{fail: func(n notify.Notification) error {
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

func TestGivenUpAfterSoManyTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := new(box)
		n := &told{fail: func(n notify.Notification) error {
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
		assert.Equal(t, []string{"a-1"}, n.ids, "a dead one holds nobody up")
	})
}

func TestPermanentFailureIsNotRepeated(t *testing.T) {
	b := new(box)
	n := &told{fail: func(notify.Notification) error { return fmt.Errorf("%w: no address", notify.ErrPermanent) }}
	fill(t, b, "a")
	report, err := (&notify.Dispatcher{Outbox: b, Notifier: n}).Drain(t.Context())
	require.NoError(t, err)
	assert.Equal(t, notify.Report{Dead: 1}, report)
	assert.Equal(t, 1, b.entries[0].Attempts)
}

func TestStoppingKeepsWhatWasDelivered(t *testing.T) {
	b := new(box)
	ctx, cancel := context.WithCancel(t.Context())
	n := &told{}
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
	assert.Zero(t, b.entries[1].Attempts, "stopped is not failed")
}

func TestIDsAreTheSameForTheSameEvent(t *testing.T) {
	n := notify.Notification{CustomerID: "c1", EmailID: "e1"}
	assert.Equal(t, n.As(notify.IncomingEmail), n.As(notify.CustomerAssigned).As(notify.IncomingEmail))
	assert.NotEqual(t, n.As(notify.IncomingEmail).ID, n.As(notify.CustomerAssigned).ID)
}
