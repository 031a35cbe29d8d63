package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestParse_EleventhAccountNamesLimit(t *testing.T) {
	text := "database: sqlite:c.db\naccounts:\n"
	for i := range 11 {
		text += fmt.Sprintf("  - {id: a%d, protocol: imap, host: h, username: u, password: p}\n", i+1)
	}
	assert.Equal(t, []string{"c.yaml:13: accounts[a11]: this is account 11 of 11, but limits.accounts admits 10;" +
		" remove accounts or raise limits.accounts"},
		problemsIn(t, text, environment()))
	assert.Empty(t, problemsIn(t, "limits: {accounts: 11}\n"+text, environment()))
}

func TestParse_OAuth2(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(minimal, "x"), "password: x",
		"oauth2: {client_id: i, client_secret: ${S}, refresh_token: ${R}, token_url: %s}", 1)
	c, err := Parse("c.yaml", fmt.Appendf(nil, text, "https://login.example.com/token"),
		environment("S", "s", "R", "r"))
	require.NoError(t, err)
	assert.Equal(t, inbound.OAuth2{ClientID: "i", TokenURL: "https://login.example.com/token"}, c.Accounts[0].OAuth2)
	assert.Equal(t, inbound.StaticCredentials{"a": {ClientSecret: "s", RefreshToken: "r"}}, c.Secrets)
	assert.Equal(t, []string{"c.yaml:3: accounts[a].oauth2.token_url: must be an address that begins with https://"},
		problemsIn(t, fmt.Sprintf(text, "http://login.example.com/token"), environment("S", "s", "R", "r")))
}

func TestParse_Start(t *testing.T) {
	for text, want := range map[string]inbound.Start{
		"all":        {},
		"now":        {Now: true},
		"2026-01-31": {Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
	} {
		settings := strings.Replace(fmt.Sprintf(minimal, "p"), "id: a", "id: a, start: "+text, 1)
		c, err := Parse("c.yaml", []byte(settings), environment())
		require.NoError(t, err)
		assert.Equal(t, want, c.Accounts[0].Start)
	}
}

// What the SDK finds has the key and its line.
func TestParse_ReportsWhatTheSDKRefuses(t *testing.T) {
	assert.Equal(t, []string{
		`c.yaml:3: accounts[0].id: the ID "a b" must be 1 to 100 letters, digits, or . _ @ -`,
		`c.yaml:5: accounts[0].host: is a URL: write only the name, such as imap.example.com`,
		`c.yaml:6: accounts[0].port: port 70000 is not between 1 and 65535`,
		`c.yaml:7: accounts[0].username: the user name has a line break or NUL in it`,
		`c.yaml:8: accounts[0].password: has a line break or NUL in it`,
		`c.yaml:9: accounts[0].folders: folders are for IMAP; POP3 has none`,
		`c.yaml:10: accounts[0].fields: "color" is not defined; no fields are defined`,
	}, problemsIn(t, `database: sqlite:c.db
accounts:
  - id: a b
    protocol: pop3
    host: https://h
    port: 70000
    username: "u\nv"
    password: "p\nq"
    folders: [INBOX]
    fields: {color: red}
`, environment()))
	assert.Equal(t, []string{
		"c.yaml:3: accounts[a].folders: the value, which has an environment variable in it, is not valid",
		"c.yaml:3: accounts[a].host: the value, which has an environment variable in it, is not valid",
	}, sorted(problemsIn(t, strings.Replace(fmt.Sprintf(minimal, `p, folders: ["${P}"]`), "host: h", "host: ${P}", 1),
		environment("P", "a\r\nb"))))
}

// A protocol that is not known does not hide what is wrong with the host.
func TestParse_WrongProtocolHidesNothing(t *testing.T) {
	problems := problemsIn(t, strings.NewReplacer("imap", "smtp", "host: h", "host: a/b").
		Replace(fmt.Sprintf(minimal, "p")), environment())
	assert.Equal(t, []string{`c.yaml:3: accounts[a].protocol: "smtp" is not one of: imap, pop3`,
		`c.yaml:3: accounts[a].host: host "a/b" is not a host name`}, problems)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func TestParse_POP3HasNoFolders(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(minimal, "p"), "imap", "pop3", 1)
	c, err := Parse("c.yaml", []byte(text), environment())
	require.NoError(t, err)
	assert.Empty(t, c.Accounts[0].Folders, "the default is INBOX")
}

func TestParse_HostWithPort(t *testing.T) {
	for host, want := range map[string]string{
		"localhost:143":        "has a port: write only the name, and put the port in port",
		"'[::1]:143'":          "has a port: write only the name, and put the port in port",
		"imaps://h":            "is a URL: write only the name, such as imap.example.com",
		"'imaps://h:993/x'":    "is a URL: write only the name, such as imap.example.com",
		"'${P}'":               "has a port: write only the name, and put the port in port",
		"'::1'":                "",
		"'[::1]'":              "",
		"imap.example.com":     "",
		"'imap.example.com/x'": `host "imap.example.com/x" is not a host name`,
	} {
		problems := problemsIn(t, strings.Replace(fmt.Sprintf(minimal, "p"), "host: h", "host: "+host, 1),
			environment("P", "h:1"))
		if want == "" {
			assert.Empty(t, problems, host)
			continue
		}
		assert.Equal(t, []string{"c.yaml:3: accounts[a].host: " + want}, problems, host)
	}
}

func TestParse_RedactedSecret(t *testing.T) {
	assert.Equal(t, []string{"c.yaml:3: accounts[a].password: [redacted] stands for a secret, and is none;" +
		" write the secret itself, or ${NAME}"}, problemsIn(t, fmt.Sprintf(minimal, "'[redacted]'"), environment()))
}

func TestParse_AllowedPorts(t *testing.T) {
	c, err := Parse("c.yaml", []byte("allowed_ports: [1993, \"${P}\", 65535]\n"+fmt.Sprintf(minimal, "p")),
		environment("P", "2525"))
	require.NoError(t, err)
	assert.Equal(t, []int{1993, 2525, 65535}, c.AllowedPorts)
	const want = "is not a port, a number from 1 to 65535"
	assert.Equal(t, []string{
		`c.yaml:1: allowed_ports[0]: "0" ` + want, `c.yaml:1: allowed_ports[1]: "65536" ` + want,
		`c.yaml:1: allowed_ports[2]: "-1" ` + want, `c.yaml:1: allowed_ports[3]: "imap" ` + want,
		`c.yaml:1: allowed_ports[4]: the value ` + want,
	}, problemsIn(t, "allowed_ports: [0, 65536, -1, imap, \"${P}\"]\n"+fmt.Sprintf(minimal, "p"),
		environment("P", "x")))
	assert.Equal(t, []string{"c.yaml:1: allowed_ports: must be a list, such as [one, two]"},
		problemsIn(t, "allowed_ports: 1993\n"+fmt.Sprintf(minimal, "p"), environment()))
}

func TestParse_Interval(t *testing.T) {
	assert.Equal(t, []string{"c.yaml:3: accounts[a].interval: 500ms is below one second;" +
		" write a duration with its unit, such as 6m"},
		problemsIn(t, fmt.Sprintf(minimal, "p, interval: 500ms"), environment()))
}

// Errors that only inbound.New can find get their lines, too.
func TestSettings_LocatesErrorsOfNew(t *testing.T) {
	c, err := Parse("c.yaml", []byte(fmt.Sprintf(minimal, "p")+accountB), environment())
	require.NoError(t, err)
	err = c.Locate(errors.Join(
		errors.Join(&inbound.FieldError{Account: "b", Field: "Port", Err: errors.New("port 1 is taken")}, nil),
		&inbound.FieldError{Account: "a", Field: "Credentials", Err: errors.New("none")},
		errors.New("inbound: accounts a and b\ncollide")))
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, "c.yaml: accounts a and b; collide\nc.yaml:3: accounts[a]: none\n"+
		"c.yaml:4: accounts[b].port: port 1 is taken", err.Error())
}
