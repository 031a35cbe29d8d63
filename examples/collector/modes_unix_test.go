//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Whatever the umask, nobody else can read what the collector makes: not even while it
// runs, when the journal and the locks are there.
func TestFiles_ArePrivateUnderAnyUmask(t *testing.T) {
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"t","token_type":"Bearer","expires_in":3600,"refresh_token":"r2"}`)
	}))
	t.Cleanup(tokens.Close)
	for _, umask := range []int{0, 0o022} {
		port, accepted := silentServer(t)
		settings, database := settingsFor(t, port)
		settings = strings.Replace(settings, "password: p", "oauth2: {client_id: c, client_secret: s,"+
			" refresh_token: r1, token_url: '"+tokens.URL+"'}", 1)
		file := settingsFile(t, settings)
		before := unix.Umask(umask)
		p := start(t, nil, "run", "-config", file)
		unix.Umask(before)
		select {
		case c := <-accepted:
			t.Cleanup(func() { _ = c.Close() })
		case <-p.ended:
			require.Fail(t, "it ended", p.stderr.String())
		}
		while := modes(t, filepath.Dir(database))
		p.send(os.Interrupt)
		p.end()
		after := modes(t, filepath.Dir(database))
		for _, found := range []map[string]fs.FileMode{while, after} {
			for _, name := range []string{"c.db", "c.db.key", "c.db-lock", "c.db-starting"} {
				assert.Contains(t, found, name)
			}
			for name, mode := range found {
				assert.Equal(t, fs.FileMode(0o600), mode, "%s with umask %#o", name, umask)
			}
		}
	}
}

// modes returns the modes of the files in a folder.
func modes(t *testing.T, folder string) map[string]fs.FileMode {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	found := make(map[string]fs.FileMode)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil { // a journal may be gone again
			found[entry.Name()] = info.Mode().Perm()
		}
	}
	return found
}
