package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseDatabase(t *testing.T) {
	for text, want := range map[string]struct {
		kind  DatabaseKind
		shown string
		local bool
	}{
		"sqlite:/var/lib/c.db":                           {SQLite, "/var/lib/c.db", true},
		"postgres://crm:hunter2@db.example.com/crm":      {Postgres, "postgres://crm@db.example.com/crm", false},
		"postgresql://crm:hunter2@[::1]:5433/crm?a=b":    {Postgres, "postgresql://crm@[::1]:5433/crm", true},
		"postgres:///crm?host=/run/postgresql":           {Postgres, "postgres:///crm", true},
		"postgres://127.0.0.1/crm?password=hunter2":      {Postgres, "postgres://127.0.0.1/crm", true},
		"mysql://crm:hunter2%40%3A@10.0.0.7/crm":         {MySQL, "mysql://crm@10.0.0.7/crm", false},
		"mariadb://crm@localhost:3307/crm?tls=false":     {MySQL, "mariadb://crm@localhost:3307/crm", true},
		"mysql://crm:hunter2@/crm?socket=/run/mysqld.so": {MySQL, "mysql://crm@/crm", true},
	} {
		d, problem := ParseDatabase(text)
		require.Empty(t, problem, text)
		assert.Equal(t, want.kind, d.Kind, text)
		assert.Equal(t, want.shown, d.String(), text)
		assert.Equal(t, want.kind != SQLite, d.OnServer(), text)
		if d.OnServer() {
			assert.Equal(t, want.local, d.IsLocal(), text)
		}
		for _, all := range []string{fmt.Sprint(d), fmt.Sprintf("%+v", d), fmt.Sprintf("%#v", d)} {
			assert.NotContains(t, all, "hunter2")
		}
	}
}

func TestParseDatabase_Problems(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "must be sqlite:FILE, postgres://",
		"c.db":                          "must be sqlite:FILE, postgres://",
		"oracle://x":                    "must be sqlite:FILE, postgres://",
		"sqlite:":                       "must be sqlite:FILE, such as",
		"sqlite::memory:":               "must be sqlite:FILE, such as",
		"sqlite://c.db":                 "the file comes right after sqlite:",
		"postgres:crm":                  "needs // after postgres:",
		"postgres://crm:p@/crm":         "names no host",
		"postgres://crm:p@db":           "must end in the name of the database",
		"postgres://crm:p@db/a/b":       "must end in the name of the database",
		"postgres://crm:p%zz@db/crm":    "is not a URL such as postgres://crm:PASSWORD@",
		"postgres://crm:a#b@db/crm":     "is not a URL such as",
		"postgres://crm:p@db/crm#x":     "has a #; in user and password, write %23 for it",
		"postgres://crm:p@db/crm?a=%zz": "has parameters after the ? that cannot be read",
		"mysql://db/crm":                "names no user",
		"mysql://crm:p@db/crm?x=y":      "has a parameter after the ? that is not one of: tls, ca, socket",
		"mysql://crm:p@db/crm?tls=on":   "has a tls that is not one of: true, skip-verify, preferred, false",
	} {
		_, problem := ParseDatabase(text)
		assert.Contains(t, problem, want, text)
	}
}

func TestParseDatabaseIn_Environment(t *testing.T) {
	d, problem := ParseDatabaseIn("mysql://crm:${P}@db/crm", environment("P", "hunter2"))
	require.Empty(t, problem)
	assert.Equal(t, "mysql://crm:hunter2@db/crm", d.URL.Reveal())
	_, problem = ParseDatabaseIn("mysql://crm:${P}@db/crm", environment())
	assert.Equal(t, "takes the environment variable P, which is not set", problem)
}

func TestParse_DatabaseOnServer(t *testing.T) {
	const text = "database: postgres://crm:%s@db/crm\n%saccounts:\n" +
		"  - {id: a, protocol: imap, host: h, username: u, %s}\n"
	const oauth2 = "oauth2: {client_id: i, refresh_token: '${P}', token_url: https://login.example.com/token}"
	parse := func(text string) (*Settings, error) {
		return Parse("c.yaml", []byte(text), environment("P", "hunter2", "K", sampleKeyText))
	}
	c, err := parse(fmt.Sprintf(text, "${P}", "", "password: '${P}'"))
	require.NoError(t, err)
	assert.False(t, c.SecretInFile)
	assert.NotContains(t, fmt.Sprintf("%+v", *c), "hunter2")
	c, err = parse(fmt.Sprintf(text, "hunter2", "", "password: '${P}'"))
	require.NoError(t, err)
	assert.True(t, c.SecretInFile, "the file must be private")
	_, exposed := c.DatabaseExposed()
	assert.False(t, exposed)

	_, err = parse(fmt.Sprintf(text, "${P}", "", oauth2))
	assert.ErrorContains(t, err, "c.yaml:1: secret_key: is missing: the tokens of accounts with oauth2")
	_, err = parse(fmt.Sprintf(text, "${P}", "secret_key: ${K}\n", oauth2))
	require.NoError(t, err)
}
