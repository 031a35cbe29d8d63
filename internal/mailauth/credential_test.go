package mailauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/postroom/postroom/inbound"
)

var account = inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Port: 993,
	Username: "shop@example.com"}

func TestNew_RefusesWhatCannotBeSent(t *testing.T) {
	for _, tt := range []struct{ username, password, token, text string }{
		{"", "secret", "", "username is empty"},
		{"bob\r\nDELE 1", "secret", "", "username has a control character"},
		{"bob\x00", "secret", "", "username has a control character"},
		{"bob\x01auth=Bearer other", "", "t", "username has a control character"},
		{"bob", "", "", "neither a password nor an access token"},
		{"bob", "se\ncret", "", "password has a line break"},
		{"bob", "se\x00cret", "", "password has a line break"},
		{"bob", "", "to ken", "access token has a space"},
		{"bob", "", "t\r\nDELE 1", "access token has a space"},
		{"bob", "", "t\x01", "access token has a space"},
	} {
		a := account
		a.Username = tt.username
		_, err := New(a, inbound.Secret(tt.password), inbound.Secret(tt.token))
		var e *inbound.Error
		require.ErrorAs(t, err, &e, "%q", tt)
		assert.Equal(t, inbound.ErrAuth, e.Class)
		assert.ErrorContains(t, err, tt.text)
		assert.NotEmpty(t, e.Hint)
		assert.NotContains(t, err.Error(), "cret")
		assert.NotContains(t, err.Error(), "DELE")
	}
	_, err := New(account, "pässword \x01 with spaces", "")
	require.NoError(t, err)
	_, err = New(account, "not\r\nsent", "token")
	require.NoError(t, err, "a password that is not sent does not matter")
}

func TestCredential_DoesNotShowSecrets(t *testing.T) {
	c, err := New(account, "hunter2", "ya29.token")
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(format, c) + fmt.Sprintf(format, &c)
		assert.NotContains(t, text, "hunter2")
		assert.NotContains(t, text, "ya29")
	}
}

type source func() (*oauth2.Token, error)

func (s source) Token() (*oauth2.Token, error) { return s() }

func TestFromAccount_ByPassword(t *testing.T) {
	a := account
	a.Password = "secret"
	c, err := FromAccount(t.Context(), a)
	require.NoError(t, err)
	assert.Equal(t, "secret", c.Password.Reveal())
	assert.Empty(t, c.AccessToken)
}

func TestFromAccount_ByToken(t *testing.T) {
	a := account
	a.Password = "secret"
	a.OAuth2 = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"})
	c, err := FromAccount(t.Context(), a)
	require.NoError(t, err)
	assert.Equal(t, "token", c.AccessToken.Reveal())
	assert.Empty(t, c.Password, "never beside a token")
}

func TestFromAccount_ClassifiesFailure(t *testing.T) {
	answer := func(status int, code string) error {
		return &oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, ErrorCode: code}
	}
	own := &inbound.Error{Op: "ask the vault", Class: inbound.ErrPermanent, Err: errors.New("sealed")}
	for _, tt := range []struct {
		name  string
		token *oauth2.Token
		err   error
		class error
		hint  string
	}{
		{"nil token", nil, nil, inbound.ErrAuth, "sign in"},
		{"empty token", &oauth2.Token{}, nil, inbound.ErrAuth, "sign in"},
		{"consent withdrawn", nil, answer(400, "invalid_grant"), inbound.ErrAuth, "sign in"},
		{"wrong client secret", nil, answer(401, "invalid_client"), inbound.ErrAuth, "client secret"},
		{"client not allowed", nil, answer(400, "unauthorized_client"), inbound.ErrAuth, "application"},
		{"request timeout", nil, answer(408, ""), inbound.ErrTemporary, "automatically"},
		{"too many requests", nil, answer(429, ""), inbound.ErrThrottled, "automatically"},
		{"server down", nil, answer(503, ""), inbound.ErrTemporary, "automatically"},
		{"no network", nil, errors.New("no route to host"), inbound.ErrTemporary, "network"},
		{"classified already", nil, fmt.Errorf("token: %w", own), inbound.ErrPermanent, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := account
			a.OAuth2 = source(func() (*oauth2.Token, error) { return tt.token, tt.err })
			_, err := FromAccount(t.Context(), a)
			var e *inbound.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, tt.class, e.Class)
			assert.Contains(t, e.Hint, tt.hint)
			assert.NotContains(t, err.Error(), "oauth2token")
		})
	}
}

func TestFromAccount_EndedContextIsTemporary(t *testing.T) {
	wait := make(chan struct{})
	defer close(wait)
	a := account
	a.OAuth2 = source(func() (*oauth2.Token, error) { <-wait; return nil, nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := FromAccount(ctx, a)
	require.ErrorIs(t, err, inbound.ErrTemporary)
	require.ErrorIs(t, err, context.Canceled)
}

func TestRefused_WithoutReason(t *testing.T) {
	byPassword, err := New(account, "secret", "")
	require.NoError(t, err)
	hint, class := byPassword.Refused(nil)
	assert.Equal(t, inbound.ErrAuth, class)
	assert.Contains(t, hint, "app password")
	assert.Contains(t, hint, "IMAP switched on")

	pop3 := account
	pop3.Protocol = inbound.POP3
	byToken, err := New(pop3, "", "token")
	require.NoError(t, err)
	hint, class = byToken.Refused(nil)
	assert.Equal(t, inbound.ErrAuth, class)
	assert.Contains(t, hint, "consent")
	assert.Contains(t, hint, "POP3")
	assert.NotContains(t, hint, "password")
}
