package cli

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
)

// TestCopy_NothingAgain: a run with the copy uploads nothing again and notifies of nothing
// again.
func TestCopy_NothingAgain(t *testing.T) {
	m := serve(t, known, stranger, newsletter)
	s := newSite(t, m, shop)
	s.ok("run", "-once")
	report := s.ok("report")
	emails, notifications := s.ok("emails"), s.ok("notifications")
	require.Equal(t, 3, strings.Count(notifications, `"state":"delivered"`), "2 of the new customer, 1 of Anna")

	old := s.database
	to := filepath.Join(t.TempDir(), "new.db")
	r := s.do("copy", "-config", s.config, "-to", "sqlite:"+to)
	require.Equal(t, exitOK, r.code, r.stderr)
	line := lines(t, r.stdout)[0]
	assert.Equal(t, old, line["from"])
	assert.Equal(t, to, line["to"])
	assert.Equal(t, true, line["verified"])
	assert.EqualValues(t, len(known)+len(stranger), line["raw_bytes"])
	assert.Contains(t, r.stderr, "copied and verified; now set database in "+s.config)
	info, err := os.Stat(to)
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077)

	s.database = to
	s.write(m, shop)
	assert.Equal(t, report, s.ok("report"))
	for range 2 {
		s.ok("run", "-once")
		assert.Equal(t, emails, s.ok("emails"))
		assert.Equal(t, notifications, s.ok("notifications"))
	}
	for _, e := range lines(t, emails) {
		assert.NotEmpty(t, s.ok("raw", e["id"].(string)))
	}
	m.deliver(t, strings.ReplaceAll(known, "1@example.com", "5@example.com"))
	s.ok("run", "-once")
	assert.Len(t, lines(t, s.ok("emails")), 3)
	assert.Equal(t, 4, strings.Count(s.ok("notifications"), `"state":"delivered"`))
}

func TestCopy_Problems(t *testing.T) {
	s := newSite(t, serve(t, known), shop)
	to := filepath.Join(t.TempDir(), "new.db")
	copyTo := func(args ...string) result {
		return s.do(append([]string{"copy", "-config", s.config}, args...)...)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "copy: -to is missing; usage: collector copy -config FILE -to DATABASE"},
		{[]string{"-to", ""}, "copy: -to is empty; usage"},
		{[]string{"-to", to}, "copy: -to must be sqlite:FILE, postgres://"},
		{[]string{"-to", "postgres://u:hunter2@db"}, "copy: -to must end in the name of the database"},
		{[]string{"-to", "mysql://u:${NONE}@db/x"}, "copy: -to takes the environment variable NONE, which is not set"},
		{[]string{"-to", "sqlite:" + s.database}, "copy: -to is the database that " + s.config + " has already"},
	} {
		r := copyTo(c.args...)
		assert.Equal(t, exitUsage, r.code, c.args)
		assert.Contains(t, r.stderr, c.says)
		assert.NotContains(t, r.stderr, "hunter2")
		assert.Equal(t, 1, strings.Count(r.stderr, "\n"), "one line: %s", r.stderr)
	}
	fails := func(says string, args ...string) {
		t.Helper()
		r := copyTo(args...)
		assert.Equal(t, exitFailure, r.code, args)
		assert.Contains(t, r.stderr, says)
		assert.Empty(t, r.stdout)
		assert.Equal(t, 1, strings.Count(r.stderr, "\n"), "one line: %s", r.stderr)
	}
	fails("is not there yet: there is nothing to copy", "-to", "sqlite:"+to)
	s.ok("run", "-once")
	fails("there is no folder /none; make it, or change -to", "-to", "sqlite:/none/x.db")

	unlock, err := lock(t.Context(), s.database, func() error { return nil })
	require.NoError(t, err)
	fails("a collector uses the database "+s.database+": stop it first", "-to", "sqlite:"+to)
	require.NoError(t, unlock())
	assert.NoFileExists(t, to)

	r := copyTo("-to", "sqlite:"+to)
	require.Equal(t, exitOK, r.code, r.stderr)
	fails("cannot copy to "+to+": sqlstore: cannot copy into this database: the namespace \"\" was copied",
		"-to", "sqlite:"+to)
}

// TestCopy_Unfinished: no command takes a half copy for a database.
func TestCopy_Unfinished(t *testing.T) {
	m := serve(t, known, stranger)
	s := newSite(t, m, shop)
	s.ok("run", "-once")
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(s.database))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec("UPDATE postroom_raw SET data = zeroblob(LENGTH(data)) WHERE owner = 2")
	require.NoError(t, err)
	to := filepath.Join(t.TempDir(), "new.db")
	r := s.do("copy", "-config", s.config, "-to", "sqlite:"+to)
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, "damaged raw bytes of the email ")
	assert.Empty(t, r.stdout)

	from := s.database
	s.database = to
	s.write(m, shop)
	for _, command := range []string{"run", "report"} {
		r = s.do(command, "-config", s.config)
		assert.Equal(t, exitFailure, r.code)
		assert.Equal(t, "the database "+to+" is a copy that was not finished: run \"collector copy\" again with the same"+
			" databases\n", r.stderr)
	}
	s.database = from
	s.write(m, shop)
	_, err = db.Exec("UPDATE postroom_raw SET data = ? WHERE owner = 2", []byte(stranger))
	require.NoError(t, err)
	s.ok("copy", "-to", "sqlite:"+to)
}

// TestCopy_KeyFile: saved tokens can be read with the copy.
func TestCopy_KeyFile(t *testing.T) {
	s := newSite(t, serve(t, known), shop)
	s.ok("run", "-once")
	key := string(encodedKey(sampleKey))
	require.NoError(t, os.WriteFile(s.database+".key", []byte(key), 0o600))
	to := filepath.Join(t.TempDir(), "new.db")
	s.ok("copy", "-to", "sqlite:"+to)
	text, err := os.ReadFile(to + ".key")
	require.NoError(t, err)
	assert.Equal(t, key, string(text))

	other := filepath.Join(t.TempDir(), "new.db")
	require.NoError(t, os.WriteFile(other+".key", encodedKey("0123456789abcdef0123456789abcdeX"), 0o600))
	r := s.do("copy", "-config", s.config, "-to", "sqlite:"+other)
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, other+".key is there already and has a different key: move it away")
}

const sampleKey = "0123456789abcdef0123456789abcdef"
