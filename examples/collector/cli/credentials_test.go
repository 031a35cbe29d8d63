package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// provider replaces the refresh token at each use, and revokes everything when an old one
// comes.
type provider struct {
	*httptest.Server
	valid string
	asked []string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{valid: "refresh-1"}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.FormValue("refresh_token")
		p.asked = append(p.asked, token)
		w.Header().Set("Content-Type", "application/json")
		if token != p.valid {
			p.valid = ""
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		p.valid += "+"
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":%q}`,
			accessToken, p.valid)
	}))
	t.Cleanup(p.Close)
	return p
}

// byToken returns settings in which the account logs in by OAuth2.
func byToken(p *provider, refreshToken string) string {
	return strings.Replace(shop, "    password: ${PASSWORD}\n", "    oauth2: {client_id: c, refresh_token: "+
		refreshToken+", token_url: "+p.URL+"}\n", 1)
}

func TestRun_RotatedTokenSurvivesRestart(t *testing.T) {
	p, m := newProvider(t), serveByToken(t, known)
	s := newSite(t, m, byToken(p, "refresh-1"))
	s.ok("check") // before there is a database
	for range 2 {
		s.ok("run", "-once")
	}
	s.ok("check")
	s.ok("reconcile", "-account", "shop")
	s.ok("run", "-once")
	assert.Equal(t, []string{"refresh-1", "refresh-1+", "refresh-1++", "refresh-1+++", "refresh-1++++", "refresh-1+++++"},
		p.asked)

	p.valid = "again" // somebody has signed in again
	s.write(m, byToken(p, "again"))
	s.ok("run", "-once")
	s.ok("run", "-once")
	assert.Equal(t, "again++", p.valid)

	files, err := filepath.Glob(s.database + "*")
	require.NoError(t, err)
	require.Contains(t, files, s.database+".key")
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "refresh-1", file)
		assert.NotContains(t, string(text), "again", file)
		if info, err := os.Stat(file); assert.NoError(t, err) && runtime.GOOS != "windows" {
			assert.Zero(t, info.Mode().Perm()&0o077, file)
		}
	}
}

func TestRun_SecretKeyInsteadOfFile(t *testing.T) {
	p, m := newProvider(t), serveByToken(t)
	s := newSite(t, m, byToken(p, "refresh-1"))
	s.ok("run", "-once")
	withKey := func(letter string) string {
		return "secret_key: " + strings.Repeat(letter, 42) + "A=\n" + byToken(p, "refresh-1")
	}
	s.write(m, withKey("x"))
	s.ok("run", "-once") // the key file opens what was saved
	require.NoError(t, os.Remove(s.database+".key"))
	s.ok("run", "-once")
	assert.NoFileExists(t, s.database+".key")
	assert.Equal(t, "refresh-1+++", p.valid)

	s.write(m, withKey("y"))
	for _, command := range []string{"run -once", "check", "reconcile -account shop"} {
		r := s.do(append(strings.Fields(command), "-config", s.config)...)
		assert.Equal(t, exitFailure, r.code, command)
		assert.Contains(t, r.stderr, "sealed by a key that is not here: it was key", command)
		assert.Contains(t, r.stderr, "bring back the secret_key, or the key file "+s.database+".key", command)
	}
	assert.Equal(t, "refresh-1+++", p.valid, "nothing was tried that the provider takes for theft")
	s.write(m, withKey("x"))
	s.ok("run", "-once")
}

func TestRun_BrokenKeyFile(t *testing.T) {
	p, m := newProvider(t), serveByToken(t)
	s := newSite(t, m, byToken(p, "refresh-1"))
	file := s.database + ".key"
	for name, tc := range map[string]struct {
		text string
		mode os.FileMode
		says string
	}{
		"empty":    {"", 0o600, "has 0 bytes in base64, but must have 32; bring back the right one"},
		"no key":   {"hello, world", 0o600, "is not 32 bytes in base64"},
		"too long": {strings.Repeat("x", 2000), 0o600, "has 2000 bytes, which is no key"},
		"readable": {strings.Repeat("x", 42) + "A=", 0o644, "can be read by others (mode 0644); run: chmod 600 " + file},
	} {
		if name == "readable" && runtime.GOOS == "windows" {
			continue
		}
		require.NoError(t, os.RemoveAll(file))
		require.NoError(t, os.WriteFile(file, []byte(tc.text), tc.mode))
		require.NoError(t, os.Chmod(file, tc.mode))
		for _, command := range []string{"run", "check"} {
			args := []string{command, "-config", s.config}
			if command == "run" {
				args = append(args, "-once")
			}
			r := s.do(args...)
			assert.Equal(t, exitFailure, r.code, name)
			assert.Contains(t, r.stderr, "the key file "+file+" "+tc.says, name)
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, tc.text, string(text), "it is left as it is")
	}
	assert.Empty(t, p.asked)
}

// Accounts with passwords need no key file.
func TestRun_NoKeyFileWithPasswords(t *testing.T) {
	s := newSite(t, serve(t, known), shop)
	s.ok("run", "-once")
	s.ok("check")
	assert.NoFileExists(t, s.database+".key")
}

// Where the new token cannot be kept, check does not use up the one in the settings.
func TestCheck_DatabaseUnusable(t *testing.T) {
	p, m := newProvider(t), serveByToken(t)
	s := newSite(t, m, byToken(p, "refresh-1"))
	s.database = filepath.Join(t.TempDir(), "none", "c.db")
	s.write(m, byToken(p, "refresh-1"))
	r := s.do("check", "-config", s.config)
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, "there is no folder")
	assert.Empty(t, p.asked)
}

func TestKeyFile_MadeOnce(t *testing.T) {
	file := keyPath(filepath.Join(t.TempDir(), "c.db.key"))
	keys := make(chan string)
	const programs = 8
	for range programs {
		go func() {
			key, err := file.readOrMake(t.Context())
			assert.NoError(t, err)
			keys <- key.Reveal()
		}()
	}
	first := <-keys
	assert.Len(t, first, 32)
	for range programs - 1 {
		assert.Equal(t, first, <-keys)
	}
	left, err := os.ReadDir(filepath.Dir(string(file)))
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Len(t, left, 1)
	}
}
