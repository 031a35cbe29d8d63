package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSettings_Exposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	const oauth2 = "  - {id: b, protocol: imap, host: g, username: u, oauth2: {client_id: i, client_secret: %s," +
		" refresh_token: %s, token_url: https://login.example.com/token}}\n"
	inClear, inVariable := fmt.Sprintf(minimal, "hunter2"), fmt.Sprintf(minimal, "${P}")
	for name, tt := range map[string]struct {
		text string
		mode fs.FileMode
		want bool
	}{
		"password":               {inClear, 0o644, true},
		"of the group":           {inClear, 0o640, true},
		"of others only":         {inClear, 0o604, true},
		"private":                {inClear, 0o600, false},
		"read-only":              {inClear, 0o400, false},
		"writable by others":     {inClear, 0o622, false},
		"variable":               {inVariable, 0o644, false},
		"client secret":          {inVariable + fmt.Sprintf(oauth2, "s", "${P}"), 0o644, true},
		"refresh token":          {inVariable + fmt.Sprintf(oauth2, "${P}", "r"), 0o644, true},
		"OAuth2 in variables":    {inVariable + fmt.Sprintf(oauth2, "${P}", "${P}"), 0o644, false},
		"secret key":             {"secret_key: " + sampleKeyText + "\n" + inVariable, 0o644, true},
		"secret key in variable": {"secret_key: ${K}\n" + inVariable, 0o644, false},
		"no secret key":          {"secret_key: \"\"\n" + inVariable, 0o644, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o600))
			require.NoError(t, os.Chmod(path, tt.mode))
			c, err := Read(path, environment("P", "p", "K", sampleKeyText))
			require.NoError(t, err)
			mode, exposed := c.Exposed()
			assert.Equal(t, tt.want, exposed)
			if exposed {
				assert.Equal(t, tt.mode, mode)
			}
		})
	}
}
