package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// environment returns an environment with the given names and values.
func environment(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// problemsIn returns the problems of a settings file.
func problemsIn(t *testing.T, text string, env func(string) (string, bool)) []string {
	t.Helper()
	_, err := parseSettings("c.yaml", []byte(text), env)
	if err == nil {
		return nil
	}
	var wrong *settingsError
	require.ErrorAs(t, err, &wrong)
	return strings.Split(err.Error(), "\n")
}

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "every_key.yaml"))
	require.NoError(t, err)
	return string(text)
}

func TestReadSettings_EveryKeyIsAcceptedOrRefused(t *testing.T) {
	env := environment("SHOP_PASSWORD", "s3cret", "HOOK_SECRET", "h00k")
	assert.Equal(t, []string{
		"c.yaml:2: http: is not there yet; remove the key",
		"c.yaml:34: notify.webhook: is not there yet; remove the key",
		"c.yaml:35: notify.smtp: is not there yet; remove the key",
	}, problemsIn(t, example(t), env))
}

func TestReadSettings(t *testing.T) {
	var kept []string
	for line := range strings.Lines(example(t)) {
		refused := strings.HasPrefix(line, "http:") || strings.Contains(line, "webhook:") ||
			strings.Contains(line, "smtp:")
		if !refused {
			kept = append(kept, line)
		}
	}
	c, err := parseSettings("c.yaml", []byte(strings.Join(kept, "")), environment("SHOP_PASSWORD", "s3cret: {#"))
	require.NoError(t, err)
	assert.Equal(t, "./collector.db", c.Database)
	assert.Equal(t, inbound.Limits{MaxAccounts: 10, MessageBytes: 52428800}, c.Limits)
	assert.False(t, c.AllowPrivate)
	assert.True(t, c.LogNotices)
	assert.Equal(t, []string{"shop@shop.example"}, c.OwnAddresses)
	assert.Equal(t, []inbound.Account{{ID: "shop", Name: "Main shop", Shop: "main", Protocol: inbound.IMAP,
		Host: "imap.example.com", Port: 993,
		Security: inbound.TLS, Username: "shop@shop.example", Folders: []string{"INBOX"}, Interval: 6 * time.Minute,
		NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
		Fields: map[string]string{"source": "email"}}}, c.Accounts)
	assert.Equal(t, inbound.StaticCredentials{"shop": {Password: "s3cret: {#"}}, c.Secrets)
	assert.Equal(t, []customer.Customer{{Email: "anna@example.com", Name: "Anna", Shop: "main", ManagerID: "m1"}},
		c.Customers)
	require.Len(t, c.Managers, 1)
	assert.Equal(t, "free", c.Managers[0].Status.String())
	assert.Equal(t, []string{"support"}, c.Managers[0].groups)
	assert.Equal(t, []customer.Field{{Name: "source", Type: customer.FieldString}}, c.Fields)
}

func TestReadSettings_ReportsAllProblemsWithLines(t *testing.T) {
	assert.Equal(t, []string{
		`c.yaml:1: database: postgres is not there yet; use sqlite:FILE`,
		`c.yaml:2: databse: unknown key; the keys here are database, http, limits, allow_private_networks,` +
			` own_addresses, fields, managers, customers, accounts, notify`,
		`c.yaml:3: limits.accounts: "many" is not a whole number from 1 to 100000`,
		`c.yaml:4: own_addresses: "nobody" is not an email address`,
	}, problemsIn(t, `database: postgres://crm:hidden@db/crm
databse: x
limits: {accounts: many}
own_addresses: [nobody]
accounts:
  - {id: a, protocol: imap, host: h, username: u, password: p}
`, environment()))
	assert.Equal(t, []string{
		`c.yaml:3: accounts[0].id: is missing: a short name that never changes, such as shop`,
		`c.yaml:3: accounts[0].protocol: "smtp" is not one of imap, pop3`,
		`c.yaml:3: accounts[0].host: is missing: the name of the mail server, such as imap.example.com`,
		`c.yaml:3: accounts[0].username: is missing: what the mailbox is logged in to with`,
		`c.yaml:3: accounts[0].password: is missing: write it as ${NAME} and set that environment variable,` +
			` or give oauth2`,
		`c.yaml:5: accounts[a].port: "99999" is not a whole number from 1 to 65535`,
		`c.yaml:6: accounts[a].security: none sends the password unprotected;` +
			` it is permitted only with allow_private_networks: true`,
		`c.yaml:7: accounts[a].start: "yesterday" is neither all, now nor a date such as 2026-01-31`,
		`c.yaml:8: accounts[a].interval: "6" is not a time span, such as 6m or 90s`,
		`c.yaml:9: accounts[a].mark_seen: "yes" is neither true nor false`,
		`c.yaml:10: accounts[a].folders: must be a list`,
		`c.yaml:11: accounts[a].initial_notifications: digest is not there yet; write each`,
		`c.yaml:12: accounts[a].color: unknown key; the keys here are `,
		`c.yaml:13: accounts[a].id: "a" is the id of the account in line 4 already`,
		`c.yaml:16: customers[anna@example.com].manager: "m9" is not the id of a manager in this file`,
		`c.yaml:18: managers[m1].status: "asleep" is not one of offline, free, lunch, busy, break`,
	}, cut(problemsIn(t, `database: sqlite:c.db
accounts:
  - protocol: smtp
  - id: a
    port: 99999
    security: none
    start: yesterday
    interval: 6
    mark_seen: yes
    folders: INBOX
    initial_notifications: digest
    color: red
  - {id: a, protocol: imap, host: h, username: u, password: p}
    # the settings of this account are complete
customers:
  - {email: anna@example.com, manager: m9}
managers:
  - {id: m1, status: asleep}
`, environment()), `c.yaml:4: `, "the keys here are "))
}

// cut removes the problems that begin with drop. From the others it removes what
// follows after.
func cut(problems []string, drop, after string) []string {
	var kept []string
	for _, p := range problems {
		if strings.HasPrefix(p, drop) {
			continue
		}
		if before, _, found := strings.Cut(p, after); found {
			p = before + after
		}
		kept = append(kept, p)
	}
	return kept
}

const minimal = `database: sqlite:c.db
accounts:
  - {id: a, protocol: imap, host: h, username: u, password: %s}
`

func TestReadSettings_ProblemsShowNoSecrets(t *testing.T) {
	const secret = "hunter2"
	env := environment("P", secret)
	for _, text := range []string{
		"database: sqlite:c.db\naccounts:\n  - {id: a, protocol: imap, host: h, port: ${P}, security: ${P}, " +
			"start: ${P}, interval: ${P}, username: u, mark_seen: ${P}, password: ${P}}\n",
		"database: postgres://u:hunter2@db\naccounts: []\n",
		"database: hunter2@db\naccounts: []\n",
		fmt.Sprintf(minimal, "*hunter2"),
		fmt.Sprintf(minimal, "[hunter2]"),
		fmt.Sprintf(minimal, `"hunter2`),
		fmt.Sprintf(minimal, `"hunter2\n"`),
		strings.Replace(fmt.Sprintf(minimal, secret), "password: ", "password:", 1),
		"password:hunter2\n",
		"password: hunter2\n",
	} {
		problems := strings.Join(problemsIn(t, text, env), "\n")
		assert.NotEmpty(t, problems)
		assert.NotContains(t, problems, secret, text)
	}
	c, err := parseSettings("c.yaml", fmt.Appendf(nil, minimal, secret), env)
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c.Accounts, c, c.Accounts), secret)
}

func TestReadSettings_NotificationsDefaultToLog(t *testing.T) {
	for added, want := range map[string]bool{"": true, "notify: {log: true}\n": true,
		"notify: {log: false}\n": false, "notify: {}\n": false} {
		c, err := parseSettings("c.yaml", []byte(fmt.Sprintf(minimal, "p")+added), environment())
		require.NoError(t, err)
		assert.Equal(t, want, c.LogNotices, added)
	}
}
