package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const diffBase = `database: sqlite:c.db
allow_private_networks: false
own_addresses: [shop@shop.example]
accounts:
  - {id: shop, protocol: imap, host: h.example, username: u, password: hunter1, folders: [INBOX]}
  - id: sales
    protocol: imap
    host: h.example
    username: s
    oauth2: {client_id: c, client_secret: x, refresh_token: first, token_url: "https://h.example/token"}
managers:
  - {id: m1, name: Maria, groups: [support], status: free}
  - {id: m2, name: Miguel, groups: [support, sales], status: free}
fields:
  - {name: source, type: string}
customers:
  - {email: anna@example.com, name: Anna, manager: m1}
`

func TestDiff_WhatChanges(t *testing.T) {
	read := func(text string) *Settings {
		s, err := Parse("c.yaml", []byte(text), environment())
		require.NoError(t, err, text)
		return s
	}
	for name, tc := range map[string]struct {
		replace []string
		want    Changes
	}{
		"nothing":   {nil, Changes{}},
		"a comment": {[]string{"managers:", "# more\nmanagers:"}, Changes{}},
		"a default": {[]string{"password: hunter1", "password: hunter1, interval: 6m"}, Changes{}},
		"a mailbox": {[]string{"h.example, username: u", "i.example, username: v"},
			Changes{Now: []string{"account shop changes: host, username"}}},
		"inactive": {[]string{"password: hunter1", "password: hunter1, active: false"},
			Changes{Now: []string{"account shop changes: active"}}},
		"a password": {[]string{"hunter1", "hunter2"},
			Changes{Now: []string{"account shop changes: password"}, Secrets: []string{"shop"}}},
		"a token": {[]string{"first", "second"},
			Changes{Now: []string{"account sales changes: oauth2"}, Secrets: []string{"sales"}}},
		"a client": {[]string{"client_id: c", "client_id: d"},
			Changes{Now: []string{"account sales changes: oauth2"}}},
		"an ID": {[]string{"id: shop", "id: store"},
			Changes{Now: []string{"account store is added", "account shop is removed"}}},
		"a manager": {[]string{"Miguel, groups: [support, sales]", "Mike, groups: [sales]"},
			Changes{Now: []string{"manager m2 changes: groups, name"}}},
		"managers": {[]string{"id: m2", "id: m3"},
			Changes{Now: []string{"manager m3 is added", "manager m2 is removed"}}},
		"a field": {[]string{"type: string", "type: date"},
			Changes{Now: []string{"field source changes: type"}}},
		"own addresses": {[]string{"[shop@", "[sales@"}, Changes{Now: []string{"own_addresses changes"}}},
		"own domains": {[]string{"own_addresses", "own_domains: [shop.example]\nown_addresses"},
			Changes{Now: []string{"own_domains changes"}}},
		"database": {[]string{"c.db", "d.db"}, Changes{Restart: []string{"database"}}},
		"archive":  {[]string{"managers:", "archive: file:./mail\nmanagers:"}, Changes{Restart: []string{"archive"}}},
		"private networks": {[]string{"networks: false", "networks: true"},
			Changes{Restart: []string{"allow_private_networks"}}},
		"limits and ports": {[]string{"managers:", "limits: {message_bytes: 1000}\nallowed_ports: [1143]\nmanagers:"},
			Changes{Restart: []string{"limits", "allowed_ports"}}},
		"http": {[]string{"managers:", "http: 127.0.0.1:8080\nmanagers:"}, Changes{Restart: []string{"http"}}},
		"secret key": {[]string{"managers:", "secret_key: " + strings.Repeat("A", 43) + "=\nmanagers:"},
			Changes{Restart: []string{"secret_key"}}},
		"notify": {[]string{"managers:", "notify: {log: false}\nmanagers:"},
			Changes{Now: []string{"notify changes: log"}}},
		"seed customers": {[]string{"name: Anna", "name: Ann"}, Changes{Restart: []string{"customers"}}},
	} {
		t.Run(name, func(t *testing.T) {
			was, now := read(diffBase), read(strings.NewReplacer(tc.replace...).Replace(diffBase))
			got := Diff(was, now)
			assert.Equal(t, tc.want, got)
			for _, secret := range []string{"hunter", "first", "second", "AAAA"} {
				assert.NotContains(t, strings.Join(append(got.Now, got.Restart...), " "), secret)
			}
			next := Following(was, now)
			assert.Empty(t, Diff(was, next).Restart, "what needs a restart stays")
			assert.Equal(t, tc.want.Now, Diff(was, next).Now)
			assert.Equal(t, tc.want.Restart, Diff(next, now).Restart, "it is still to be said the next time")
			assert.Empty(t, Diff(next, now).Now)
		})
	}
}

// Settings that are in no comparison would be neither taken over nor named.
func TestDiff_KnowsEverySetting(t *testing.T) {
	known := "Database Archive HTTP AllowPrivate AllowedPorts RootCAs SecretKey Limits Customers " + // at the start
		"Accounts Secrets Managers Groups Fields OwnAddresses OwnDomains LogNotices " + // now
		"File Offline SecretInFile problems" // not of what is collected
	for f := range reflect.TypeFor[Settings]().Fields() {
		assert.Contains(t, strings.Fields(known), f.Name, "is it in Diff?")
	}
}
