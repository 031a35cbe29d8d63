package inbound_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// When the login after a lost connection is refused, the password is not considered
// wrong.
func TestReopen_LoginRefused(t *testing.T) {
	h := newHost(t)
	h.account.Folders = []string{"A", "B"}
	h.box.DeliverTo("A", mail("iris@example.com", "A"))
	h.box.DeliverTo("B", mail("iris@example.com", "B"))
	opened := 0
	h.box.Intercept = func(step string) error {
		if step != "open" {
			return nil
		}
		if opened++; opened == 2 {
			return &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("NO too many connections")}
		}
		return nil
	}
	odd := &oddServer{Fetcher: h.box, before: func(step, folder string) error {
		if step == "list" && folder == "A" {
			return &inbound.Error{Op: inbound.Op(step), Class: inbound.ErrTemporary, Err: inbound.ErrEnded}
		}
		return nil
	}}
	h.fetcher = odd
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, inbound.ErrTemporary)
	require.NotErrorIs(t, err, inbound.ErrAuth)
	assert.Equal(t, inbound.HealthBackingOff, h.health().State)
	odd.before = nil
	h.pass()
	assert.Len(t, h.emails(), 2)
}
