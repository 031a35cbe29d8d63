package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
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
	_, err := Parse("c.yaml", []byte(text), env)
	if err == nil {
		return nil
	}
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	return strings.Split(err.Error(), "\n")
}

func example(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "every_key.yaml"))
	require.NoError(t, err)
	return string(text)
}

func TestParse(t *testing.T) {
	c, err := Parse("c.yaml", []byte(example(t)), environment("SHOP_PASSWORD", "s3cret: {#",
		"POSTROOM_KEY", sampleKeyText))
	require.NoError(t, err)
	assert.Equal(t, Database{Kind: SQLite, File: "./collector.db"}, c.Database)
	assert.Equal(t, "127.0.0.1:8080", c.HTTP)
	assert.Equal(t, inbound.Limits{MaxAccounts: 10, MessageBytes: 52428800}, c.Limits)
	assert.False(t, c.AllowPrivate)
	assert.Nil(t, c.RootCAs, "those of the system")
	assert.Equal(t, sampleKey, c.SecretKey.Reveal())
	assert.True(t, c.LogNotices)
	assert.Equal(t, []string{"shop@shop.example"}, c.OwnAddresses)
	assert.Equal(t, []string{"shop.example"}, c.OwnDomains)
	assert.Equal(t, []inbound.Account{{ID: "shop", Name: "Main shop", Shop: "main", Protocol: inbound.IMAP,
		Host: "imap.example.com", Port: 993,
		Security: inbound.TLS, Username: "shop@shop.example", Folders: []string{"INBOX"},
		InitialOrder: inbound.Newest, Interval: 6 * time.Minute,
		NotifyManager: true, CreateCustomer: true, CreateFor: []inbound.Class{email.ClassPersonal},
		ManagerGroup: "support", AuthservID: "mx.shop.example",
		InitialNotifications: inbound.NotifyDigest, InitialAge: 90 * day,
		Fields: map[string]string{"source": "email"}}}, c.Accounts)
	assert.Equal(t, inbound.StaticCredentials{"shop": {Password: "s3cret: {#"}}, c.Secrets)
	assert.Equal(t, []customer.Customer{{Email: "anna@example.com", Name: "Anna", Shop: "main", ManagerID: "m1"}},
		c.Customers)
	assert.Equal(t, []assign.Manager{{ID: "m1", Name: "Maria", Email: "maria@shop.example", Status: assign.Free}},
		c.Managers)
	assert.Equal(t, map[string][]string{"m1": {"support"}}, c.Groups)
	assert.Equal(t, []customer.Field{{Name: "source", Type: customer.FieldString}}, c.Fields)
}

func TestParse_OwnAddressesAndDomains(t *testing.T) {
	c, err := Parse("c.yaml", []byte(fmt.Sprintf(minimal, "p")+
		"own_addresses: [Shop@Shop.example, '\"the shop\"@shop.example', our.shop@gmail.com]\n"+
		"own_domains: ['@Shop.example', käse.example, xn--bcher-kva.example]\n"), environment())
	require.NoError(t, err)
	assert.Equal(t, []string{"Shop@Shop.example", `"the shop"@shop.example`, "our.shop@gmail.com"}, c.OwnAddresses)
	assert.Equal(t, []string{"@Shop.example", "käse.example", "xn--bcher-kva.example"}, c.OwnDomains)

	assert.Equal(t, []string{
		`c.yaml:5: own_addresses[0]: "@shop.example" is not an email address; a whole domain belongs in own_domains`,
		`c.yaml:6: own_addresses[1]: "shop.example" is not an email address; a whole domain belongs in own_domains`,
		`c.yaml:7: own_addresses[2]: "gmail.com" is not an email address`,
		`c.yaml:9: own_domains[0]: "gmail.com" cannot be the company's own: it is a mail provider's, whose other users` +
			` are not the company: name single addresses`,
		`c.yaml:10: own_domains[1]: "co.uk" cannot be the company's own: anybody can register a domain under it: name` +
			` the company's domain, such as shop.example`,
		`c.yaml:11: own_domains[2]: "shop@shop.example" cannot be the company's own: it is not a domain, such as` +
			` shop.example; subdomains are included`,
		`c.yaml:12: own_domains[3]: is empty`,
	}, problemsIn(t, fmt.Sprintf(minimal, "p")+"own_addresses:\n  - '@shop.example'\n  - shop.example\n  - gmail.com\n"+
		"own_domains:\n  - gmail.com\n  - co.uk\n  - shop@shop.example\n  - ''\n", environment()))
}

func TestParse_NamesWhatIsWrongWithAnAddress(t *testing.T) {
	assert.Equal(t, []string{
		`c.yaml:2: own_addresses[0]: "shop\u200b@shop.example" is not an email address: U+200B is invisible`,
		`c.yaml:2: own_addresses[1]: "ѕhop@shop.example" is not an email address: it mixes scripts in one word`,
	}, problemsIn(t, "database: sqlite:x.db\nown_addresses: [\"shop\u200b@shop.example\", ѕhop@shop.example]\n"+
		"accounts:\n  - {id: a, protocol: imap, host: h, username: u, password: p}\n", environment()))
}

func TestParse_ReportsAllProblemsWithLines(t *testing.T) {
	assert.Equal(t, []string{
		`c.yaml:1: database: must end in the name of the database, as in postgres://db.example.com/crm`,
		`c.yaml:2: databse: unknown key; did you mean database?`,
		`c.yaml:3: limits.colors: unknown key; the keys here are accounts, message_bytes`,
		`c.yaml:3: limits.accounts: "many" is not a whole number above 0`,
		`c.yaml:4: own_addresses[0]: "nobody" is not an email address`,
		`c.yaml:5: web: unknown key; "collector settings" lists the keys`,
	}, problemsIn(t, `database: postgres://crm:hidden@db
databse: x
limits: {accounts: many, colors: 1}
own_addresses: [nobody]
web: 127.0.0.1:8080
accounts:
  - {id: a, protocol: imap, host: h, username: u, password: p}
`, environment()))
	assert.Equal(t, []string{
		`c.yaml:3: accounts[0].id: is missing: a short name that never changes, such as shop`,
		`c.yaml:3: accounts[0].protocol: "smtp" is not one of: imap, pop3`,
		`c.yaml:3: accounts[0].host: is missing: the name of the mail server, such as imap.example.com`,
		`c.yaml:3: accounts[0].username: is missing: the login name, such as shop@shop.example`,
		`c.yaml:3: accounts[0].password: is missing: write it as ${NAME} and set that environment variable,` +
			` or give oauth2`,
		`c.yaml:5: accounts[a].port: port 99999 is not between 1 and 65535`,
		`c.yaml:6: accounts[a].security: none sends the password unprotected;` +
			` it is permitted only with allow_private_networks: true at the top of the file`,
		`c.yaml:7: accounts[a].start: "yesterday" is neither all, now nor a date such as 2026-01-31`,
		`c.yaml:8: accounts[a].interval: "6" is not a time span, such as 90s, 6m or 30d`,
		`c.yaml:9: accounts[a].mark_seen: "yes" is neither true nor false`,
		`c.yaml:10: accounts[a].folders: must be a list, such as [one, two]`,
		`c.yaml:11: accounts[a].initial_notifications: "one" is not one of: digest, each, none`,
		`c.yaml:12: accounts[a].color: unknown key; "collector settings" lists the keys`,
		`c.yaml:13: accounts[a].id: is the same as in line 4; each must be different`,
		`c.yaml:16: customers[anna@example.com].manager: is not the id of a manager in this file`,
		`c.yaml:18: managers[m1].status: "asleep" is not one of: offline, free, lunch, busy, break`,
	}, without(problemsIn(t, `database: sqlite:c.db
accounts:
  - protocol: smtp
  - id: a
    port: 99999
    security: none
    start: yesterday
    interval: 6
    mark_seen: yes
    folders: INBOX
    initial_notifications: one
    color: red
  - {id: a, protocol: imap, host: h, username: u, password: p}
    # the settings of this account are complete
customers:
  - {email: anna@example.com, manager: m9}
managers:
  - {id: m1, status: asleep}
`, environment()), `c.yaml:4: `))
}

// without returns the problems that do not begin with drop.
func without(problems []string, drop string) []string {
	return slices.DeleteFunc(problems, func(p string) bool { return strings.HasPrefix(p, drop) })
}

const minimal = `database: sqlite:c.db
accounts:
  - {id: a, protocol: imap, host: h, username: u, password: %s}
`

func TestParse_ProblemsShowNoSecrets(t *testing.T) {
	const secret = "hunter2"
	env := environment("P", secret)
	for _, text := range []string{
		"database: sqlite:c.db\naccounts:\n  - {id: a, protocol: imap, host: h, port: ${P}, security: ${P}, " +
			"start: ${P}, interval: ${P}, username: u, mark_seen: ${P}, password: ${P}}\n",
		"database: postgres://u:hunter2@db\naccounts: []\n",
		"database: hunter2@db\naccounts: []\n",
		"database: postgres://u:hunter2 @db/x\naccounts: []\n",
		"database: mysql://u:hunter2@db/x?hunter2=hunter2\naccounts: []\n",
		"database: mysql://u:p@db/x?tls=hunter2\naccounts: []\n",
		fmt.Sprintf(minimal, "*hunter2"),
		fmt.Sprintf(minimal, "[hunter2]"),
		fmt.Sprintf(minimal, `"hunter2`),
		fmt.Sprintf(minimal, `"hunter2\n"`),
		strings.Replace(fmt.Sprintf(minimal, secret), "password: ", "password:", 1),
		"password:hunter2\n",
		"password: hunter2\n",
		fmt.Sprintf(minimal, "p, fields: {hunter2: x, source: {hunter2: y}}"),
		strings.Replace(fmt.Sprintf(minimal, "p"), "host: h", "host: ${P}/, folders: [\"${P}\\n\"]", 1),
		strings.Replace(fmt.Sprintf(minimal, "p, fields: {vip: ${P}}"), "accounts:",
			"fields: [{name: vip, type: boolean}]\naccounts:", 1),
		strings.Replace(fmt.Sprintf(minimal, "p"), "id: a", "id: \" ${P}\"", 1),
		fmt.Sprintf(minimal, "p") + "  - {id: ${P}}\n  - {id: ${P}, create_for: [${P}]}\nown_addresses: [${P}]\n",
	} {
		problems := strings.Join(problemsIn(t, text, env), "\n")
		assert.NotEmpty(t, problems)
		assert.NotContains(t, problems, secret, text)
	}
	c, err := Parse("c.yaml", fmt.Appendf(nil, minimal, secret), env)
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c.Accounts, c, c.Accounts), secret)
}

func TestParse_NotificationsDefaultToLog(t *testing.T) {
	for added, want := range map[string]bool{"": true, "notify: {log: true}\n": true,
		"notify: {log: false}\n": false, "notify: {}\n": false} {
		c, err := Parse("c.yaml", []byte(fmt.Sprintf(minimal, "p")+added), environment())
		require.NoError(t, err)
		assert.Equal(t, want, c.LogNotices, added)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	_, err := Read(path, environment())
	assert.EqualError(t, err, path+": cannot read the settings: no such file or directory")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, minimal, "p"), 0o600))
	c, err := Read(path, environment())
	require.NoError(t, err)
	assert.Equal(t, path, c.File)
	_, err = Read("/dev/zero", environment())
	assert.ErrorContains(t, err, "larger than 1 MiB")
}

func TestSettings_Account(t *testing.T) {
	c, err := Parse("c.yaml", []byte(fmt.Sprintf(minimal, "p")+accountB), environment())
	require.NoError(t, err)
	a, err := c.Account("b")
	require.NoError(t, err)
	assert.Equal(t, "b", a.ID)
	_, err = c.Account("c")
	assert.EqualError(t, err, `c.yaml: there is no account "c"; the accounts are a, b`)
}

func TestReadOffline_NeedsNoSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	oauth2 := strings.Replace(accountB, "password: p",
		"oauth2: {client_id: i, client_secret: ${S}, refresh_token: $R, token_url: https://login.example.com/token}", 1)
	text := "ca_file: ./none.pem\n" + fmt.Sprintf(minimal, "${P}") + oauth2
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	c, err := ReadOffline(path, environment())
	require.NoError(t, err)
	assert.True(t, c.Offline)
	assert.Equal(t, "c.db", c.Database.File)
	assert.Equal(t, []string{"a", "b"}, names(c.Accounts, func(a inbound.Account) string { return a.ID }))
	c, err = ReadOffline(path, environment("P", "hunter2", "S", "hunter2"))
	require.NoError(t, err)
	assert.Equal(t, inbound.StaticCredentials{"a": {}, "b": {}}, c.Secrets, "also those that are set")

	_, err = Read(path, environment())
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	assert.Len(t, wrong.Problems, 4)

	text = strings.NewReplacer("password: ${P}", "pasword: ${P}", "host: h", "host: ${H}").
		Replace(fmt.Sprintf(minimal, "${P}"))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	_, err = ReadOffline(path, environment())
	assert.EqualError(t, err, path+":3: accounts[a].pasword: unknown key; did you mean password?\n"+
		path+":3: accounts[a].host: the environment variable H is not set")
}

func TestParse_Archive(t *testing.T) {
	noStore := func(kind string) string {
		return "the collector has no " + kind + ", to stay free of cloud libraries: use database, or file:FOLDER; " +
			"a host of your own can use adapters/blob"
	}
	for value, want := range map[string]string{"database": "", "file:./mail": "./mail", "file:/var/mail": "/var/mail"} {
		c, err := Parse("c.yaml", []byte("archive: "+value+"\n"+fmt.Sprintf(minimal, "p")), environment())
		require.NoError(t, err)
		assert.Equal(t, want, c.Archive)
	}
	for value, want := range map[string]string{
		"s3://user:secret@bucket": noStore("s3"),
		"gs://bucket":             noStore("gs"),
		"azblob://x":              noStore("azblob"),
		"'file:'":                 "must be database or file:FOLDER, such as file:./mail",
		"./mail":                  "must be database or file:FOLDER, such as file:./mail",
		"file://mail":             "the folder comes right after file:, such as file:./mail or file:/var/lib/mail",
	} {
		assert.Equal(t, []string{"c.yaml:1: archive: " + want},
			problemsIn(t, "archive: "+value+"\n"+fmt.Sprintf(minimal, "p"), environment()))
	}
}
