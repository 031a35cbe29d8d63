package cli

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/notify"
)

// courier is a Notifier that names itself when it has begun a delivery, and ends it when
// something comes from end.
type courier struct {
	name   string
	begins chan<- string
	end    <-chan struct{}
}

func (c courier) Notify(ctx context.Context, _ notify.Notification) error {
	c.begins <- c.name
	select {
	case <-c.end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestCurrent_DeliveryEndsWithTheNotifierThatBeganIt(t *testing.T) {
	begins, endOld, endNew := make(chan string, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	c := newCurrent(nil, nil)
	require.ErrorIs(t, c.Notify(t.Context(), notify.Notification{}), notify.ErrPaused, "there is none")

	c.replace(nil, nil, courier{"old", begins, endOld})
	delivered := make(chan error)
	go func() { delivered <- c.Notify(t.Context(), notify.Notification{}) }()
	require.Equal(t, "old", <-begins)
	c.replace(nil, nil, courier{"new", begins, endNew})
	endNew <- struct{}{}
	require.NoError(t, c.Notify(t.Context(), notify.Notification{}), "it waits for no earlier delivery")
	assert.Equal(t, "new", <-begins)

	c.replace(nil, nil, nil)
	require.ErrorIs(t, c.Notify(t.Context(), notify.Notification{}), notify.ErrPaused)
	endOld <- struct{}{}
	assert.NoError(t, <-delivered)
}
