package mailauth

import (
	"encoding/base64"
	"strings"
)

const redacted = "[redacted]"

// knownBy is how many bytes of a secret are enough to know it by: servers and
// fetchers cut long lines, perhaps in the midst of a token.
const knownBy = 16

// Redact replaces the secrets in what the server said: some servers repeat the
// command that they do not like. It knows them as they are, as an IMAP quoted
// string, and in the base64 of each SASL response, in any letter case.
func (c Credential) Redact(text string) string {
	forms := c.sent()
	var b strings.Builder
	for i := 0; i < len(text); {
		if n := longestMatch(text[i:], forms); n > 0 {
			b.WriteString(redacted)
			i += n
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// sent returns the forms in which the secrets are sent.
func (c Credential) sent() []string {
	var forms []string
	add := func(form string) { forms = append(forms, form) }
	addResponse := func(client *Client) {
		_, response, _ := client.Start() // none of the mechanisms fails
		add(base64.StdEncoding.EncodeToString(response))
	}
	if password := c.Password.Reveal(); password != "" {
		add(password)
		add(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(password))
		addResponse(c.Plain())
	}
	if token := c.AccessToken.Reveal(); token != "" {
		add(token)
		addResponse(c.oauthBearer())
		addResponse(c.xoauth2())
	}
	return forms
}

// longestMatch returns how many bytes at the start of text are one of the forms,
// or enough of its beginning to know it by.
func longestMatch(text string, forms []string) int {
	longest := 0
	for _, form := range forms {
		n := 0
		for n < len(form) && n < len(text) && lower(form[n]) == lower(text[n]) {
			n++
		}
		if n >= min(len(form), knownBy) {
			longest = max(longest, n)
		}
	}
	return longest
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
