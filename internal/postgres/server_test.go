package postgres

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ask sends a statement by psql, and returns the answer.
func ask(t *testing.T, s *Server, statement string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(s.programs, "psql"), "--no-psqlrc", "--tuples-only", "--no-align",
		"--dbname="+s.DSN("postgres"), "--command="+statement).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

func TestServer_StartsKillsAndRestarts(t *testing.T) {
	s := ForTest(t, &Options{Settings: []string{"max_connections = 17"}})
	address := s.Address()
	assert.Equal(t, "17", ask(t, s, "SHOW max_connections"))
	assert.Equal(t, "on", ask(t, s, "SHOW fsync"))
	ask(t, s, "CREATE TABLE kept (n INT)")
	ask(t, s, "INSERT INTO kept VALUES (7)")
	s.Kill()
	_, err := net.Dial("tcp", address)
	require.Error(t, err)
	require.NoError(t, s.Restart())
	assert.Equal(t, address, s.Address())
	assert.Equal(t, "7", ask(t, s, "SELECT n FROM kept"))
	assert.Contains(t, s.Log(), "database system was not properly shut down", "it was a crash")

	children := ask(t, s, "SELECT string_agg(pid::text, ',') FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
	require.NotEmpty(t, children)
	s.Kill()
	for _, pid := range strings.Split(children, ",") {
		number, err := strconv.Atoi(pid)
		require.NoError(t, err)
		_, err = os.Stat("/proc/" + strconv.Itoa(number))
		assert.ErrorIs(t, err, os.ErrNotExist, "a process of the server goes on")
	}
	s.options.Settings = []string{"no_such_setting = 1"}
	require.ErrorContains(t, s.Restart(), "no_such_setting")
	require.NoError(t, s.Close())
	_, err = os.Stat(s.dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, s.Close())
}

// Texts are not sorted by their bytes unless a statement says so.
func TestServer_SortsAsEnglish(t *testing.T) {
	s := ForTest(t, nil)
	assert.Equal(t, "t|f", ask(t, s, `SELECT 'a' < 'B', 'a' COLLATE "C" < 'B'`))
	assert.Equal(t, "UTF8", ask(t, s, "SHOW server_encoding"))
}
