package inbound_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/inbound"
)

func TestSecret_NeverShown(t *testing.T) {
	a := inbound.Secrets{Password: "hunter2"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.NotContains(t, fmt.Sprintf(format, a), "hunter2")
		assert.NotContains(t, fmt.Sprintf(format, a.Password), "68756e746572")
	}
	text, err := a.Password.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, `"[redacted]"`, string(text))
	assert.Equal(t, "[redacted]", a.Password.LogValue().String())
	assert.Equal(t, "hunter2", a.Password.Reveal())
}

// holders are values that have a secret, in each place where one may be.
var holders = map[string]any{
	"secret":  inbound.Secret("hunter2"),
	"pointer": new(inbound.Secret("hunter2")),
	"secrets": inbound.Secrets{Password: "hunter2", ClientSecret: "hunter2", RefreshToken: "hunter2",
		AccessToken: "hunter2"},
	"credential":  inbound.Credential{Password: "hunter2", AccessToken: "hunter2"},
	"credentials": inbound.StaticCredentials{"shop": {Password: "hunter2"}},
	"map key":     map[inbound.Secret]int{"hunter2": 1},
	"list":        []inbound.Secret{"hunter2"},
	"in any":      map[string]any{"a": []any{inbound.Secret("hunter2")}},
	"config": inbound.Config{Credentials: inbound.StaticCredentials{"shop": {Password: "hunter2"}},
		Accounts: []inbound.Account{{ID: "shop"}}},
}

func TestSecret_NotInAnyText(t *testing.T) {
	for name, holder := range holders {
		for _, verb := range "vsqxXdTtboeUc" { // fmt lets no type decide about %p
			for _, flags := range []string{"", "+", "#", " ", "-20", "020", ".3"} {
				text := fmt.Sprintf("%"+flags+string(verb), holder)
				assert.NotContains(t, text, "hunter2", "%s %%%s%c", name, flags, verb)
				assert.NotContains(t, text, "68756e74", "%s %%%s%c", name, flags, verb)
			}
		}
		var text bytes.Buffer
		handlers := []slog.Handler{slog.NewTextHandler(&text, nil)}
		if name != "map key" {
			handlers = append(handlers, slog.NewJSONHandler(&text, nil))
		}
		for _, handler := range handlers {
			slog.New(handler).Info("holder", "value", holder, slog.Group("group", "value", holder))
		}
		if name != "map key" { // JSON asks no string for its text where it is a key
			_ = json.NewEncoder(&text).Encode(holder) // some cannot be encoded
		}
		_ = xml.NewEncoder(&text).Encode(holder)
		_ = gob.NewEncoder(&text).Encode(holder)
		if inYAML, err := yaml.Marshal(holder); err == nil && name != "config" {
			text.Write(inYAML)
		}
		assert.NotContains(t, text.String(), "hunter2", name)
	}
}

// A secret that was redacted must not come back as one.
func TestSecret_RedactedDoesNotComeBack(t *testing.T) {
	s := inbound.Secrets{Password: "hunter2"}
	inJSON, err := json.Marshal(s)
	require.NoError(t, err)
	var back inbound.Secrets
	require.ErrorContains(t, json.Unmarshal(inJSON, &back), "stands for a secret, and is none")
	inYAML, err := yaml.Marshal(map[string]inbound.Secret{"p": "hunter2"})
	require.NoError(t, err)
	var keys map[string]inbound.Secret
	require.ErrorContains(t, yaml.Unmarshal(inYAML, &keys), "stands for a secret, and is none")
	require.ErrorContains(t, gob.NewEncoder(new(bytes.Buffer)).Encode(s), "Secret cannot be encoded")

	require.NoError(t, json.Unmarshal([]byte(`{"Password":"hunter2"}`), &back))
	assert.Equal(t, inbound.Secret("hunter2"), back.Password)
	empty, err := json.Marshal(inbound.Secrets{})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(empty, &back))
	assert.Empty(t, back.Password)
}

// An Account has no secrets: it comes back from JSON and gob as it was.
func TestAccount_ComesBack(t *testing.T) {
	a := inbound.Account{ID: "shop", Name: "[redacted]", Protocol: inbound.IMAP, Host: "imap.example.com", Port: 993,
		Username: "shop@shop.example", OAuth2: inbound.OAuth2{ClientID: "c", TokenURL: "https://login.example.com/",
			Scopes: []string{"s"}}, Folders: []string{"INBOX"}, Interval: time.Minute, Fields: map[string]string{"k": "v"}}
	inJSON, err := json.Marshal(a)
	require.NoError(t, err)
	var back inbound.Account
	require.NoError(t, json.Unmarshal(inJSON, &back))
	assert.Equal(t, a, back)
	var inGob bytes.Buffer
	require.NoError(t, gob.NewEncoder(&inGob).Encode(a))
	back = inbound.Account{}
	require.NoError(t, gob.NewDecoder(&inGob).Decode(&back))
	assert.Equal(t, a, back)
}
