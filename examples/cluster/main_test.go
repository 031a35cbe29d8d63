package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestParse(t *testing.T) {
	env := map[string]string{"DATABASE_URL": "postgres://db/crm", "POSTROOM_WORKERS": "4", "POSTROOM_PRIVATE": "1"}
	get := func(name string) string { return env[name] }
	s, err := parse([]string{"-workers", "20", "-watch"}, get)
	require.NoError(t, err)
	assert.Equal(t, settings{database: "postgres://db/crm", accounts: "accounts.txt", workers: 20, private: true,
		watch: true}, s)
	env["POSTROOM_WORKERS"] = "many"
	_, err = parse(nil, get)
	require.ErrorContains(t, err, `POSTROOM_WORKERS is "many"`)
	delete(env, "POSTROOM_WORKERS")
	_, err = parse([]string{"more"}, get)
	require.ErrorContains(t, err, `"more"`)
	_, err = parse([]string{"-workers", "0"}, get)
	require.ErrorContains(t, err, "-workers")
	delete(env, "DATABASE_URL")
	_, err = parse(nil, get)
	require.ErrorContains(t, err, "DATABASE_URL")
}

func TestAccountFile(t *testing.T) {
	file := accountFile(filepath.Join(t.TempDir(), "accounts.txt"))
	write := func(text string) { require.NoError(t, os.WriteFile(string(file), []byte(text), 0o600)) }
	write("# mailboxes\n\nshop  imaps://shop%40shop.example:s%3Acret@imap.shop.example\n" +
		"second imap://user:pw@mail.example:1143?interval=90s\n")
	list, err := file.Accounts(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 2)
	shop, second := list[0], list[1]
	assert.Equal(t, []any{"shop", "shop@shop.example", "imap.shop.example", 0, inbound.TLS},
		[]any{shop.ID, shop.Username, shop.Host, shop.Port, shop.Security})
	assert.Equal(t, []any{"second", 1143, inbound.StartTLS, 90 * time.Second},
		[]any{second.ID, second.Port, second.Security, second.Interval})
	secrets, err := file.Credentials(t.Context(), "shop")
	require.NoError(t, err)
	assert.Equal(t, "s:cret", secrets.Password.Reveal())

	for text, problem := range map[string]string{
		"shop":                                 "got 1 words",
		"a imaps://h\nshop pop3://u:secret@h":  "line 2: account \"shop\": the address must begin with",
		"shop imaps://u:secret%@h":             "is no URL",
		"shop imaps://u:secret@h?interval=6":   `interval "6" is no duration`,
		"shop imaps://shop@a.b:secret@h:port/": "is no URL",
	} {
		write(text)
		_, err := file.Accounts(t.Context())
		require.ErrorContains(t, err, problem)
		assert.NotContains(t, err.Error(), "secret")
	}
}
