package mailauth

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/refusal"
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

func TestFromLogin(t *testing.T) {
	own := &inbound.Error{Op: inbound.OpToken, Class: inbound.ErrAuth, Hint: "sign in",
		Err: errors.New("consent withdrawn")}
	for name, tt := range map[string]struct {
		given inbound.Credential
		err   error
		class error
	}{
		"password":         {given: inbound.Credential{Password: "secret"}},
		"access token":     {given: inbound.Credential{AccessToken: "token"}},
		"classified":       {err: own, class: inbound.ErrAuth},
		"wrapped":          {err: fmt.Errorf("vault: %w", own), class: inbound.ErrAuth},
		"of no class":      {err: errors.New("the vault is sealed"), class: inbound.ErrTemporary},
		"nothing is given": {class: inbound.ErrAuth},
	} {
		t.Run(name, func(t *testing.T) {
			login := func(context.Context) (inbound.Credential, error) { return tt.given, tt.err }
			c, err := FromLogin(t.Context(), account, login)
			if tt.class == nil {
				require.NoError(t, err)
				assert.Equal(t, tt.given, inbound.Credential{Password: c.Password, AccessToken: c.AccessToken})
				return
			}
			require.ErrorIs(t, err, tt.class)
			require.ErrorAs(t, err, new(*inbound.Error))
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
			}
		})
	}
}

func TestExplain_WithoutReason(t *testing.T) {
	byPassword, err := New(account, "secret", "")
	require.NoError(t, err)
	wrong := refusal.Read(inbound.IMAP, refusal.Login, "AUTHENTICATIONFAILED", "")
	got := byPassword.Explain(wrong, nil)
	assert.Equal(t, inbound.ErrAuth, got.Class)
	assert.Contains(t, got.Hint, "app password")
	assert.Contains(t, got.Hint, "IMAP switched on")
	appPassword := refusal.Read(inbound.IMAP, refusal.Login, "", "Application-specific password required")
	assert.Equal(t, appPassword, byPassword.Explain(appPassword, nil))

	pop3 := account
	pop3.Protocol = inbound.POP3
	byToken, err := New(pop3, "", "token")
	require.NoError(t, err)
	for _, r := range []refusal.Refusal{wrong, appPassword,
		refusal.Read(inbound.POP3, refusal.Login, "", "Basic authentication is disabled"),
		refusal.Read(inbound.POP3, refusal.Login, "", "login failure or POP3 disabled"),
	} {
		got = byToken.Explain(r, nil)
		assert.Equal(t, inbound.ErrAuth, got.Class)
		assert.Equal(t, inbound.CauseCredentials, got.Cause)
		assert.Contains(t, got.Hint, "consent")
		assert.Contains(t, got.Hint, "POP3")
		assert.NotContains(t, got.Hint, "password")
	}
}

// What is not of the credential stays as it is.
func TestExplain_OtherCauses(t *testing.T) {
	byToken, err := New(account, "", "token")
	require.NoError(t, err)
	for _, text := range []string{"Too many connections", "Internal error", "IMAP is disabled", "Account is suspended",
		"Unsafe Login", "STARTTLS required"} {
		r := refusal.Read(inbound.IMAP, refusal.Login, "", text)
		assert.Equal(t, r, byToken.Explain(r, nil), text)
		assert.NotContains(t, r.Hint, "password")
	}
	syntax := refusal.Read(inbound.IMAP, refusal.Login, "", "syntax error")
	assert.Equal(t, inbound.CauseSettings, byToken.Explain(syntax, nil).Cause)
	assert.Equal(t, inbound.CauseCredentials, byToken.Explain(syntax, &Refusal{Status: "invalid_token"}).Cause)
}
