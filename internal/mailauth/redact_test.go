package mailauth

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestRedact_Password(t *testing.T) {
	c, err := New(account, `correct "horse\`, "")
	require.NoError(t, err)
	for text, want := range map[string]string{
		`PASS correct "horse\ is no command`:                                "PASS [redacted] is no command",
		`LOGIN "bob" "correct \"horse\\"`:                                   `LOGIN "bob" "[redacted]"`,
		`PASS CORRECT "HORSE\`:                                              "PASS [redacted]",
		`correct "horse\correct "horse\`:                                    "[redacted][redacted]",
		"what is " + base64Of("\x00shop@example.com\x00"+`correct "horse\`): "what is [redacted]",
		"nothing of it, and correct grammar":                                "nothing of it, and correct grammar",
		"":                                                                  "",
	} {
		assert.Equal(t, want, c.Redact(text))
	}
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestRedact_Token(t *testing.T) {
	token := "ya29." + strings.Repeat("aBc-", 400)
	c, err := New(account, "", inbound.Secret(token))
	require.NoError(t, err)
	xoauth2 := base64Of("user=shop@example.com\x01auth=Bearer " + token + "\x01\x01")
	bearer := base64Of("n,a=shop@example.com,\x01host=imap.example.com\x01port=993\x01auth=Bearer " + token + "\x01\x01")
	for text, want := range map[string]string{
		"what is " + token + "?":                         "what is [redacted]?",
		"AUTHENTICATE XOAUTH2 " + xoauth2 + "?":          "AUTHENTICATE XOAUTH2 [redacted]?",
		"AUTH OAUTHBEARER " + bearer:                     "AUTH OAUTHBEARER [redacted]",
		"cut by the server: " + token[:200]:              "cut by the server: [redacted]",
		"cut by the server: " + xoauth2[:200] + " [...]": "cut by the server: [redacted] [...]",
		"ya29 is how they all begin":                     "ya29 is how they all begin",
	} {
		assert.Equal(t, want, c.Redact(text))
	}
}

// A secret may be a part of what replaces it.
func TestRedact_ShortPassword(t *testing.T) {
	c, err := New(account, "red", "")
	require.NoError(t, err)
	assert.Equal(t, "[redacted] or [redacted]?", c.Redact("red or RED?"))
	assert.Equal(t, "re", c.Redact("re"), "a part of a short secret is no secret")
}
