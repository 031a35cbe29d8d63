package config

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sampleKey is one whose base64 has characters that differ between the alphabets.
var sampleKey = strings.Repeat("\xff\xfe\xfd\xfc", 8)

var sampleKeyText = base64.StdEncoding.EncodeToString([]byte(sampleKey))

func withKey(value string) string {
	return "database: sqlite:c.db\nsecret_key: " + value + "\naccounts:\n" +
		"  - {id: a, protocol: imap, host: h, username: u, password: p}\n"
}

func TestParse_SecretKey(t *testing.T) {
	for name, encoding := range map[string]*base64.Encoding{
		"standard": base64.StdEncoding, "without padding": base64.RawStdEncoding, "for URLs": base64.URLEncoding,
	} {
		for _, around := range []string{"%s", "%s\n", " %s\r\n"} {
			env := environment("POSTROOM_KEY", fmt.Sprintf(around, encoding.EncodeToString([]byte(sampleKey))))
			c, err := Parse("c.yaml", []byte(withKey("${POSTROOM_KEY}")), env)
			require.NoError(t, err, name)
			assert.Equal(t, sampleKey, c.SecretKey.Reveal(), name)
			assert.NotContains(t, fmt.Sprintf("%v %+v", c.SecretKey, *c), sampleKey)
		}
	}
	for _, text := range []string{withKey(`""`), strings.Replace(withKey("x"), "secret_key: x\n", "", 1)} {
		c, err := Parse("c.yaml", []byte(text), environment())
		require.NoError(t, err)
		assert.Empty(t, c.SecretKey, "the key file")
	}
}

func TestParse_SecretKeyProblems(t *testing.T) {
	const how = "; make one with: openssl rand -base64 32"
	for value, want := range map[string]string{
		"a passphrase": "is not 32 bytes in base64" + how,
		base64.StdEncoding.EncodeToString([]byte(sampleKey[:16])): "has 16 bytes in base64, but must have 32" + how,
		strings.Repeat("0f", 32):                                  "has 48 bytes in base64, but must have 32" + how,
		"${POSTROOM_KEY}":                                         "the environment variable POSTROOM_KEY is not set",
	} {
		assert.Equal(t, []string{"c.yaml:2: secret_key: " + want}, problemsIn(t, withKey(value), environment()), value)
	}
}

func TestReadOffline_WithoutSecretKey(t *testing.T) {
	c, err := parse("c.yaml", []byte(withKey("${POSTROOM_KEY}")), environment(), true)
	require.NoError(t, err)
	assert.Empty(t, c.SecretKey)
}
