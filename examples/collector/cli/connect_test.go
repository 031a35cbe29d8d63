package cli

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/examples/collector/config"
)

func databaseOf(t *testing.T, text string) config.Database {
	t.Helper()
	d, problem := config.ParseDatabase(text)
	require.Empty(t, problem)
	return d
}

// A server on a different machine has to show that it is the right one.
func TestConnect_VerifiesServers(t *testing.T) {
	t.Setenv("PGSSLMODE", "x")
	os.Unsetenv("PGSSLMODE")
	for text, want := range map[string]string{
		"postgres://u:p@db.example.com/x":                 "verified",
		"postgres://u:p@db.example.com/x?sslmode=require": "unverified",
		"postgres://u:p@db.example.com/x?sslmode=disable": "clear",
		"postgres://u:p@127.0.0.1/x":                      "unverified",
		"mysql://u:p@db.example.com/x":                    "verified",
		"mysql://u:p@db.example.com/x?tls=skip-verify":    "unverified",
		"mysql://u:p@db.example.com/x?tls=false":          "clear",
		"mysql://u:p@localhost/x":                         "clear",
	} {
		d := databaseOf(t, text)
		var used *tls.Config
		if d.Kind == config.Postgres {
			c, err := postgresConfig(d)
			require.NoError(t, err)
			used = c.TLSConfig
		} else {
			c, err := mysqlConfig(d)
			require.NoError(t, err)
			c, err = mysql.ParseDSN(c.FormatDSN()) // sets it
			require.NoError(t, err)
			used = c.TLS
		}
		got := "clear"
		if used != nil {
			got = "verified"
			if used.InsecureSkipVerify {
				got = "unverified"
			}
		}
		assert.Equal(t, want, got, text)
	}
}

func TestConnect_Parameters(t *testing.T) {
	c, err := mysqlConfig(databaseOf(t, "mysql://u:a%40b@db.example.com/x?tls=false"))
	require.NoError(t, err)
	assert.Equal(t, "db.example.com:3306", c.Addr)
	assert.Equal(t, "a@b", c.Passwd)
	c, err = mysqlConfig(databaseOf(t, "mysql://u@/x?socket=/run/mysqld/mysqld.sock"))
	require.NoError(t, err)
	assert.Equal(t, []string{"unix", "/run/mysqld/mysqld.sock"}, []string{c.Net, c.Addr})
	file := filepath.Join(t.TempDir(), "ca.pem")
	_, err = mysqlConfig(databaseOf(t, "mysql://u@db.example.com/x?ca="+file))
	assert.ErrorContains(t, err, "the file "+file+" of the parameter ca cannot be read: no such file")
	require.NoError(t, os.WriteFile(file, []byte("hunter2"), 0o600))
	_, err = mysqlConfig(databaseOf(t, "mysql://u@db.example.com/x?ca="+file))
	assert.EqualError(t, err, "the file "+file+" of the parameter ca has no certificate in PEM")
	_, err = postgresConfig(databaseOf(t, "postgres://u:hunter2@db.example.com/x?connect_timeout=hunter2"))
	assert.ErrorContains(t, err, "a parameter of the URL has a value that PostgreSQL does not know")
	assert.NotContains(t, err.Error(), "hunter2")
}

// TestServer_CannotBeReached: each command says so on one line, without the password.
func TestServer_CannotBeReached(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	for _, kind := range []string{"postgres", "mysql"} {
		database := kind + "://crm:hunter2@" + address + "/crm"
		s := newSite(t, serve(t), strings.Replace(shop, "sqlite:DATABASE", database, 1))
		for _, command := range [][]string{{"run"}, {"run", "-once"}, {"report"}, {"notifications"}, {"emails"},
			{"quarantine", "list"}, {"copy", "-to", "sqlite:" + s.database}} {
			r := s.do(append(command, "-config", s.config)...)
			assert.Equal(t, exitFailure, r.code, command)
			assert.Equal(t, fmt.Sprintf("the database %s://crm@%s/crm cannot be reached: connect: connection refused;"+
				" start the server, or change database in %s\n", kind, address, s.config), r.stderr, command)
			assert.Empty(t, r.stdout)
		}
		s.columns = 100
		r := s.do("check", "-config", s.config)
		assert.Equal(t, exitFailure, r.code)
		assert.NotContains(t, r.stdout+r.stderr, "hunter2")
		assert.Regexp(t, `database +`+kind+`://crm@`+address+`/crm cannot be reached`, r.stdout)

		s = newSite(t, serve(t), shop)
		s.ok("run", "-once")
		r = s.do("copy", "-config", s.config, "-to", database)
		assert.Equal(t, exitFailure, r.code)
		assert.Equal(t, fmt.Sprintf("the database %s://crm@%s/crm cannot be reached: connect: connection refused;"+
			" start the server, or change -to\n", kind, address), r.stderr)
	}
}

// TestCopy_ShowsHowFarItIs: on a terminal in a line that is gone at the end.
func TestCopy_ShowsHowFarItIs(t *testing.T) {
	s := newSite(t, serve(t, known, stranger), shop)
	s.ok("run", "-once")
	s.onScreen = true
	r := s.do("copy", "-config", s.config, "-to", "sqlite:"+filepath.Join(t.TempDir(), "new.db"))
	require.Equal(t, exitOK, r.code, r.stderr)
	assert.Regexp(t, `^\r\x1b\[Kcopying: 2 of \d+ rows, \d+ bytes of \d+ bytes of mail`, r.stderr)
	assert.Contains(t, r.stderr, "\r\x1b[Kcopied and verified")
	s.terminal = "dumb"
	r = s.do("copy", "-config", s.config, "-to", "sqlite:"+filepath.Join(t.TempDir(), "new.db"))
	require.Equal(t, exitOK, r.code, r.stderr)
	assert.NotContains(t, r.stderr, "\x1b")
}
