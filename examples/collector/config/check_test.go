package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse_SuggestsKeys(t *testing.T) {
	for key, want := range map[string]string{
		"intervall: 6m":                 "accounts[a].intervall: unknown key; did you mean interval?",
		"Start: now":                    "accounts[a].Start: unknown key; did you mean start?",
		"markSeen: true":                "accounts[a].markSeen: unknown key; did you mean mark_seen?",
		"shop:main":                     `accounts[a].shop:...: unknown key; write a space after the colon of "shop:"`,
		"\"${P}\": x":                   "accounts[a].${P}: unknown key; the keys here are id,",
		"oauth: {}":                     "accounts[a].oauth: unknown key; did you mean oauth2?",
		`"a\n\eb": x`:                   `accounts[a]."a\n\x1bb": unknown key; the keys here are id, name, active,`,
		"webhook: {url: x}":             "accounts[a].webhook: unknown key; the keys here are id, name, active,",
		"fields: {<<: {}}":              "accounts[a].fields.<<: must be a single value",
		strings.Repeat("x", 61) + ": 1": `accounts[a]."` + strings.Repeat("x", 60) + `": unknown key; the keys here are`,
	} {
		problems := problemsIn(t, fmt.Sprintf(minimal, "p, "+key), environment())
		if assert.Len(t, problems, 1, key) {
			assert.Contains(t, problems[0], "c.yaml:3: "+want)
		}
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
		"c.yaml:3: accounts[a].pasword: unknown key; did you mean password?",
	}, problemsIn(t, strings.NewReplacer("database", "databse", "password", "pasword").
		Replace(fmt.Sprintf(minimal, "p")), environment()))
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
	text := fmt.Sprintf(minimal, "p, port: ${P}, interval: ~, security: \"\", folders: , oauth2: ")
	c, err := Parse("c.yaml", []byte(text), environment("P", ""))
	assert.NoError(t, err)
	want, err := Parse("c.yaml", fmt.Appendf(nil, minimal, "p"), environment())
	assert.NoError(t, err)
	assert.Equal(t, want.Accounts, c.Accounts)
}

func TestParse_NoDigestBeforeItsTime(t *testing.T) {
	assert.Empty(t, problemsIn(t, fmt.Sprintf(minimal, "p, initial_notifications: each"), environment()))
	assert.NotEmpty(t, problemsIn(t, fmt.Sprintf(minimal, "p, initial_notifications: none"), environment()))
}
