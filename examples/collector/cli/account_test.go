package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestReadSettings_EleventhAccountNamesLimit(t *testing.T) {
	text := "database: sqlite:c.db\naccounts:\n"
	for i := range 11 {
		text += fmt.Sprintf("  - {id: a%d, protocol: imap, host: h, username: u, password: p}\n", i+1)
	}
	assert.Equal(t, []string{"c.yaml:13: accounts[a11]: this is account 11 of 11, but limits.accounts admits 10;" +
		" remove accounts or raise limits.accounts"},
		problemsIn(t, text, environment()))
	assert.Empty(t, problemsIn(t, "limits: {accounts: 11}\n"+text, environment()))
}

func TestReadSettings_OAuth2(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(minimal, "x"), "password: x",
		"oauth2: {client_id: i, client_secret: ${S}, refresh_token: ${R}, token_url: %s}", 1)
	c, err := parseSettings("c.yaml", fmt.Appendf(nil, text, "https://login.example.com/token"),
		environment("S", "s", "R", "r"))
	require.NoError(t, err)
	assert.Equal(t, inbound.OAuth2{ClientID: "i", TokenURL: "https://login.example.com/token"}, c.Accounts[0].OAuth2)
	assert.Equal(t, inbound.StaticCredentials{"a": {ClientSecret: "s", RefreshToken: "r"}}, c.Secrets)
	assert.Equal(t, []string{"c.yaml:3: accounts[a].oauth2.token_url: must be an address that begins with https://"},
		problemsIn(t, fmt.Sprintf(text, "http://login.example.com/token"), environment("S", "s", "R", "r")))
}

func TestReadSettings_Start(t *testing.T) {
	for text, want := range map[string]inbound.Start{
		"all":        {},
		"now":        {Now: true},
		"2026-01-31": {Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
	} {
		settings := strings.Replace(fmt.Sprintf(minimal, "p"), "id: a", "id: a, start: "+text, 1)
		c, err := parseSettings("c.yaml", []byte(settings), environment())
		require.NoError(t, err)
		assert.Equal(t, want, c.Accounts[0].Start)
	}
}
