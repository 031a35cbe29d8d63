package mailauth

import (
	"encoding/base64"

	"github.com/postroom/postroom/internal/redact"
)

// Redact hides the secrets in what the server said, in whatever form it repeats them; see
// package redact.
func (c Credential) Redact(text string) string {
	if c.hider == nil {
		return text // there are no secrets
	}
	return c.hider.Text(text)
}

// RepeatedIn reports whether the server repeats a secret in an identifier of a message.
func (c Credential) RepeatedIn(id []byte) bool { return c.hider != nil && c.hider.HasID(id) }

// newHider returns what hides the secrets, of which the server gets the token or the
// password.
func (c Credential) newHider() *redact.Hider {
	sent := redact.Sent{
		Logins: []string{"LOGIN " + c.Username + " "},
		Known:  []string{c.Username, c.host, string(c.protocol)},
	}
	add := func(client *Client) {
		_, response, _ := client.Start() // none of the mechanisms fails
		sent.Messages = append(sent.Messages, base64.StdEncoding.EncodeToString(response))
	}
	if password := c.Password.Reveal(); password != "" {
		sent.Secrets = append(sent.Secrets, password)
		add(c.Plain())
	}
	if token := c.AccessToken.Reveal(); token != "" {
		sent.Secrets = append(sent.Secrets, token)
		add(c.oauthBearer())
		add(c.xoauth2())
	}
	return redact.New(sent)
}
