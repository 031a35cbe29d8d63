package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestParse_SuggestsKeys(t *testing.T) {
	for key, want := range map[string]string{
		"intervall: 6m":                 "accounts[a].intervall: unknown key; did you mean interval?",
		"Start: now":                    "accounts[a].Start: unknown key; did you mean start?",
		"markSeen: true":                "accounts[a].markSeen: unknown key; did you mean mark_seen?",
		"shop:main":                     `accounts[a].shop:...: unknown key; write a space after the colon of "shop:"`,
		"\"${P}\": x":                   `accounts[a].${P}: unknown key; "collector settings" lists the keys`,
		"oauth: {}":                     "accounts[a].oauth: unknown key; did you mean oauth2?",
		`"a\n\eb": x`:                   `accounts[a]."a\n\x1bb": unknown key; "collector settings" lists the keys`,
		"user: x":                       "accounts[a].user: unknown key; did you mean username?",
		"own_addresses: []":             "accounts[a].own_addresses: belongs at the top of the file, not in an account",
		"customers: []":                 "accounts[a].customers: belongs at the top of the file, not in an account",
		"webhook: {url: x}":             `accounts[a].webhook: unknown key; "collector settings" lists the keys`,
		"fields: {<<: {}}":              "accounts[a].fields.<<: must be a single value",
		strings.Repeat("x", 61) + ": 1": `accounts[a]."` + strings.Repeat("x", 60) + `": unknown key; "collector settings"`,
	} {
		problems := problemsIn(t, fmt.Sprintf(minimal, "p, "+key), environment())
		if assert.Len(t, problems, 1, key) {
			assert.Contains(t, problems[0], "c.yaml:3: "+want)
		}
	}
}

func TestParse_KeyOfAccountAtTheTop(t *testing.T) {
	assert.Equal(t, []string{"c.yaml:1: start: belongs in an account, not at the top of the file"},
		problemsIn(t, "start: now\n"+fmt.Sprintf(minimal, "p"), environment()))
	assert.Equal(t, []string{
		"c.yaml:4: managers[m].ca_file: unknown key; the keys here are id, name, email, groups, status"},
		problemsIn(t, fmt.Sprintf(minimal, "p")+"managers: [{id: m, ca_file: x}]\n", environment()))
}

// YAML cuts a secret without quotes at " #".
func TestParse_SecretCutByComment(t *testing.T) {
	of := func(password string) []string {
		return problemsIn(t, "database: sqlite:c.db\naccounts:\n  - id: a\n    protocol: imap\n    host: h\n"+
			"    username: u #One\n    password: "+password+"\n", environment("P", "p"))
	}
	assert.Equal(t, []string{`c.yaml:7: accounts[a].password: what follows " #" is a comment in YAML: put quotes around` +
		` the value if it belongs to it, or a space after the # of a comment`}, of("s3cret #One"))
	for _, good := range []string{"s3cret", "s3cret # one", "s3cret #", "'s3cret' #one", `"s3cret #One"`, "${P} #one",
		"s3cret#One"} {
		assert.Empty(t, of(good), good)
	}
}

// The numbers of accounts after a bad one stay as they are.
func TestParse_BadItemKeepsNumbers(t *testing.T) {
	assert.Equal(t, []string{
		"c.yaml:3: accounts[0]: must have keys and values, such as {key: value}",
		"c.yaml:4: accounts[a].port: port 70000 is not between 1 and 65535",
	}, problemsIn(t, strings.Replace(fmt.Sprintf(minimal, "p, port: 70000"), "  - ", "  - wrong\n  - ", 1), environment()))
}

// A misspelled key is one problem, not a second one that the key is missing.
func TestParse_MisspelledKeyIsNotMissing(t *testing.T) {
	assert.Equal(t, []string{
		"c.yaml:1: databse: unknown key; did you mean database?",
		"c.yaml:3: accounts[a].hots: unknown key; did you mean host?",
		"c.yaml:3: accounts[a].pasword: unknown key; did you mean password?",
	}, problemsIn(t, strings.NewReplacer("database", "databse", "password", "pasword", "host", "hots").
		Replace(fmt.Sprintf(minimal, "p")), environment()))
}

func TestSuggestion(t *testing.T) {
	account := keysOf(reflect.TypeFor[Account]())
	for word, want := range map[string]string{
		"hots": "host", "hst": "host", "hosst": "host", "HOST": "host", "prot": "port", "pots": "port", "psot": "port",
		"past":     "", // host or port
		"userName": "username", "user_name": "username", "usernmae": "username", "passwrd": "password", "pass": "password",
		"user": "username", "creat": "", // create_customer or create_for
		"folder": "folders", "sahre": "", "di": "id", "ib": "", "http": "", "strat": "start", "x": "", "": "",
		"crate_customer": "create_customer", "create_four": "create_for",
	} {
		nearest, _ := suggestion(word, "accounts[0]", account)
		assert.Equal(t, want, nearest, word)
	}
}

func TestParse_VariableWithoutBraces(t *testing.T) {
	const want = "c.yaml:3: accounts[a].password: did you mean ${SHOP_PASSWORD}? A value that begins with $ needs quotes"
	assert.Equal(t, []string{want}, problemsIn(t, fmt.Sprintf(minimal, "$SHOP_PASSWORD"), environment()))
	for _, value := range []string{`"$SHOP_PASSWORD"`, "$a", "$1A", "$A-B", "x$A", "$"} {
		assert.Empty(t, problemsIn(t, fmt.Sprintf(minimal, value), environment()), value)
	}
	oauth2 := strings.Replace(fmt.Sprintf(minimal, "x"), "password: x", "oauth2: {client_id: $I, client_secret: $S,"+
		" refresh_token: $R, token_url: https://login.example.com/token}", 1)
	assert.Equal(t, []string{
		"c.yaml:3: accounts[a].oauth2.client_secret: did you mean ${S}? A value that begins with $ needs quotes",
		"c.yaml:3: accounts[a].oauth2.refresh_token: did you mean ${R}? A value that begins with $ needs quotes",
	}, problemsIn(t, oauth2, environment()))
}

func TestParse_Days(t *testing.T) {
	for text, want := range map[string]time.Duration{"30d": 30 * day, "1d12h": 36 * time.Hour, "0": 0, "0d": 0,
		"90s": 90 * time.Second, "106750d": 106750 * day} {
		c, err := Parse("c.yaml", fmt.Appendf(nil, minimal, "p, delete_after: "+text), environment())
		if assert.NoError(t, err, text) {
			assert.Equal(t, want, c.Accounts[0].DeleteAfter, text)
		}
	}
	for _, text := range []string{"d", "-1d", "1.5d", "1d1d", "1dd", "1d-1h", "106751d", "99999999999999999999d",
		"2147483647d", "106750d24h", "30"} {
		assert.Equal(t, []string{fmt.Sprintf("c.yaml:3: accounts[a].delete_after: %q is not a time span,"+
			" such as 90s, 6m or 30d", text)},
			problemsIn(t, fmt.Sprintf(minimal, "p, delete_after: "+text), environment()))
	}
}

func TestParse_WrongShapes(t *testing.T) {
	assert.Equal(t, []string{
		"c.yaml:1: database: must be a single value",
		"c.yaml:2: limits: must have keys and values, such as {key: value}",
		"c.yaml:3: own_addresses: must be a list, such as [one, two]",
		"c.yaml:5: accounts[0]: must have keys and values, such as {key: value}",
		"c.yaml:6: accounts[1]: is empty",
		"c.yaml:7: notify.log: must be a single value",
	}, problemsIn(t, "database: [sqlite]\nlimits: [1]\nown_addresses: {a: b}\naccounts:\n- a\n-\nnotify: {log: [true]}\n",
		environment()))
}

func TestParse_EmptyValueIsMissing(t *testing.T) {
	text := fmt.Sprintf(minimal, "p, interval: ~, security: \"\", folders: , oauth2: ")
	c, err := Parse("c.yaml", []byte(text), environment())
	require.NoError(t, err)
	want, err := Parse("c.yaml", fmt.Appendf(nil, minimal, "p"), environment())
	assert.NoError(t, err)
	assert.Equal(t, want.Accounts, c.Accounts)
}

// An environment variable that is empty by mistake must not mean start: all.
func TestParse_EmptyVariableIsReported(t *testing.T) {
	assert.Equal(t, []string{"c.yaml:3: accounts[a].start: ${S} is empty: set the environment variable," +
		" or leave the key out"},
		problemsIn(t, fmt.Sprintf(minimal, "p, start: \"${S}\", name: \"shop ${S}\""), environment("S", "")))
}

func TestParse_InitialUpload(t *testing.T) {
	for keys, want := range map[string]inbound.Account{
		"": {InitialNotifications: inbound.NotifyDigest, InitialAge: 90 * day},
		", initial_notifications: none, initial_age: 90d": {
			InitialNotifications: inbound.NotifyNone, InitialAge: 90 * day},
		", initial_notifications: each, initial_age: 0": {
			InitialNotifications: inbound.NotifyEach, InitialAge: inbound.AnyAge},
		", initial_notifications: digest, initial_age: 36h": {
			InitialNotifications: inbound.NotifyDigest, InitialAge: 36 * time.Hour},
	} {
		c, err := Parse("c.yaml", fmt.Appendf(nil, minimal, "p"+keys), environment())
		require.NoError(t, err, keys)
		assert.Equal(t, want.InitialNotifications, c.Accounts[0].InitialNotifications, keys)
		assert.Equal(t, want.InitialAge, c.Accounts[0].InitialAge, keys)
	}
	assert.Equal(t, []string{
		`c.yaml:3: accounts[a].initial_notifications: "one" is not one of: digest, each, none`,
		`c.yaml:3: accounts[a].initial_age: "-1d" is not a time span, such as 90s, 6m or 30d`,
	}, problemsIn(t, fmt.Sprintf(minimal, "p, initial_notifications: one, initial_age: -1d"), environment()))
}
