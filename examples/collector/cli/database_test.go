package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

func TestCheckDatabase(t *testing.T) {
	t.Chdir(t.TempDir())
	dir, err := os.Getwd()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("text.db", []byte(strings.Repeat("not a database ", 100)), 0o600))
	require.NoError(t, os.WriteFile("short.db", []byte("SQLite"), 0o600))
	require.NoError(t, os.WriteFile("empty.db", nil, 0o600))
	require.NoError(t, os.WriteFile("good.db", []byte(sqliteMagic+"and more"), 0o600))
	for path, want := range map[string]string{
		"none/c.db":       "cannot be made: there is no folder " + dir + "/none; make it, or change database in c.yaml",
		"text.db/c.db":    "cannot be made: " + dir + "/text.db is not a folder; change database in c.yaml",
		".":               "is a folder; change database in c.yaml",
		"text.db":         "is not a SQLite database; move it away, or change database in c.yaml",
		"short.db":        "is not a SQLite database; move it away, or change database in c.yaml",
		"empty.db":        "",
		"not_there.db":    "",
		"good.db":         "",
		dir + "/good.db":  "",
		dir + "/not/c.db": "cannot be made: there is no folder " + dir + "/not; make it, or change database in c.yaml",
	} {
		_, err := checkDatabase(t.Context(), &config.Settings{File: "c.yaml", Database: sqliteFile(path)})
		if want == "" {
			assert.NoError(t, err, path)
			continue
		}
		assert.EqualError(t, err, "the database "+config.AbsolutePath(path)+" "+want)
	}
	assert.NoFileExists(t, "not_there.db")
}

func TestCheckDatabase_WithoutPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	settings := func(name string) *config.Settings {
		return &config.Settings{File: "c.yaml", Database: sqliteFile(filepath.Join(dir, name))}
	}
	require.NoError(t, os.WriteFile(settings("c.db").Database.File, []byte(sqliteMagic), 0o400))
	_, err := checkDatabase(t.Context(), settings("c.db"))
	assert.ErrorContains(t, err, "c.db cannot be opened: permission denied; let this program read and write it, or")
	require.NoError(t, os.Chmod(settings("c.db").Database.File, 0o600))
	require.NoError(t, os.Chmod(dir, 0o500))
	defer func() { require.NoError(t, os.Chmod(dir, 0o700)) }()
	_, err = checkDatabase(t.Context(), settings("c.db"))
	assert.ErrorContains(t, err, "c.db cannot be written: this program may not write to "+dir+", where the journal is;")
	_, err = checkDatabase(t.Context(), settings("d.db"))
	assert.ErrorContains(t, err, "d.db cannot be made: this program may not write to "+dir+"; let it write there, or")
}

func TestCheck_Database(t *testing.T) {
	a := mailServer(t, inbound.IMAP, plainServer)
	b := a
	b.ID, b.Username = "b", "nobody"
	s := terminalSite(t, settingsOf("", a))
	s.ok("run", "-once")
	inLine := func(screen string) string { return strings.Join(strings.Fields(screen), " ") }
	assert.Regexp(t, `✓ database .*/c.db, [0-9.]+ KB shop: imap`, inLine(s.ok("check")))

	require.NoError(t, os.WriteFile(s.database, []byte("hunter2"), 0o600))
	r := s.run(t)
	assert.Equal(t, exitFailure, r.code)
	assert.Empty(t, r.stderr)
	assert.Contains(t, inLine(r.stdout), "✗ database "+s.database+" is not a SQLite database"+
		" → move it away, or change database in "+s.config+" shop: imap")
	assert.Contains(t, r.stdout, "✓ login", "the accounts are checked all the same")
	assert.Equal(t, exitFailure, s.do("run", "-once", "-config", s.config).code)

	s.write(&mailbox{}, settingsOf("", a, b))
	assert.Contains(t, s.run(t).stdout, "2 accounts: 1 in order, 1 failed (b); the database cannot be used\n")

	s.write(&mailbox{}, settingsOf("", a))
	s.columns, s.onScreen = 0, false
	r = s.run(t)
	assert.Equal(t, exitFailure, r.code)
	assert.Equal(t, "the database "+s.database+" is not a SQLite database; move it away, or change database in "+
		s.config+"\n", r.stderr)
	assert.Equal(t, true, lines(t, r.stdout)[0]["ok"])
}

// The database has all mail in it, so nobody else may read it.
func TestRun_DatabaseIsPrivate(t *testing.T) {
	s := newSite(t, serve(t, known), shop)
	s.ok("run", "-once")
	files, err := filepath.Glob(s.database + "*")
	require.NoError(t, err)
	assert.Contains(t, files, s.database+"-journal")
	for _, file := range files {
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "%s has mode %v", file, info.Mode())
	}
}

// Messages name the whole path of a database that the settings name by a relative one.
func TestRun_NamesWholePathOfDatabase(t *testing.T) {
	t.Chdir(t.TempDir())
	dir, err := os.Getwd()
	require.NoError(t, err)
	s := newSite(t, serve(t), strings.Replace(shop, "DATABASE", "./shop.db", 1))
	r := s.do("report", "-config", s.config)
	assert.Contains(t, r.stderr, "the database "+dir+"/shop.db is not there yet; run ")
	s.ok("run", "-once")
	assert.FileExists(t, "shop.db", "relative to the current directory")
}

func sqliteFile(path string) config.Database { return config.Database{Kind: config.SQLite, File: path} }
