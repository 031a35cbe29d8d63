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
		`correct "horse\correct "horse\`:                                    "[redacted]",
		"what is " + base64Of("\x00shop@example.com\x00"+`correct "horse\`): "what is [redacted]",
		"nothing of it, and correct grammar":                                "nothing of it, and correct grammar",
		"":                                                                  "",
	} {
		assert.Equal(t, want, c.Redact(text))
	}
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestRedact_Token(t *testing.T) {
	token := "ya29." + strings.Repeat("aBc-", 100)
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

// Where the letters of a secret occur by chance, a hole would tell the secret.
func TestRedact_OrdinaryPassword(t *testing.T) {
	for _, password := range []string{"a", "ok", "red", "993", "login", "password", "Password", "authentic", "failed",
		"imap4rev1", "Login failed", "redacted", account.Username, "example.com", "imap.example.com"} {
		c, err := New(account, inbound.Secret(password), "")
		require.NoError(t, err)
		for _, text := range []string{"Login failed: authentication failure", "OK", "ok a red password", "[redacted]",
			"port 993 of imap.example.com", "unknown user shop@example.com", "IMAP4rev1 ready", "PASS password"} {
			assert.Equal(t, text, c.Redact(text), password)
		}
		assert.Equal(t, `bad: LOGIN "shop@example.com" "[redacted]"`,
			c.Redact(`bad: LOGIN "shop@example.com" "`+password+`"`), password)
		assert.Equal(t, "what is [redacted]?", c.Redact("what is "+base64Of("\x00shop@example.com\x00"+password)+"?"))
	}
}
