package integration

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
)

// serverURLs are empty databases on servers, as settings name them.
func serverURLs(t *testing.T) map[string]string {
	_, name, _ := strings.Cut(createMariaDB(t, sharedMariaDB.get(t)), "/")
	name, _, _ = strings.Cut(name, "?")
	return map[string]string{
		"PostgreSQL": createPostgres(t, sharedPostgres.get(t)),
		"MariaDB":    "mysql://root@" + sharedMariaDB.get(t).Address() + "/" + name,
	}
}

// storeAt opens a database of serverURLs.
func storeAt(t *testing.T, url string) *sqlstore.Store {
	driver, dialect := "pgx", sqlstore.Postgres
	if rest, ok := strings.CutPrefix(url, "mysql://root@"); ok {
		address, name, _ := strings.Cut(rest, "/")
		driver, dialect, url = "mysql", sqlstore.MariaDB, sqlstore.MariaDBDSN("root", "", address, name)
	}
	db, err := sql.Open(driver, url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return openOn(t, db, dialect, nil)
}

// TestCollectorServer_WaitsForLeases: a process on a different machine may hold them, so that
// they are not ended, but waited for.
func TestCollectorServer_WaitsForLeases(t *testing.T) {
	const ttl = 4 * time.Second
	for kind, url := range serverURLs(t) {
		t.Run(kind, func(t *testing.T) {
			c := collected(t, 3)
			c.take(url)
			c.must("run", "-once")
			before := c.lines("emails")
			require.NotEmpty(t, before)
			store := storeAt(t, url)
			until := time.Now().Add(ttl)
			token, err := store.Acquire(t.Context(), "account/shop", "a different machine", ttl)
			require.NoError(t, err)
			c.must("run", "-once")
			assert.GreaterOrEqual(t, time.Now(), until)
			next, err := store.Acquire(t.Context(), "account/shop", "a different machine", ttl)
			require.NoError(t, err)
			assert.Equal(t, token+2, next, "one that has expired was taken, and given up")
			assert.Equal(t, before, c.lines("emails"))
		})
	}
}

// TestCollectorServer_Refused: what is wrong with a server is said on one line, without the
// password.
func TestCollectorServer_Refused(t *testing.T) {
	postgres, mariadb := sharedPostgres.get(t).Address(), sharedMariaDB.get(t).Address()
	for _, c := range []struct{ url, says string }{
		{"postgres://postgres:hunter2@" + postgres + "/none?sslmode=disable",
			`is not there: database "none" does not exist; make it with CREATE DATABASE, or change database in `},
		{"postgres://nobody:hunter2@" + postgres + "/postgres?sslmode=disable",
			`refuses the login: role "nobody" does not exist; correct user and password, or change`},
		{"postgres://postgres:hunter2@" + postgres + "/postgres?sslmode=require",
			"offers no TLS; add ?sslmode=disable where the network is trusted, or change"},
		{"mysql://root@" + mariadb + "/none",
			"is not there: Unknown database 'none'; make it with CREATE DATABASE, or change"},
		{"mysql://nobody:hunter2@" + mariadb + "/test",
			"refuses the login: Access denied for user 'nobody'@'127.0.0.1' (using password: YES); correct user and"},
		{"mysql://root@" + mariadb + "/mysql?tls=true", "offers no TLS; add ?tls=false where the network is trusted, or"},
		{"postgres://postgres:hunter2@none.invalid/x", "cannot be reached: there is no host none.invalid; correct the host"},
	} {
		p := newProgram(t, "", "accounts:", "  - {id: a, protocol: imap, host: h.example, username: u, password: p}")
		p.database = c.url
		p.write("accounts:", "  - {id: a, protocol: imap, host: h.example, username: u, password: p}")
		code, out, complaint := p.run("report")
		assert.Equal(t, 1, code)
		assert.Empty(t, out)
		assert.Contains(t, complaint, c.says)
		assert.NotContains(t, complaint, "hunter2")
		assert.Equal(t, 1, strings.Count(complaint, "\n"), complaint)
	}
}

// TestCollectorServer_EveryCommand: all commands take a database on a server.
func TestCollectorServer_EveryCommand(t *testing.T) {
	message := filepath.Join(t.TempDir(), "letter.eml")
	require.NoError(t, os.WriteFile(message, letterOf(50_000), 0o600))
	for kind, url := range serverURLs(t) {
		t.Run(kind, func(t *testing.T) {
			c := collected(t, 20)
			before := c.all()
			c.take(url)
			for _, command := range []string{"report", "emails"} {
				code, _, complaint := c.run(command)
				assert.Equal(t, 1, code)
				assert.Contains(t, complaint, "is not there yet; run \"collector run -config ")
			}
			assert.Contains(t, c.must("explain", "-account", "shop", message), `"outcome":"uploaded"`)
			c.must("check")
			assert.Contains(t, c.must("run", "-once")+c.must("report"), `"complete":true`)
			after := c.all()
			for i := range before[1:] {
				assert.Equal(t, strings.Count(before[i+1], "\n"), strings.Count(after[i+1], "\n"), "as with SQLite")
			}
			id := c.lines("emails")[0].ID
			assert.NotEmpty(t, c.must("raw", id))
			for _, command := range [][]string{
				{"explain", "-account", "shop", message}, {"check"}, {"reconcile", "-account", "shop"},
				{"quarantine", "list"}, {"emails", "-limit", "1"},
			} {
				c.must(command[0], command[1:]...)
			}
			assert.Equal(t, after[1:], c.all()[1:])
			c.must("replay", "-account", "shop")
		})
	}
}
