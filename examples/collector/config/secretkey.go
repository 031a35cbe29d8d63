package config

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// secretKey returns the bytes of secret_key, or "" if there is none.
func (p *problems) secretKey(text inbound.Secret) inbound.Secret {
	if text == "" {
		return ""
	}
	key, err := DecodeKey(text.Reveal())
	if err != nil {
		p.add("secret_key", "%v; make one with: openssl rand -base64 32", err)
	}
	return key
}

// requireKey reports a missing secret_key where there is no place for a key file.
func (s *Settings) requireKey() {
	if s.Offline || s.SecretKey != "" || !s.Database.OnServer() {
		return
	}
	for _, a := range s.Accounts {
		if a.OAuth2.ClientID != "" {
			s.problems.add("secret_key", "is missing: the tokens of accounts with oauth2 are kept encrypted, and a database"+
				" on a server has no key file beside it; make one with: openssl rand -base64 32")
			return
		}
	}
}

// DecodeKey returns the key that a text has in base64. The error says what is wrong with
// the text, and does not quote it.
func DecodeKey(text string) (inbound.Secret, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	key, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		key, err = base64.RawURLEncoding.DecodeString(text)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("is not %d bytes in base64", inbound.SealerKeySize)
	case len(key) != inbound.SealerKeySize:
		return "", fmt.Errorf("has %d bytes in base64, but must have %d", len(key), inbound.SealerKeySize)
	}
	return inbound.Secret(key), nil
}
