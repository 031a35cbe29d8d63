package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
)

// connOf is a connection that logged in by this password, and sent nothing.
func connOf(t *testing.T, password inbound.Secret) *conn {
	t.Helper()
	credential, err := mailauth.New(inbound.Account{Protocol: inbound.IMAP, Username: "shop"}, password, "")
	require.NoError(t, err)
	return &conn{wire: wire.New(nil), credential: credential}
}

func TestFailure_ByCause(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	slow, cancel := context.WithTimeoutCause(t.Context(), 0, errSlow)
	defer cancel()
	<-slow.Done()
	own := &inbound.Error{Class: inbound.ErrPermanent}
	no := &imap.Error{Type: imap.StatusResponseTypeNo, Text: "no"}
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		err    error
		class  error
		text   string
		broken bool
	}{
		{"classified already", ended, fmt.Errorf("wrapped: %w", own), inbound.ErrPermanent, "", false},
		{"refused", ended, no, inbound.ErrTemporary, "the server answers NO", false},
		{"context", ended, errors.New("x"), inbound.ErrTemporary, "canceled", true},
		{"time limit", slow, errors.New("x"), inbound.ErrTemporary, "takes too long", true},
		{"ended by the server", t.Context(), byeError("* BYE [LIMIT] no"), inbound.ErrThrottled, "BYE", true},
		{"truncated", t.Context(), errTruncated, inbound.ErrTemporary, "truncated", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, broken := connOf(t, "secret").failure(tt.ctx, "list", tt.err)
			assert.Equal(t, tt.class, e.Class)
			assert.ErrorContains(t, e, tt.text)
			assert.Equal(t, tt.broken, broken)
		})
	}
	e, broken := connOf(t, "secret").failure(ended, inbound.OpList, nil)
	assert.Nil(t, e)
	assert.False(t, broken)
}

func TestFailure_HidesQuotesAndCutsServerText(t *testing.T) {
	c := connOf(t, "hunter2")
	for _, status := range []*imap.Error{
		{Type: imap.StatusResponseTypeNo, Text: "hunter2?\x1b[2J" + strings.Repeat("long ", 500)},
		{Type: imap.StatusResponseTypeBad, Code: "HUNTER2"},
	} {
		e, _ := c.failure(t.Context(), inbound.OpLogin, status)
		assert.NotContains(t, strings.ToLower(e.Error()), "hunter2")
		assert.NotContains(t, e.Error(), "\x1b")
		assert.Less(t, len(e.Error()), 600)
	}
}

// The library's own words are no secret, though a password may be a part of them.
func TestFailure_RedactsOnlyWhatTheServerSaid(t *testing.T) {
	for _, password := range []inbound.Secret{"wire", "pw", "expected"} {
		c := connOf(t, password)
		c.transport, _ = dialed(t)
		e, broken := c.failure(t.Context(), inbound.OpList,
			errors.New(`in response-data: imapwire: expected "a\"`+password.Reveal()+`", got "\x1b"`))
		assert.True(t, broken)
		assert.ErrorContains(t, e, "imapwire: expected")
		assert.ErrorContains(t, e, "[redacted]")
		assert.Equal(t, 1, strings.Count(e.Error(), "redacted"))
		assert.NotContains(t, e.Error(), `a\\\"`+password.Reveal())
	}
}
